"""A long list of styled lines with a cursor, drawn line by line: what code and diffs are shown in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.segment import Segment
from textual.content import Content
from textual.events import Click, Resize
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the view."""

    content: Content
    gutter: Content
    """In front of the line; does not scroll sideways."""
    style: str = ""
    """Style under the whole line, '' for none."""
    number: int = 0
    """1-based number in the file, 0 for none."""


class LinesView(ScrollView, can_focus=True):
    """Shows lines; the arrow keys move a cursor line when there is one, else they scroll."""

    COMPONENT_CLASSES = {"lines--cursor"}  # noqa: RUF012 - Textual's own way

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin empty."""
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._cursor = 0
        self._gutter_width = 0
        self._widest = 0

    @property
    def rows(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._lines

    @property
    def cursor(self) -> int:
        """Index of the cursor line."""
        return self._cursor

    def set_lines(self, lines: Sequence[Line], *, keep: bool = False) -> None:
        """Show *lines*; with *keep*, cursor and scroll position stay where they are."""
        self._lines = tuple(lines)
        self._gutter_width = max((line.gutter.cell_length for line in lines), default=0)
        self._widest = max((line.content.cell_length for line in lines), default=0)
        self.virtual_size = Size(self._gutter_width + self._widest + 1, len(self._lines))
        if keep:
            self._cursor = max(0, min(self._cursor, len(self._lines) - 1))
        else:
            self._cursor = 0
            self.scroll_to(0, 0, animate=False)
        self.refresh()

    def move(self, index: int) -> None:
        """Put the cursor on line *index* (0-based, clamped) and bring it into view."""
        self._cursor = max(0, min(index, len(self._lines) - 1))
        self._show_cursor()
        self.refresh()

    def _show_cursor(self) -> None:
        """Scroll so that the cursor line has some lines around it."""
        height = self.scrollable_content_region.height
        margin = min(3, max(0, height // 2 - 1))
        region = Region(0, self._cursor - margin, 1, 2 * margin + 1)
        self.scroll_to_region(region, animate=False, force=True, x_axis=False)

    def plain(self) -> str:
        """Return what is shown as text, without gutters."""
        return "".join(line.content.plain + "\n" for line in self._lines)

    def on_resize(self, event: Resize) -> None:
        """Keep the cursor in view."""
        del event
        self.refresh()

    def on_click(self, event: Click) -> None:
        """Put the cursor where the mouse was pressed."""
        at = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= at < len(self._lines):
            self._cursor = at
            self.refresh()
            self.moved()

    def moved(self) -> None:
        """Do what follows when a person moved the cursor; for subclasses."""

    def action_scroll_up(self) -> None:
        """Move up a line."""
        self.move(self._cursor - 1)
        self.moved()

    def action_scroll_down(self) -> None:
        """Move down a line."""
        self.move(self._cursor + 1)
        self.moved()

    def action_page_up(self) -> None:
        """Move up a screen."""
        self.move(self._cursor - self.scrollable_content_region.height)
        self.moved()

    def action_page_down(self) -> None:
        """Move down a screen."""
        self.move(self._cursor + self.scrollable_content_region.height)
        self.moved()

    def action_scroll_home(self) -> None:
        """Move to the first line."""
        self.move(0)
        self.moved()

    def action_scroll_end(self) -> None:
        """Move to the last line."""
        self.move(len(self._lines) - 1)
        self.moved()

    def render_line(self, y: int) -> Strip:
        """Draw one visible line."""
        scroll_x, scroll_y = self.scroll_offset
        width = self.scrollable_content_region.width
        index = scroll_y + y
        base = self.visual_style
        if index >= len(self._lines):
            return Strip.blank(width, base.rich_style)
        line = self._lines[index]
        under = base
        if line.style:
            under += self._style(line.style)
        if index == self._cursor:
            under += self.get_visual_style("lines--cursor")
        gutter = self._strip(line.gutter, under, self._gutter_width)
        room = max(0, width - self._gutter_width)
        body = self._strip(self._selected(line.content, index), under, scroll_x + room)
        body = body.crop_extend(scroll_x, scroll_x + room, under.rich_style).apply_offsets(scroll_x, index)
        return Strip.join([gutter, body]).crop(0, width)

    def _selected(self, content: Content, index: int) -> Content:
        """Return a line with the mouse's selection marked."""
        selection = self.text_selection
        span = selection.get_span(index) if selection is not None else None
        if span is None:
            return content
        start, end = span
        return content.stylize("reverse", start, len(content) if end == -1 else end)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return the selected text, for copying."""
        return selection.extract("\n".join(line.content.plain for line in self._lines)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the new selection."""
        del selection
        self.refresh()

    def _style(self, text: str) -> Style:
        """Return a style written with theme variables."""
        return self.app.stylesheet.parse_style(text)

    def _strip(self, content: Content, under: Style, width: int) -> Strip:
        """Return content on *under*, at least *width* cells wide."""
        parts = content.render(under, end="", parse_style=self.app.stylesheet.parse_style)
        segments = [Segment(text, style.rich_style) for text, style in parts]
        return Strip(segments).extend_cell_length(width, under.rich_style)
