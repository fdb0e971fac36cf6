"""What judges say, as data: stages, diagnostics, evidence and the order "strictly better"; wording is elsewhere."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

_POSITION = re.compile(r":\d+(?::\d+)?")


class Stage(IntEnum):
    """The validators' stages, cheapest first; a candidate stops at the first stage it fails."""

    PARSE = 1
    TYPES = 2
    VET = 3
    TEST = 4


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding of a validator."""

    path: Path
    """The file it is in (absolute); for a failing test the file under repair when known."""
    line: int
    """1-based line, 0 when unknown."""
    column: int
    """1-based column in bytes, 0 when unknown."""
    stage: Stage
    """The stage that found it."""
    code: str
    """go/types error code name, syntax class, vet analyzer, or ``TestFail``/``Panic``/``Timeout``/``Race``."""
    message: str
    """The tool's own words."""
    names: tuple[str, ...] = ()
    """The identifiers or test names involved, most telling first."""
    root: bool = True
    """False for an error that only follows from another one."""

    @property
    def key(self) -> tuple[str, int, str, str]:
        """What makes two findings the same after lines have shifted: file, stage, code and message.

        A failing test is the same test however it fails, and positions quoted in a message do not count.
        """
        if self.stage == Stage.TEST and self.names:
            return ("", int(self.stage), "", self.names[0])
        return (str(self.path), int(self.stage), self.code, _POSITION.sub("", self.message))


@dataclass(frozen=True, slots=True)
class HotLine:
    """A line that fault localisation suspects."""

    path: Path
    line: int
    """1-based line."""
    weight: float
    """Suspicion in 0..1 (Ochiai over the tests' coverage, 1.0 for a panic's frame)."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a condition came out in failing tests."""

    path: Path
    start: int
    """Byte offset in the file."""
    end: int
    order: bool
    """True for a comparison of integers."""
    seen: tuple[int, ...]
    """Bit sets, one a failing test: bit 0 for false and 1 for true; of a comparison of integers, bits 0 to 4 for the
    distance of its operands, at most -2 to at least 2."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the validators say about one state of the files."""

    diagnostics: tuple[Diagnostic, ...] = ()
    reached: Stage = Stage.PARSE
    """The last stage that was run to its end (all earlier ones passed)."""
    hot: tuple[HotLine, ...] = ()
    """Suspected lines, most suspected first."""
    notes: tuple[str, ...] = ()
    """What was skipped, fell back or was flaky, in words for people."""
    passed: tuple[str, ...] = ()
    """Names of the tests that pass."""
    complete: bool = True
    """False when the time ended before every stage had run: then no finding does not mean nothing is wrong."""
    conditions: tuple[Condition, ...] = ()
    """Of the files under repair, as far as failing tests reach them."""

    @property
    def clean(self) -> bool:
        """True when every stage ran and none objects."""
        return self.complete and not self.diagnostics

    @property
    def failing_stage(self) -> Stage | None:
        """The first stage with a finding, None when clean."""
        return min((d.stage for d in self.diagnostics), default=None)

    def roots(self) -> tuple[Diagnostic, ...]:
        """Return the root causes, or all findings when none is marked."""
        return tuple(d for d in self.diagnostics if d.root) or self.diagnostics


def better(new: Evidence, old: Evidence) -> bool:
    """Tell whether *new* strictly shrinks *old* and brings nothing that was not there.

    A later stage hides behind an earlier one, so reaching a later stage counts as shrinking; within one stage
    the findings must be a proper sub-multiset of the old ones (by ``Diagnostic.key``).
    """
    if old.clean:
        return False
    new_stage, old_stage = new.failing_stage, old.failing_stage
    if new_stage is None:
        return old_stage is not None and new.reached >= old_stage
    if old_stage is None:
        return False
    if new_stage != old_stage:
        return new_stage > old_stage
    return not added(new, old) and len(_at(new, new_stage)) < len(_at(old, old_stage))


def added(new: Evidence, old: Evidence) -> tuple[Diagnostic, ...]:
    """Return the findings of *new* that *old* does not have, counted as a multiset."""
    left = Counter(d.key for d in old.diagnostics)
    extra: list[Diagnostic] = []
    for found in new.diagnostics:
        if left[found.key] > 0:
            left[found.key] -= 1
        else:
            extra.append(found)
    return tuple(extra)


def _at(evidence: Evidence, stage: Stage) -> list[Diagnostic]:
    """Return the findings of one stage."""
    return [d for d in evidence.diagnostics if d.stage == stage]
