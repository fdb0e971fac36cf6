"""Which test reaches which statement: one instrumented binary, one run a test, counters that outlive a crash."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from hrgc.diagnostics import Condition
from hrgc.edits import Overlay
from hrgc.plugin import Budget
from plugins.golang import testlog
from plugins.golang.baseline import Baseline
from plugins.golang.testbuild import Build, TestBuilder, encoded
from plugins.golang.testrun import Job, Runner, TestRun
from plugins.golang.workspace import GoWorkspace

FAILING_LIMIT = 16
"""Failing tests whose coverage is taken."""
PASSING_LIMIT = 60
"""Passing tests whose coverage is taken, quickest first; the others count as reaching everything."""
SECONDS = 3.0
"""Seconds all runs may take together."""
RUNAWAY_FUEL = 1 << 28
"""Loop turns after which a test of the unchanged code is taken to run away."""
REPORTED_FUEL = 1 << 21
"""Loop turns from which on a run says how many it has taken."""
ENOUGH_FUEL, ENOUGH_SECONDS = 5_000_000, 1.0
"""Loop turns and seconds after which a test that is known to run away has reached what it reaches."""


@dataclass(frozen=True, slots=True)
class Block:
    """What one counter counts."""

    path: Path
    function: str
    """The function's key, as in schemata."""
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A condition whose outcomes are counted."""

    path: Path
    start: int
    end: int
    order: bool
    first: int
    """Index of its first counter."""

    def seen(self, reached: frozenset[int]) -> int:
        """Return the bits of the outcomes among the counters that a test *reached*."""
        return sum(1 << bit for bit in range(5 if self.order else 2) if self.first + bit in reached)


@dataclass(frozen=True, slots=True)
class Unit:
    """One test, or one subtest of a failing test, with the counters it reached."""

    name: str
    failed: bool
    reached: frozenset[int]

    @property
    def top(self) -> str:
        """The name of the test it is part of."""
        return self.name.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What tests reach, in one state of the files."""

    blocks: tuple[Block, ...]
    units: tuple[Unit, ...]
    counted: tuple[Counted, ...] = ()

    def conditions(self) -> tuple[Condition, ...]:
        """Return how conditions came out in the failing tests; none when no test is known to fail."""
        failing = [unit.reached for unit in self.units if unit.failed]
        return tuple(
            Condition(c.path, c.start, c.end, c.order, tuple(map(c.seen, failing))) for c in self.counted if failing
        )

    def functions(self, unit: Unit) -> frozenset[str]:
        """Return the keys of the functions a test reaches."""
        return frozenset(self.blocks[index].function for index in unit.reached)

    def decides(self, functions: Iterable[str], failing: Iterable[str]) -> bool:
        """Tell whether a change of *functions* can matter to the *failing* tests: one reaches them, or may."""
        wanted = set(functions)
        known = {unit.name for unit in self.units if unit.failed}
        reached = {self.blocks[i].function for unit in self.units if unit.failed for i in unit.reached}
        return not wanted or bool(wanted & reached) or not known.issuperset(failing)

    def reaching(self, functions: Iterable[str], tests: Sequence[str]) -> tuple[str, ...]:
        """Return those of the top-level *tests* that reach one of *functions*, or of which that is not known."""
        wanted = {index for index, block in enumerate(self.blocks) if block.function in set(functions)}
        known = {unit.top for unit in self.units}
        reaching = {unit.top for unit in self.units if wanted & unit.reached}
        return tuple(test for test in tests if test in reaching or test not in known)


@dataclass(frozen=True, slots=True)
class Instrumented:
    """A binary with counters."""

    build: Build
    blocks: tuple[Block, ...]
    counted: tuple[Counted, ...] = ()


