"""Cutting changes into regions: the changed top-level declarations of a Go file, each with its doc comment.

Works on gofmt's layout alone (declarations start in column one), so that thousands a second can be cut; what is cut
wrongly (Go text inside raw strings) does not parse and is dropped later by the Go helper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer import linediff
from trainer.change import Region, changed_lines

_STARTS = re.compile(r"(?:func|type|var|const|import)[ \t(]")
_TELLING = re.compile(r"\n[ +-](?:(?:func|type|var|const|import)[ \t(]|[)}]|//)[^\n]*")
"""Lines that may open or close a declaration; the line end in front lets the search skip quickly."""
_TELLING_RAW = re.compile(r"\n[ +-](?:(?:func|type|var|const|import)[ \t(]|[)}]|//|[^\n`]*`)[^\n]*")
"""Likewise where there are raw strings."""


class _Side:
    """Whether a declaration is open on the old or the new side."""

    __slots__ = ("open", "raw")

    def __init__(self) -> None:
        self.open = False
        self.raw = False

    def take(self, text: str) -> None:
        """Follow one telling line of the side."""
        if "`" in text and text.count("`") % 2:
            self.raw = not self.raw
            if self.raw:
                self.open = True
            elif text.rstrip()[-1] == "`":
                self.open = text[0] in "\t "
            return
        if self.raw or not text or text[0] in "\t /":
            return
        if text[0] in "})":
            self.open = text.rstrip()[-1] in "{(,"
        elif _STARTS.match(text):
            self.open = text.rstrip()[-1] in "{(,="


def split(first: int, new_first: int, body: str) -> Iterator[Region]:
    """Yield the changed declarations of a run of prefixed diff lines that starts at the given old and new lines."""
    old, new = _Side(), _Side()
    cuts = [0]
    comment_end = -1
    body = f"\n{body}"
    for found in (_TELLING_RAW if "`" in body else _TELLING).finditer(body):
        text = found[0][2:]
        comment = text[:2] == "//"
        if not old.open and not new.open and (comment or _STARTS.match(text)):
            replaces = found[0][1] == "+" and body[body.rfind("\n", 0, found.start()) + 1] == "-"
            if found.start() and comment_end != found.start() and not replaces:
                cuts.append(found.start())
            if comment:
                comment_end = found.end()
                continue
        if found[0][1] != "+":
            old.take(text)
        if found[0][1] != "-":
            new.take(text)
    for start, end in zip(cuts, [*cuts[1:], len(body)], strict=True):
        piece = body[start:end]  # with the line end in front of its first line
        added, dropped = piece.count("\n+"), piece.count("\n-")
        if added or dropped:
            yield from _trimmed(first, new_first, piece[1:])
        count = piece.count("\n")
        first += count - added
        new_first += count - dropped


def _trimmed(first: int, new_first: int, piece: str) -> Iterator[Region]:
    """Yield the piece without blank lines at its ends; nothing when only those changed."""
    lines = piece.split("\n")
    start, end = 0, len(lines)
    while start < end and not lines[start][1:].strip():
        first += lines[start][:1] != "+"
        new_first += lines[start][:1] != "-"
        start += 1
    while end > start and not lines[end - 1][1:].strip():
        end -= 1
    if end - start < len(lines):
        piece = "\n".join(lines[start:end])
    if changed_lines(piece):
        yield Region(first, new_first, piece)


def from_texts(before: str, after: str) -> tuple[Region, ...]:
    """Return the changed declarations between two whole files."""
    old, new = before.encode(), after.encode()
    most = old.count(b"\n") + new.count(b"\n") + 2
    found = linediff.hunks(old, new, most)
    return tuple(region for at, to, body in found for region in split(at, to, body.decode()))


def only_comments(region: Region) -> bool:
    """Tell whether nothing but comments and blank lines changed."""
    changed = (line[1:].lstrip() for line in region.lines if line[:1] in {"+", "-"})
    return all(not text or text.startswith("//") for text in changed)


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines inside a region: indices into ``Region.lines``."""

    start: int
    end: int


def hunks(region: Region) -> tuple[Hunk, ...]:
    """Return the region's runs of changed lines in order."""
    out: list[Hunk] = []
    start = -1
    for at, line in enumerate((*region.lines, " ")):
        if line[:1] in {"+", "-"} and start < 0:
            start = at
        elif line[:1] not in {"+", "-"} and start >= 0:
            out.append(Hunk(start, at))
            start = -1
    return tuple(out)


@dataclass(frozen=True, slots=True)
class State:
    """A region with some hunks carried out, and the place of one hunk that is not."""

    lines: tuple[str, ...]
    first: int
    """1-based line of the hunk in *lines*; with nothing replaced, the line it is inserted in front of."""
    last: int
    """Last line it replaces, ``first - 1`` for an insertion."""
    new: tuple[str, ...]
    """The lines it puts there."""

    @property
    def repaired(self) -> tuple[str, ...]:
        """The lines with the hunk carried out."""
        return (*self.lines[: self.first - 1], *self.new, *self.lines[self.last :])


def state(region: Region, hunk: Hunk, done: Sequence[Hunk]) -> State:
    """Return the region with the hunks of *done* carried out and *hunk* still to do."""
    carried = {at for other in done for at in range(other.start, other.end)}
    body = region.lines
    lines: list[str] = []
    first = last = 0
    for at, line in enumerate(body):
        if at == hunk.start:
            first = len(lines) + 1
        if line[:1] not in {"+", "-"} or (line[0] == "+") == (at in carried):
            lines.append(line[1:])
        if at == hunk.end - 1:
            last = len(lines)
    new = tuple(line[1:] for line in body[hunk.start : hunk.end] if line[:1] == "+")
    return State(tuple(lines), first, last, new)
