"""Changing the plan: steps edited from menus, moved, dropped, added; the plan in an editor, saved and loaded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual import on
from textual.widgets import OptionList

from hrgc.errors import HrgcError
from hrgc.plan import Plan, Step, from_json, to_json
from hrgc.tokens import Op
from tui.phase import Phase
from tui.screens.ask import Ask
from tui.screens.running import Running
from tui.widgets.code import CodeView
from tui.widgets.plan import PlanList


class Planning(Running):
    """Edits the plan."""

    def change_plan(self, steps: tuple[Step, ...], index: int) -> None:
        """Put *steps* in place of the plan's; undo takes it back."""
        if steps != self.plan.steps:
            self.plan_past = (*self.plan_past, self.plan)
            self.plan = replace(self.plan, steps=steps)
        self.redraw()
        self.part("plan", PlanList).highlighted = max(0, min(index, len(steps) - 1)) if steps else None

    def _current(self) -> int | None:
        """Return the highlighted step's index."""
        at = self.part("plan", PlanList).index
        return at if at is not None and at < len(self.plan.steps) else None

    @on(OptionList.OptionSelected, "#plan")
    def _step_selected(self) -> None:
        """Edit the step that was chosen, or add one that could be in the plan."""
        if self.phase != Phase.PLANNED:
            return
        at, steps, others = self.part("plan", PlanList).index, self.plan.steps, self.other_steps()
        if at is not None and len(steps) <= at < len(steps) + len(others) and not self.raw:
            self.change_plan((*steps, others[at - len(steps)]), len(steps))
        else:
            self.action_edit_step()

    @on(OptionList.OptionHighlighted, "#plan")
    def _step_highlighted(self, message: OptionList.OptionHighlighted) -> None:
        """Show the line of the highlighted step."""
        everything = (*self.plan.steps, *self.other_steps())
        if self.phase != Phase.PLANNED or message.option_index >= len(everything):
            return
        step = everything[message.option_index]
        code = self.part("code", CodeView)
        if code.path != step.path:
            self.show_file(step.path, step.line)
        else:
            code.go_to(step.line)

    def action_edit_step(self) -> None:
        """Open the menus of the highlighted step."""
        at = self._current()
        if at is None:
            self.inform("there is no step to change; add one")
            return

        def done(step: Step | None) -> None:
            if step is not None and self.phase == Phase.PLANNED:
                steps = self.plan.steps
                self.change_plan((*steps[:at], step, *steps[at + 1 :]), at)

        from tui.screens.step_editor import StepEditor  # noqa: PLC0415 - the first screen does not wait for the engine

        self.app.push_screen(StepEditor(self.plan.steps[at], self.contents), done)

    def action_add_step(self) -> None:
        """Open the menus of a new step, at the code's cursor line."""
        code = self.part("code", CodeView)
        path = code.path if code.path in self.contents else next(iter(self.contents), None)
        if path is None:
            return
        at = self._current()
        place = 0 if at is None else at + 1

        def done(step: Step | None) -> None:
            if step is not None and self.phase == Phase.PLANNED:
                steps = self.plan.steps
                self.change_plan((*steps[:place], step, *steps[place:]), place)

        from tui.screens.step_editor import StepEditor  # noqa: PLC0415 - the first screen does not wait for the engine

        self.app.push_screen(StepEditor(Step(path, code.cursor + 1, Op.REWRITE), self.contents), done)

    def action_drop_step(self) -> None:
        """Drop the highlighted step."""
        at = self._current()
        if at is not None:
            steps = self.plan.steps
            self.change_plan((*steps[:at], *steps[at + 1 :]), at)

    def action_move_step(self, by: int) -> None:
        """Move the highlighted step up or down."""
        at = self._current()
        if at is None or not 0 <= at + by < len(self.plan.steps):
            return
        steps = list(self.plan.steps)
        steps[at], steps[at + by] = steps[at + by], steps[at]
        self.change_plan(tuple(steps), at + by)

    def action_undo_plan(self) -> None:
        """Take back the last change of the plan."""
        if self.plan_past:
            self.plan, self.plan_past = self.plan_past[-1], self.plan_past[:-1]
            self.redraw()

    def action_edit_plan_text(self) -> None:
        """Open the plan in the person's editor."""
        text = self.edit_text(to_json(self.plan) + "\n", ".json")
        if text is None:
            return
        try:
            edited = from_json(text)
        except HrgcError as error:
            self.warn(error.message, hint=error.hint)
            return
        self._take_plan(edited)

    def edit_text(self, text: str, suffix: str) -> str | None:
        """Return *text* as edited by the person, None when it was not saved; the application overrides it."""
        raise NotImplementedError

    def action_save_plan(self) -> None:
        """Ask for a file and save the plan there."""
        from hrgc import plan_file  # noqa: PLC0415 - the first screen does not wait for the engine

        def done(name: str | None) -> None:
            if not name:
                return
            try:
                plan_file.save(self.plan, Path(name).expanduser())
            except HrgcError as error:
                self.warn(error.message, hint=error.hint)
            else:
                self.inform(f"saved as {name}; hrgc apply {name} carries it out, too")

        self.app.push_screen(Ask("Save the plan as", "plan.json"), done)

    def action_load_plan(self) -> None:
        """Ask for a file and load its plan; without a run it begins one with it."""
        from hrgc import plan_file  # noqa: PLC0415 - the first screen does not wait for the engine

        def done(name: str | None) -> None:
            if not name:
                return
            try:
                loaded = plan_file.read(Path(name).expanduser())
            except HrgcError as error:
                self.warn(error.message, hint=error.hint)
                return
            if self.phase == Phase.PLANNED:
                self._take_plan(loaded)
            else:
                self.start(replace(self.engine.request(self.target, loaded.problem), plan=loaded))

        self.app.push_screen(Ask("Load the plan of", "plan.json"), done)

    def _take_plan(self, plan: Plan) -> None:
        """Show another plan's steps; one that reads like a step of this plan is that step, exact probability kept."""
        known = {to_json(Plan((step,))): step for step in self.plan.steps}
        self.change_plan(tuple(known.get(to_json(Plan((step,))), step) for step in plan.steps), 0)

    def action_toggle_ask(self) -> None:
        """Stop at every round's plan, or at the first only."""
        self.ask_each = not self.ask_each
        self.inform("stops behind every plan" if self.ask_each else "stops behind the first plan only")

    def action_toggle_tokens(self) -> None:
        """Show sentences or raw tokens."""
        self.raw = not self.raw
        self.redraw()