def instrument(workspace: GoWorkspace, builder: TestBuilder, overlay: Overlay, budget: Budget) -> Instrumented:
    """Build the instrumented binary of *overlay*; raises what ``Helper.request`` raises."""
    for plain in (False, True):
        answer = workspace.helper.request("cover", {"plain": plain}, overlay=overlay, budget=budget)
        blocks = tuple(Block(Path(b["path"]), b["function"], tuple(b["lines"] or ())) for b in answer["blocks"] or ())
        if not blocks:
            break
        counted = tuple(Counted(Path(c.pop("path")), **c) for c in answer["conditions"] or ())
        build = builder.build(workspace, {**overlay, **encoded(answer["files"])}, budget)
        if build.ok or build.killed or not counted:
            return Instrumented(build, blocks, counted)
    return Instrumented(Build(None, "nothing to count"), ())


def collect(
    instrumented: Instrumented, runner: Runner, baseline: Baseline, budget: Budget, *, slowest: float
) -> Coverage:
    """Run the tests of *baseline* one by one; *slowest* bounds each run in seconds."""
    started = time.monotonic()
    waiting: list[tuple[str, bool, Path, Future[TestRun]]] = []
    units: list[Unit] = []
    numbers = itertools.count()
    endless = {f.name for f in baseline.failures if f.code == "Timeout"}
    for name, failed in _chosen(baseline):
        if budget.over or time.monotonic() - started > min(SECONDS, 0.25 * budget.left):
            break
        while len(waiting) > runner.workers:
            units += _finish(waiting.pop(0))
        counters = runner.shared / f"{next(numbers)}.cov"
        counters.write_bytes(bytes(max(1, len(instrumented.blocks))))
        assert instrumented.build.path is not None
        limit = min(ENOUGH_SECONDS if name in endless else slowest, max(0.1, budget.left))
        variables = {"HRGC_COVER": str(counters)}
        job = Job(instrumented.build.path, limit, run=testlog.exact_sub(name), variables=variables)
        job = fuelled(instrumented, job, fuel=ENOUGH_FUEL if name in endless else RUNAWAY_FUEL)
        waiting.append((name, failed, counters, runner.submit(job, budget.cancel)))
    for entry in waiting:
        units += _finish(entry)
    return Coverage(instrumented.blocks, tuple(units), instrumented.counted)


def fuelled(instrumented: Instrumented, job: Job, *, fuel: int = RUNAWAY_FUEL) -> Job:
    """Return *job* with the instrumented binary, ended when it burns too much *fuel*."""
    assert instrumented.build.path is not None
    burning = {"HRGC_FUEL": str(min(fuel, REPORTED_FUEL)), "HRGC_MEASURE": str(fuel)}
    return replace(job, binary=instrumented.build.path, variables={**job.variables, **burning})


def _chosen(baseline: Baseline) -> list[tuple[str, bool]]:
    """Return the tests to run, with whether they fail; failing ones first, then those beside them, then quick ones."""
    failing = [f.name for f in baseline.failures if f.top in baseline.seconds or "/" in f.name or f.code != "TestFail"]
    passing = sorted(baseline.passed, key=lambda name: baseline.seconds.get(name, 0.0))
    beside = list(baseline.leaves)
    parents = {name.rpartition("/")[0] for name in beside}
    beside = [name for name in beside if name not in parents]
    chosen = [(name, True) for name in failing if not name.startswith("(")][:FAILING_LIMIT]
    return chosen + [(name, False) for name in (*beside[: PASSING_LIMIT // 2], *passing)][:PASSING_LIMIT]


def _finish(entry: tuple[str, bool, Path, Future[TestRun]]) -> list[Unit]:
    """Wait for a run and read its counters; a run that was cancelled counts for nothing."""
    name, failed, counters, future = entry
    run = future.result()
    data = counters.read_bytes()
    counters.unlink(missing_ok=True)
    if run.result.killed == "cancel" or (not failed and not run.ok):
        return []
    return [Unit(name, failed, frozenset(index for index, hit in enumerate(data) if hit))]
