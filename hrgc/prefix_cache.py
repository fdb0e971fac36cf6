"""Sequence 0 of a runtime: the prompt, decoded once and shared by everything that continues it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hrgc.batch import Batch
from hrgc.llama import Runtime


class PrefixCache:
    """Keeps the last tokens of sequence 0 and the logits behind the lengths that were asked for."""

    def __init__(self, runtime: Runtime) -> None:
        """Start with nothing in *runtime*'s sequence 0."""
        self._runtime = runtime
        self._tokens: list[int] = []
        self._rows: dict[int, NDArray[np.float32]] = {}

    def load(self, tokens: Sequence[int]) -> NDArray[np.float32]:
        """Make sequence 0 hold exactly *tokens* (at least one) and return the logits behind the last.

        Only what differs from the last call is decoded. Raises StoppedError; call ``forget`` then.
        """
        common = 0
        for old, new in zip(self._tokens, tokens, strict=False):
            if old != new:
                break
            common += 1
        known = common == len(tokens) and common in self._rows
        common = common if known else min(common, len(tokens) - 1)
        self._cut(common)
        if known:
            return self._rows[common]
        batch = Batch()
        for position in range(common, len(tokens)):
            batch.add(tokens[position], position, (0,), output=position + 1 == len(tokens))
        row: NDArray[np.float32] = self._runtime.decode(batch)[0].copy()
        self._tokens = list(tokens)
        self._rows[len(tokens)] = row
        return row

    def _cut(self, length: int) -> None:
        """Drop everything behind the first *length* tokens."""
        if length < len(self._tokens):
            self._runtime.cut(0, length)
        self._tokens = self._tokens[:length]
        self._rows = {at: row for at, row in self._rows.items() if at <= length}

    def forget(self) -> None:
        """Empty the runtime, as after a decode that was cut short."""
        self._runtime.clear()
        self._tokens, self._rows = [], {}
