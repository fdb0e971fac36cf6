"""What the test stage keeps of one workspace: binaries, workers, and the baselines of the states it has seen."""

from __future__ import annotations

import contextlib
import hashlib
import re
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path

from hrgc.diagnostics import Condition, Diagnostic, HotLine
from hrgc.edits import Overlay
from hrgc.plugin import Budget, Cancel, Judgement
from plugins.golang import coverage, localise
from plugins.golang.baseline import Baseline, Measure, Where
from plugins.golang.coverage import Coverage, Instrumented
from plugins.golang.helper import HelperRefused, HelperStopped, HelperUnavailable
from plugins.golang.testbuild import Build, TestBuilder, errors
from plugins.golang.testdir import Plan, plan
from plugins.golang.testrun import Job, Runner
from plugins.golang.workspace import GoWorkspace

STATES = 6
"""States whose baselines are kept."""
VERDICTS = 20_000
"""Verdicts that are kept."""
_PLACE_TROUBLE = re.compile(
    r"permission denied|operation not permitted|read-only file system|no such file or directory|cannot find|not found"
    r"|does not exist|invalid cross-device",
    re.IGNORECASE,
)
"""Words of tests that may fail only because they run in a confined copy."""


@dataclass(slots=True)
class TestState:
    """The tests of one state of the files."""

    __test__ = False
    digest: str
    build: Build
    errors: tuple[Diagnostic, ...] = ()
    """Why the tests do not build."""
    baseline: Baseline = field(default_factory=Baseline)
    coverage: Coverage | None = None
    hot: tuple[HotLine, ...] = ()
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        """True when every test has a verdict."""
        return not self.build.killed and self.baseline.complete


class TestSession:
    """The test stage's memory of one workspace."""

    __test__ = False

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.builder = TestBuilder()
        self._runner: Runner | None = None
        self._in_place = False
        self._states: OrderedDict[str, TestState] = OrderedDict()
        self._verdicts: OrderedDict[tuple[str, str], Judgement] = OrderedDict()
        self._lock = threading.RLock()

    def runner(self, workspace: GoWorkspace) -> Runner:
        """Return the workers, started when first asked for."""
        with self._lock:
            if self._runner is None:
                self._runner = self._start(workspace, in_place=False)
            return self._runner

    def state(self, workspace: GoWorkspace, overlay: Overlay, budget: Budget) -> TestState:
        """Return how the tests of *overlay* end; measured once a state, unless the time was up."""
        key = digest(overlay)
        with self._lock:
            known = self._states.get(key)
            if known is not None:
                self._states.move_to_end(key)
                return known
            state = self._measure(workspace, overlay, key, budget)
            if state.complete:
                self._states[key] = state
                while len(self._states) > STATES:
                    self._states.popitem(last=False)
            return state

    def verdict(self, state: TestState, content: str) -> Judgement | None:
        """Return what was found of the candidate with this content digest on top of *state*, None when unknown."""
        return self._verdicts.get((state.digest, content))

    def remember(self, state: TestState, content: str, judgement: Judgement) -> None:
        """Keep a verdict for later rounds."""
        with self._lock:
            self._verdicts[state.digest, content] = judgement
            while len(self._verdicts) > VERDICTS:
                self._verdicts.popitem(last=False)

    def close(self) -> None:
        """End the workers and remove their copies; a measurement in progress ends first, with nothing."""
        if self._runner is not None:
            self._runner.stop()
        with self._lock:
            if self._runner is not None:
                self._runner.close()
                self._runner = None

    def _start(self, workspace: GoWorkspace, *, in_place: bool) -> Runner:
        """Start workers in copies, or in the user's directory and unconfined."""
        base = Path(tempfile.mkdtemp(prefix="runs-", dir=workspace.store.folder))
        module = workspace.package.module
        top = module.directory if module is not None and module.main else None
        chosen = Plan(workspace.root, None, None) if in_place else plan(workspace.root, top)
        return Runner(workspace.toolchain, chosen, base, confined=not in_place and chosen.root is not None)

    def _measure(self, workspace: GoWorkspace, overlay: Overlay, key: str, budget: Budget) -> TestState:
        """Build and run the tests of *overlay*; localise what fails."""
        with contextlib.closing(_Counters(workspace, self.builder, overlay, budget)) as counters:
            if not self._states:  # the state a run begins with fails more often than not
                counters.start()
            build = self.builder.build(workspace, overlay, budget)
            if not build.ok:
                return TestState(key, build, () if build.killed else errors(build, workspace.root))
            state = TestState(key, build)
            runner = self._judge_state(workspace, state, counters, budget)
            if state.baseline.failures and state.baseline.complete:
                self._localise(workspace, state, runner, counters, budget)
            return state

    def _judge_state(self, workspace: GoWorkspace, state: TestState, counters: _Counters, budget: Budget) -> Runner:
        """Run the tests of *state*, in place where a private copy does not do; returns the workers to go on with."""
        runner = self.runner(workspace)
        state.baseline = self._baseline(workspace, state.build, runner, counters, budget)
        state.notes = state.baseline.notes
        if not state.baseline.failures or self._in_place or not _place_trouble(state.baseline):
            return runner
        beside = self._start(workspace, in_place=True)
        other = self._baseline(workspace, state.build, beside, counters, budget)
        if not other.complete or len(other.failures) >= len(state.baseline.failures):
            beside.close()
            return runner
        runner.close()
        self._runner, self._in_place = beside, True
        state.baseline = other
        state.notes = (*other.notes, "tests need their own directory: they run in place, and may write there")
        return beside

    def _baseline(
        self, workspace: GoWorkspace, build: Build, runner: Runner, counters: _Counters, budget: Budget
    ) -> Baseline:
        """Run the tests of *build*."""
        assert build.path is not None

        def fuelled(job: Job) -> Job | None:
            binary = counters.get()
            return coverage.fuelled(binary, job) if binary is not None else None

        where = Where(workspace.root, workspace.files)
        measure = Measure(lambda job: runner.run(job, budget.cancel), build.path, where, budget, workspace.options.run)
        return measure.baseline(fuelled)

    def _localise(
        self, workspace: GoWorkspace, state: TestState, runner: Runner, counters: _Counters, budget: Budget
    ) -> None:
        """Find the suspected lines of a failing state."""
        binary = counters.get()
        if binary is not None:
            slowest = max(2.0, 10 * sum(state.baseline.seconds.values()))
            state.coverage = coverage.collect(binary, runner, state.baseline, budget, slowest=slowest)
        else:
            state.notes = (*state.notes, f"tests: lines are not ranked by coverage ({counters.reason})")
        state.hot = localise.suspects(state.coverage, state.baseline, workspace.files)
        if state.coverage is not None:
            state.conditions = tuple(c for c in state.coverage.conditions() if c.path in workspace.files)


