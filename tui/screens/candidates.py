"""The candidates of a run in order of rank, with what became of each and the change it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Footer, OptionList

from hrgc.diagnostics import Evidence
from hrgc.edits import splice
from hrgc.errors import InputError
from hrgc.events import FileResult, Judged, Tried
from tui import review, text
from tui.review import Review
from tui.screens.dialog import Dialog
from tui.story import Story
from tui.widgets.choices import Choices
from tui.widgets.diff import DiffView


class Candidates(Dialog["Review | None"]):
    """Browses candidates; gives the review of the one that is to be used."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "leave", "Leave"),
        Binding("enter", "use", "Use this one"),
        Binding("v", "side", "Side by side"),
    ]

    def __init__(self, story: Story, contents: Mapping[Path, bytes]) -> None:
        """Browse the candidates of *story*; *contents* are the files as its package was opened."""
        super().__init__()
        self._contents = contents
        self._rows: list[tuple[Judged, Tried]] = [(j, t) for j in story.judged for t in j.tried]
        self._findings = len(story.evidence.diagnostics) if story.evidence is not None else 0
        self._accepted = {(a.round, a.rank, a.edits) for a in story.attempts if a.accepted}

    def compose(self) -> ComposeResult:
        """Build the screen."""
        with Vertical(classes="dialog full"):
            with Horizontal(id="lists"):
                yield Choices(id="tried", empty="no candidates")
                yield DiffView(id="effect")
            yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Show the list, the accepted candidate chosen."""
        rows: list[Content] = []
        for title, judged, tried, before in self._titled():
            row = text.candidate(tried, accepted=self._taken(judged, tried), before=before)
            rows.append(text.lines(text.plain(title, "bold $text-accent"), row) if title else row)
        chosen = next((n for n, (j, t) in enumerate(self._rows) if self._taken(j, t)), 0)
        tried_list = self.query_one("#tried", Choices)
        tried_list.border_title = Content(f"candidates: {len(rows)}, enter uses one")
        tried_list.show(rows, index=chosen)
        tried_list.focus()

    def _titled(self) -> Iterator[tuple[str, Judged, Tried, int]]:
        """Yield the rows with a title where a step begins, and the number of findings before that step."""
        seen: Judged | None = None
        number, findings, after = 0, self._findings, self._findings
        for judged, tried in self._rows:
            title = ""
            if judged is not seen:
                number = number + 1 if seen is not None and seen.round == judged.round else 1
                title, seen, findings = f"round {judged.round}, step {number}", judged, after
            if self._taken(judged, tried) and tried.evidence is not None:
                after = len(tried.evidence.diagnostics)
            yield title, judged, tried, findings

    def _taken(self, judged: Judged, tried: Tried) -> bool:
        """Tell whether a candidate was accepted."""
        return (judged.round, tried.rank, tried.edits) in self._accepted

    @on(OptionList.OptionHighlighted, "#tried")
    def _highlighted(self, message: OptionList.OptionHighlighted) -> None:
        """Show what a candidate changes."""
        if message.option_index < len(self._rows):
            effect = self.query_one("#effect", DiffView)
            effect.show(self._effect(message.option_index, alone=True))
            effect.border_title = Content("its change")

    def _effect(self, index: int, *, alone: bool) -> Review | None:
        """Return a candidate's change: *alone*, or together with the steps before it."""
        judged, tried = self._rows[index]
        original = self._contents.get(tried.path)
        if original is None:
            return None
        try:
            states = {path: splice(self._contents[path], edits) for path, edits in judged.changed}
            state = states.get(tried.path, original)
            after = splice(state, tried.edits)
        except (InputError, KeyError):
            return None
        verdict = tried.evidence or Evidence(complete=False)
        if alone:
            return review.begin([FileResult(tried.path, state, after)], verdict, {}, {})
        disk = {path: self._contents[path] for path in states} | {tried.path: original}
        made = review.begin((), verdict, disk, states | {tried.path: after})
        return Review(made.results, made.choices)

    @on(OptionList.OptionSelected, "#tried")
    def action_use(self) -> None:
        """Give the review of the highlighted candidate."""
        at = self.query_one("#tried", Choices).index
        if at is not None:
            self.dismiss(self._effect(at, alone=False))

    def action_side(self) -> None:
        """Switch between unified and side by side."""
        effect = self.query_one("#effect", DiffView)
        effect.set_side(side=not effect.side)

    def action_leave(self) -> None:
        """Give none."""
        self.dismiss(None)
