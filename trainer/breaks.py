"""Lexical ways to break a window of Go lines, each returning the break together with its repair.

A rule takes lines without indentation and returns None when it finds nothing to
break. Operation classes name the repair.
"""

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
SIBLINGS = (
    ("HasPrefix", "HasSuffix"), ("Index", "LastIndex"), ("TrimLeft", "TrimRight"), ("TrimPrefix", "TrimSuffix"),
    ("ToLower", "ToUpper"), ("Floor", "Ceil"), ("Lock", "RLock"), ("Unlock", "RUnlock"), ("Min", "Max"), ("min", "max"),
    ("Split", "SplitN"), ("Before", "After"), ("Errorf", "Sprintf"), ("len", "cap"), ("Contains", "HasPrefix"),
    ("Read", "Write"), ("Add", "Sub"), ("First", "Last"), ("Left", "Right"), ("IsLetter", "IsDigit"), ("Push", "Pop"),
    ("Fatal", "Error"), ("Fatalf", "Errorf"), ("Trim", "TrimSpace"), ("Load", "Store"), ("Key", "Value"),
    ("Next", "Prev"),
)  # fmt: skip
_OTHER = {a: b for pair in SIBLINGS for a, b in (pair, pair[::-1])}
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")
_SIMPLE = re.compile(
    r"^(?!(?:if|for|switch|select|case|default|func|type|var|const|go func|defer func|return|//)\b)[^{}]*[\w)\]+\-\"]$"
)
_RETURN = re.compile(r"^return (.+)$")


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


def _operand_before(parts: list[str], at: int) -> bool:
    """Tell whether an operand ends before token *at*, so that an operator there is binary."""
    before = [part for part in parts[:at] if not part.isspace()]
    return bool(before) and (before[-1] in {")", "]"} or (before[-1][-1].isalnum() and before[-1] not in KEYWORDS))


def _in_line(op: str, edit: TokenEdit, *, kind: Kind = Kind.BEHAVIOUR, code: str = "", named: bool = False) -> Rule:
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


