"""What a Go test binary printed, as data: which tests ran, how each ended, and what it said. Starts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

MESSAGE_LINES = 4
MESSAGE_LENGTH = 400
"""Characters kept of a failing test's own words."""
OUT_OF_FUEL = "hrgc: out of fuel"
"""What an instrumented binary says when it is ended for burning too much."""
_BURNT = re.compile(r"^hrgc: fuel burnt (\d+)$", re.MULTILINE)
_FRAME = re.compile(r"^\t(?P<path>\S.*?\.go):(?P<line>\d+)(?: \+0x[0-9a-f]+)?$", re.MULTILINE)
_VERDICT = re.compile(r"\s*--- (PASS|FAIL|SKIP): (\S+) \((\d+(?:\.\d+)?)s\)")
_STATE = re.compile(r"=== (RUN|PAUSE|CONT|NAME)  ?\s?(\S*)")
_PLACE = re.compile(r"^\s*([^\s:]+\.go):(\d+):", re.MULTILINE)
_VOLATILE = re.compile(r"0x[0-9a-f]{5,}|\bgoroutine \d+\b|\(\d+\.\d+s\)")
_NOISE = re.compile(r"^(Error Trace:|Test:|/\S+\.go:\d+$|\S+\.go:\d+:\s*$)")
"""Lines of testify's reports that say only where a test stands."""
_PANIC = re.compile(r"^(panic: |fatal error: |runtime: out of memory|SIG[A-Z]+: )", re.MULTILINE)


class Outcome(str, Enum):
    """How a test ended."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    SKIP = "skip"
    NONE = "none"
    """It began and did not end."""


@dataclass(slots=True)
class TestRecord:
    """One test or subtest of a run."""

    __test__ = False
    name: str
    outcome: Outcome = Outcome.NONE
    seconds: float = 0.0
    output: list[str] = field(default_factory=list)
    running: bool = True
    """False while it is paused, and once it has ended."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in a stack trace."""

    path: Path
    line: int


@dataclass(frozen=True, slots=True)
class TestLog:
    """One run of a test binary."""

    __test__ = False
    records: dict[str, TestRecord]
    """By full name, in the order they began."""
    crash: str = ""
    """What ended the process before its tests were done (a panic's text, stack included), '' for nothing."""
    fuel: int = 0
    """Fuel burnt as far as the binary said, in loop turns and calls."""

    @property
    def tops(self) -> list[TestRecord]:
        """The tests that are not subtests."""
        return [r for r in self.records.values() if "/" not in r.name]

    def leaves(self, outcome: Outcome) -> list[TestRecord]:
        """Return the tests of this *outcome* that have no subtest of the same outcome."""
        chosen = [r for r in self.records.values() if r.outcome is outcome]
        parents = {name.rpartition("/")[0] for name in (r.name for r in chosen)}
        above = {p[: i if i >= 0 else None] for p in parents for i in (-1, *_slashes(p))}
        return [r for r in chosen if r.name not in above]

    def culprits(self) -> list[TestRecord]:
        """Return the tests that were running when the process ended early, innermost ones only."""
        if not self.crash:
            return []
        unfinished = [r for r in self.records.values() if r.outcome is Outcome.NONE and r.running]
        if unfinished:
            names = {r.name for r in unfinished}
            return [r for r in unfinished if not any(n.startswith(r.name + "/") for n in names)]
        failed = self.leaves(Outcome.FAIL)
        return failed[-1:]


def _slashes(name: str) -> list[int]:
    """Return the positions of the slashes in *name*."""
    return [i for i, c in enumerate(name) if c == "/"]


def parse(stdout: str, stderr: str) -> TestLog:
    """Read the output of a run with ``-test.v=test2json``."""
    records: dict[str, TestRecord] = {}
    current: TestRecord | None = None
    for index, chunk in enumerate(stdout.split("\x16")):
        head, _, rest = chunk.partition("\n") if index else ("", "", chunk)
        verdict, state = _VERDICT.match(head), _STATE.match(head)
        if verdict:
            record = records.setdefault(verdict[2], TestRecord(verdict[2]))
            record.outcome, record.seconds = Outcome(verdict[1].lower()), float(verdict[3])
            record.running, current = False, record
        elif state:
            current = records.setdefault(state[2], TestRecord(state[2])) if state[2] else None
            if current is not None and state[1] in {"RUN", "CONT", "PAUSE"}:
                current.running = state[1] != "PAUSE"
        if current is not None and rest.strip():
            current.output.append(rest)
    burnt = [int(n) for n in _BURNT.findall(stderr)]
    return TestLog(records, _crash(stdout, stderr), max(burnt, default=0))


def _crash(stdout: str, stderr: str) -> str:
    """Return the text of what ended the process early, '' when it ended properly."""
    for text in (stderr, stdout):
        if OUT_OF_FUEL in text:
            return OUT_OF_FUEL
        found = _PANIC.search(text)
        if found:
            return text[found.start() : found.start() + 20_000]
    return ""


def message(record: TestRecord) -> str:
    """Return the first lines of what a failing test said, without what differs from run to run."""
    return shorten("".join(record.output).replace("\x0f", "").replace("\x0e", ""))


def shorten(text: str) -> str:
    """Return the first lines of *text*, capped, without addresses and times."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not _NOISE.match(line)] or lines
    return _VOLATILE.sub("…", "\n".join(lines[:MESSAGE_LINES]))[:MESSAGE_LENGTH]


def place(record: TestRecord) -> tuple[str, int]:
    """Return the file name and line a failing test quotes first, ('', 0) when it quotes none."""
    found = _PLACE.search("".join(record.output).replace("\x0f", ""))
    return (found[1], int(found[2])) if found else ("", 0)


def frames(text: str) -> list[Frame]:
    """Return the places in a stack trace, innermost first."""
    return [Frame(Path(m["path"]), int(m["line"])) for m in _FRAME.finditer(text)]


def exact(names: Iterable[str]) -> str:
    """Return the ``-test.run`` expression that matches exactly these top-level tests."""
    return "^(" + "|".join(re.escape(name) for name in names) + ")$"


def exact_sub(name: str) -> str:
    """Return the ``-test.run`` expression that matches exactly one test or subtest."""
    return "/".join(f"^{re.escape(part)}$" for part in name.split("/"))
