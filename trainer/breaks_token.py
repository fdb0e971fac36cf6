"""Lexical breaks of one token: operators, literals, names, brackets. Each rule returns the break with its repair."""

from __future__ import annotations

import random

from trainer.lexemes import BUILTINS, KEYWORDS, Broken, Rule, in_line, operand_before, split
from trainer.sample import Finding, Kind

SIBLINGS = (
    ("HasPrefix", "HasSuffix"), ("Index", "LastIndex"), ("TrimLeft", "TrimRight"), ("TrimPrefix", "TrimSuffix"),
    ("ToLower", "ToUpper"), ("Floor", "Ceil"), ("Lock", "RLock"), ("Unlock", "RUnlock"), ("Min", "Max"), ("min", "max"),
    ("Split", "SplitN"), ("Before", "After"), ("Errorf", "Sprintf"), ("len", "cap"), ("Contains", "HasPrefix"),
    ("Read", "Write"), ("Add", "Sub"), ("First", "Last"), ("Left", "Right"), ("IsLetter", "IsDigit"), ("Push", "Pop"),
    ("Fatal", "Error"), ("Fatalf", "Errorf"), ("Trim", "TrimSpace"), ("Load", "Store"), ("Key", "Value"),
    ("Next", "Prev"),
)  # fmt: skip
OTHER = {a: b for pair in SIBLINGS for a, b in (pair, pair[::-1])}
_COMPARE = ("<", "<=", ">", ">=", "==", "!=")


def _compare(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change a comparison."""
    return chance.choice(_COMPARE) if parts[at] in _COMPARE and operand_before(parts, at) else None


def _arithmetic(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Change a binary arithmetic operator."""
    swaps = {"+": "-*", "-": "+", "*": "/+", "/": "*%", "%": "/", "<<": [">>"], ">>": ["<<"], "&": "|", "|": "&"}
    pads = 0 < at < len(parts) - 1
    if not pads or parts[at] not in swaps or not operand_before(parts, at):
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

    return in_line("NAME", edit)(lines, chance)


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

    return in_line("FIELD", edit)(lines, chance)


def _sibling(parts: list[str], at: int, chance: random.Random) -> str | None:
    """Call a sibling function."""
    del chance
    return OTHER.get(parts[at]) if at + 1 < len(parts) and parts[at + 1] == "(" else None


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

    return in_line("NAME", edit, kind=Kind.BUILD, code="UndeclaredName", named=True)(lines, chance)


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

    broken = in_line("SYNTAX", edit, kind=Kind.SYNTAX)(lines, chance)
    if broken is None:
        return None
    text = broken.lines[broken.mark - 1]
    lost = next((c for c in "(){}[]," if text.count(c) != lines[broken.mark - 1].count(c)), ",")
    near = min(len(lines), broken.mark + (chance.random() < 0.3))
    found = (Finding(1, classes[lost], near, ()),)
    return Broken(Kind.SYNTAX, broken.lines, "SYNTAX", broken.mark, broken.code, findings=found)


RULES: dict[str, tuple[float, Rule]] = {
    "compare": (8, in_line("CMP", _compare)),
    "arithmetic": (5, in_line("ARITH", _arithmetic)),
    "assign": (3, in_line("ASSIGN", _assign)),
    "logic": (5, in_line("LOGIC", _logic)),
    "negate": (2, in_line("LOGIC", _negate)),
    "literal": (8, in_line("LIT", _literal)),
    "name": (9, _name_rule),
    "field": (4, _field_rule),
    "sibling": (3, in_line("CALL", _sibling)),
    "jump": (1, in_line("CTRL", _jump)),
    "offset": (4, in_line("INDEX", _offset)),
    "typo": (8, _typo_rule),
    "member-typo": (6, in_line("FIELD", _member_typo, kind=Kind.BUILD, code="MissingFieldOrMethod", named=True)),
    "define": (4, in_line("ASSIGN", _define, kind=Kind.BUILD, code="UndeclaredName")),
    "redefine": (2, in_line("ASSIGN", _redefine, kind=Kind.BUILD, code="NoNewVar")),
    "syntax": (7, _syntax_rule),
}
"""Rule -> (share, function)."""
