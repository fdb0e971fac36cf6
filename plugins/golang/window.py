"""The window of a prompt: the declaration around a line, or the slice of it that fits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hrgc.edits import split_lines
from hrgc.plan import Window
from hrgc.tokens import MAX_LINES, Target
from plugins.golang.helper_types import Declaration
from plugins.golang.syntax import declarations, enclosing

TOKEN_LIMIT = 900
"""Tokens of a window, one for each line's mark included; below the prompt's cap for the file."""
AROUND = 20
"""Lines shown before and after a line outside any declaration."""
_TARGETS = {
    "func": Target.FUNC,
    "method": Target.METHOD,
    "type": Target.TYPE,
    "interface": Target.INTERFACE,
    "var": Target.VAR,
    "const": Target.VAR,
    "import": Target.IMPORT,
}


def window_at(path: Path, content: bytes, line: int, *, tokens: Callable[[str], int]) -> Window:
    """Return the window around *line* of *content*; *tokens* counts the tokens of a line.

    Blank lines carry no mark. A declaration that is too long keeps its first line and what is nearest to *line*.
    """
    lines = [raw.decode("utf-8", "replace").strip() for raw in split_lines(content)]
    line = max(1, min(line, len(lines) or 1))
    found = declarations(content)
    around = enclosing(found, line)
    if around is None:
        first, last = max(1, line - AROUND), min(len(lines), line + AROUND)
        head = None
        symbol, target = "", Target.IMPORT if _before_code(found, line) else Target.FUNC
    else:
        first, last = around.first, around.last
        head = first
        symbol, target = _symbol(around), _TARGETS.get(around.kind, Target.FUNC)
    numbers = [number for number in range(first, last + 1) if lines[number - 1]]
    chosen = _fit(numbers, line, head, lambda number: tokens(lines[number - 1]) + 1)
    return Window(
        path=path,
        symbol=symbol,
        target=target,
        numbers=tuple(chosen),
        lines=tuple(lines[number - 1] for number in chosen),
        omitted=len(numbers) - len(chosen),
    )


def _symbol(declaration: Declaration) -> str:
    """Return a declaration's name as people write it."""
    return f"{declaration.receiver}.{declaration.name}" if declaration.receiver else declaration.name


def _before_code(found: tuple[Declaration, ...], line: int) -> bool:
    """Tell whether *line* lies before the first declaration that is no import."""
    return all(line < d.first for d in found if d.kind != "import")


def _fit(numbers: list[int], line: int, head: int | None, cost: Callable[[int], int]) -> list[int]:
    """Return the numbers that fit both limits: *head* first, then those nearest to *line*, above before below."""
    costs = {number: cost(number) for number in numbers}
    if len(numbers) <= MAX_LINES and sum(costs.values()) <= TOKEN_LIMIT:
        return numbers
    nearest = min(range(len(numbers)), key=lambda index: (abs(numbers[index] - line), numbers[index]))
    chosen = {numbers[nearest]}
    if head in costs:
        chosen.add(head)
    spent = sum(costs[number] for number in chosen)
    above, below = nearest - 1, nearest + 1
    while above >= 0 or below < len(numbers):
        grown = False
        for index in (above, below):
            if not 0 <= index < len(numbers):
                continue
            number = numbers[index]
            if number not in chosen:
                if len(chosen) == MAX_LINES or spent + costs[number] > TOKEN_LIMIT:
                    continue
                chosen.add(number)
                spent += costs[number]
            grown = True
            above, below = (above - 1, below) if index == above else (above, below + 1)
        if not grown:
            break
    return sorted(chosen)
