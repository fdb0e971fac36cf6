"""A linear scorer of edits by their signs: hashed features that a language's proposer computes of a candidate.

A sign is a little-endian int32 whose amount is a hash plus one and whose sign tells whether the edit brings the feature
or takes it away. The score is the sum of the features' weights, so it is a log-odds up to a constant
(Weinberger et al., Feature Hashing for Large Scale Multitask Learning, ICML 2009). Weights travel in the model's file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hrgc.errors import ModelError
from hrgc.gguf_header import Header

WEIGHTS, SCALE, FORMAT = "hrgc.edits.weights", "hrgc.edits.scale", "hrgc.edits.format"
VERSION = 3
"""Version of the signs; a file with others scores nothing."""
_BYTES = 100
"""What ``Header.kinds`` says of an array of uint8."""


@dataclass(frozen=True, slots=True)
class EditScorer:
    """Weights by the last bits of a feature's hash."""

    weights: npt.NDArray[np.float32]
    """Their number is a power of two."""

    def rate(self, signs: Sequence[bytes]) -> list[float]:
        """Return the score of each edit less the mean of those that have signs; 0 without signs."""
        sizes = np.array([len(one) // 4 for one in signs], np.int64)
        scored = sizes > 0
        out = np.zeros(len(signs))
        if scored.any():
            features = np.frombuffer(b"".join(signs), "<i4")
            rows = self.weights[(np.abs(features) - 1) & (len(self.weights) - 1)] * np.sign(features)
            ends = np.cumsum(sizes[scored])
            out[scored] = np.add.reduceat(rows.astype(np.float64), ends - sizes[scored])
            out[scored] -= out[scored].mean()
        return [float(value) for value in out]


def of_file(header: Header) -> EditScorer | None:
    """Return the scorer of a model file, None when it has none that fits; raises ModelError for a damaged one."""
    stored = header.array(WEIGHTS)
    if not stored or header.integer(FORMAT) != VERSION:
        return None
    scale = header.number(SCALE)
    if len(stored) & (len(stored) - 1) or scale is None or header.kinds[WEIGHTS] != _BYTES:
        raise ModelError(f"{header.path} cannot be used: its edit scorer is damaged", "install the model again")
    weights = np.array(stored, np.uint8).view(np.int8).astype(np.float32) * np.float32(scale)
    return EditScorer(weights)


def stored(weights: npt.NDArray[np.float32]) -> tuple[bytes, float]:
    """Return weights as a file keeps them: one byte each (int8) and their scale."""
    scale = float(np.abs(weights).max()) / 127 or 1.0
    return np.clip(np.round(weights / scale), -127, 127).astype(np.int8).tobytes(), scale
