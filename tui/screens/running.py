"""Planning and running: the worker that carries out a run, and what follows from what it tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on, work
from textual.content import Content
from textual.widgets import Input

from hrgc import events
from hrgc.discovery import display
from hrgc.report import REASONS, verdict
from tui import messages, review, story, text
from tui.phase import Phase
from tui.runs import Run
from tui.screens.opening import Opening
from tui.trouble import trouble
from tui.widgets.code import CodeView
from tui.widgets.diff import DiffView
from tui.widgets.plan import PlanList
from tui.widgets.top import TopBar

if TYPE_CHECKING:
    from hrgc.session import Request


class Running(Opening):
    """Runs."""

    @work(thread=True, exclusive=True, exit_on_error=False, group="fix")
    def _fix(self, run: Run) -> None:
        """Carry out a run."""
        try:
            for event in self.engine.run(run):
                self.post_message(messages.EngineEvent(run, event))
            self.post_message(messages.RunEnded(run))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(run.number, "run", trouble(error, f"a run on {run.name}")))

    def start(self, request: Request) -> None:
        """Begin a run; it stops at its first plan."""
        self.stop()
        self.number += 1
        self.fix = Run(self.number, request, display(request.target))
        self.review, self.story = None, story.Story()
        self.plan, self.plan_past = replace(self.plan, steps=()), ()
        self.part("diff", DiffView).choose(0)
        self.set_phase(Phase.PLANNING)
        self.side_pane("plan")
        self._fix(self.fix)

    def action_plan(self) -> None:
        """Make a plan for the problem that is written down."""
        problem = self.part("problem", Input).value.strip()
        self.start(self.engine.request(self.target, problem))

    @on(Input.Submitted, "#problem")
    def _submitted(self) -> None:
        """Plan what was asked for."""
        if self.check_action("plan", ()):
            self.action_plan()

    def action_run_plan(self) -> None:
        """Carry out the plan as it is shown."""
        problems = self.plan_problems()
        if problems:
            self.warn(problems[0], hint="change or drop the step")
            return
        if self.fix is None or self.story.planned is None:
            return
        changed = self.plan.steps != self.story.planned.plan.steps
        self.fix.gate.answer(self.plan if changed else None)
        self.set_phase(Phase.RUNNING)
        self.side_pane("rounds")

    def action_cancel(self) -> None:
        """Stop what works; a plan that was not approved is left."""
        if self.typing:
            self.part("code", CodeView).focus()
            return
        self.stop()
        self.number += 1
        self.plan = replace(self.plan, steps=())
        if self.phase == Phase.CHECKING:
            self.engine.stop_opening()
            self.set_phase(Phase.FAILED)
            words = (
                text.plain("Stopped before it was open", "bold $text-warning"),
                text.plain(text.short_path(self.target)),
            )
            self.tell(Content("\n\n").join(words))
            return
        self.inform("stopped; nothing was changed")
        self.settle()

    @on(messages.EngineEvent)
    def _engine_event(self, message: messages.EngineEvent) -> None:
        """Follow a run."""
        if message.run is not self.fix:
            return
        event = message.event
        self.story = story.after(event, self.story)
        if isinstance(event, events.Planned):
            self._plan_told(message.run, event)
        elif isinstance(event, events.Finished):
            self.finish(message.run, event)
        self.redraw()

    def _plan_told(self, run: Run, event: events.Planned) -> None:
        """Wait for approval of the first plan, or of every one when asked to."""
        self.plan, self.plan_past = event.plan, ()
        if event.round > 1 and not self.ask_each:
            run.gate.answer(None)
            return
        self.set_phase(Phase.PLANNED)
        self.view("code")
        self.side_pane("plan")
        plan = self.part("plan", PlanList)
        if not self.typing:
            plan.focus()
        first = next((step for step in event.plan.steps if step.path in self.contents), None)
        if first is not None:
            self.show_file(first.path, first.line)

    def finish(self, run: Run, event: events.Finished) -> None:
        """Go to the review, or say that there is nothing."""
        disk = {path: self.contents[path] for path in run.request.overlay if path in self.contents}
        overlay = {path: run.request.overlay[path] for path in disk}
        begun = review.begin(event.results, event.after, disk, overlay, origin=self.evidence)
        if begun.choices:
            self.review = begun
            self.set_phase(Phase.REVIEW)
            self.view("diff")
            diff = self.part("diff", DiffView)
            diff.show(begun)
            diff.choose(0)
            diff.focus()
            return
        self.set_phase(Phase.DONE)
        words = (
            text.plain("Nothing to change", "bold $text-warning"),
            text.plain(f"{verdict(event.after)}; {REASONS[event.reason]}"),
            text.plain(f"{event.judged} candidates were judged in {event.rounds} rounds", text.MUTED),
        )
        self.tell(Content("\n\n").join(words))

    @on(messages.RunEnded)
    def _run_ended(self, message: messages.RunEnded) -> None:
        """Say what is missing from the trace."""
        if message.run.note:
            self.inform(message.run.note)

    @on(messages.Failed)
    def _failed(self, message: messages.Failed) -> None:
        """Say why something could not be done."""
        why = message.trouble
        current = self.judging if message.what == "judge" else self.number
        if message.number not in (0, current):
            return
        if message.what == "model":
            self.part("top", TopBar).model = "no model"
        if message.what in ("open", "run"):
            self.fix = None if message.what == "run" else self.fix
            if message.what == "open" and not self.packages:
                self._prepare(self.target)
            self.set_phase(Phase.FAILED)
            title = "This is a bug" if why.bug else f"Cannot {'open this' if message.what == 'open' else 'go on'}"
            rows = (
                text.plain(title, "bold $text-error"),
                text.plain(why.message),
                text.plain(f"→ {why.hint}", "$text-primary"),
            )
            self.tell(Content("\n\n").join(rows))
        else:
            self.warn(why.message, hint=why.hint)
