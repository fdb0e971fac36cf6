"""Choosing what to open: a path that is typed, or one of the packages that were found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static

from tui import text
from tui.screens.dialog import Dialog
from tui.widgets.choices import Choices


class OpenPath(Dialog["Path | None"]):
    """Chooses a path; gives None when it was left."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("down", "list", "List", show=False),
    ]

    def __init__(self, paths: Sequence[Path]) -> None:
        """Propose *paths*."""
        super().__init__()
        self._all = tuple(paths)
        self._shown = self._all

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        with Vertical(classes="dialog wide tall"):
            yield Static("Open a file or package", classes="title", markup=False)
            yield Input(placeholder="a path, or part of a name below", id="path")
            yield Choices(id="paths", empty="nothing like this is known; enter opens the path")

    def on_mount(self) -> None:
        """Show all that is known."""
        self._filter("")

    def _filter(self, words: str) -> None:
        """Show the paths that have *words* in them."""
        wanted = words.lower().strip()
        self._shown = tuple(p for p in self._all if wanted in str(p).lower())
        rows = [text.plain(text.short_path(p)) for p in self._shown]
        self.query_one("#paths", Choices).show(rows, index=0)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        """Narrow the list."""
        self._filter(message.value)

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        """Open what was typed if it is there, else the first match."""
        path = Path(message.value.strip()).expanduser()
        if message.value.strip() and path.exists():
            self.dismiss(path.absolute())
        elif self._shown:
            self.dismiss(self._shown[0])

    @on(OptionList.OptionSelected, "#paths")
    def _selected(self, message: OptionList.OptionSelected) -> None:
        """Open the chosen one."""
        self.dismiss(self._shown[message.option_index])

    def action_list(self) -> None:
        """Go from the line to the list."""
        self.query_one("#paths", Choices).focus()

    def action_leave(self) -> None:
        """Give none."""
        self.dismiss(None)
