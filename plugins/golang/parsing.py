"""The parse stage: go/parser in the resident helper judges.

tree-sitter does not filter in front of it: an incremental parse of one candidate costs more (0.3-0.7 ms) than the
helper's parse and type check together (0.1-0.4 ms), and its word would have to be checked anyway. Only where there is
no helper, and a check costs a process, it chooses the candidates that gofmt is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay, splice
from hrgc.errors import InputError
from hrgc.plugin import Budget, Candidate, Judgement, Workspace
from plugins.golang.helper import HelperRefused, HelperStopped, HelperUnavailable
from plugins.golang.syntax import error_lines, suspicious
from plugins.golang.types import BATCH
from plugins.golang.workspace import GoWorkspace


class ParseValidator:
    """Judges whether candidates parse."""

    name = "go_parse"
    stage = Stage.PARSE

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Return the syntax errors of the package; without a helper the type stage reports them."""
        if not isinstance(workspace, GoWorkspace):
            return Evidence(notes=("parse: this workspace is no Go package",))
        try:
            found = workspace.helper.examine(overlay, budget)
        except HelperStopped:
            return Evidence(notes=("parse: not run to its end, the time is up",), complete=False)
        except (HelperUnavailable, HelperRefused):
            return Evidence()
        return Evidence(tuple(d for d in found.diagnostics if d.stage is Stage.PARSE))

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Judge candidates in batches; the helper remembers its answers, so that the type stage asks for free."""
        if not isinstance(workspace, GoWorkspace):
            return
        for start in range(0, len(candidates), BATCH):
            batch = candidates[start : start + BATCH]
            if budget.over:
                return
            try:
                results = workspace.helper.check(overlay, [{c.path: c.edits} for c in batch], budget)
            except HelperStopped:
                return
            except (HelperUnavailable, HelperRefused):
                yield from _by_process(workspace, overlay, candidates, start, budget)
                return
            for offset, found in enumerate(results):
                yield Judgement(start + offset, tuple(d for d in found if d.stage is Stage.PARSE))


def _by_process(
    workspace: GoWorkspace, overlay: Overlay, candidates: Sequence[Candidate], start: int, budget: Budget
) -> Iterator[Judgement]:
    """Judge the candidates from *start* on without a helper.

    Only what certainly breaks a file that parsed is turned away: the findings of a file that was broken before must be
    compared one by one, which the type stage does.
    """
    parsed: dict[bytes, bool] = {}
    for index in range(start, len(candidates)):
        if budget.over:
            return
        candidate = candidates[index]
        before = workspace.content(overlay, candidate.path)
        if before not in parsed:
            parsed[before] = workspace.format(candidate.path, before) is not None
        yield Judgement(index, _refusal(workspace, candidate, before) if parsed[before] else ())


def _refusal(workspace: GoWorkspace, candidate: Candidate, before: bytes) -> tuple[Diagnostic, ...]:
    """Return the finding of a candidate that breaks the syntax, () for one that does not."""
    try:
        content = splice(before, candidate.edits)
    except InputError as error:
        return (Diagnostic(candidate.path, 0, 0, Stage.PARSE, "Other", error.message),)
    if not suspicious(content) or workspace.format(candidate.path, content) is not None:
        return ()
    line = next(iter(error_lines(content)), 0)
    return (Diagnostic(candidate.path, line, 0, Stage.PARSE, "Other", "syntax error"),)
