"""How the results of failing tests are wrong, read off what they print: the scorer of edits learns from it.

Tests say it in many words (``got 3, want 4``, ``expected: 4 actual: 3``, ``F(x) = 3, want 4``, a panic); what is not
understood gives no symptom.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hrgc.diagnostics import Diagnostic, Stage

MOST = 3
"""Failing tests that are read."""
LONGEST = 160
"""Characters of a value that are compared."""
_GOT = r"\b(?:got|actual|actually|have|result(?: was)?|returned|but (?:got|was|it was)|output)\b\s*[:=]?\s*"
_WANT = r"\b(?:want(?:ed)?|expect(?:ed|s)?|should (?:be|have been|equal)|correct)\b\s*[:=]?\s*"
_AND = r"[,;.]?\s*(?:but |and )?(?:we )?"
_END = r"(?=[,;.]?\s*(?:$|\n))"


def _value(name: str) -> str:
    """Return the form of a printed value, as a group of that name."""
    return rf"(?P<{name}>\"(?:[^\"\\]|\\.)*\"|`[^`]*`|\[.*?\]|\{{.*?\}}|[^\n]*?)"


_ONE, _OTHER = _value("got"), _value("want")
_FORMS = tuple(
    re.compile(form + _END, re.IGNORECASE | re.MULTILINE)
    for form in (
        rf"\bexpected\s*:\s*{_OTHER}\n\s*actual\s*:\s*{_ONE}",
        rf"{_GOT}{_ONE}{_AND}{_WANT}{_OTHER}",
        rf"{_WANT}{_OTHER}{_AND}{_GOT}{_ONE}",
        rf"[)\]]\s*(?:=+>?|is|was|->|:)\s*{_ONE}[,;.]?\s*(?:but )?(?:not\s+|{_WANT}){_OTHER}",
        rf"{_ONE}\s*!=\s*{_OTHER}",
    )
)
"""How tests say what they got and wanted."""
_PANICS = (
    ("index", re.compile(r"index out of range \[(?P<at>-?\d+)\](?: with length (?P<size>\d+))?")),
    ("slice", re.compile(r"slice bounds out of range \[(?P<at>-?\d*):?(?P<size>-?\d*)\]?")),
    ("nil", re.compile(r"nil pointer dereference")),
    ("nil map", re.compile(r"assignment to entry in nil map")),
    ("zero", re.compile(r"integer divide by zero")),
    ("stack", re.compile(r"stack overflow|exceeds \d+-byte limit")),
    ("deadlock", re.compile(r"all goroutines are asleep")),
    ("size", re.compile(r"makeslice|negative Repeat count|growslice")),
    ("kind", re.compile(r"interface conversion")),
)
_NOTHING = frozenset({"", '""', "``", "[]", "{}", "map[]", "nil", "<nil>", "0"})
_TRUTH = re.compile(r"should be (true|false)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Symptoms:
    """What failing tests say of a result."""

    kinds: tuple[str, ...] = ()
    """Short words for how it is wrong, each once."""
    got: str = ""
    """The wrong results as they were printed, one a line."""
    want: str = ""
    """What should have come instead."""


NONE = Symptoms()


def of(found: Sequence[Diagnostic]) -> Symptoms:
    """Return the symptoms of the failing tests among *found*."""
    failing = [d for d in found if d.stage == Stage.TEST][:MOST]
    pairs = [pair for d in failing if (pair := values(d.message))]
    kinds = dict.fromkeys(kind for d in failing for kind in _of_one(d))
    got, want = ("\n".join(pair[side] for pair in pairs) for side in (0, 1))
    return Symptoms(tuple(kinds), got, want)


def values(message: str) -> tuple[str, str] | None:
    """Return what a test got and wanted, None when it does not say so in a known form."""
    for form in _FORMS:
        if match := form.search(message):
            got, want = (match[side].strip()[:LONGEST] for side in ("got", "want"))
            if got != want and (got or want):
                return got, want
    return None


def _of_one(found: Diagnostic) -> Iterator[str]:
    """Yield the symptoms of one failing test."""
    yield found.code
    if found.code == "Panic":
        yield from _of_panic(found.message)
    elif pair := values(found.message):
        yield from compared(*pair)
    elif truth := _TRUTH.search(found.message):
        yield f"bool {'false' if truth[1].lower() == 'true' else 'true'}"


def _of_panic(message: str) -> Iterator[str]:
    """Yield what kind of panic it is."""
    for name, form in _PANICS:
        if match := form.search(message):
            yield f"panic {name}"
            bounds = match.groupdict()
            if name == "index" and bounds["size"]:
                at, size = int(bounds["at"]), int(bounds["size"])
                yield "panic index " + ("negative" if at < 0 else "last" if at == size else "beyond")
                if not size:
                    yield "panic index empty"
            return
    yield "panic own"


def compared(got: str, want: str) -> Iterator[str]:
    """Yield how one printed value differs from the other."""
    if ", " in got and ", " not in want and not got.startswith(("[", "{", '"', "map[")):
        got = got.partition(", ")[0]
    if {got, want} == {"true", "false"}:
        yield f"bool {got}"
    elif (one := _number(got)) is not None and (two := _number(want)) is not None:
        yield from _numbers(one, two)
    elif got in _NOTHING or want in _NOTHING:
        yield "empty" if got in _NOTHING else "not empty"
    else:
        yield from _sequences(got, want)


def _number(text: str) -> float | None:
    """Return the finite number that *text* is, None for anything else."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def _numbers(got: float, want: float) -> Iterator[str]:
    """Yield how numbers differ."""
    yield "number more" if got > want else "number less"
    if abs(got - want) == 1:
        yield "number by one"
    if got == -want:
        yield "number sign"
    if got == 0:
        yield "number zero"
    if want and got / want in (2.0, 0.5):
        yield "number twice"
    if got != int(got) or want != int(want):
        yield "number float"


def _sequences(got: str, want: str) -> Iterator[str]:
    """Yield how texts or printed lists differ."""
    one, two = _items(got), _items(want)
    listed = one is not None and two is not None
    name = "list" if listed else "text"
    here: Sequence[str] = one if one is not None and two is not None else got.strip("\"`'")
    there: Sequence[str] = two if one is not None and two is not None else want.strip("\"`'")
    yield f"{name} " + ("longer" if len(here) > len(there) else "shorter" if len(here) < len(there) else "as long")
    if abs(len(here) - len(there)) == 1:
        yield f"{name} by one"
    short, long = sorted((here, there), key=len)
    if len(short) < len(long):
        if list(long[: len(short)]) == list(short):
            yield f"{name} end"
        elif list(long[-len(short) :] if short else ()) == list(short):
            yield f"{name} start"
    elif list(here) == list(reversed(there)):
        yield f"{name} backwards"
    elif Counter(here) == Counter(there):
        yield f"{name} order"
    elif sum(a != b for a, b in zip(here, there, strict=True)) == 1:
        yield f"{name} one place"
    if not listed and got.lower() == want.lower():
        yield "text case"
    if not listed and _bare(got) == _bare(want):
        yield "text blanks"


def _items(text: str) -> list[str] | None:
    """Return the items of a printed list, None for anything else."""
    body = re.fullmatch(r"(?:\[\]\w+)?[\[{](.*)[\]}]", text, re.DOTALL)
    return re.split(r"[,\s]\s*", body[1]) if body and body[1] else [] if body else None


def _bare(text: Iterable[str]) -> str:
    """Return a text without blanks."""
    return "".join(c for c in text if not c.isspace())
