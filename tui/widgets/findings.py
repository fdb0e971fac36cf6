"""The findings table: what the validators say, root causes first; choosing one jumps to its line."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from hrgc.diagnostics import Diagnostic, Evidence
from tui import text
from tui.widgets.choices import Choices


class FindingList(Choices):
    """Shows the findings of a state."""

    def __init__(self, *, id: str | None = None, classes: str = "") -> None:  # noqa: A002 - Textual's name
        """Begin without findings."""
        super().__init__(id=id, classes=classes, empty="no findings")
        self._findings: tuple[Diagnostic, ...] = ()

    @property
    def findings(self) -> tuple[Diagnostic, ...]:
        """The findings in the order they are shown."""
        return self._findings

    def show_evidence(self, evidence: Evidence | None, *, fixed: Sequence[Diagnostic] = ()) -> None:
        """Show what is wrong, and behind it what is *fixed*."""
        left = evidence.diagnostics if evidence is not None else ()
        self._findings = (*sorted(left, key=lambda d: (not d.root, str(d.path), d.line)), *fixed)
        rows = [text.finding(one) for one in self._findings[: len(left)]]
        rows += [_fixed(one) for one in fixed]
        self.show(rows)


def _fixed(one: Diagnostic) -> Content:
    """Return a finding that is gone."""
    return text.joined(
        ("✓ ", "$text-success"), (f"{one.path.name}:{one.line}  {text.one_line(one.message)}", f"strike {text.MUTED}")
    )