def _compare(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change a comparison."""
    return chance.choice(_COMPARE) if parts[at] in _COMPARE and _operand_before(parts, at) else None


def _arithmetic(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change a binary arithmetic operator."""
    swaps = {"+": "-*", "-": "+", "*": "/+", "/": "*%", "%": "/", "<<": [">>"], ">>": ["<<"], "&": "|", "|": "&"}
    pads = 0 < at < len(parts) - 1
    if not pads or parts[at] not in swaps or not _operand_before(parts, at):
        return None
    return chance.choice(list(swaps[parts[at]]))


def _assign(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change an assignment operator or the direction of a step."""
    swaps = {"+=": ("=", "-="), "-=": ("+=", "="), "++": ("--",), "--": ("++",), "*=": ("+=",), "|=": ("=", "&=")}
    return chance.choice(swaps[parts[at]]) if parts[at] in swaps else None


def _logic(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Exchange && and ||, or drop a negation."""
    del chance
    return {"&&": "||", "||": "&&", "!": ""}.get(parts[at])


def _negate(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Add a negation behind ``if`` or before a call in a condition."""
    del chance
    if at > 1 and parts[at - 2 : at] == ["if", " "] and parts[at].isidentifier() and not {"==", "<", ";"} & set(parts):
        return "!" + parts[at]
    return None


def _literal(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change a small integer, a truth value or a character."""
    part = parts[at]
    if part.isdigit() and len(part) < 4:
        return str(max(0, int(part) + chance.choice((-1, 1, 1, -2, 2))))
    if part in {"true", "false"}:
        return {"true": "false", "false": "true"}[part]
    if len(part) == 3 and part[0] == "'" and part[1].isalpha():
        return f"'{part[1].swapcase()}'"
    return None


def _names(parts: list[str]) -> set[str]:
    """Return the plain identifiers of a line."""
    return {p for p in parts if p.isidentifier() and p not in KEYWORDS and p not in BUILTINS}


def _name_rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Use another name of the window."""
    pool = sorted({n for line in lines if not line.startswith("//") for n in _locals(split(line))})

    def edit(parts: list[str], at: int, chance: random.Random) -> str | None:
        if parts[at] not in pool or len(pool) < 2 or (at and parts[at - 1] == ".") or ":=" in parts[at:]:
            return None
        return chance.choice([name for name in pool if name != parts[at]])

    return _in_line("NAME", edit)(lines, chance)


def _locals(parts: list[str]) -> set[str]:
    """Return identifiers that look like variables: lower case, no selector, no call, no key."""
    return {
        p
        for at, p in enumerate(parts)
        if p.isidentifier()
        and p[0].islower()
        and p not in KEYWORDS
        and p not in BUILTINS
        and not (at and parts[at - 1] == ".")
        and not (at + 1 < len(parts) and parts[at + 1] in {"(", ".", ":"})
    }


def _field_rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Use another field of the window."""
    rows = [split(line) for line in lines]
    pool = sorted({
        row[at + 1]
        for row in rows
        for at in range(len(row) - 1)
        if row[at] == "." and row[at + 1].isidentifier() and (at + 2 == len(row) or row[at + 2] != "(")
    })  # fmt: skip

    def edit(parts: list[str], at: int, chance: random.Random) -> str | None:
        if parts[at] not in pool or len(pool) < 2 or not at or parts[at - 1] != ".":
            return None
        return chance.choice([name for name in pool if name != parts[at]])

    return _in_line("FIELD", edit)(lines, chance)


def _sibling(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Call a sibling function."""
    del chance
    return _OTHER.get(parts[at]) if at + 1 < len(parts) and parts[at + 1] == "(" else None


def _typo(word: str, chance: random.Random) -> str:
    """Return *word* with one slip of the fingers."""
    at = chance.randrange(len(word) - 1)
    way = chance.randrange(5)
    if way == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if way == 1:
        return word[: at + 1] + word[at + 2 :]
    if way == 2:
        return word[:at] + word[at] + word[at:]
    if way == 3:
        return word[0].swapcase() + word[1:]
    return word[: at + 1] + chance.choice("abcdefghilmnoprstu") + word[at + 2 :]


def _typo_rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Misspell a variable where it is used."""
    known = {n for line in lines for n in _locals(split(line))}

    def edit(parts: list[str], at: int, chance: random.Random) -> str | None:
        word = parts[at]
        if word not in known or len(word) < 3 or (at and parts[at - 1] == ".") or ":=" in parts[at:]:
            return None
        return _typo(word, chance)

    return _in_line("NAME", edit, kind=Kind.BUILD, code="UndeclaredName", named=True)(lines, chance)


def _member_typo(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Misspell a member."""
    word = parts[at]
    fits = at > 1 and parts[at - 1] == "." and word.isidentifier() and len(word) > 2
    return _typo(word, chance) if fits else None


def _define(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Turn a definition into an assignment."""
    del chance
    plain = parts[at] == ":=" and parts[0] not in KEYWORDS
    return "=" if plain else None


def _redefine(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Turn an assignment of plain names into a definition."""
    del chance
    return ":=" if parts[at] == "=" and at == 2 and parts[0].isidentifier() and parts[0] not in KEYWORDS else None


def _jump(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Exchange break and continue."""
    del chance
    return {"break": "continue", "continue": "break"}.get(parts[at]) if len(parts) == 1 else None


def _offset(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Move an index or bound: drop ``-1`` or ``+1`` behind an operand, or add one before ``]``."""
    if parts[at] == "]" and at > 1 and parts[at - 1].isidentifier() and parts[at - 1] not in BUILTINS:
        return chance.choice(("+1]", "-1]"))
    return None


def _syntax_rule(lines: tuple[str, ...], chance: random.Random) -> Broken | None:
    """Drop or double a bracket, comma or brace."""
    classes = {"(": "Paren", ")": "Paren", "{": "Brace", "}": "Brace", "[": "Bracket", "]": "Bracket", ",": "Comma"}

    def edit(parts: list[str], at: int, chance: random.Random) -> str | None:
        if parts[at] not in classes or (parts[at] in "{}" and len(parts) < 3):
            return None
        return "" if chance.random() < 0.75 else parts[at] * 2

    broken = _in_line("SYNTAX", edit, kind=Kind.SYNTAX)(lines, chance)
    if broken is None:
        return None
    text = broken.lines[broken.mark - 1]
    lost = next((c for c in "(){}[]," if text.count(c) != lines[broken.mark - 1].count(c)), ",")
    near = min(len(lines), broken.mark + (chance.random() < 0.3))
    found = (Finding(1, classes[lost], near, ()),)
    return Broken(Kind.SYNTAX, broken.lines, "SYNTAX", broken.mark, broken.code, findings=found)


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
    "compare": (8, _in_line("CMP", _compare)),
    "arithmetic": (5, _in_line("ARITH", _arithmetic)),
    "assign": (3, _in_line("ASSIGN", _assign)),
    "logic": (5, _in_line("LOGIC", _logic)),
    "negate": (2, _in_line("LOGIC", _negate)),
    "literal": (8, _in_line("LIT", _literal)),
    "name": (9, _name_rule),
    "field": (4, _field_rule),
    "sibling": (3, _in_line("CALL", _sibling)),
    "jump": (1, _in_line("CTRL", _jump)),
    "offset": (4, _in_line("INDEX", _offset)),
    "lost-statement": (7, _lost_statement),
    "lost-guard": (6, _lost_guard),
    "extra-statement": (4, _extra_statement),
    "moved": (2, _moved),
    "results": (7, _results),
    "arguments": (6, _call_rule),
    "term": (5, _term),
    "unwrap": (5, _unwrap),
    "typo": (8, _typo_rule),
    "member-typo": (6, _in_line("FIELD", _member_typo, kind=Kind.BUILD, code="MissingFieldOrMethod", named=True)),
    "define": (4, _in_line("ASSIGN", _define, kind=Kind.BUILD, code="UndeclaredName")),
    "redefine": (2, _in_line("ASSIGN", _redefine, kind=Kind.BUILD, code="NoNewVar")),
    "syntax": (7, _syntax_rule),
}
"""Rule -> (share, function)."""
