"""The diff pane: the hunks of a repair, one of them chosen; keys take or leave it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content
from textual.events import Resize
from textual.message import Message

from tui import diffs
from tui.review import Review
from tui.widgets.lines import LinesView


class DiffView(LinesView):
    """Shows a review."""

    @dataclass
    class Chosen(Message):
        """Another hunk was chosen."""

        index: int

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without a review."""
        super().__init__(id=id)
        self._review: Review | None = None
        self._current = 0
        self._side = False
        self._blocks: tuple[diffs.Block, ...] = ()

    @property
    def current(self) -> int:
        """Index of the chosen hunk."""
        return self._current

    @property
    def side(self) -> bool:
        """True when old and new stand side by side."""
        return self._side

    def show(self, review: Review | None) -> None:
        """Show *review*; the chosen hunk stays chosen where it can."""
        if review is self._review and review is not None:
            return
        self._review = review
        self._current = max(0, min(self._current, len(review.choices) - 1)) if review else 0
        self._draw()

    def choose(self, index: int) -> None:
        """Choose a hunk and bring it into view."""
        if self._review is not None and self._review.choices:
            self._current = max(0, min(index, len(self._review.choices) - 1))
            self._draw()
            block = self._blocks[self._current]
            self.move(block.last)
            self.move(block.first)

    def set_side(self, *, side: bool) -> None:
        """Show old and new side by side, or below each other."""
        self._side = side
        self._draw()

    def moved(self) -> None:
        """Choose the hunk the cursor went into."""
        at = next((n for n, b in enumerate(self._blocks) if b.first <= self.cursor <= b.last), self._current)
        if at != self._current:
            self._current = at
            self._draw()
            self.post_message(self.Chosen(at))

    def on_resize(self, event: Resize) -> None:
        """Fit two columns into the new width."""
        super().on_resize(event)
        if self._side:
            self._draw()

    def _draw(self) -> None:
        """Make the lines."""
        if self._review is None:
            self._blocks = ()
            self.set_lines(())
            self.border_title = Content("change")
            return
        width = self.scrollable_content_region.width or 80
        made = diffs.picture(self._review, side=self._side, width=width, current=self._current)
        self._blocks = made.blocks
        self.set_lines(made.lines, keep=True)
        taken, total = self._review.taken, len(self._review.choices)
        self.border_title = Content(f"change: {taken} of {total} hunk{'' if total == 1 else 's'}")
