"""The circumstances a broken window is met in: what was asked for, which tests fail, what was tried in vain."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

from trainer import slips
from trainer.sample import Attempt, Finding, Sample

_TEST_STAGE = 4
_PHRASES: dict[str, tuple[str, ...]] = {
    "CMP": ("wrong comparison", "fix the condition", "off by one"),
    "ARITH": ("wrong arithmetic", "fix the calculation"),
    "LOGIC": ("wrong condition", "condition is inverted"),
    "ASSIGN": ("wrong assignment", "value is not updated"),
    "LIT": ("off by one", "wrong constant", "wrong value"),
    "NAME": ("wrong variable", "uses the wrong variable"),
    "FIELD": ("wrong field",),
    "ARG": ("wrong arguments", "arguments are in the wrong order"),
    "CALL": ("wrong function is called", "calls the wrong function"),
    "CONV": ("wrong type", "missing conversion"),
    "INDEX": ("index out of range", "off by one", "wrong bounds"),
    "TERM": ("a case is missing in the condition", "incomplete condition"),
    "GUARD": ("missing check", "add the missing check", "panics on nil", "handle the error"),
    "INSERT": ("a statement is missing", "missing call"),
    "DELETE": ("remove the superfluous statement", "does it twice"),
    "MOVE": ("wrong order",),
    "RETURN": ("returns the wrong value", "wrong result"),
    "CTRL": ("never ends", "loop stops too early"),
}
"""What people write about each kind of fault."""


def test_name(item: Sample, chance: random.Random) -> str:
    """Return a name that a test of the window's function may have."""
    name = item.symbol.rsplit(".", 1)[-1]
    name = name[:1].upper() + name[1:]
    if "." in item.symbol and chance.random() < 0.3:
        name = item.symbol.replace(".", "")
        name = name[:1].upper() + name[1:]
    ending = chance.choice(("", "", "", "Empty", "Basic", "Error", "Edge"))
    return f"Test{name}{ending}"


def with_tests(item: Sample, chance: random.Random) -> Sample:
    """Return a behaviour sample with nothing, a failing test, or a failing test with suspected lines."""
    draw = chance.random()
    if draw < 0.35:
        return item
    code = chance.choices(("TestFail", "Panic", "Timeout"), (0.85, 0.1, 0.05))[0]
    mark = item.mark if code == "Panic" and chance.random() < 0.5 else None
    names = dict.fromkeys(test_name(item, chance) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    found = tuple(Finding(_TEST_STAGE, code, mark, (name,)) for name in names)
    return replace(item, findings=found, hot=_hot(item, chance) if draw > 0.6 else ())


def _hot(item: Sample, chance: random.Random) -> tuple[int, ...]:
    """Return up to five lines that are suspected alike: most often the right one among neighbours that ran with it."""
    count = len(item.lines)
    true = min(item.mark, count)
    marks = {true} if chance.random() < 0.75 else set()
    start = max(2, true - chance.randrange(4))
    near = list(range(start, min(count, start + 6)))
    marks |= set(chance.sample(near, min(len(near), chance.randrange(1, 5))))
    listed = sorted(marks)[:5]
    if chance.random() < 0.4:
        chance.shuffle(listed)
    return tuple(listed)


def problem(item: Sample, chance: random.Random) -> str:
    """Return a short request, most often none."""
    name = item.symbol.rsplit(".", 1)[-1]
    tests = [n for found in item.findings if found.stage == _TEST_STAGE for n in found.names]
    draw = chance.random()
    if draw < 0.6:
        return ""
    if tests:
        asked = [f"fix failing test {tests[0]}", f"make {tests[0]} pass", "fix the failing test"]
    elif item.findings:
        asked = ["fix build error", "fix the build", f"fix compile error in {name}", "does not compile"]
    else:
        asked = ["fix bug", f"fix {name}", f"{name} is wrong", f"fix bug in {name}"]
    phrases = _PHRASES.get(item.op, ()) if not item.findings or tests else ()
    if phrases and chance.random() < 0.5:
        phrase = chance.choice(phrases)
        asked = [phrase, f"{phrase} in {name}", f"{name}: {phrase}", f"fix {name}: {phrase}"]
    return chance.choice(asked)


def clean_problem(item: Sample, chance: random.Random) -> str:
    """Return what may be asked about code that is right: nothing, or the same general requests."""
    name = item.symbol.rsplit(".", 1)[-1]
    return (
        "" if chance.random() < 0.8 else chance.choice(("fix bug", f"fix {name}", "fix build error", "fix the build"))
    )


def attempts(item: Sample, siblings: Sequence[Sample], chance: random.Random) -> tuple[Attempt, ...]:
    """Return one to four edits that were tried before and are not the repair."""
    out: list[Attempt] = []
    pool = [s for s in siblings if s is not item and s.op and not s.insert and s.mark <= len(item.lines)]
    for _ in range(chance.randrange(1, 5)):
        made = _slip(item, chance) if not pool or chance.random() < 0.5 else _elsewhere(item, chance.choice(pool))
        if made is not None and made.lines != item.code and made not in out:
            out.append(made)
    return tuple(out)


def _slip(item: Sample, chance: random.Random) -> Attempt | None:
    """Return a wrong text for the right line: the repair with one more fault."""
    if item.insert or len(item.code) != 1:
        return None
    mark = item.mark - 1
    wrong = slips.slip((*item.lines[:mark], *item.code, *item.lines[mark + 1 :]), mark, chance)
    if wrong is None or wrong == item.lines[mark]:
        return None
    return Attempt(item.op, item.mark, (wrong,))


def _elsewhere(item: Sample, other: Sample) -> Attempt | None:
    """Return another sample's break as an edit of this window."""
    last = other.end_mark or other.mark
    wrong = other.lines[other.mark - 1 : last]
    if len(wrong) != 1 or item.lines[other.mark - 1] == wrong[0]:
        return None
    return Attempt(other.op, other.mark, wrong)
