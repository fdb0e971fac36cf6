"""Lexical breaks of whole statements: lost, doubled, moved, with other results or arguments."""

from __future__ import annotations

import random
import re

from trainer.lexemes import Broken, Rule, split
from trainer.sample import Finding, Kind

_SIMPLE = re.compile(
    r"^(?!(?:if|for|switch|select|case|default|func|type|var|const|go func|defer func|return|//)\b)[^{}]*[\w)\]+\-\"]$"
)
_RETURN = re.compile(r"^return (.+)$")


def _simple_lines(lines: tuple[str, ...]) -> list[int]:
    """Return the positions of plain one-line statements inside the function."""
    return [at for at in range(1, len(lines) - 1) if _SIMPLE.match(lines[at])]


def _lost_statement(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Delete a statement; the repair writes it again behind the line before."""
    spots = _simple_lines(lines)
    if not spots:
        return None
    at = chance.choice(spots)
    return Broken(Kind.BEHAVIOUR, (*lines[:at], *lines[at + 1 :]), "INSERT", at, (lines[at],), insert=True)


def _lost_guard(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Delete a three-line guard."""
    spots = [
        at
        for at in range(1, len(lines) - 3)
        if lines[at].startswith("if ")
        and lines[at].endswith("{")
        and lines[at + 2] == "}"
        and re.match(r"return|continue|break|panic|t\.Fatal|t\.Error", lines[at + 1])
    ]
    if not spots:
        return None
    at = chance.choice(spots)
    code = lines[at : at + 3]
    return Broken(Kind.BEHAVIOUR, (*lines[:at], *lines[at + 3 :]), "GUARD", at, code, insert=True)


def _extra_statement(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Double a statement, or put a copy of one elsewhere."""
    spots = _simple_lines(lines)
    if not spots:
        return None
    text = lines[chance.choice(spots)]
    at = chance.choice(spots)
    if ":=" in text or lines[at].endswith((",", "(")):
        return None
    return Broken(Kind.BEHAVIOUR, (*lines[: at + 1], text, *lines[at + 1 :]), "DELETE", at + 2, ())


def _moved(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Exchange two neighbouring statements."""
    spots = [at for at in _simple_lines(lines) if _SIMPLE.match(lines[at + 1]) and at + 1 < len(lines) - 1]
    if not spots:
        return None
    at = chance.choice(spots)
    pair = (lines[at + 1], lines[at])
    whole = (*lines[:at], *pair, *lines[at + 2 :])
    return Broken(Kind.BEHAVIOUR, whole, "MOVE", at + 1, (lines[at], lines[at + 1]), end_mark=at + 2)


def _arguments(text: str) -> list[str]:
    """Split a list of expressions at its outer commas."""
    out, depth = [""], 0
    for part in split(text):
        depth += (part in "([{") - (part in ")]}")
        if part == "," and depth == 0:
            out.append("")
        else:
            out[-1] += part
    return [item.strip() for item in out]


def _results(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Return something else, or too little."""
    spots = [
        (at, m[1]) for at, line in enumerate(lines) if (m := _RETURN.match(line)) and not line.endswith(("{", "("))
    ]
    if not spots:
        return None
    at, text = chance.choice(spots)
    values = _arguments(text)
    if len(values) > 1 and chance.random() < 0.4:
        kept = values[:-1]
        found = (Finding(2, "WrongResultCount", at + 1),)
        broken = (*lines[:at], f"return {', '.join(kept)}", *lines[at + 1 :])
        return Broken(Kind.BUILD, broken, "RETURN", at + 1, (lines[at],), findings=found)
    others = [_arguments(t) for _, t in spots if t != text]
    same = [o for o in others if len(o) == len(values)]
    if len(values) > 1 and chance.random() < 0.3:
        new = values[::-1]
    elif same:
        new = chance.choice(same)
    else:
        return None
    broken = (*lines[:at], f"return {', '.join(new)}", *lines[at + 1 :])
    return Broken(Kind.BEHAVIOUR, broken, "RETURN", at + 1, (lines[at],))


def _calls(line: str) -> list[tuple[int, int]]:
    """Return the ranges between the brackets of innermost calls."""
    return [match.span(1) for match in re.finditer(r"\w\(([^()\"]+)\)", line)]


def _call_rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Swap two arguments, or drop one."""
    spots = [(at, span) for at, line in enumerate(lines) if at and not line.startswith("//") for span in _calls(line)]
    spots = [(at, span) for at, span in spots if "," in lines[at][slice(*span)] and "func" not in lines[at]]
    if not spots:
        return None
    at, (start, end) = chance.choice(spots)
    values = _arguments(lines[at][start:end])
    found: tuple[Finding, ...] = ()
    kind = Kind.BEHAVIOUR
    if chance.random() < 0.5:
        kind, found = Kind.BUILD, (Finding(2, "WrongArgCount", at + 1),)
        values.pop(chance.randrange(len(values)))
    else:
        first = chance.randrange(len(values) - 1) if len(values) > 1 else 0
        values[first : first + 2] = values[first : first + 2][::-1]
    text = lines[at][:start] + ", ".join(values) + lines[at][end:]
    return Broken(kind, (*lines[:at], text, *lines[at + 1 :]), "ARG", at + 1, (lines[at],), findings=found)


def _unwrap(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Drop a conversion or a wrapping call with one argument."""
    spots = [
        (at, m)
        for at, line in enumerate(lines)
        if at and not line.startswith("//")
        for m in re.finditer(
            r"(?<![\w.])((?:u?int(?:8|16|32|64)?|float64|string|\[\]byte|byte|rune|uintptr))\(([^()]+)\)", line
        )
    ]
    if not spots:
        return None
    at, match = chance.choice(spots)
    text = lines[at][: match.start()] + match[2] + lines[at][match.end() :]
    found = (Finding(2, chance.choice(("MismatchedTypes", "IncompatibleAssign")), at + 1, ()),)
    return Broken(Kind.BUILD, (*lines[:at], text, *lines[at + 1 :]), "CONV", at + 1, (lines[at],), findings=found)


def _term(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Drop one side of a logical or arithmetic operator."""
    spots = [
        (at, m)
        for at, line in enumerate(lines)
        if at and not line.startswith("//")
        for m in re.finditer(r" ?(?:&&|\|\|) [^&|{;()]+(?=[ );])| ?[-+] ?1\b", line)
    ]
    if not spots:
        return None
    at, match = chance.choice(spots)
    text = lines[at][: match.start()] + lines[at][match.end() :]
    return Broken(Kind.BEHAVIOUR, (*lines[:at], text, *lines[at + 1 :]), "TERM", at + 1, (lines[at],))


RULES: dict[str, tuple[float, Rule]] = {
    "lost-statement": (7, _lost_statement),
    "lost-guard": (6, _lost_guard),
    "extra-statement": (4, _extra_statement),
    "moved": (2, _moved),
    "results": (7, _results),
    "arguments": (6, _call_rule),
    "term": (5, _term),
    "unwrap": (5, _unwrap),
}
"""Rule -> (share, function)."""
