"""Go lines as tokens, and what a lexical break of them is; which tokens to break is elsewhere."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from trainer.sample import Finding, Kind

TOKEN = re.compile(
    r'//.*$|/\*.*?\*/|"(?:\\.|[^"\\])*"|`[^`]*`|\'(?:\\.|[^\'\\])+\'|[^\W\d]\w*|\d[\w.]*|&\^=|<<=|>>=|\.\.\.|[-+*/%&|^:=!<>]='
    r"|&&|\|\||<<|>>|<-|\+\+|--|&\^|\s+|."
)
_WORDS = re.compile(r"\w+")
KEYWORDS = frozenset(
    _WORDS.findall(
        "break case chan const continue default defer else fallthrough for func go goto if import interface map"
        " package range return select struct switch type var"
    )
)
BUILTINS = frozenset(
    _WORDS.findall(
        "append cap clear close complex copy delete imag len make max min new panic print println real recover bool"
        " byte error int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr float32 float64 rune string any"
        " nil true false iota t b"
    )
)


@dataclass(frozen=True)
class Broken:
    """A broken window and the step that repairs it."""

    kind: Kind
    lines: tuple[str, ...]
    op: str
    mark: int
    code: tuple[str, ...]
    end_mark: int | None = None
    insert: bool = False
    findings: tuple[Finding, ...] = ()
    hot: tuple[int, ...] = ()


Rule = Callable[[tuple[str, ...], random.Random], Broken | None]
TokenEdit = Callable[[list[str], int, random.Random], str | None]
"""Returns the replacement of token *at*, None when it does not fit."""


def split(line: str) -> list[str]:
    """Return the line's tokens; joined they are the line."""
    return TOKEN.findall(line)


def operand_before(parts: list[str], at: int) -> bool:
    """Tell whether an operand ends before token *at*, so that an operator there is binary."""
    before = [part for part in parts[:at] if not part.isspace()]
    return bool(before) and (before[-1] in {")", "]"} or (before[-1][-1].isalnum() and before[-1] not in KEYWORDS))


def in_line(op: str, edit: TokenEdit, *, kind: Kind = Kind.BEHAVIOUR, code: str = "", named: bool = False) -> Rule:
    """Return a rule that changes one token; *code* is the type error it causes, *named* adds the new token's name."""

    def rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
        spots = [(at, split(line)) for at, line in enumerate(lines) if at and not line.startswith("//")]
        choices = [
            (at, parts, place, new)
            for at, parts in spots
            for place in range(len(parts))
            if (new := edit(parts, place, chance)) is not None and new != parts[place]
        ]
        if not choices:
            return None
        at, parts, place, new = chance.choice(choices)
        text = "".join((*parts[:place], new, *parts[place + 1 :]))
        found = (Finding(2, code, at + 1, (new,) if named else ()),) if code else ()
        return Broken(kind, (*lines[:at], text, *lines[at + 1 :]), op, at + 1, (lines[at],), findings=found)

    return rule
