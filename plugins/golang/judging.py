"""Verdicts on candidates: in order, lazily, running ahead by a few; from shared binaries where that is sound."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from hrgc.diagnostics import Diagnostic, Stage
from hrgc.edits import Overlay, splice
from hrgc.errors import InputError
from hrgc.plugin import Budget, Cancel, Candidate, Judgement
from plugins.golang import schemata, testlog
from plugins.golang.baseline import PACKAGE, Failure, Where, failures_of
from plugins.golang.helper import HelperRefused, HelperStopped, HelperUnavailable
from plugins.golang.schemata import Limits, Schema
from plugins.golang.testbuild import errors
from plugins.golang.testlog import Outcome
from plugins.golang.testrun import Job, TestRun, cores
from plugins.golang.testsession import TestSession, TestState
from plugins.golang.workspace import GoWorkspace

CHUNK = 240
"""Most candidates of one binary."""
FIRST_TEXT, NEXT_TEXT = 120_000, 400_000
"""Bytes of functions in the first binary and in further ones: the first verdicts come soon, later builds are shared
more. A build costs a third of a second and some 3 microseconds a byte."""
UNKNOWN_TEXT = 2_000
"""Bytes a candidate is taken to add when its function is not known."""
ALONE = Limits(30.0, 1 << 62)
"""Limits of the unchanged code's copy, before its own use is known."""
_BUSY = 1.5
"""Load per core from which a timeout is not believed at once."""
_PATIENCE = 4
"""How many times longer a run may take when it is tried again on a busy machine."""

Run = Callable[[Job], TestRun]


