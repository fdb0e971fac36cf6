"""The code pane: a file with syntax colours, findings in the gutter and behind their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textual.content import Content
from textual.message import Message

from hrgc.diagnostics import Diagnostic, HotLine
from tui import text
from tui.widgets.lines import Line, LinesView


class CodeView(LinesView):
    """Shows one file."""

    @dataclass
    class Moved(Message):
        """The cursor went to another line."""

        path: Path
        line: int
        """1-based."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin without a file."""
        super().__init__(id=id)
        self.path: Path | None = None
        self._code: tuple[Content, ...] = ()
        self._findings: tuple[Diagnostic, ...] = ()
        self._hot: tuple[HotLine, ...] = ()
        self._planned: frozenset[int] = frozenset()

    def show(self, path: Path, code: Sequence[Content]) -> None:
        """Show a file's coloured lines."""
        same = path == self.path
        self.path, self._code = path, tuple(code)
        self.border_title = text.plain(path.name)
        self._draw(keep=same)

    def annotate(
        self, findings: Sequence[Diagnostic], hot: Sequence[HotLine] = (), planned: frozenset[int] = frozenset()
    ) -> None:
        """Show findings and suspected lines, and mark the lines a plan names."""
        said = (tuple(findings), tuple(hot), planned)
        if said != (self._findings, self._hot, self._planned):
            self._findings, self._hot, self._planned = said
            self._draw(keep=True)

    def go_to(self, line: int) -> None:
        """Put the cursor on file line *line* (1-based)."""
        self.move(line - 1)

    def moved(self) -> None:
        """Tell that the cursor moved."""
        if self.path is not None:
            self.post_message(self.Moved(self.path, self.cursor + 1))

    def _draw(self, *, keep: bool) -> None:
        """Make the lines from code and annotations."""
        found: dict[int, list[Diagnostic]] = {}
        for one in self._findings:
            if one.path == self.path:
                found.setdefault(one.line, []).append(one)
        hot = {h.line: h.weight for h in self._hot if h.path == self.path}
        width = len(str(len(self._code)))
        rows = [
            self._line(number, code, found.get(number, []), hot.get(number, 0.0), width)
            for number, code in enumerate(self._code, start=1)
        ]
        self.set_lines(rows, keep=keep)

    def _line(self, number: int, code: Content, found: Sequence[Diagnostic], heat: float, width: int) -> Line:
        """Return one line with what is said about it."""
        mark: tuple[str, str] = (" ", "")
        if found:
            first = found[0]
            mark = (text.STAGE_MARKS[first.stage], f"bold {text.STAGE_STYLES[first.stage]}")
        elif heat >= 0.5:
            mark = ("∙", "$text-warning")
        planned = ("▎", "$text-accent") if number in self._planned else (" ", "")
        style = "$text-error" if found else text.MUTED
        gutter = text.joined(mark, planned, (f"{number:>{width}} ", style))
        if not found:
            return Line(code, gutter, "on $warning 8%" if heat >= 0.5 else "", number)
        first = found[0]
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        note = text.plain(f"   ← {text.one_line(first.message)}{more}", f"italic {text.STAGE_STYLES[first.stage]}")
        return Line(Content("").join([code, note]), gutter, "on $error 12%", number)
