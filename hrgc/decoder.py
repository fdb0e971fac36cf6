"""One loaded model with what every question to it shares: vocabulary, decoded prompt, and softmax scratch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hrgc import prompt as layout
from hrgc import tokens
from hrgc.errors import ModelError
from hrgc.llama import Runtime
from hrgc.prefix_cache import PrefixCache
from hrgc.softmax import Normalizer
from hrgc.tokens import Segment
from hrgc.vocabulary import Vocabulary

POSITIONS = tokens.PLAN_POSITIONS + tokens.CODE_POSITIONS
"""Positions of the prompt and response together, whatever a foreign model could hold."""


_WAYS = (tokens.CONTINUE, tokens.REFINE)
"""Control tokens that a plan may follow."""


class Decoder:
    """A runtime with its vocabulary, prefix cache and normalizer."""

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Load *path*; raises ModelError."""
        self.runtime = Runtime(path, threads=threads, most_positions=POSITIONS)
        self.vocabulary = Vocabulary(self.runtime)
        self.prefix = PrefixCache(self.runtime)
        self.normalizer = Normalizer(self.vocabulary.size)
        self.positions = self.runtime.positions

    def behind(self, prompt: Sequence[Segment]) -> NDArray[np.float32]:
        """Decode *prompt* and return the logits behind it; raises ModelError when it does not fit."""
        return self.prefix.load(self._fitting(self.vocabulary.encode(prompt)))

    def head(self, prompt: Sequence[Segment]) -> list[int]:
        """Return the ids of *prompt* with what opens a plan.

        A prompt that does not end in a control token gets the one of ``<CONTINUE>`` and ``<REFINE>`` that the model
        finds likelier there.
        """
        ids = self.vocabulary.encode(prompt)
        if not (prompt and prompt[-1].special and prompt[-1].text in _WAYS):
            row = self.prefix.load(self._fitting(ids))
            likelier = _WAYS[int(np.argmax(row[self.vocabulary.special_ids(_WAYS)]))]
            ids += self.vocabulary.encode(layout.control_segments(likelier))
        return self._fitting([*ids, *self.vocabulary.encode(layout.plan_head())])

    def _fitting(self, ids: list[int]) -> list[int]:
        """Return *ids* when they leave room for an answer."""
        if not ids:
            raise ValueError("a prompt needs at least one token")
        if len(ids) + layout.RESPONSE_CAP // 4 > self.positions:
            raise ModelError(
                f"the prompt is {len(ids)} tokens long, the model has {self.positions} positions",
                "work on a smaller declaration, or use a model with a longer context",
            )
        return ids

    def stopped(self) -> None:
        """Recover after StoppedError."""
        self.prefix.forget()
