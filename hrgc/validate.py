"""The cascade of validators: examine a state, judge candidates cheapest stage first, with early exit."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import Overlay
from hrgc.plugin import Budget, Candidate, Validator, Workspace


@dataclass(frozen=True, slots=True)
class StageReport:
    """What one validator did with the candidates it was given."""

    stage: Stage
    validator: str
    tried: int
    killed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the cascade says of one candidate."""

    index: int
    evidence: Evidence


class Cascade:
    """Validators in stage order. Vet is asked about the winner only: it costs a process a candidate."""

    def __init__(self, validators: Sequence[Validator]) -> None:
        """Order *validators* by stage."""
        ordered = sorted(validators, key=lambda v: (v.stage, v.name))
        self._stages = tuple(v for v in ordered if v.stage != Stage.VET)
        self._vets = tuple(v for v in ordered if v.stage == Stage.VET)

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Judge one state: the findings of the first stage that has any, and what all stages noted."""
        total = Evidence()
        for validator in self._stages:
            if budget.over:
                skipped = f"{validator.name}: not run, the time is up"
                return replace(total, notes=(*total.notes, skipped), complete=False)
            found = validator.examine(workspace, overlay, budget)
            total = Evidence(
                diagnostics=found.diagnostics,
                reached=total.reached if found.diagnostics else max(total.reached, found.reached),
                hot=found.hot or total.hot,
                conditions=found.conditions or total.conditions,
                notes=(*total.notes, *found.notes),
                passed=(*total.passed, *found.passed),
                complete=found.complete,
            )
            if not found.complete:
                break
            if found.diagnostics:
                break
        return total

    def vet(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Return the vet stage's findings on a state that builds."""
        total = Evidence(reached=Stage.VET)
        for validator in self._vets:
            found = validator.examine(workspace, overlay, budget)
            total = replace(
                total,
                diagnostics=(*total.diagnostics, *found.diagnostics),
                notes=(*total.notes, *found.notes),
            )
        return total

    def judge(
        self,
        workspace: Workspace,
        overlay: Overlay,
        candidates: Sequence[Candidate],
        budget: Budget,
        reports: list[StageReport],
    ) -> Generator[Verdict, None, None]:
        """Judge *candidates* in order; the last stage is lazy, so a consumer that stops saves its work.

        Verdicts of candidates that fail an early stage come first. Closing the iterator is safe and still appends
        to *reports* what was done.
        """
        alive = list(range(len(candidates)))
        reached = Stage.PARSE
        for number, validator in enumerate(self._stages):
            if not alive or budget.over:
                return
            last = number == len(self._stages) - 1
            passed: list[int] = []
            started, tried, killed = time.monotonic(), 0, 0
            try:
                chosen = [candidates[at] for at in alive]
                for judgement in validator.judge(workspace, overlay, chosen, budget):
                    tried += 1
                    at = alive[judgement.index]
                    if judgement.diagnostics:
                        killed += 1
                        yield Verdict(at, Evidence(judgement.diagnostics, reached=reached, passed=judgement.passed))
                    elif last:
                        yield Verdict(at, Evidence((), reached=validator.stage, passed=judgement.passed))
                    else:
                        passed.append(at)
            finally:
                spent = time.monotonic() - started
                reports.append(StageReport(validator.stage, validator.name, tried, killed, spent))
            reached = validator.stage
            alive = passed
