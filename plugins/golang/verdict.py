"""The verdict of the tests on one candidate, whatever binary it is in: what is run, in which order, how far."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from hrgc.diagnostics import Diagnostic
from hrgc.plugin import Budget, Judgement
from plugins.golang import testlog
from plugins.golang.baseline import PACKAGE, Baseline, Failure, Where, failures_of
from plugins.golang.testlog import Outcome
from plugins.golang.testrun import Job, TestRun, cores

_BUSY = 1.5
"""Load per core from which a timeout is not believed at once."""
_PATIENCE = 4
"""How many times longer a run may take when it is tried again on a busy machine."""

Run = Callable[[Job], TestRun]


class MakeJob(Protocol):
    """Makes the run of one candidate."""

    def __call__(self, run: str, *, failfast: bool = False) -> Job:
        """Return the run of the tests that match *run*."""


class CandidateTests:
    """Judges candidates relative to the tests of the state they change; several threads may use it."""

    def __init__(self, baseline: Baseline, where: Where, selection: str, budget: Budget) -> None:
        """Judge relative to *baseline*; *selection* is the user's ``-run`` expression, '' for all tests."""
        self._base, self._where = baseline, where
        self._selection, self._budget = selection, budget
        self._endless = any(f.code == "Timeout" for f in baseline.failures)
        self._kills: Counter[str] = Counter()
        self._lock = threading.Lock()

    def verdict(self, run: Run, job: MakeJob, passing: Sequence[str], position: int) -> Judgement | None:
        """Judge one candidate: by the tests that fail now, then by those of *passing*, which reach what it changes.

        Returns None when it was cancelled or the time was up.
        """
        if "/" in self._selection or any(f.name == PACKAGE for f in self._base.failures):
            return self._whole(run, job, position)
        left, fixed = self._failing(run, job)
        if left is None:
            return None
        if self._base.failures and not fixed:
            return Judgement(position, tuple(left))
        broken = self._regressions(run, job, passing)
        if broken is None:
            return None
        if left or broken:
            return Judgement(position, (*left, *broken), passed=() if broken else (*self._base.passed, *fixed))
        return Judgement(position, (), passed=(*self._base.passed, *fixed))

    def _whole(self, run: Run, job: MakeJob, position: int) -> Judgement | None:
        """Judge one candidate by one run of everything."""
        done = self._patient(run, job(self._selection))
        if done is None:
            return None
        failed = [f for f in failures_of(done, self._where) if f.name not in self._base.flaky]
        passed = tuple(r.name for r in done.log.tops if r.outcome is Outcome.PASS)
        return Judgement(position, tuple(f.diagnostic for f in failed), passed=passed)

    def _failing(self, run: Run, job: MakeJob) -> tuple[list[Diagnostic] | None, list[str]]:
        """Run the tests that fail now; returns the findings that are left (None: stopped) and the tests that pass."""
        waiting = list(self._base.failing_tops)
        found: list[Failure] = []
        passed: set[str] = set()
        for _ in range(2):  # the second run is for tests that a panic in the first one hid
            if not waiting:
                break
            done = self._patient(run, job(testlog.exact(waiting)))
            if done is None:
                return None, []
            found += [f for f in failures_of(done, self._where) if not self._flaky(f)]
            passed |= {r.name for r in done.log.records.values() if r.outcome is Outcome.PASS}
            seen = {r.name for r in done.log.tops} | {f.top for f in found}
            waiting = [name for name in waiting if name not in seen] if done.code == "Panic" else []
        names = {f.name for f in found}
        fixed = [f for f in self._base.failures if f.name not in names and (f.name in passed or f.top in passed)]
        gone = {f.name for f in fixed}
        hidden = [f.diagnostic for f in self._base.failures if f.name not in names and f.name not in gone]
        tops = [name for name in self._base.failing_tops if name in passed]
        return [*(f.diagnostic for f in found), *hidden], tops or [f.name for f in fixed]

    def _regressions(self, run: Run, job: MakeJob, passing: Sequence[str]) -> list[Diagnostic] | None:
        """Run the tests that pass now, the one that killed most candidates first; returns what fails."""
        if not passing:
            return []
        with self._lock:
            killer = next((name for name, _ in self._kills.most_common(1) if name in passing), None)
        groups = [[killer], list(passing)] if killer is not None and len(passing) > 1 else [list(passing)]
        for group in groups:
            done = self._patient(run, job(testlog.exact(group), failfast=True))
            if done is None:
                return None
            failed = [f for f in failures_of(done, self._where) if not self._flaky(f)]
            if failed:
                with self._lock:
                    self._kills[failed[0].top] += 1
                return [f.diagnostic for f in failed]
        return []

    def _patient(self, run: Run, job: Job) -> TestRun | None:
        """Run *job*; on a busy machine a timeout is tried again with more time. None when it was cancelled.

        Where tests of the unchanged code never end, timeouts are what is to be expected.
        """
        job = replace(job, timeout=min(job.timeout, max(0.05, self._budget.left)))
        done = run(job)
        if done.result.timed_out and not self._endless and not self._budget.over and _busy():
            done = run(replace(job, timeout=min(_PATIENCE * job.timeout, max(0.05, self._budget.left))))
        if done.result.killed == "cancel" or (done.result.timed_out and self._budget.over):
            return None
        return done

    def _flaky(self, failure: Failure) -> bool:
        """Tell whether a failure does not count."""
        return failure.name in self._base.flaky


def _busy() -> bool:
    """Tell whether other work may have made a run slow."""
    return os.getloadavg()[0] > _BUSY * cores()
