"""Differences between two versions of a Go file, each shown within whole top-level declarations.

Made for speed over long histories: equal ends are cut off by comparing bytes, what is left is compared line by line
(Myers' algorithm), and a change of too many lines is given up early.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.myers import Run, TooLongError, runs, shortest, slid

_STARTS = re.compile(rb"\n(?=(?:func|import) |(?:type|var|const)[ \t])")
"""What is in front of a top-level declaration, which stands in column one."""
_WINDOW = 4096
"""Bytes behind a difference that are compared line by line; what is equal behind them is skipped as bytes."""
_ROOM = 300
"""Equal bytes around differences that are compared as lines too, so that runs can be moved to where they read best."""
_SYNC = 8
"""Equal lines after which the texts count as being in step again."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A run within two whole texts."""

    start: int
    """Byte of the old text it begins at."""
    end: int
    line: int
    """Old lines in front of it."""
    shift: int
    """How many more lines the new text has in front of it."""
    added: tuple[bytes, ...]


def hunks(old: bytes, new: bytes, most: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (old line, new line, prefixed lines) of every changed stretch; raises TooLongError above *most* lines.

    A stretch reaches from the declaration that its first change is in to the next declaration behind its last one.
    """
    old, new = _plain(old), _plain(new)
    group: list[_Place] = []
    top = end = 0
    places = list(_places(old, new, most))
    starts = [found.end() for found in _STARTS.finditer(old)] if places else []
    for place in places:
        begin = _declaration_before(old, starts, place.start)
        if group and begin > group[-1].end:
            yield _hunk(old, top, end, group)
            group = []
        top = top if group else begin
        end = _declaration_behind(old, starts, place.end)
        group.append(place)
    if group:
        yield _hunk(old, top, end, group)


def _hunk(old: bytes, top: int, end: int, group: Sequence[_Place]) -> tuple[int, int, bytes]:
    """Return the bytes from *top* to *end* as diff lines, with where they begin."""
    body: list[bytes] = []
    at = top
    for place in group:
        body += _marked(b" ", old[at : place.start])
        body += _marked(b"-", old[place.start : place.end])
        body += [b"+" + line for line in place.added]
        at = place.end
    body += _marked(b" ", old[at:end])
    first = group[0].line - old.count(b"\n", top, group[0].start) + 1
    return first, first + group[0].shift, b"\n".join(body)


def _marked(mark: bytes, text: bytes) -> list[bytes]:
    """Return whole lines with *mark* in front of each, as one text; none for an empty text."""
    return [mark + text[:-1].replace(b"\n", b"\n" + mark)] if text else []


def _places(old: bytes, new: bytes, most: int) -> Iterator[_Place]:
    """Yield the runs of two texts in order: equal bytes are skipped, a window behind each difference is compared."""
    front = _common_prefix(old, new)
    tail = _common_suffix(old[front:], new[front:])
    rest = old.find(b"\n", len(old) - tail + _ROOM) + 1 or len(old)
    stop = len(new) - len(old) + rest
    at = to = line = shift = changed = 0
    size = _WINDOW
    while at < rest or to < stop:
        equal = _common_prefix(old[at:rest], new[to:stop])
        if at + equal == rest and to + equal == stop:
            return
        skip = max(0, old.rfind(b"\n", at, max(at, at + equal - _ROOM)) + 1 - at)
        line += old.count(b"\n", at, at + skip)
        at, to = at + skip, to + skip
        ends = [_line_end(text, place + size, last) for text, place, last in ((old, at, rest), (new, to, stop))]
        before, after = _lines(old[at : ends[0]]), _lines(new[to : ends[1]])
        if ends == [rest, stop]:
            found = runs(before, after, most)
        elif kept := _in_step(*shortest(before, after, most, sync=2 * _SYNC)):
            found = slid(before, after, kept)
        else:
            size *= 4
            continue
        size = _WINDOW
        for a1, a2, b1, b2 in found:
            changed += a2 - a1 + b2 - b1
            start = at + sum(map(len, before[:a1])) + a1
            end = start + sum(map(len, before[a1:a2])) + a2 - a1
            yield _Place(start, end, line + a1, shift + b1 - a1, tuple(after[b1:b2]))
        if changed > most:
            raise TooLongError
        if ends == [rest, stop]:
            return
        _, a2, _, b2 = found[-1]
        at += sum(map(len, before[:a2])) + a2
        to += sum(map(len, after[:b2])) + b2
        line, shift = line + a2, shift + b2 - a2


def _line_end(text: bytes, at: int, last: int) -> int:
    """Return the end of the line that byte *at* is in, *last* at most."""
    return min(last, text.find(b"\n", at) + 1 or last)


def _in_step(found: list[Run], count: int) -> list[Run]:
    """Return the runs in front of the last long equal stretch of *count* lines; what is behind it may not be over."""
    for number in range(len(found) - 1, -1, -1):
        behind = found[number + 1][0] if number + 1 < len(found) else count
        if behind - found[number][1] >= _SYNC:
            return found[: number + 1]
    return []


def _plain(text: bytes) -> bytes:
    """Return *text* without carriage returns, the last line ended."""
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n")
    return text if not text or text.endswith(b"\n") else text + b"\n"


def _lines(text: bytes) -> list[bytes]:
    """Return the lines of *text*, all of which are ended."""
    return text.split(b"\n")[:-1]


def _declaration_before(text: bytes, starts: Sequence[int], at: int) -> int:
    """Return which of *starts* is the last at or in front of byte *at*, with its comment; 0 without one."""
    found = _last(starts, at)
    while found and _in_raw_string(text, found):
        found = _last(starts, text.rfind(b"`", 0, found))
    while found and text.startswith(b"//", above := text.rfind(b"\n", 0, found - 1) + 1):
        found = above
    return found


def _last(starts: Sequence[int], at: int) -> int:
    """Return the last of *starts* up to byte *at*, 0 without one."""
    number = bisect.bisect_right(starts, at)
    return starts[number - 1] if number else 0


def _declaration_behind(text: bytes, starts: Sequence[int], at: int) -> int:
    """Return which of *starts* is the first from byte *at* on, its comment left out; the text's end without one."""
    found = _next(text, starts, at)
    while found < len(text) and _in_raw_string(text, found):
        found = _next(text, starts, text.find(b"`", found) + 1)
    while found > at and text.startswith(b"//", above := text.rfind(b"\n", 0, found - 1) + 1) and above >= at:
        found = above
    return found


def _next(text: bytes, starts: Sequence[int], at: int) -> int:
    """Return the first of *starts* from byte *at* on, the end of *text* without one."""
    number = bisect.bisect_left(starts, at)
    return starts[number] if number < len(starts) else len(text)


def _in_raw_string(text: bytes, at: int) -> bool:
    """Tell whether byte *at* is within backquotes."""
    return text.find(b"`", at) >= 0 and text.count(b"`", 0, at) % 2 == 1


def _common_prefix(a: bytes, b: bytes) -> int:
    """Return how many bytes are equal at the front."""
    low, high = 0, min(len(a), len(b))
    if a[:high] == b[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _common_suffix(a: bytes, b: bytes) -> int:
    """Return how many bytes are equal at the end."""
    low, high = 0, min(len(a), len(b))
    if a[len(a) - high :] == b[len(b) - high :]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if a[len(a) - middle : len(a) - low] == b[len(b) - middle : len(b) - low]:
            low = middle
        else:
            high = middle
    return low
