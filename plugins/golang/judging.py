"""Verdicts on candidates: in order, lazily, running ahead by a few; from shared binaries where that is sound."""

from __future__ import annotations

import contextlib
import hashlib
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Stage
from hrgc.edits import Overlay, splice
from hrgc.errors import InputError
from hrgc.plugin import Budget, Cancel, Candidate, Judgement
from plugins.golang import schemata
from plugins.golang.baseline import PACKAGE, Where
from plugins.golang.helper import HelperRefused, HelperStopped, HelperUnavailable
from plugins.golang.schemata import Limits, Schema
from plugins.golang.testbuild import errors
from plugins.golang.testrun import Job
from plugins.golang.testsession import TestSession, TestState
from plugins.golang.verdict import CandidateTests
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
        where = Where(workspace.root, workspace.files)
        self._tests = CandidateTests(state.baseline, where, workspace.options.run, self._budget)
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

        functions = schema.functions[place]
        if not self._decides(functions):
            return _done(Judgement(position, tuple(f.diagnostic for f in self._base.failures)))
        tests = self._passing(functions)
        return self._runner.apply(lambda run: self._tests.verdict(run, job, tests, position), self._cancel)

    def _alone(self, candidate: Candidate, content: bytes, position: int, limits: Limits) -> Judgement | None:
        """Judge one candidate by a binary of its own."""
        build = self._session.builder.build(self._workspace, {**self._overlay, candidate.path: content}, self._budget)
        if build.path is None:
            if build.killed:
                return None
            return Judgement(position, errors(build, self._workspace.root))

        def job(run: str, *, failfast: bool = False) -> Job:
            assert build.path is not None  # the build itself is held: others may push its file out before it runs
            return Job(build.path, limits.seconds, run=run, failfast=failfast)

        return self._runner.apply(
            lambda run: self._tests.verdict(run, job, self._base.passed, position), self._cancel
        ).result()

    def _decides(self, functions: Sequence[str]) -> bool:
        """Tell whether a change of *functions* can fix anything: a failing test reaches one of them."""
        coverage = self._state.coverage
        names = [f.name for f in self._base.failures]
        return not names or coverage is None or PACKAGE in names or coverage.decides(functions, names)

    def _passing(self, functions: Sequence[str] | set[str]) -> tuple[str, ...]:
        """Return the tests that pass now and reach one of *functions*."""
        if self._state.coverage is None:
            return self._base.passed
        return self._state.coverage.reaching(functions, self._base.passed)


def _done(judgement: Judgement) -> Future[Judgement | None]:
    """Return a future that has its answer."""
    future: Future[Judgement | None] = Future()
    future.set_result(judgement)
    return future


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
