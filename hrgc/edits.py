"""Edits by byte range: splice, compose, hunks and windows; bytes outside an edit stay identical.

Knows nothing of Go and touches no file (``hrgc.files`` writes).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import InputError

Overlay = Mapping[Path, bytes]
"""Contents that replace files on disk while a candidate is judged; absolute paths."""


@dataclass(frozen=True, slots=True, order=True)
class TextEdit:
    """Replace ``content[start:end]`` by *new*; offsets in bytes."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of changed lines: old lines ``first..last`` become *lines*; ``last < first`` inserts before *first*."""

    first: int
    """1-based first old line."""
    last: int
    """1-based last old line, ``first - 1`` for an insertion."""
    lines: tuple[str, ...]
    """The new lines without line ends, indentation kept."""


def splice(content: bytes, edits: Iterable[TextEdit]) -> bytes:
    """Apply *edits* to *content*; raises InputError when they overlap or leave the content."""
    ordered = sorted(edits)
    parts: list[bytes] = []
    at = 0
    for edit in ordered:
        if edit.start < at or edit.end < edit.start or edit.end > len(content):
            raise InputError(
                f"edit {edit.start}:{edit.end} overlaps another or leaves the file of {len(content)} bytes",
                "the edit was made for other contents; read the file again",
            )
        parts += (content[at : edit.start], edit.new)
        at = edit.end
    parts.append(content[at:])
    return b"".join(parts)


def minimal_edit(before: bytes, after: bytes) -> TextEdit | None:
    """Return the one edit with the longest common prefix and suffix cut off, None when nothing differs."""
    if before == after:
        return None
    limit = min(len(before), len(after))
    start = 0
    while start < limit and before[start] == after[start]:
        start += 1
    tail = 0
    while tail < limit - start and before[len(before) - 1 - tail] == after[len(after) - 1 - tail]:
        tail += 1
    return TextEdit(start, len(before) - tail, after[start : len(after) - tail])


def split_lines(content: bytes) -> list[bytes]:
    """Split at line feeds only, keeping line ends, so that joining gives the content back."""
    return content.splitlines(keepends=True) if b"\r" not in content else _split_newlines(content)


def _split_newlines(content: bytes) -> list[bytes]:
    """Split at line feeds only; ``bytes.splitlines`` would also split at a lone carriage return."""
    parts = content.split(b"\n")
    lines = [part + b"\n" for part in parts[:-1]]
    return [*lines, parts[-1]] if parts[-1] else lines


def hunks(before: bytes, after: bytes) -> tuple[Hunk, ...]:
    """Return the changed runs of lines between two contents, in order."""
    old, new = split_lines(before), split_lines(after)
    return tuple(
        Hunk(a1 + 1, a2, tuple(line.decode("utf-8", "replace").rstrip("\r\n") for line in new[b1:b2]))
        for a1, a2, b1, b2 in _changed(old, new)
    )


def _changed(old: Sequence[bytes], new: Sequence[bytes]) -> Iterator[tuple[int, int, int, int]]:
    """Yield (a1, a2, b1, b2) where old[a1:a2] became new[b1:b2]; the same lines at both ends are not compared again."""
    limit = min(len(old), len(new))
    head = next((at for at in range(limit) if old[at] != new[at]), limit)
    tail = next((at for at in range(limit) if old[-1 - at] != new[-1 - at]), limit)
    if tail > head:  # as difflib: what could belong to either end goes to the longer one
        head = min(head, limit - tail)
    else:
        tail = min(tail, limit - head)
    middle, other = old[head : len(old) - tail], new[head : len(new) - tail]
    for tag, a1, a2, b1, b2 in difflib.SequenceMatcher(a=middle, b=other, autojunk=False).get_opcodes():
        if tag != "equal":
            yield a1 + head, a2 + head, b1 + head, b2 + head


def line_edits(before: bytes, after: bytes, *, single: bool = False) -> tuple[TextEdit, ...]:
    """Return one edit per changed run of lines (whole lines), so that hunks can be taken one by one.

    With *single*, a run that keeps its number of lines becomes one edit a line.
    """
    old, new = split_lines(before), split_lines(after)
    offsets = [0]
    for line in old:
        offsets.append(offsets[-1] + len(line))
    edits: list[TextEdit] = []
    for a1, a2, b1, b2 in _changed(old, new):
        if single and a2 - a1 == b2 - b1:
            edits.extend(TextEdit(offsets[a1 + n], offsets[a1 + n + 1], new[b1 + n]) for n in range(a2 - a1))
        else:
            edits.append(TextEdit(offsets[a1], offsets[a2], b"".join(new[b1:b2])))
    return tuple(edits)


def line_of(content: bytes, offset: int) -> int:
    """Return the 1-based line that byte *offset* is on."""
    return content.count(b"\n", 0, max(0, offset)) + 1


def line_span(content: bytes, first: int, last: int) -> tuple[int, int]:
    """Return the byte range of lines *first*..*last* (1-based, line ends included), clamped to the content."""
    lines = split_lines(content)
    first, last = max(1, first), min(last, len(lines))
    start = sum(map(len, lines[: first - 1]))
    return start, start + sum(map(len, lines[first - 1 : last])) if last >= first else start


def uses_crlf(content: bytes) -> bool:
    """Tell whether the content's line ends are mostly CRLF."""
    return content.count(b"\r\n") * 2 > content.count(b"\n") > 0


def with_line_ends(text: bytes, *, crlf: bool) -> bytes:
    """Return *text* with LF line ends turned into the file's own."""
    return text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if crlf else text


def unified(path: str, before: bytes, after: bytes, *, context: int = 3) -> str:
    """Return a unified diff of two contents as text, '' when equal (the a/ b/ form git and patch read)."""
    path += "\t" if " " in path else ""  # as git writes it: patch takes a name up to a blank otherwise
    old = [line.decode("utf-8", "replace") for line in split_lines(before)]
    new = [line.decode("utf-8", "replace") for line in split_lines(after)]
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}", n=context)
    return "".join(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n" for line in lines)


def overlaps(edits: Sequence[TextEdit], others: Sequence[TextEdit]) -> bool:
    """Tell whether any edit of one list touches the range of one of the other."""
    return any(a.start <= b.end and b.start <= a.end for a in edits for b in others)
