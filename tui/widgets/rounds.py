"""The rounds pane: one entry a round, with what each validator let through."""

from __future__ import annotations

from collections.abc import Sequence

from tui import text
from tui.story import Round
from tui.widgets.choices import Choices


class RoundList(Choices):
    """Shows the rounds of a run."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without rounds."""
        super().__init__(id=id, empty="no round yet")

    def show_rounds(self, rounds: Sequence[Round], *, running: bool) -> None:
        """Show *rounds*; the last one goes on while *running*."""
        last = len(rounds) - 1
        rows = [text.round_row(one, running=running and at == last) for at, one in enumerate(rounds)]
        self.show(rows, index=last if running else None)
