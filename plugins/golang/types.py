"""The type-check stage: the resident helper judges states and candidates in memory; the go command where it cannot."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol, runtime_checkable

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay, splice
from hrgc.errors import InputError
from hrgc.plugin import Budget, Candidate, Judgement, Workspace
from plugins.golang.helper import Helper, HelperRefused, HelperStopped, HelperUnavailable

BATCH = 64
"""Candidates per question: some milliseconds of work, so that a consumer that stops wastes little."""


@runtime_checkable
class TypedWorkspace(Workspace, Protocol):
    """What this stage needs of a Go workspace."""

    helper: Helper
    """The package's resident checker."""
    build_tells: bool
    """True where only a build knows the types: cgo's, with a C compiler at hand."""

    def build(self, overlay: Overlay, budget: Budget) -> Evidence:
        """Return what ``go build`` and ``go vet`` say of *overlay* up to the type stage: slow, no helper needed."""


class TypesValidator:
    """Judges whether candidates type-check."""

    name = "go_types"
    stage = Stage.TYPES

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Return the findings of go/types on the package and its tests (of go/parser where it does not parse)."""
        if not isinstance(workspace, TypedWorkspace):
            return _foreign()
        try:
            found = workspace.helper.examine(overlay, budget)
        except HelperStopped:
            return Evidence(notes=("types: not run to its end, the time is up",), complete=False)
        except (HelperUnavailable, HelperRefused) as error:
            return _noted(workspace.build(overlay, budget), error)
        if workspace.build_tells and all(d.stage is Stage.TYPES for d in found.diagnostics):
            built = workspace.build(overlay, budget)
            return replace(built, notes=(*built.notes, *found.notes))
        return Evidence(found.diagnostics, reached=Stage.TYPES, notes=found.notes)

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Judge candidates in batches; ends early when the budget is over."""
        if not isinstance(workspace, TypedWorkspace):
            return
        for start in range(0, len(candidates), BATCH):
            if budget.over:
                return
            batch = candidates[start : start + BATCH]
            try:
                results = workspace.helper.check(overlay, [{c.path: c.edits} for c in batch], budget)
            except HelperStopped:
                return
            except HelperUnavailable:
                yield from _slowly(workspace, overlay, candidates, start, budget)
                return
            for offset, found in enumerate(results):
                yield Judgement(start + offset, found)


def _slowly(
    workspace: TypedWorkspace, overlay: Overlay, candidates: Sequence[Candidate], start: int, budget: Budget
) -> Iterator[Judgement]:
    """Judge the candidates from *start* on by one ``go build`` each."""
    for index in range(start, len(candidates)):
        if budget.over:
            return
        chosen = candidates[index]
        try:
            content = splice(workspace_content(workspace, overlay, chosen), chosen.edits)
        except InputError as error:
            yield Judgement(index, (Diagnostic(chosen.path, 0, 0, Stage.PARSE, "Other", error.message),))
            continue
        found = workspace.build({**overlay, chosen.path: content}, budget)
        if found.reached >= Stage.TYPES or found.diagnostics:
            yield Judgement(index, found.diagnostics)


def workspace_content(workspace: Workspace, overlay: Overlay, candidate: Candidate) -> bytes:
    """Return the contents a candidate's edits refer to."""
    content = overlay.get(candidate.path)
    return workspace.read(candidate.path) if content is None else content


def _noted(evidence: Evidence, error: Exception) -> Evidence:
    """Add why the helper was not used."""
    return replace(evidence, notes=(*evidence.notes, f"types: judged by go build, the slow way: {error}"))


def _foreign() -> Evidence:
    """Say that the workspace is not a Go one."""
    return Evidence(reached=Stage.PARSE, notes=("types: this workspace has no Go helper",))
