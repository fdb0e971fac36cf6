"""A question with one line of text as its answer."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.screens.dialog import Dialog


class Ask(Dialog["str | None"]):
    """Asks; gives None when it was left."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave")]

    def __init__(
        self, question: str, answer: str = "", *, placeholder: str = "", hint: str = "enter takes it, esc leaves"
    ) -> None:
        """Ask *question* and propose *answer*; *hint* stands below."""
        super().__init__()
        self._question, self._answer, self._placeholder, self._hint = question, answer, placeholder, hint

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False, classes="title")
            yield Input(self._answer, placeholder=self._placeholder, id="answer")
            yield Static(self._hint, markup=False, classes="dim")

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        """Give the answer."""
        self.dismiss(message.value)

    def action_leave(self) -> None:
        """Give none."""
        self.dismiss(None)
