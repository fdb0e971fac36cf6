"""The list of past runs: look at one again, run it again, or take back what it wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList, Static

from hrgc.history import Row
from tui import text
from tui.screens.dialog import Dialog
from tui.widgets.choices import Choices


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done with a run."""

    verb: str
    """``replay``, ``resume`` or ``undo``."""
    run: str
    """The run's id."""


class History(Dialog["Action | None"]):
    """Chooses a run."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave"),
        Binding("enter", "choose('replay')", "Look at it again"),
        Binding("r", "choose('resume')", "Run it again"),
        Binding("u", "choose('undo')", "Take back what it wrote"),
    ]

    def __init__(self, rows: Sequence[Row]) -> None:
        """Choose among *rows*."""
        super().__init__()
        self._rows = tuple(rows)

    def compose(self) -> ComposeResult:
        """Build the screen."""
        with Vertical(classes="dialog full"):
            yield Static("Past runs: enter looks at one again", classes="title", markup=False)
            yield Choices(id="runs", empty="no runs yet")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the list."""
        runs = self.query_one("#runs", Choices)
        runs.show([_row(row) for row in self._rows])
        runs.focus()

    @on(OptionList.OptionSelected, "#runs")
    def _selected(self) -> None:
        """Look at the chosen run again."""
        self.action_choose("replay")

    def action_choose(self, verb: str) -> None:
        """Give what is to be done."""
        at = self.query_one("#runs", Choices).index
        if at is not None:
            self.dismiss(Action(verb, self._rows[at].id))

    def action_leave(self) -> None:
        """Give nothing."""
        self.dismiss(None)


def _row(row: Row) -> Content:
    """Return a run on one line."""
    good = row.verdict.startswith(("fixed", "clean"))
    return text.joined(
        (f"{row.started}  ", text.MUTED),
        (f"{row.verdict:16} ", "$text-success" if good else "$text-warning"),
        (f"{row.written:8} ", "$text-primary"),
        (row.target, ""),
    )
