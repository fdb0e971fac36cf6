"""The plan pane: steps as sentences or as raw tokens, done ones ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from hrgc.plan import Plan, Step
from hrgc.tokens import STEP
from tui import text
from tui.widgets.choices import Choices


class PlanList(Choices):
    """Shows a plan."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without a plan."""
        super().__init__(id=id, empty="no plan yet")
        self._steps: tuple[Step, ...] = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that are shown."""
        return self._steps

    def show_plan(
        self,
        plan: Plan,
        *,
        done: Callable[[Step], Step | None],
        tokens: Sequence[str] | None = None,
        problems: Sequence[str] = (),
        others: Sequence[Step] = (),
        index: int | None = None,
    ) -> None:
        """Show *plan*; as raw *tokens* when given; *problems* name what is wrong with its steps.

        *others* are steps that could be added; they are listed behind the plan.
        """
        self._steps = plan.steps
        if tokens is not None:
            told = _by_step(tokens)
            groups = told if len(told) == len(plan.steps) else [_spelled(step) for step in plan.steps]
            self.show([_token_row(row) for row in groups], index=index)
            return
        many = len({step.path for step in plan.steps}) > 1
        rows = []
        for number, step in enumerate(plan.steps, start=1):
            row = text.step(number, step, done=done(step), many=many)
            wrong = [p for p in problems if p.startswith(f"step {number}:")]
            if wrong:
                said = text.joined(("   ", ""), ("! " + wrong[0].partition(": ")[2], "$text-error"))
                row = text.lines(row, said)
            rows.append(row)
        rows += [text.alternative(step) for step in others]
        self.show(rows, index=index)


def _by_step(tokens: Sequence[str]) -> list[list[str]]:
    """Return raw tokens in groups, one a step."""
    groups: list[list[str]] = []
    for token in tokens:
        if token == STEP or not groups:
            groups.append([])
        groups[-1].append(token)
    return groups


def _spelled(step: Step) -> list[str]:
    """Return a step that a person wrote as tokens; its line mark is known only to the run."""
    return [STEP, step.intent.token, step.target.token, step.op.token, f"line {step.line}"]


def _token_row(tokens: Sequence[str]) -> Content:
    """Return one step's tokens, each kind in its colour."""
    at = next((n for n, token in enumerate(tokens) if token.startswith("<OP")), len(tokens))
    return text.lines(_cells(tokens[:at]), Content("  ") + _cells(tokens[at:]))


def _cells(tokens: Sequence[str]) -> Content:
    """Return tokens side by side."""
    styles = {"<INTENT": "$text-success", "<TARGET": "$text-primary", "<OP": "$text-accent", "<L": "$text-warning"}
    cells: list[tuple[str, str]] = []
    for token in tokens:
        style = next((s for head, s in styles.items() if token.startswith(head)), text.MUTED)
        cells += [(token, style), (" ", "")]
    return text.joined(*cells)