class _Counters:
    """The instrumented binary of one state, built when first needed, or ahead of that in another thread."""

    def __init__(self, workspace: GoWorkspace, builder: TestBuilder, overlay: Overlay, budget: Budget) -> None:
        """Build for *overlay*."""
        self._workspace, self._builder, self._overlay = workspace, builder, overlay
        self._cancel = Cancel()
        self._forget = budget.cancel.add(self._cancel.cancel)
        self._budget = Budget(budget.deadline, self._cancel)
        self._made: Instrumented | None = None
        self._thread: threading.Thread | None = None
        self._tried = False
        self.reason = ""
        """Why there is no binary."""

    def close(self) -> None:
        """End a build that nobody needed."""
        self._cancel.cancel()
        self._forget()
        if self._thread is not None:
            self._thread.join()

    def start(self) -> None:
        """Begin to build."""
        self._thread = threading.Thread(target=self._make, name="hrgc-counters")
        self._thread.start()

    def get(self) -> Instrumented | None:
        """Return the binary, None where there is none."""
        if self._thread is not None:
            self._thread.join()
        elif not self._tried:
            self._make()
        return self._made

    def _make(self) -> None:
        """Build the binary, or keep why it cannot be built."""
        self._tried = True
        try:
            made = coverage.instrument(self._workspace, self._builder, self._overlay, self._budget)
        except HelperStopped:
            self.reason = "the time is up"
        except (HelperUnavailable, HelperRefused) as error:
            self.reason = str(error)
        else:
            if made.build.ok:
                self._made = made
            else:
                self.reason = " ".join((made.build.killed or made.build.output).split())[:200]


def _place_trouble(baseline: Baseline) -> bool:
    """Tell whether a failing test complains about files."""
    return any(_PLACE_TROUBLE.search(f.diagnostic.message + f.crash) for f in baseline.failures)


def digest(overlay: Overlay) -> str:
    """Return what identifies a state of the files."""
    total = hashlib.sha256()
    for path in sorted(overlay):
        total.update(str(path).encode("utf-8", "surrogateescape") + b"\0" + overlay[path] + b"\0")
    return total.hexdigest()
