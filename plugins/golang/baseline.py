"""The tests of one state of the files: which fail and how, which pass, which cannot be relied on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Stage
from hrgc.plugin import Budget
from plugins.golang import testlog
from plugins.golang.testlog import Outcome, TestRecord
from plugins.golang.testrun import Job, TestRun

FIRST_LIMIT = 2.0
"""Seconds after which a run is looked at closely: is a test slow, or does it never end?"""
LAST_LIMIT = 120.0
"""Seconds a single run may take at most."""
PROBE_LIMIT = 4.0
"""Seconds for which the test that a timeout met is run once more to see whether it burns fuel."""
BURNING = 4_000_000
"""Loop turns from which on a test that does not end is taken to run away, not to wait for something."""
QUICK = 0.5
"""Seconds that the other tests of a package may take together for one that burns all its fuel to be a runaway: where
tests are slow, it may be slow too."""
CHEAP = 0.3
"""Seconds below which all tests are run twice to find flaky ones."""
PACKAGE = "(package)"
"""Stands for a test's name where the process ends outside of any test."""
_ATTEMPTS = 24

Run = Callable[[Job], TestRun]
Fuelled = Callable[[Job], Job | None]
"""Turns a run of the tests into one that ends when it burns too much fuel; None where there is no such binary."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A failing test, a subtest where those are what fails."""

    name: str
    code: str
    """TestFail, Panic, Timeout or Race."""
    diagnostic: Diagnostic
    crash: str = ""
    """The stack trace of what ended the process, '' when it lived on."""

    @property
    def top(self) -> str:
        """The name of the test it is part of."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Baseline:
    """How the tests of one state end."""

    failures: tuple[Failure, ...] = ()
    passed: tuple[str, ...] = ()
    """Top-level tests that pass."""
    leaves: tuple[str, ...] = ()
    """Subtests that pass inside failing tests."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Duration of each top-level test."""
    flaky: frozenset[str] = frozenset()
    """Tests whose verdict changed from one run to the next; they count neither way."""
    notes: tuple[str, ...] = ()
    complete: bool = True
    """False when the time was up before every test had run."""

    @property
    def failing_tops(self) -> tuple[str, ...]:
        """Top-level tests that fail, each once."""
        return tuple(dict.fromkeys(f.top for f in self.failures if f.name != PACKAGE))


@dataclass(frozen=True, slots=True)
class Where:
    """What is needed to say where a failure is."""

    directory: Path
    editable: tuple[Path, ...]


class Measure:
    """Runs the tests of one binary until each has a verdict."""

    def __init__(self, run: Run, binary: Path, where: Where, budget: Budget, selection: str) -> None:
        """Run *binary* through *run*; *selection* is the user's ``-run`` expression, '' for all."""
        self._run, self._binary, self._where = run, binary, where
        self._budget, self._selection = budget, selection

    def baseline(self, fuelled: Fuelled) -> Baseline:
        """Return the verdicts; *fuelled* helps to tell tests that never end from slow ones."""
        failures, records, complete = self._all(fuelled)
        again = self._again(failures, records)
        flaky = {name for name, failed in again.items() if failed != any(f.name == name for f in failures)}
        kept = [f for f in failures if f.name not in flaky]
        tops = {f.top for f in kept}
        passed = [r for r in records.values() if r.outcome is Outcome.PASS and r.name not in flaky]
        notes = [f"flaky, not counted: {', '.join(sorted(flaky))}"] if flaky else []
        return Baseline(
            failures=tuple(kept),
            passed=tuple(r.name for r in passed if "/" not in r.name and r.name not in tops),
            leaves=tuple(r.name for r in passed if "/" in r.name and r.name.partition("/")[0] in tops),
            seconds={r.name: r.seconds for r in records.values() if "/" not in r.name},
            flaky=frozenset(flaky | {f.top for f in failures if f.name in flaky and f.top not in tops}),
            notes=tuple(notes),
            complete=complete,
        )

    def _all(self, fuelled: Fuelled) -> tuple[list[Failure], dict[str, TestRecord], bool]:
        """Run everything, again without what ended a run early, until every test has a verdict."""
        failures: list[Failure] = []
        records: dict[str, TestRecord] = {}
        limit, burning, first = FIRST_LIMIT, False, True
        for _ in range(_ATTEMPTS):
            if self._budget.over:
                return failures, records, False
            done = [name for name in records if "/" not in name]
            job = self._job(min(limit, self._budget.left), skip=testlog.exact(done) if done else "")
            run = self._run((fuelled(job) or job) if burning else job)
            if run.result.killed == "cancel":
                return failures, records, False
            found = failures_of(run, self._where)
            if run.code == "Timeout" and first:
                first = False
                burning = self._runs_away(run, records, fuelled)
                limit = FIRST_LIMIT if burning else min(LAST_LIMIT, 0.4 * self._budget.left)
                if not burning:  # give the rest the time it needs; what has ended keeps its verdict
                    found = [f for f in found if f.code != "Timeout"]
            failures += found
            ended = {f.top for f in found}
            records.update(
                (r.name, r)
                for r in run.log.records.values()
                if r.outcome is not Outcome.NONE or r.name.partition("/")[0] in ended
            )
            if not run.code or (run.code != "Timeout" and not ended) or PACKAGE in ended:
                return failures, records, True
        return failures, records, False

    def _runs_away(self, run: TestRun, records: dict[str, TestRecord], fuelled: Fuelled) -> bool:
        """Tell whether the tests that a timeout met would never end: they burn fuel, and others are quick."""
        running = [r.name for r in run.log.culprits() or run.log.tops if r.outcome is Outcome.NONE]
        others = [r for r in (*records.values(), *run.log.records.values()) if r.outcome is Outcome.PASS]
        if not running or sum(r.seconds for r in others if "/" not in r.name) > QUICK:
            return False
        for name in running[:2]:
            job = fuelled(self._job(min(PROBE_LIMIT, 0.3 * self._budget.left), only=testlog.exact_sub(name)))
            done = self._run(job) if job is not None else None
            if done is None or done.code != "Timeout" or (done.result.timed_out and done.log.fuel < BURNING):
                return False
        return True

    def _again(self, failures: list[Failure], records: dict[str, TestRecord]) -> dict[str, bool]:
        """Run failing tests again, and all of them when that is cheap; returns what failed of each that was run."""
        calm = [f for f in failures if f.code in {"TestFail", "Race"}]
        crashed = [f for f in failures if f.code == "Panic" and f.name != PACKAGE]
        tops = [r for r in records.values() if "/" not in r.name and r.outcome is not Outcome.SKIP]
        stopped = {f.top for f in failures if f.code not in {"TestFail", "Race"}}
        cheap = sum(r.seconds for r in tops) < CHEAP
        names = [r.name for r in tops if r.name not in stopped] if cheap else list(dict.fromkeys(f.top for f in calm))
        again: dict[str, bool] = {}
        groups = ([names] if names else []) + [[f.top] for f in crashed[:4]]
        for group in groups:
            if self._budget.over:
                return {}
            limit = min(LAST_LIMIT, max(FIRST_LIMIT, 3 * sum(records[n].seconds for n in group if n in records)))
            run = self._run(self._job(min(limit, self._budget.left), only=testlog.exact(group)))
            failed = {f.name for f in failures_of(run, self._where)}
            known = {f.name for f in failures if f.top in group}
            if run.code:
                if len(group) == 1:  # it failed again, wherever the process was when it ended
                    again.update(dict.fromkeys(known or failed, True))
                continue  # one crash hides the others: nothing is learnt of them
            for name in failed | known | {n for n in group if not any(k.startswith(n + "/") for k in failed | known)}:
                again[name] = name in failed
        return again

    def _job(self, limit: float, *, skip: str = "", only: str = "") -> Job:
        """Return the run of the selected tests."""
        if only and "/" in self._selection:
            only = self._selection
        return Job(self._binary, limit, run=only or self._selection, skip=skip)


