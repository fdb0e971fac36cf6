"""The menus of one plan step: intent, target, operation and lines, with the sentence it makes and what is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, Label, Select, Static

from hrgc.edits import split_lines
from hrgc.plan import Plan, Step, lint
from hrgc.tokens import Intent, Op, Target
from tui import text
from tui.screens.dialog import Dialog

_LINES = re.compile(r"\s*(\d{1,7})\s*(?:-\s*(\d{1,7})\s*)?")


class StepEditor(Dialog["Step | None"]):
    """Edits a step; gives None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave"),
        Binding("ctrl+s", "done", "Done", priority=True),
    ]

    def __init__(self, step: Step, contents: Mapping[Path, bytes]) -> None:
        """Edit *step* of a plan for *contents*."""
        super().__init__()
        self._step = step
        self._files = {path: split_lines(content) for path, content in contents.items()}

    def compose(self) -> ComposeResult:
        """Build the dialog."""
        step = self._step
        span = f"{step.line}" if step.end_line in (None, step.line) else f"{step.line}-{step.end_line}"
        with Vertical(classes="dialog wide"):
            yield Static("Change the step", classes="title", markup=False)
            yield from self._row("operation", _menu([(f"{op.value:8} {op.meaning}", op) for op in Op], step.op))
            yield from self._row("lines", Input(span, placeholder="12 or 12-15"))
            yield from self._row("intent", _menu([(i.value.lower(), i) for i in Intent], step.intent))
            yield from self._row("target", _menu([(t.value, t) for t in Target], step.target))
            if len(self._files) > 1:
                names = [(path.name, path) for path in self._files]
                yield from self._row("file", _menu(names, step.path))
            yield Static("", id="sentence", markup=False)
            with Horizontal(classes="buttons"):
                yield Button("Done (^s)", id="done", variant="primary", compact=True)
                yield Button("Leave (esc)", id="leave", compact=True)

    def _row(self, name: str, field: Select[object] | Input) -> ComposeResult:
        """Build one labelled field."""
        field.id = name
        with Horizontal(classes="field"):
            yield Label(name, markup=False)
            yield field

    def on_mount(self) -> None:
        """Begin at the operation."""
        self.query_one("#operation").focus()
        self._tell()

    def edited(self) -> Step | str:
        """Return the step as it stands, or what is wrong with the lines."""
        match = _LINES.fullmatch(self.query_one("#lines", Input).value)
        if match is None or int(match[1]) < 1:
            return "write a line such as 12, or lines such as 12-15"
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            return f"lines {first}-{last} end before they begin"
        values = {name: self.query_one(f"#{name}", Select).value for name in ("operation", "intent", "target")}
        op, intent, target = (values[name] for name in ("operation", "intent", "target"))
        assert isinstance(op, Op)
        assert isinstance(intent, Intent)
        assert isinstance(target, Target)
        path = self._step.path
        if len(self._files) > 1:
            chosen = self.query_one("#file", Select).value
            assert isinstance(chosen, Path)
            path = chosen
        end = last if last > first else None
        made = replace(self._step, path=path, line=first, end_line=end, op=op, intent=intent, target=target)
        return made if made == self._step else replace(made, probability=None)

    @on(Select.Changed)
    @on(Input.Changed)
    def _tell(self) -> None:
        """Show the sentence, or what is wrong."""
        step = self.edited()
        if isinstance(step, str):
            shown = text.plain(f"✗ {step}", "$text-error")
        else:
            wrong = lint(Plan((step,)), self._files)
            shown = text.plain(step.sentence(), "$text-success")
            if wrong:
                shown = text.plain(f"✗ {wrong[0].partition(': ')[2]}", "$text-error")
            shown = Content("\n").join([shown, self._line_of(step)])
        self.query_one("#sentence", Static).update(shown)

    def _line_of(self, step: Step) -> Content:
        """Return the text of the step's first line."""
        rows = self._files.get(step.path, [])
        line = rows[step.line - 1].decode("utf-8", "replace").strip() if step.line <= len(rows) else ""
        return text.joined((f"{step.line}  ", text.MUTED), (line, ""))

    @on(Button.Pressed, "#done")
    @on(Input.Submitted)
    def action_done(self) -> None:
        """Give the step; stay when something is wrong."""
        step = self.edited()
        if isinstance(step, Step) and not lint(Plan((step,)), self._files):
            self.dismiss(step)

    @on(Button.Pressed, "#leave")
    def action_leave(self) -> None:
        """Give none."""
        self.dismiss(None)


def _menu(options: Sequence[tuple[str, object]], value: object) -> Select[object]:
    """Return a menu with *value* chosen."""
    rows = [(text.plain(name), item) for name, item in options]
    return Select(rows, value=value, allow_blank=False, compact=True)
