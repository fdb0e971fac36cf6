"""Fault localisation: which lines failing tests reach and passing ones do not."""

from __future__ import annotations

import math
from collections.abc import Collection
from pathlib import Path

from hrgc.diagnostics import HotLine
from plugins.golang.baseline import Baseline, panic_frames
from plugins.golang.coverage import Coverage

LINES = 400
"""Most lines that are suspected at once."""
SILENT = 1e-9
"""Weight at and below which a line is not suspected."""


def suspects(coverage: Coverage | None, baseline: Baseline, editable: Collection[Path]) -> tuple[HotLine, ...]:
    """Return the suspected lines of *editable* files, most suspected first.

    A line weighs what the Ochiai formula says of the tests that reach it, and 1.0 when a panic's stack names it; those
    lines come first, innermost frame first.
    """
    frames = [
        (frame.path, frame.line) for failure in baseline.failures for frame in panic_frames(failure.crash, editable)
    ]
    weights = _ochiai(coverage, set(editable)) if coverage is not None else {}
    order = {place: at for at, place in reversed(list(enumerate(dict.fromkeys(frames))))}
    weights.update(dict.fromkeys(order, 1.0))
    last = len(order)
    ranked = sorted(weights.items(), key=lambda row: (-row[1], order.get(row[0], last), str(row[0][0]), row[0][1]))
    return tuple(HotLine(path, line, weight) for (path, line), weight in ranked[:LINES] if weight > SILENT)


def _ochiai(coverage: Coverage, editable: set[Path]) -> dict[tuple[Path, int], float]:
    """Return the suspicion of every line that a failing test reaches."""
    failed = sum(unit.failed for unit in coverage.units)
    bad, good = [0] * len(coverage.blocks), [0] * len(coverage.blocks)
    for unit in coverage.units:
        counts = bad if unit.failed else good
        for index in unit.reached:
            counts[index] += 1
    weights: dict[tuple[Path, int], float] = {}
    for block, ef, ep in zip(coverage.blocks, bad, good, strict=True):
        if ef == 0 or block.path not in editable:
            continue
        weight = ef / math.sqrt(failed * (ef + ep))
        for line in block.lines:
            place = (block.path, line)
            weights[place] = max(weights.get(place, 0.0), weight)
    return weights
