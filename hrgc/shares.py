"""What stands out among the candidates of one place: log p(code | plan) as shares of those that carry out a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from hrgc.plugin import Candidate
from hrgc.tokens import Op

Place = tuple[Op, Path, int, int, bool]
"""What ``place`` returns."""


def place(candidate: Candidate) -> Place:
    """Return the plan a candidate carries out: operation, file, first and last line, and whether it inserts."""
    step = candidate.step
    return step.op, step.path, step.line, step.end_line or step.line, candidate.insert


def shares(places: Sequence[Place], codes: Sequence[float]) -> list[float]:
    """Return log p(code | plan) brought to sum 1 over the candidates of one place.

    What all of them repeat of the line, which is long on some lines and short on others, cancels out.
    """
    tops: dict[Place, float] = {}
    for where, code in zip(places, codes, strict=True):
        tops[where] = max(code, tops.get(where, code))
    sums = dict.fromkeys(tops, 0.0)
    for where, code in zip(places, codes, strict=True):
        sums[where] += math.exp(code - tops[where])
    return [code - tops[where] - math.log(sums[where]) for where, code in zip(places, codes, strict=True)]
