"""The line at the top: name, what is open, model, and what is going on with its elapsed time."""

from __future__ import annotations

import time

from textual.app import RenderResult
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from tui import text

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TICK = 0.1
SHOWN_AFTER = 0.3
"""Seconds behind which elapsed time is shown."""


class TopBar(Widget):
    """Shows where a person is and what works."""

    target: reactive[str] = reactive("")
    model: reactive[str] = reactive("")
    badge: reactive[str] = reactive("")
    """How the queue stands."""
    busy: reactive[str] = reactive("")
    """What works now, '' for nothing."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin idle."""
        super().__init__(id=id)
        self._since = 0.0

    def on_mount(self) -> None:
        """Tick while something works."""
        self._timer = self.set_interval(_TICK, self.refresh, pause=True)

    def watch_busy(self, before: str, now: str) -> None:
        """Begin counting when something begins."""
        if now and not before:
            self._since = time.monotonic()
        if self.is_mounted and hasattr(self, "_timer"):
            (self._timer.resume if now else self._timer.pause)()

    def render(self) -> RenderResult:
        """Draw the line: left what is open, right what goes on."""
        left = text.joined((" hrgc ", "bold $text-accent"), (" ", ""), (self.target, "bold"))
        right = self._right()
        gap = self.size.width - left.cell_length - right.cell_length
        if gap < 1:
            left = left.truncate(max(0, self.size.width - right.cell_length - 1), ellipsis=True)
            gap = max(1, self.size.width - left.cell_length - right.cell_length)
        return Content("").join([left, Content(" " * gap), right])

    def _right(self) -> Content:
        """Return how the queue stands, and what goes on, or the model when nothing does."""
        badge = text.joined((f" {self.badge} ", "bold $text-accent on $surface"), "  ") if self.badge else Content("")
        return badge + self._now()

    def _now(self) -> Content:
        """Return what goes on, or the model."""
        if not self.busy:
            return text.joined((f"{self.model} ", text.MUTED))
        spent = time.monotonic() - self._since
        frame = _FRAMES[int(spent / _TICK) % len(_FRAMES)]
        clock = f"  {spent:.1f} s" if spent >= SHOWN_AFTER else ""
        return text.joined((f"{frame} ", "$text-accent"), (self.busy, "$text-accent"), (f"{clock} ", text.MUTED))
