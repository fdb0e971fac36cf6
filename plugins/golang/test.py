"""The test stage: the package's own tests judge states and candidates.

A package without tests is not judged, which the evidence says. Tests run in private copies of the package's directory
(``testdir``), confined to it where the kernel can (``confine``), and never in parallel with themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import Overlay
from hrgc.plugin import Budget, Candidate, Judgement, Workspace
from plugins.golang.judging import Judge
from plugins.golang.testsession import TestSession
from plugins.golang.workspace import GoWorkspace


class TestValidator:
    """Judges by ``go test``: states by a run of their own, candidates from shared binaries."""

    __test__ = False
    name = "go_test"
    stage = Stage.TEST

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._sessions: WeakKeyDictionary[GoWorkspace, TestSession] = WeakKeyDictionary()

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Run the tests of *overlay*: failing ones become findings, with the lines they suspect."""
        if not isinstance(workspace, GoWorkspace):
            return Evidence(reached=Stage.VET, notes=("tests: this workspace is no Go package",))
        if reason := untested(workspace):
            return Evidence(reached=Stage.TYPES, notes=(reason,))
        state = self.session(workspace).state(workspace, overlay, budget)
        if state.errors:
            return Evidence(state.errors, reached=Stage.PARSE, notes=state.notes)
        if not state.complete:
            notes = (*state.notes, "tests: not run to their end, the time is up")
            return Evidence(
                tuple(f.diagnostic for f in state.baseline.failures),
                reached=Stage.TYPES,
                notes=notes,
                passed=state.baseline.passed,
                complete=False,
            )
        return Evidence(
            tuple(f.diagnostic for f in state.baseline.failures),
            reached=Stage.TEST,
            hot=state.hot,
            conditions=state.conditions,
            notes=state.notes,
            passed=state.baseline.passed,
        )

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Judge candidates lazily and in order, some ahead of the consumer; ends early when the budget is over.

        A candidate that fixes no failing test is found out by those alone. One that does is judged by all tests that
        reach what it changes, up to the first that fails.
        """
        if not isinstance(workspace, GoWorkspace) or untested(workspace):
            yield from (Judgement(index, ()) for index in range(len(candidates)))
            return
        session = self.session(workspace)
        state = session.state(workspace, overlay, budget)
        if not state.complete:
            return
        judge = Judge(workspace, session, overlay, state, budget)
        yield from judge.verdicts(candidates)
        state.notes = (*state.notes, *(note for note in judge.notes if note not in state.notes))

    def session(self, workspace: GoWorkspace) -> TestSession:
        """Return what is remembered of *workspace*; closing that ends the workers and removes their copies."""
        known = self._sessions.get(workspace)
        if known is None:
            known = self._sessions[workspace] = TestSession()
            workspace.at_close(known.close)
        return known


def untested(workspace: GoWorkspace) -> str:
    """Return why no tests can be run, '' when they can."""
    if not workspace.options.tests:
        return "tests: not wanted"
    if not workspace.layout.runnable:
        return "tests: built for another system, so they cannot run here"
    return "" if workspace.tests else "tests: the package has none"
