"""The catalogue of typed edits as a proposer: repairs of build errors, and behaviour edits of suspected functions.

The edits themselves are made by the Go helper, which knows the types; here they become candidates of plan steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Protocol, runtime_checkable

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Hunk, Overlay, hunks, splice
from hrgc.errors import InputError
from hrgc.plan import Step, Window
from hrgc.plugin import Budget, Candidate, Workspace
from hrgc.tokens import Intent, Op
from plugins.golang.helper import Helper, HelperRefused, HelperStopped, HelperUnavailable
from plugins.golang.helper_types import Proposal

FIXES = 300
"""Repairs of build errors asked for at once."""
EDITS = 1500
"""Behaviour edits of one declaration at most."""
SUSPECTS = 6
"""Declarations whose behaviour is changed, most suspected first."""
_ADDING = frozenset({Op.INSERT, Op.DECL, Op.GUARD, Op.IMPORT})
"""Operations whose pure insertions have the intent to add."""


@runtime_checkable
class HelpedWorkspace(Workspace, Protocol):
    """What the catalogue needs of a Go workspace."""

    helper: Helper
    """The package's resident checker."""


@dataclass(slots=True)
class _State:
    """One state of the files with what has been looked up of it."""

    workspace: HelpedWorkspace
    overlay: Overlay
    evidence: Evidence
    findings: tuple[Diagnostic, ...]
    """What proposals answer, by position."""
    windows: list[Window] = field(default_factory=list)
    at: dict[tuple[Path, int], Window] = field(default_factory=dict)
    """Windows by the line that was asked for."""
    contents: dict[Path, bytes] = field(default_factory=dict)

    def content(self, path: Path) -> bytes:
        """Return the contents of *path*."""
        if path not in self.contents:
            found = self.overlay.get(path)
            self.contents[path] = self.workspace.read(path) if found is None else found
        return self.contents[path]

    def window(self, path: Path, line: int) -> Window:
        """Return the declaration around *line* of *path*."""
        found = self.at.get((path, line))
        if found is None:
            found = next((w for w in self.windows if w.path == path and w.mark(line) is not None), None)
        if found is None:
            found = self.workspace.window(self.overlay, path, line, tokens=lambda text: len(text) // 4)
            self.windows.append(found)
        self.at[path, line] = found
        return found


class Catalogue:
    """Proposes typed edits: for build errors their repairs, for failing tests the operators on suspected lines."""

    name = "catalogue"

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield candidates for *evidence*; with *steps*, only those on a step's lines and of its operation."""
        if not isinstance(workspace, HelpedWorkspace):
            return
        state = _State(workspace, overlay, evidence, evidence.diagnostics)
        try:
            for proposal in self._proposals(state, steps, budget):
                made = _candidate(state, proposal)
                if made is not None and (not steps or any(_carries_out(made.step, step) for step in steps)):
                    yield made
        except (HelperStopped, HelperUnavailable, HelperRefused):
            return

    def _proposals(self, state: _State, steps: Sequence[Step], budget: Budget) -> Iterator[Proposal]:
        """Ask the helper for what suits the first stage that fails."""
        failing = state.evidence.failing_stage
        if failing is not None and failing <= Stage.TYPES:
            state.findings = state.workspace.helper.examine(state.overlay, budget).diagnostics
            yield from state.workspace.helper.fixes(state.overlay, FIXES, budget)
            state.findings = state.evidence.diagnostics
            if not steps or failing == Stage.PARSE:
                return
        yield from chain.from_iterable(
            state.workspace.helper.enumerate(
                path, lines, state.overlay, budget, ops=ops, limit=EDITS, evidence=state.evidence
            )
            for path, lines, ops in (_planned(steps) if steps else _suspected(state))
            if path in state.workspace.files
        )


_Place = tuple[Path, tuple[int, int], tuple[str, ...]]
"""A file, its first and last line (0, 0 for all), and the operation classes wanted (empty for all)."""


def _planned(steps: Sequence[Step]) -> Iterator[_Place]:
    """Return the lines and operations that *steps* name."""
    for step in steps:
        ops = () if step.op == Op.REWRITE else (step.op.value,)
        yield step.path, (step.line, step.end_line or step.line), ops


def _suspected(state: _State) -> Iterator[_Place]:
    """Return the declarations that fault localisation suspects, else those of the findings, else every file whole."""
    lines = [(hot.path, hot.line) for hot in state.evidence.hot]
    lines += [(found.path, found.line) for found in state.evidence.diagnostics if found.line > 0]
    done: list[Window] = []
    for path, line in lines:
        if path not in state.workspace.files or len(done) >= SUSPECTS:
            continue
        window = state.window(path, line)
        if window.numbers and window not in done:
            done.append(window)
            yield path, (window.numbers[0], window.numbers[-1]), ()
    if not done and state.evidence.diagnostics:
        for path in state.workspace.files:
            yield path, (0, 0), ()


def _candidate(state: _State, proposal: Proposal) -> Candidate | None:
    """Return a proposal as a candidate of a step, None when it does not fit the files or changes nothing."""
    before = state.content(proposal.path)
    try:
        after = splice(before, proposal.edits)
        op = Op(proposal.op)
    except (InputError, ValueError):
        return None
    hunk = _hunk(hunks(before, after), proposal.line)
    if hunk is None:
        return None
    insert = hunk.last < hunk.first
    line = max(1, hunk.first - 1) if insert else hunk.first
    window = state.window(proposal.path, line)
    code = tuple(text.strip() for text in hunk.lines)
    return Candidate(
        path=proposal.path,
        edits=proposal.edits,
        step=Step(
            path=proposal.path,
            line=line,
            op=op,
            intent=_intent(op, insert=insert, code=code),
            target=window.target,
            symbol=window.symbol,
            end_line=None if insert or hunk.last == line else hunk.last,
            answers=_answers(state.findings, proposal),
        ),
        code=tuple(text for text in code if text),
        insert=insert,
        rule=proposal.rule,
        prior=proposal.prior,
        signs=proposal.signs,
    )


def _hunk(found: Sequence[Hunk], line: int) -> Hunk | None:
    """Return the run of changed lines that is nearest to *line*, None when nothing changes."""
    return min(
        found,
        key=lambda h: 0 if h.first <= line <= max(h.last, h.first) else min(abs(h.first - line), abs(h.last - line)),
        default=None,
    )


def _intent(op: Op, *, insert: bool, code: Sequence[str]) -> Intent:
    """Return why a step changes the code, by what it does to it."""
    if not code:
        return Intent.REMOVE
    return Intent.ADD if insert and op in _ADDING else Intent.FIX


def _answers(findings: Sequence[Diagnostic], proposal: Proposal) -> str:
    """Return the first line of the finding a proposal answers (a behaviour edit: of the first one), '' for none."""
    at = max(0, proposal.answers)
    return findings[at].message.partition("\n")[0] if at < len(findings) else ""


def _carries_out(made: Step, asked: Step) -> bool:
    """Tell whether a step made from an edit carries out the one that was asked for."""
    first, last = asked.line, asked.end_line or asked.line
    return made.path == asked.path and first <= made.line <= last and asked.op in (made.op, Op.REWRITE)