class MakeJob(Protocol):
    """Makes the run of one candidate."""

    def __call__(self, run: str, *, failfast: bool = False) -> Job:
        """Return the run of the tests that match *run*."""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Candidates that are built together, ready to run."""

    positions: tuple[int, ...]
    """Their positions among all candidates."""
    schema: Schema | None
    """None when each needs a binary of its own."""
    limits: Limits
    note: str = ""


class Judge:
    """Judges candidates on top of one state."""

    def __init__(
        self, workspace: GoWorkspace, session: TestSession, overlay: Overlay, state: TestState, budget: Budget
    ) -> None:
        """Judge relative to *state*, the tests of *overlay*."""
        self._workspace, self._session, self._overlay = workspace, session, overlay
        self._state, self._base = state, state.baseline
        self._cancel = Cancel()
        self._forget = budget.cancel.add(self._cancel.cancel)
        self._budget = Budget(budget.deadline, self._cancel)
        self._runner = session.runner(workspace)
        self._where = Where(workspace.root, workspace.files)
        self._kills: Counter[str] = Counter()
        self._lock = threading.Lock()
        self.notes: list[str] = []
        """Why candidates were judged the slow way, each reason once."""

    def verdicts(self, candidates: Sequence[Candidate]) -> Iterator[Judgement]:
        """Yield one verdict a candidate, in order; ends early when the budget is over."""
        contents = [self._content(c) for c in candidates]
        first: dict[str, int] = {}
        for i, content in enumerate(contents):
            if content is not None:
                first.setdefault(_key(candidates[i], content), i)
        fresh = [
            i
            for i, content in enumerate(contents)
            if content is not None
            and first[_key(candidates[i], content)] == i
            and self._session.verdict(self._state, _key(candidates[i], content)) is None
        ]
        found = self._judged(candidates, contents, fresh)
        try:
            for i, content in enumerate(contents):
                if content is None:
                    yield Judgement(i, (_refused(candidates[i], "the edit does not fit the contents"),))
                    continue
                key = _key(candidates[i], content)
                while (verdict := self._session.verdict(self._state, key)) is None:
                    position, judgement = next(found, (-1, None))
                    if judgement is None:
                        return
                    made = contents[position]
                    assert made is not None
                    self._session.remember(self._state, _key(candidates[position], made), judgement)
                yield replace(verdict, index=i)
        finally:
            found.close()
            self._cancel.cancel()
            self._forget()

    def _content(self, candidate: Candidate) -> bytes | None:
        """Return the candidate's file with its edits, None when they do not fit."""
        try:
            return splice(self._workspace.content(self._overlay, candidate.path), candidate.edits)
        except InputError:
            return None

    def _judged(
        self, candidates: Sequence[Candidate], contents: Sequence[bytes | None], fresh: Sequence[int]
    ) -> Generator[tuple[int, Judgement | None], None, None]:
        """Yield (position, verdict) for the positions *fresh*, in order; None ends it early."""
        groups = _chunked(fresh, self._sizes(candidates))
        with ThreadPoolExecutor(2, "hrgc-build") as builders:
            try:
                coming = builders.submit(self._prepare, candidates, groups[0]) if groups else None
                for number in range(len(groups)):
                    assert coming is not None
                    chunk = coming.result()
                    coming = None
                    for done, row in enumerate(self._run_chunk(builders, candidates, contents, chunk), 1):
                        if coming is None and number + 1 < len(groups) and 2 * done > len(chunk.positions):
                            coming = builders.submit(self._prepare, candidates, groups[number + 1])
                        yield row
                    if coming is None and number + 1 < len(groups):
                        coming = builders.submit(self._prepare, candidates, groups[number + 1])
            finally:
                self._cancel.cancel()

    def _sizes(self, candidates: Sequence[Candidate]) -> dict[int, int]:
        """Return how many bytes each candidate adds to a binary: those of the function it changes."""
        spans: dict[Path, list[tuple[int, int]]] = {}
        for path in {c.path for c in candidates}:
            with contextlib.suppress(HelperStopped, HelperUnavailable, HelperRefused):
                outline = self._workspace.helper.outline(path, self._overlay, self._budget)
                spans[path] = [(d.start, d.end) for d in outline.declarations if d.kind in {"func", "method"}]
        sizes: dict[int, int] = {}
        for index, candidate in enumerate(candidates):
            at = min((e.start for e in candidate.edits), default=0)
            around = (end - start for start, end in spans.get(candidate.path, ()) if start <= at <= end)
            sizes[index] = next(around, UNKNOWN_TEXT)
        return sizes

    def _prepare(self, candidates: Sequence[Candidate], positions: Sequence[int]) -> _Chunk:
        """Build one binary for the candidates at *positions* and check it against the unchanged code."""
        total = sum(self._base.seconds.values())
        slow = Limits(max(schemata.SHORTEST * 4, schemata.SLACK * total), ALONE.fuel)
        alone = _Chunk(tuple(positions), None, slow)
        if len(positions) < 2:
            return alone
        chosen = [candidates[i] for i in positions]
        try:
            made = schemata.make(self._workspace, self._session.builder, self._overlay, chosen, self._budget)
        except HelperStopped:
            return alone
        except (HelperUnavailable, HelperRefused) as error:
            return replace(alone, note=f"one go test a candidate: {error}")
        if not made.build.ok:
            return replace(alone, note=f"one go test a candidate: {made.reasons[0] if made.reasons else ''}")
        touched = {key for keys in made.functions for key in keys}
        rough = replace(ALONE, seconds=max(2.0, schemata.SLACK * total))
        checked = schemata.check(
            made.build, self._runner, self._base, self._passing(touched), self._budget, rough=rough
        )
        if checked.differs:
            names = ", ".join(checked.differs[:3])
            return replace(alone, note=f"one go test a candidate: {names} would end otherwise in a shared binary")
        return _Chunk(tuple(positions), made, checked.limits)

    def _run_chunk(
        self,
        builders: ThreadPoolExecutor,
        candidates: Sequence[Candidate],
        contents: Sequence[bytes | None],
        chunk: _Chunk,
    ) -> Iterator[tuple[int, Judgement | None]]:
        """Run the candidates of a chunk, a few ahead of the one that is asked for."""
        if chunk.note and chunk.note not in self.notes:
            self.notes.append(chunk.note)
        ahead: deque[tuple[int, Future[Judgement | None]]] = deque()
        todo = deque(enumerate(chunk.positions))
        try:
            while todo or ahead:
                while todo and len(ahead) < 2 * self._runner.workers and not self._budget.over:
                    place, position = todo.popleft()
                    ahead.append((position, self._start(builders, candidates, contents, chunk, place, position)))
                if not ahead or self._budget.over:
                    yield -1, None
                    return
                position, future = ahead.popleft()
                verdict = future.result()
                yield (position, verdict) if verdict is not None else (-1, None)
        finally:
            if ahead:  # nothing may still run when the workspace is closed
                self._cancel.cancel()
                wait([future for _, future in ahead])

    def _start(  # noqa: PLR0913 - what is judged, and by whom
        self,
        builders: ThreadPoolExecutor,
        candidates: Sequence[Candidate],
        contents: Sequence[bytes | None],
        chunk: _Chunk,
        place: int,
        position: int,
    ) -> Future[Judgement | None]:
        """Begin judging one candidate."""
        schema = chunk.schema
        if schema is None or schema.variants[place] == 0:
            content = contents[position]
            assert content is not None
            return builders.submit(self._alone, candidates[position], content, position, chunk.limits)

        def job(run: str, *, failfast: bool = False) -> Job:
            assert schema is not None
            return schema.job(place, chunk.limits, run, failfast=failfast)

        tests = self._passing(schema.functions[place])
        return self._runner.apply(lambda run: self._verdict(run, job, tests, position), self._cancel)

    def _alone(self, candidate: Candidate, content: bytes, position: int, limits: Limits) -> Judgement | None:
        """Judge one candidate by a binary of its own."""
        build = self._session.builder.build(self._workspace, {**self._overlay, candidate.path: content}, self._budget)
        if build.path is None:
            if build.killed:
                return None
            return Judgement(position, errors(build, self._workspace.root))
        binary = build.path

        def job(run: str, *, failfast: bool = False) -> Job:
            return Job(binary, limits.seconds, run=run, failfast=failfast)

        return self._runner.apply(
            lambda run: self._verdict(run, job, self._base.passed, position), self._cancel
        ).result()

    def _passing(self, functions: Sequence[str] | set[str]) -> tuple[str, ...]:
        """Return the tests that pass now and reach one of *functions*."""
        if self._state.coverage is None:
            return self._base.passed
        return self._state.coverage.reaching(functions, self._base.passed)

    def _verdict(self, run: Run, job: MakeJob, passing: Sequence[str], position: int) -> Judgement | None:
        """Judge one candidate: first by the tests that fail now, then by those that pass and reach what it changes."""
        selection = self._workspace.options.run
        if "/" in selection or any(f.name == PACKAGE for f in self._base.failures):
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
        done = self._patient(run, job(self._workspace.options.run))
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
        for _ in range(2):  # the second run is for tests that a crash in the first one hid
            if not waiting:
                break
            done = self._patient(run, job(testlog.exact(waiting)))
            if done is None:
                return None, []
            found += [f for f in failures_of(done, self._where) if not self._flaky(f)]
            passed |= {r.name for r in done.log.records.values() if r.outcome is Outcome.PASS}
            seen = {r.name for r in done.log.tops} | {f.top for f in found}
            waiting = [name for name in waiting if name not in seen] if done.code else []
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
        """Run *job*; on a busy machine a timeout is tried again with more time. None when it was cancelled."""
        job = replace(job, timeout=min(job.timeout, max(0.05, self._budget.left)))
        done = run(job)
        if done.result.timed_out and not self._budget.over and os.getloadavg()[0] > _BUSY * cores():
            done = run(replace(job, timeout=min(_PATIENCE * job.timeout, max(0.05, self._budget.left))))
        if done.result.killed == "cancel" or (done.result.timed_out and self._budget.over):
            return None
        return done

    def _flaky(self, failure: Failure) -> bool:
        """Tell whether a failure does not count."""
        return failure.name in self._base.flaky


def _chunked(positions: Sequence[int], sizes: Mapping[int, int]) -> list[list[int]]:
    """Split positions into the chunks that are built together; *sizes* are the bytes each adds."""
    groups: list[list[int]] = []
    room = 0
    for position in positions:
        if not groups or room < sizes[position] or len(groups[-1]) >= CHUNK:
            room = NEXT_TEXT if groups else FIRST_TEXT
            groups.append([])
        groups[-1].append(position)
        room -= sizes[position]
    return groups


def _key(candidate: Candidate, content: bytes) -> str:
    """Return what identifies a candidate's result."""
    return hashlib.sha256(str(candidate.path).encode("utf-8", "surrogateescape") + b"\0" + content).hexdigest()


def _refused(candidate: Candidate, words: str) -> Diagnostic:
    """Return the finding of a candidate that cannot be applied."""
    return Diagnostic(candidate.path, candidate.step.line, 0, Stage.PARSE, "Other", words)
