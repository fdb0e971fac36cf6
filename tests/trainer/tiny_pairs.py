"""Training pairs that need no Go toolchain: a slip in one line of a small function, and the line as it was."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from trainer import sample, slips
from trainer.sample import Finding, Kind, Sample

_FUNCTIONS = """
func Max(a, b int) int {
if a > b {
return a
}
return b
}

func Sum(items []int) int {
total := 0
for _, item := range items {
total = total + item
}
return total
}

func Index(items []string, wanted string) int {
for at, item := range items {
if item == wanted {
return at
}
}
return -1
}

func Clamp(value, low, high int) int {
if value < low {
return low
}
return min(value, high)
}

func Count(text string, letter rune) int {
found := 0
for _, other := range text {
if other == letter {
found = found + 1
}
}
return found
}

func Last(items []int) (int, bool) {
if len(items) == 0 {
return 0, false
}
return items[len(items)-1], true
}
"""
_CLEAN_SHARE, _BUILD_SHARE = 0.1, 0.4


def write(path: Path, count: int = 500, seed: int = 1) -> None:
    """Write *count* pairs from a dozen packages to *path*."""
    chance = random.Random(seed)
    sample.write(path, (_pair(chance, f"tiny:p{number % 12}") for number in range(count)))


def _functions() -> Iterator[tuple[str, ...]]:
    """Yield the lines of each function."""
    for text in _FUNCTIONS.strip().split("\n\n"):
        yield tuple(text.split("\n"))


def _pair(chance: random.Random, origin: str) -> Sample:
    """Return a clean function, or one with a slip in some line."""
    lines = chance.choice(list(_functions()))
    symbol = lines[0].removeprefix("func ").partition("(")[0]
    at = chance.choice([n for n in range(1, len(lines)) if slips.slip(lines, n, chance)])
    wrong = slips.slip(lines, at, chance)
    if wrong is None or chance.random() < _CLEAN_SHARE:
        return Sample(origin, Kind.CLEAN, "func", symbol, lines)
    build = chance.random() < _BUILD_SHARE
    found = (Finding(2, "UndeclaredName", at + 1) if build else Finding(4, "TestFail", None, (f"Test{symbol}",)),)
    return Sample(
        origin, Kind.BUILD if build else Kind.BEHAVIOUR, "func", symbol, (*lines[:at], wrong, *lines[at + 1 :]),
        "NAME", at + 1, None, (lines[at],), findings=found,
    )  # fmt: skip
