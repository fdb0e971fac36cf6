"""Which candidate may follow a state: what the cascade says of it, when it is good enough, and which is best."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hrgc.diagnostics import Evidence, Stage, better
from hrgc.rank import Scored

RESOLVED_BONUS = 1.5
"""What a candidate's score gains for each doubling (natural log) of the findings it resolves."""


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate with its place in the ranking and what the cascade says of it."""

    scored: Scored
    rank: int
    """1-based position in the ranking."""
    evidence: Evidence


def acceptable(new: Evidence, old: Evidence) -> bool:
    """Tell whether a state may follow another: strictly better, or still clean when the old one was."""
    return new.clean and new.reached >= old.reached if old.clean else better(new, old)


def proved(evidence: Evidence) -> bool:
    """Tell whether tests ran and pass, so that nothing better can be found by looking on."""
    return evidence.clean and evidence.reached == Stage.TEST and bool(evidence.passed)


def worth(row: Row, old: Evidence) -> float:
    """Return the worth of a candidate that shrinks: its score, more for each finding it resolves."""
    stage = row.evidence.failing_stage
    resolved: float
    if stage is None or stage == old.failing_stage:
        resolved = len(old.diagnostics) - len(row.evidence.diagnostics)
    else:
        resolved = len(old.diagnostics) + 1.0 / (1 + len(row.evidence.diagnostics))
    return row.scored.score + RESOLVED_BONUS * math.log(max(1.0, resolved))
