"""A repair in pieces that a person takes or leaves, and the contents a choice of them makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hrgc.discovery import patch_name
from hrgc.edits import TextEdit, line_edits, line_of, splice, unified
from hrgc.events import FileResult

CONTEXT = 3
"""Unchanged lines that join two changes into one piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Neighbouring changes of one file that are asked about together."""

    result: FileResult
    edits: tuple[TextEdit, ...]

    @property
    def split(self) -> tuple[Piece, ...]:
        """One piece for each change."""
        return tuple(replace(self, edits=(edit,)) for edit in self.edits)

    @property
    def range(self) -> tuple[int, int]:
        """First byte and end of what is replaced."""
        return self.edits[0].start, self.edits[-1].end

    @property
    def text(self) -> str:
        """The new text of the piece, unchanged lines between its edits included."""
        first, last = self.range
        new = splice(self.result.before, self.edits)
        grown = len(new) - len(self.result.before)
        return new[first : last + grown].decode("utf-8", "surrogateescape")

    def edited(self, text: str) -> Piece:
        """Return the piece with *text* in place of its new text."""
        first, last = self.range
        return replace(self, edits=(TextEdit(first, last, text.encode("utf-8", "surrogateescape")),))

    def diff(self) -> str:
        """Return the piece as a diff."""
        return unified(patch_name(self.result.path), self.result.before, splice(self.result.before, self.edits))


def pieces(result: FileResult) -> tuple[Piece, ...]:
    """Return the changes of a file, those close together joined."""
    groups: list[list[TextEdit]] = []
    for edit in line_edits(result.before, result.after):
        if groups and _distance(result.before, groups[-1][-1], edit) <= 2 * CONTEXT:
            groups[-1].append(edit)
        else:
            groups.append([edit])
    return tuple(Piece(result, tuple(group)) for group in groups)


def _distance(content: bytes, first: TextEdit, second: TextEdit) -> int:
    """Return the lines between two edits."""
    return line_of(content, second.start) - line_of(content, first.end)


def chosen_results(results: Sequence[FileResult], chosen: Sequence[Piece]) -> tuple[FileResult, ...]:
    """Return the files with only the chosen pieces; files without any are left out."""
    rows: list[FileResult] = []
    for result in results:
        edits = [edit for piece in chosen if piece.result.path == result.path for edit in piece.edits]
        after = splice(result.before, edits)
        if after != result.before:
            rows.append(replace(result, after=after))
    return tuple(rows)
