"""Repairs as lines to show: one block a hunk with a heading, unified or side by side."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from textual.content import Content

from hrgc.edits import splice, split_lines
from hrgc.pieces import CONTEXT, Piece
from tui import text
from tui.colours import coloured
from tui.review import Choice, Review
from tui.widgets.lines import Line

REMOVED, ADDED = "on $error 14%", "on $success 14%"
_HEADING = "on $panel"
_BLANK = Content("")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one hunk."""

    first: int
    """Index of its heading among all lines."""
    last: int
    """Index of its last line."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A whole diff as lines."""

    lines: tuple[Line, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of a hunk: on the old side, on the new side, or on both."""

    old: int | None
    """Index among the old lines, None when added."""
    new: int | None
    """Index among the new lines, None when removed."""


def picture(review: Review, *, side: bool, width: int, current: int) -> Picture:
    """Return the diff of a review.

    *width* cells are there for two columns when *side*; *current* is the hunk chosen.
    """
    rows: list[Line] = []
    blocks: list[Block] = []
    for at, choice in enumerate(review.choices):
        if rows:
            rows.append(Line(Content(""), Content("")))
        first = len(rows)
        written = bool(review.written) and not review.pending
        rows.append(_heading(at, choice, len(review.choices), current=at == current, written=written))
        rows += _body(choice.piece, side=side, width=width, dim=choice.taken is False)
        blocks.append(Block(first, len(rows) - 1))
    return Picture(tuple(rows), tuple(blocks))


def _heading(at: int, choice: Choice, total: int, *, current: bool, written: bool) -> Line:
    """Return the line above a hunk: which one, where, and whether it is taken."""
    first, last = choice.lines
    where = f"line {first}" if last <= first else f"lines {first}-{last}"
    word, style = {
        True: ("✓ taken", "bold $text-success"),
        False: ("✗ left out", "bold $text-error"),
        None: ("○ offered", "$text-primary"),
    }[choice.taken]
    if written and choice.in_use:
        word, style = "✓ written", "bold $text-success"
    mark = ("▶ ", "bold $text-accent") if current else ("  ", "")
    name = choice.piece.result.path.name
    content = text.joined(
        mark, (f"hunk {at + 1} of {total}", "bold"), (f"  {name}, {where}  ", text.MUTED), (word, style)
    )
    return Line(content, Content(""), _HEADING)


@lru_cache(maxsize=256)
def _body(piece: Piece, *, side: bool, width: int, dim: bool) -> tuple[Line, ...]:
    """Return the lines of a hunk with some context; only what is new is coloured again."""
    before, name = piece.result.before, piece.result.path.name
    old_lines, new_lines = split_lines(before), split_lines(splice(before, piece.edits))
    rows = _rows(old_lines, new_lines)
    old = coloured(before, name)
    fresh = [row.new for row in rows if row.old is None and row.new is not None]
    new = dict(zip(fresh, coloured(b"".join(new_lines[n] for n in fresh), name), strict=False))
    new |= {row.new: _at(old, row.old) for row in rows if row.old is not None and row.new is not None}
    number = len(str(max(len(old_lines), len(new_lines), 1)))
    if side:
        return tuple(_columns(rows, old, new, width, number, dim=dim))
    return tuple(_unified(row, old, new, number, dim=dim) for row in rows)


def _rows(before: Sequence[bytes], after: Sequence[bytes]) -> list[_Row]:
    """Return the changed lines of two contents with context around them, in reading order."""
    found: list[_Row] = []
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        for tag, a1, a2, b1, b2 in group:
            if tag == "equal":
                found += (_Row(a1 + n, b1 + n) for n in range(a2 - a1))
            else:
                found += (_Row(n, None) for n in range(a1, a2))
                found += (_Row(None, n) for n in range(b1, b2))
    return found


def _at(rows: Sequence[Content], index: int) -> Content:
    """Return a coloured line, an empty one where colouring found fewer lines."""
    return rows[index] if index < len(rows) else _BLANK


def _unified(row: _Row, old: Sequence[Content], new: Mapping[int, Content], width: int, *, dim: bool) -> Line:
    """Return one line of a unified diff, with the line's number."""
    if row.old is not None and row.new is not None:
        return Line(_at(old, row.old), text.joined((f"  {row.new + 1:>{width}} ", text.MUTED)), "", row.new + 1)
    if row.old is not None:
        gutter = text.joined(("- ", "bold $text-error"), (f"{row.old + 1:>{width}} ", "$text-error"))
        return Line(_at(old, row.old), gutter, "" if dim else REMOVED, row.old + 1)
    assert row.new is not None
    gutter = text.joined(("+ ", "bold $text-success"), (f"{row.new + 1:>{width}} ", "$text-success"))
    content = new.get(row.new, _BLANK)
    return Line(content.stylize("dim strike") if dim else content, gutter, "" if dim else ADDED, row.new + 1)


def _columns(  # noqa: PLR0913 - what both columns need
    rows: Sequence[_Row], old: Sequence[Content], new: Mapping[int, Content], width: int, number: int, *, dim: bool
) -> list[Line]:
    """Return the lines of a hunk in two columns of *width* cells together."""
    room = max(8, (width - 3) // 2)
    made: list[Line] = []
    for left, right, same in _paired(rows):
        quiet = dim or same
        cells = (
            _cell(left, _BLANK if left is None else _at(old, left), number, room, "" if quiet else REMOVED),
            Content(" │ ").stylize(text.MUTED),
            _cell(right, _BLANK if right is None else new.get(right, _BLANK), number, room, "" if quiet else ADDED),
        )
        made.append(Line(Content("").join(cells), Content("")))
    return made


def _paired(rows: Sequence[_Row]) -> list[tuple[int | None, int | None, bool]]:
    """Return removed lines beside the added ones that follow them; equal lines (third is true) beside themselves."""
    pairs: list[tuple[int | None, int | None, bool]] = []
    gone: list[int] = []
    come: list[int] = []

    def flush() -> None:
        pairs.extend((a, b, False) for a, b in zip_longest(gone, come))
        gone.clear()
        come.clear()

    for row in rows:
        if row.old is not None and row.new is not None:
            flush()
            pairs.append((row.old, row.new, True))
        elif row.old is not None:
            gone.append(row.old)
        elif row.new is not None:
            come.append(row.new)
    flush()
    return pairs


def _cell(index: int | None, content: Content, number: int, room: int, style: str) -> Content:
    """Return one side of a line, cut and filled to *room* cells."""
    if index is None:
        return Content(" " * room)
    head = text.joined((f"{index + 1:>{number}} ", text.MUTED))
    whole = Content("").join([head, content]).truncate(room, ellipsis=True, pad=True)
    return whole.stylize_before(style) if style else whole
