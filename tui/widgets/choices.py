"""A list of things to choose from, each of one or several lines of content; the base of most panes."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option


class Choices(OptionList):
    """An option list whose entries are content, replaced as a whole; the highlight stays where it can."""

    def __init__(self, *, id: str | None = None, classes: str = "", empty: str = "") -> None:  # noqa: A002 - its base's
        """Show *empty* while there is nothing to choose."""
        super().__init__(id=id, classes=classes, markup=False)
        self._empty = Content(empty)
        self._shown: tuple[Content, ...] | None = None

    @property
    def count(self) -> int:
        """How many entries there are."""
        return len(self._shown or ())

    @property
    def index(self) -> int | None:
        """The highlighted entry, None when there is none."""
        return self.highlighted if self._shown else None

    def show(self, rows: Sequence[Content], *, index: int | None = None, empty: Content | None = None) -> None:
        """Show *rows*, entry *index* highlighted (by default the one that was); without rows show *empty*."""
        rows, empty = tuple(rows), empty or self._empty
        before = self.highlighted
        if rows != self._shown or (not rows and empty != self._empty):
            self._shown, self._empty = rows, empty
            self.clear_options()
            options = [Option(row) for row in rows] or [Option(empty, disabled=True)]
            self.add_options(options)
        wanted = before if index is None else index
        if rows:
            self.highlighted = max(0, min(wanted or 0, len(rows) - 1))

    def action_page_up(self) -> None:
        """Move up by a page; safe before the list was laid out."""
        self._by_page(-1)

    def action_page_down(self) -> None:
        """Move down by a page; safe before the list was laid out."""
        self._by_page(1)

    def _by_page(self, way: int) -> None:
        """Move the highlight by about as many entries as are seen."""
        if self._shown:
            lines = max(1, self.virtual_size.height // len(self._shown))
            page = max(1, self.scrollable_content_region.height // lines)
            self.highlighted = max(0, min((self.highlighted or 0) + way * page, len(self._shown) - 1))

    def on_mount(self) -> None:
        """Show that there is nothing."""
        if self._shown is None:
            self.show(())
