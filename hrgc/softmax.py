"""Log-softmax over a vocabulary or a few legal tokens of it; numpy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]


class Normalizer:
    """Computes the log of a row's softmax denominator in one scratch row that stays in the processor's cache."""

    def __init__(self, size: int) -> None:
        """Make room for rows of *size* logits."""
        self._scratch = np.empty(size, np.float32)

    def __call__(self, row: Vector) -> float:
        """Return log(sum(exp(row))) of one row of logits."""
        peak = row.max()
        np.subtract(row, peak, out=self._scratch)
        np.exp(self._scratch, out=self._scratch)
        return float(peak) + float(np.log(self._scratch.sum(dtype=np.float32)))


def among(row: Vector, ids: Sequence[int] | NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the log-probabilities of the legal tokens *ids*, normalised over them alone."""
    return log_softmax(row[np.asarray(ids, np.intp)].astype(np.float64))


def log_softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-softmax of a small vector."""
    shifted = values - values.max()
    result: NDArray[np.float64] = shifted - np.log(np.exp(shifted).sum())
    return result


def log_add(values: Sequence[float]) -> float:
    """Return log(sum(exp(values))) of a few numbers."""
    return float(np.logaddexp.reduce(np.asarray(values, np.float64)))
