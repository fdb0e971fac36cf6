"""What all dialogs share: one that was left already is not left again, however fast the keys come."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen

_Result = TypeVar("_Result")


class Dialog(ModalScreen[_Result]):
    """A modal screen that gives one answer; the large ones fill a narrow terminal."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (96, "-normal")]  # noqa: RUF012 - declared so by its base

    def dismiss(self, result: _Result | None = None) -> AwaitComplete:
        """Give *result*; does nothing unless this is the screen in front, since it would take that one away."""
        if self.app.screen is not self:
            return AwaitComplete()
        return super().dismiss(result)
