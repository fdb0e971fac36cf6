"""Runs test binaries: several at once, each in its own place, with limits that nothing it does can pass."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from hrgc import process
from hrgc.plugin import Cancel
from plugins.golang import testlog
from plugins.golang.confine import confine
from plugins.golang.testdir import Place, Plan
from plugins.golang.testlog import TestLog
from plugins.golang.toolchain import Toolchain

_Answer = TypeVar("_Answer")

OUTPUT_LIMIT = 4 << 20
"""Bytes of output of one run."""
MEMORY_LIMIT = 1 << 30
"""Bytes of memory of one candidate's run, all its processes together."""
RACE_OPTIONS = "atexit_sleep_ms=100"
"""A binary with the race detector waits a second before it ends well, longer than many a test may take in all."""
LARGE_MEMORY_LIMIT = 4 << 30
"""Bytes of memory of a run of the unchanged code, and of candidates where that needs more than the usual limit."""
_THREADS = "hrgc-test"


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a test binary."""

    binary: Path
    timeout: float
    """Seconds."""
    run: str = ""
    """``-test.run`` expression, '' for all tests."""
    skip: str = ""
    """``-test.skip`` expression, '' for none."""
    failfast: bool = False
    memory: int = LARGE_MEMORY_LIMIT
    """Bytes of memory."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """Environment variables on top of the usual ones."""

    def arguments(self) -> tuple[str, ...]:
        """Return the command line. There is no -test.timeout: its timer would hide deadlocks from the runtime."""
        run = (f"-test.run={self.run}",) if self.run else ()
        skip = (f"-test.skip={self.skip}",) if self.skip else ()
        fast = ("-test.failfast",) if self.failfast else ()
        return (str(self.binary), "-test.v=test2json", "-test.paniconexit0", *run, *skip, *fast)


@dataclass(frozen=True, slots=True)
class TestRun:
    """How a run ended."""

    __test__ = False
    result: process.Result
    log: TestLog

    @property
    def ok(self) -> bool:
        """True when every test passed and the process ended by itself."""
        return self.result.ok

    @property
    def code(self) -> str:
        """Why the process ended early: Timeout, Panic or Race; '' when it ran to its end."""
        result = self.result
        if result.timed_out or self.log.crash == testlog.OUT_OF_FUEL:
            return "Timeout"
        if result.killed or self.log.crash or result.returncode not in {0, 1}:
            return "Panic"
        return ""

    @property
    def reason(self) -> str:
        """Why the process ended early, in words; '' when it ran to its end."""
        result = self.result
        if self.log.crash == testlog.OUT_OF_FUEL:
            return "runs away: an endless loop or recursion, or far more work than before"
        if result.timed_out:
            return "did not end in time"
        if result.killed:
            return {"memory": "takes too much memory", "output": "prints too much"}.get(result.killed, result.killed)
        if self.log.crash:
            return testlog.shorten(self.log.crash.partition("\n\n")[0])
        return f"exit status {result.returncode}" if result.returncode not in {0, 1} else ""


class Runner:
    """Workers that run jobs, each in a place of its own."""

    def __init__(
        self, toolchain: Toolchain, plan: Plan, base: Path, *, workers: int = 0, confined: bool = True
    ) -> None:
        """Run with the environment of *toolchain* in copies that *plan* describes, below the directory *base*."""
        self.workers = workers or cores()
        self._toolchain, self._plan, self._base = toolchain, plan, base
        self._confined = confined
        self._mine = threading.local()
        self._numbers = itertools.count(1)
        self.shared = base / "shared"
        """A folder that all runs may write to."""
        self.shared.mkdir(parents=True, exist_ok=True)
        self._stop = Cancel()
        self._pool = ThreadPoolExecutor(self.workers, _THREADS, initializer=self._begin)

    def submit(self, job: Job, cancel: Cancel) -> Future[TestRun]:
        """Run *job* as soon as a worker is free."""
        return self._pool.submit(self._run, job, cancel)

    def apply(self, work: Callable[[Callable[[Job], TestRun]], _Answer], cancel: Cancel) -> Future[_Answer]:
        """Call *work* in a worker with a function that runs a job there."""
        return self._pool.submit(work, lambda job: self._run(job, cancel))

    def run(self, job: Job, cancel: Cancel) -> TestRun:
        """Run *job* and wait for it."""
        return self.submit(job, cancel).result()

    def stop(self) -> None:
        """End the runs in progress, and every one that is still asked for."""
        self._stop.cancel()

    def close(self) -> None:
        """End the workers and remove their places; a worker that comes here itself does not wait for the others."""
        self.stop()
        inside = threading.current_thread().name.startswith(_THREADS)
        self._pool.shutdown(wait=not inside, cancel_futures=True)
        shutil.rmtree(self._base, ignore_errors=True)

    def _begin(self) -> None:
        """Confine a new worker thread and make a place for it."""
        base = self._base / str(next(self._numbers))
        self._mine.place = Place(self._plan, base)
        if self._confined:
            confine((self._base, Path(self._toolchain.environment["GOCACHE"]), Path("/dev")))

    def _run(self, job: Job, cancel: Cancel) -> TestRun:
        """Run *job* in this worker's place."""
        place: Place = self._mine.place
        either = Cancel()
        forget = [cancel.add(either.cancel), self._stop.add(either.cancel)]
        try:
            result = process.run(
                job.arguments(),
                cwd=place.cwd,
                env=self._environment(place, job),
                timeout=job.timeout,
                output_limit=OUTPUT_LIMIT,
                memory_limit=job.memory,
                cancel=either,
            )
        finally:
            for drop in forget:
                drop()
            place.clean()
        return TestRun(result, testlog.parse(result.stdout, result.stderr))

    def _environment(self, place: Place, job: Job) -> dict[str, str]:
        """Return a child's environment: Go's own places stay, the user's home does not."""
        settings = self._toolchain.settings
        return self._toolchain.env(
            {
                "GOPATH": os.pathsep.join(map(str, settings.gopath)),
                "GOMODCACHE": str(settings.module_cache),
                "GOMEMLIMIT": str(job.memory * 3 // 4),
                "GOTRACEBACK": "single",
                "GORACE": RACE_OPTIONS,
                **place.environment(),
                **job.variables,
            }
        )


def cores() -> int:
    """Return how many processor cores this process may use."""
    with contextlib.suppress(AttributeError):  # absent where the system has no affinity
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
