"""What fault localisation means for a ranking: log suspicion of a candidate's lines, and of a window as a whole."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hrgc.diagnostics import Evidence
from hrgc.plan import Window
from hrgc.plugin import Candidate

COLD = 0.02
"""Suspicion of a line that fault localisation does not name, when it names others."""
SHARPNESS = 4.0
"""Power of a line's suspicion: Ochiai's values lie close together where tests reach much."""


def heat(evidence: Evidence, candidate: Candidate) -> float:
    """Return the log suspicion of the lines a candidate changes; 0 when nothing is suspected."""
    if not evidence.hot:
        return 0.0
    step = candidate.step
    lines = range(step.line, (step.end_line or step.line) + 1)
    weight = max((h.weight for h in evidence.hot if h.path == step.path and h.line in lines), default=COLD)
    return math.log(max(COLD, weight))


def log_shares(evidence: Evidence, windows: Sequence[Window]) -> list[float]:
    """Return for each window the log of its part of all suspicion; without suspicion, of all lines.

    It makes log p(plan), which sums to 1 in every window, comparable between short and long ones.
    """
    masses = [_mass(evidence, window) for window in windows]
    total = sum(masses)
    return [math.log(mass / total) for mass in masses]


def _mass(evidence: Evidence, window: Window) -> float:
    """Return the suspicion of a window's lines, each to the power that ranks them."""
    named = {h.line: h.weight for h in evidence.hot if h.path == window.path} if evidence.hot else {}
    cold = COLD if evidence.hot else 1.0
    return sum(max(cold, named.get(number, cold)) ** SHARPNESS for number in window.numbers) or cold
