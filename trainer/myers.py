"""Shortest edit scripts between lists of lines (Myers' algorithm), given up early, each run put where it reads best."""

from __future__ import annotations

from collections.abc import Sequence

_ENDS = ("\U0010fffe", "\U0010ffff")
"""Marks behind the last lines; they differ, so that no comparison runs over the end."""
_STRIDES = (128, 16, 4, 1)
Run = tuple[int, int, int, int]
"""Old lines ``[0:1]`` that new lines ``[2:3]`` replace."""


class TooLongError(Exception):
    """More lines changed than asked for."""


def runs(a: Sequence[bytes], b: Sequence[bytes], most: int) -> list[Run]:
    """Return the shortest list of runs that turns *a* into *b*, each moved to where it reads best.

    Raises TooLongError above *most* changed lines.
    """
    low, high_a, high_b = 0, len(a), len(b)
    while low < min(high_a, high_b) and a[low] == b[low]:
        low += 1
    while low < min(high_a, high_b) and a[high_a - 1] == b[high_b - 1]:
        high_a, high_b = high_a - 1, high_b - 1
    left, right = a[low:high_a], b[low:high_b]
    if max(abs(len(left) - len(right)), len(set(left) ^ set(right))) > most:
        raise TooLongError
    if not left or not right:
        found = [(0, len(left), 0, len(right))] if left or right else []
    else:
        found, _ = shortest(left, right, most)
    return slid(a, b, [(low + a1, low + a2, low + b1, low + b2) for a1, a2, b1, b2 in found])


def shortest(a: Sequence[bytes], b: Sequence[bytes], most: int, *, sync: int = 0) -> tuple[list[Run], int]:
    """Return the runs of a shortest edit script and the line of *a* it ends at; raises TooLongError above *most* lines.

    With *sync* it ends behind the first so many equal lines that follow a change, or where either text does. Lines are
    numbered, so that long equal stretches compare as text.
    """
    numbers: dict[bytes, str] = {}
    left, right = (
        "".join([numbers.setdefault(line, chr(len(numbers))) for line in lines]) + end
        for lines, end in ((a, _ENDS[0]), (b, _ENDS[1]))
    )
    rows, columns = len(a), len(b)
    reach = [0] * (2 * most + 3)
    history: list[list[int]] = []
    for cost in range(most + 1):
        history.append(reach[:])
        for k in range(-cost, cost + 1, 2):
            x, above = reach[k - 1] + 1, reach[k + 1]
            if k == -cost or (k != cost and x <= above):
                x = above
            y, begun = x - k, x
            if x <= rows and 0 <= y <= columns and left[x] == right[y]:
                for size in _STRIDES:
                    while left[x : x + size] == right[y : y + size]:
                        x += size
                        y += size
            reach[k] = x
            if sync:
                if x >= rows or y >= columns or (cost and x - begun >= sync):
                    return _traced(history, x, y), x
            elif x >= rows and y >= columns:
                return _traced(history, x, y), x
    raise TooLongError


def _traced(history: Sequence[Sequence[int]], x: int, y: int) -> list[Run]:
    """Return the runs on the way that *history* holds, neighbouring changes joined."""
    out: list[Run] = []
    for cost in range(len(history) - 1, 0, -1):
        reach, k = history[cost], x - y
        down = k == -cost or (k != cost and reach[k - 1] < reach[k + 1])
        from_x = reach[k + 1 if down else k - 1]
        from_y = from_x - (k + 1 if down else k - 1)
        to_x, to_y = (from_x, from_y + 1) if down else (from_x + 1, from_y)
        if out and (out[-1][0], out[-1][2]) == (to_x, to_y):
            out[-1] = (from_x, out[-1][1], from_y, out[-1][3])
        else:
            out.append((from_x, to_x, from_y, to_y))
        x, y = from_x, from_y
    return out[::-1]


def slid(a: Sequence[bytes], b: Sequence[bytes], found: Sequence[Run]) -> list[Run]:
    """Return runs that only add or only drop lines at the best of their equal places, clear of their neighbours."""
    out: list[Run] = []
    for number, (a1, a2, b1, b2) in enumerate(found):
        by = 0
        if a1 == a2 or b1 == b2:
            above = a1 - (out[-1][1] if out else 0)
            last = min(len(a) - a2, len(b) - b2)
            below = found[number + 1][0] - a2 if number + 1 < len(found) else last
            by = _slide(b, b1, b2, above, below) if b1 < b2 else _slide(a, a1, a2, above, below)
        out.append((a1 + by, a2 + by, b1 + by, b2 + by))
    return out


def _slide(lines: Sequence[bytes], low: int, high: int, above: int, below: int) -> int:
    """Return how far down to move the run ``lines[low:high]``, by equal lines alone: not into a block, else low."""
    up = down = 0
    while up < above and lines[low - up - 1] == lines[high - up - 1]:
        up += 1
    while down < below and lines[low + down] == lines[high + down]:
        down += 1
    return min(range(-up, down + 1), key=lambda by: (_weight(lines, low + by) + _weight(lines, high + by), -by))


def _weight(lines: Sequence[bytes], at: int) -> float:
    """Return how badly a run may begin or end in front of line *at*: indented lines and closing brackets are bad."""
    text = lines[at] if at < len(lines) else b""
    if not text.strip():
        return 0.5
    return len(text) - len(text.lstrip()) + (1.0 if text.lstrip()[:1] in {b"}", b")"} else 0.0)
