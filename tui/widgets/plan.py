"""The plan pane: steps as sentences or as raw tokens, done ones ticked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content

from hrgc.plan import Plan, Step
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
        index: int | None = None,
    ) -> None:
        """Show *plan*; as raw *tokens* when given; *problems* name what is wrong with its steps."""
        self._steps = plan.steps
        if tokens is not None:
            self.show([_token_row(row) for row in _by_step(tokens)], index=index)
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
        self.show(rows, index=index)


def _by_step(tokens: Sequence[str]) -> list[list[str]]:
    """Return raw tokens in groups, one a step."""
    groups: list[list[str]] = []
    for token in tokens:
        if token == "<STEP>" or not groups:  # noqa: S105 - a plan token, no secret
            groups.append([])
        groups[-1].append(token)
    return groups


def _token_row(tokens: Sequence[str]) -> Content:
    """Return one step's tokens, each kind in its colour."""
    styles = {"<INTENT": "$text-success", "<TARGET": "$text-primary", "<OP": "$text-accent", "<L": "$text-warning"}
    cells: list[tuple[str, str]] = []
    for token in tokens:
        style = next((s for head, s in styles.items() if token.startswith(head)), text.MUTED)
        cells += [(token, style), (" ", "")]
    return text.joined(*cells)
