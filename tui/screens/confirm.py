"""A question whose answer is yes or no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from tui.screens.dialog import Dialog


class Confirm(Dialog[bool]):
    """Asks; no is the answer of everything but a yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer(True)", "Yes"),
        Binding("n,escape,q,enter", "answer(False)", "No"),
    ]

    def __init__(self, question: Content) -> None:
        """Ask *question*."""
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with Vertical(classes="dialog"):
            yield Static(self._question, markup=False)
            yield Static("y yes    n no", markup=False, classes="dim")

    def action_answer(self, yes: bool) -> None:  # noqa: FBT001 - a binding's argument
        """Give the answer."""
        self.dismiss(yes)
