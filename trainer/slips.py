"""Slips: a Go line with one wrong token, as failed attempts at a repair leave it behind."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence

_TOKEN = re.compile(
    r'//.*$|/\*.*?\*/|"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])+\'|[^\W\d]\w*|\d[\w.]*|&\^=|<<=|>>=|\.\.\.|[-+*/%&|^:=!<>]='
    r"|&&|\|\||<<|>>|<-|\+\+|--|&\^|\s+|."
)
_RESERVED = frozenset(
    re.findall(
        r"\w+",
        "break case chan const continue default defer else fallthrough for func go goto if import interface map"
        " package range return select struct switch type var"
        " append cap clear close complex copy delete imag len make max min new panic print println real recover bool"
        " byte error int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 rune string any"
        " nil true false iota",
    )
)
"""Keywords and predeclared names."""
_COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
_ARITHMETIC = {"+": "-*", "-": "+", "*": "/+", "/": "*%", "%": "/"}
_PAIRS = (
    ("HasPrefix", "HasSuffix"), ("Index", "LastIndex"), ("TrimLeft", "TrimRight"), ("TrimPrefix", "TrimSuffix"),
    ("ToLower", "ToUpper"), ("Floor", "Ceil"), ("Lock", "RLock"), ("Unlock", "RUnlock"), ("Min", "Max"), ("min", "max"),
    ("Before", "After"), ("Errorf", "Sprintf"), ("len", "cap"), ("Read", "Write"), ("Add", "Sub"), ("Push", "Pop"),
    ("Fatal", "Error"), ("Fatalf", "Errorf"), ("Trim", "TrimSpace"), ("Load", "Store"), ("Next", "Prev"),
)  # fmt: skip
_SIBLINGS = {a: b for pair in _PAIRS for a, b in (pair, pair[::-1])}
"""Functions that are taken for each other."""


def slip(lines: Sequence[str], at: int, chance: random.Random) -> str | None:
    """Return ``lines[at]`` with one token exchanged, None when it holds none; names come from all *lines*."""
    parts = _TOKEN.findall(lines[at])
    rows = [_TOKEN.findall(line) for line in lines]
    pools = {".": _pool(rows, member=True), "": _pool(rows, member=False)}
    kinds: tuple[Callable[[list[str], int], Sequence[str]], ...] = (
        _operators, _literals, _siblings, lambda p, n: _names(p, n, pools), lambda p, n: _misspelt(p, n, chance),
    )  # fmt: skip
    made = [[(n, new) for n in range(len(parts)) for new in kind(parts, n) if new != parts[n]] for kind in kinds]
    if not (found := [choices for choices in made if choices]):
        return None
    place, new = chance.choice(chance.choice(found))
    return "".join((*parts[:place], new, *parts[place + 1 :]))


def _operand_before(parts: Sequence[str], at: int) -> bool:
    """Tell whether an operand ends before token *at*, so that an operator there is binary."""
    last = next((part for part in reversed(parts[:at]) if not part.isspace()), "")
    return last in {")", "]"} or (last[-1:].isalnum() and last not in _RESERVED)


def _operators(parts: Sequence[str], at: int) -> Sequence[str]:
    """Return other comparisons or arithmetic in place of a binary operator."""
    if not _operand_before(parts, at) or at + 1 == len(parts):
        return ()
    return _COMPARISONS if parts[at] in _COMPARISONS else tuple(_ARITHMETIC.get(parts[at], ""))


def _literals(parts: Sequence[str], at: int) -> Sequence[str]:
    """Return neighbours of a small number, or the other truth value."""
    part = parts[at]
    if part.isdigit() and len(part) < 4:
        return (str(int(part) + 1), str(max(0, int(part) - 1)))
    return {"true": ("false",), "false": ("true",)}.get(part, ())


def _siblings(parts: Sequence[str], at: int) -> Sequence[str]:
    """Return the sibling of a function that is called."""
    called = at + 1 < len(parts) and parts[at + 1] == "("
    return (_SIBLINGS[parts[at]],) if called and parts[at] in _SIBLINGS else ()


def _is_name(parts: Sequence[str], at: int) -> bool:
    """Tell whether token *at* is a variable or field: a free name that is neither called nor a key."""
    part = parts[at]
    behind = parts[at + 1] if at + 1 < len(parts) else ""
    return part.isidentifier() and part not in _RESERVED and behind not in {"(", ":"}


def _is_member(parts: Sequence[str], at: int) -> bool:
    """Tell whether a dot stands in front of token *at*."""
    return at > 0 and parts[at - 1] == "."


def _pool(rows: Sequence[Sequence[str]], *, member: bool) -> list[str]:
    """Return the variables of *rows*, or the members."""
    return sorted(set(_pooled(rows, member=member)))


def _pooled(rows: Sequence[Sequence[str]], *, member: bool) -> Iterator[str]:
    """Yield what ``_pool`` returns, as often as it occurs."""
    for parts in rows:
        for at, part in enumerate(parts):
            if _is_name(parts, at) and _is_member(parts, at) == member and (member or part[0].islower()):
                yield part


def _names(parts: Sequence[str], at: int, pools: dict[str, list[str]]) -> Sequence[str]:
    """Return other variables or members in place of one that is used, not defined."""
    pool = pools["." if _is_member(parts, at) else ""]
    return pool if parts[at] in pool and _is_name(parts, at) and ":=" not in parts[at:] else ()


def _misspelt(parts: Sequence[str], at: int, chance: random.Random) -> Sequence[str]:
    """Return a used variable with two neighbouring letters exchanged, one lost or one doubled."""
    word = parts[at]
    if len(word) < 3 or not _is_name(parts, at) or _is_member(parts, at) or ":=" in parts[at:]:
        return ()
    n = chance.randrange(len(word) - 1)
    swapped = word[:n] + word[n + 1] + word[n] + word[n + 2 :]
    return (swapped, word[: n + 1] + word[n + 2 :], word[: n + 1] + word[n:])
