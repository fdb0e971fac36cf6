"""The line above the footer: the verdict, and what to do next."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Hint(Static):
    """Shows one line of advice."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin empty."""
        super().__init__("", id=id, markup=False)

    def say(self, content: Content) -> None:
        """Show *content*."""
        self.update(content)
