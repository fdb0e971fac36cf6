"""The findings table: what the validators say, root causes first; choosing one jumps to its line."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from hrgc.diagnostics import Diagnostic, Evidence
from tui import text
from tui.widgets.choices import Choices

NOT_CHECKED = Content("not checked yet")


class FindingList(Choices):
    """Shows the findings of a state."""

    def __init__(self, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002 - Textual's name
        """Begin without findings."""
        super().__init__(id=id, classes=classes, empty=NOT_CHECKED.plain)
        self._findings: tuple[Diagnostic, ...] = ()
        self._left = 0
        """How many of them are left; those behind are fixed."""
        self._word = NOT_CHECKED
        """What is said when there is none."""

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """The findings in the order they are shown."""
        return self._findings

    def show_evidence(self, evidence: Evidence | None, *, fixed: Sequence[Diagnostic] = ()) -> None:
        """Show what is wrong, and behind it what is *fixed*."""
        left = evidence.diagnostics if evidence is not None else ()
        self._findings = (*sorted(left, key=lambda d: (not d.root, str(d.path), d.line)), *fixed)
        self._left = len(left)
        self._word = text.verdict_of(evidence) if evidence is not None else NOT_CHECKED
        self._draw()

    def on_resize(self) -> None:
        """Wrap the messages to the new width."""
        self._draw()

    def _draw(self) -> None:
        """Make the rows."""
        width = self.scrollable_content_region.width or self.app.size.width
        rows = [text.finding(d, width, fixed=n >= self._left) for n, d in enumerate(self._findings)]
        self.show(rows, empty=self._word)