def failures_of(run: TestRun, where: Where) -> list[Failure]:
    """Return the failures that a run shows, in the order the tests began."""
    code = run.code
    crashed = {r.name for r in run.log.culprits()} if code else set()
    if code and not crashed:
        crashed = {r.name for r in run.log.records.values() if r.outcome is Outcome.NONE and "/" not in r.name}
    found = [_failure(record, where) for record in run.log.leaves(Outcome.FAIL) if record.name not in crashed]
    found = [f for f in found if not any(name.startswith(f.name + "/") for name in crashed)]
    for name in crashed:
        found.append(_stopped(name, run, code, where))
    if (code and not crashed) or (not found and not run.ok and run.result.killed != "cancel"):
        found.append(_stopped(PACKAGE, run, code or "TestFail", where))
    order = {name: at for at, name in enumerate(run.log.records)}
    return sorted(found, key=lambda f: order.get(f.name, len(order)))


def _failure(record: TestRecord, where: Where) -> Failure:
    """Return the failure of a test that ended properly."""
    said = testlog.message(record)
    code = "Race" if "race detected during execution of test" in "".join(record.output) else "TestFail"
    file, line = testlog.place(record)
    path = where.directory / Path(file).name if file else where.directory
    return Failure(record.name, code, _diagnostic(path, line, code, said or "failed", record.name))


def _stopped(name: str, run: TestRun, code: str, where: Where) -> Failure:
    """Return the failure of a test that ended the process."""
    crash = run.log.crash
    frame = next(iter(panic_frames(crash, where.editable)), None) or next(
        (f for f in testlog.frames(crash) if f.path.parent == where.directory), None
    )
    path, line = (frame.path, frame.line) if frame else (where.directory, 0)
    words = run.reason or testlog.shorten(run.result.stdout + run.result.stderr) or "failed"
    return Failure(name, code, _diagnostic(path, line, code, words, name), crash)


def _diagnostic(path: Path, line: int, code: str, words: str, name: str) -> Diagnostic:
    """Return a finding of the test stage."""
    return Diagnostic(path, line, 0, Stage.TEST, code, f"{name}: {words}", names=(name,))


def panic_frames(crash: str, editable: Iterable[Path]) -> list[testlog.Frame]:
    """Return the frames of a stack trace that are in *editable* files, innermost first."""
    files = set(editable)
    first = crash.partition("\ngoroutine ")[2].partition("\n\n")[0]  # the goroutine that panicked comes first
    return [frame for frame in testlog.frames(first) if frame.path in files]
