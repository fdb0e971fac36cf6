"""Search over token sequences: the best ones by beams, and different ones by sampling without replacement.

Sampling without replacement keeps, instead of a beam's probability, that probability perturbed by Gumbel noise
(stochastic beam search): the kept sequences are an exact sample of different ones. Knows nothing of a model but rows
of logits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

TOP_TOKENS = 64
"""Successors of a beam that are looked at."""
FAR_BEHIND = 12.0
"""Tokens whose logit is this far below the best are no successors."""
HOPELESS = -40.0
"""Log-probability at which a text is given up: it could rank in front of no catalogue edit any more."""
REPEATS, LONGEST_PERIOD = 6, 4
"""A text that repeats its last (up to four) tokens six times goes round in a circle and is given up."""
TOP_P = 0.98
"""Part of the probability that samples may fall into; the tail is noise."""


@dataclass(frozen=True, slots=True)
class Beam:
    """One sequence that is being written."""

    tokens: tuple[int, ...] = ()
    logprob: float = 0.0
    """Sum of the tokens' log-probabilities over the whole vocabulary."""
    rank: float = 0.0
    """What it competes with: *logprob*, or the perturbed one for samples."""
    parent: int = 0
    """Index of its predecessor among the beams of the step before."""


class Selection(Protocol):
    """How a group of beams chooses its successors."""

    width: int

    def extend(self, beam: Beam, parent: int, tokens: NDArray[np.intp], logprobs: NDArray[np.float64]) -> list[Beam]:
        """Return successors of *beam* by *tokens* (best first) with *logprobs*."""


class Best:
    """Beam search: the most probable sequences."""

    def __init__(self, width: int) -> None:
        """Keep *width* beams."""
        self.width = width

    def extend(self, beam: Beam, parent: int, tokens: NDArray[np.intp], logprobs: NDArray[np.float64]) -> list[Beam]:
        """Return the *width* best successors."""
        return [
            Beam((*beam.tokens, int(token)), beam.logprob + value, beam.logprob + value, parent)
            for token, value in zip(tokens[: self.width], logprobs[: self.width].tolist(), strict=True)
        ]


class Sampled:
    """Stochastic beam search: different sequences, each drawn with its probability."""

    def __init__(self, width: int, seed: int) -> None:
        """Keep *width* samples, drawn by *seed*."""
        self.width = width
        self._chance = np.random.default_rng(seed)

    def extend(self, beam: Beam, parent: int, tokens: NDArray[np.intp], logprobs: NDArray[np.float64]) -> list[Beam]:
        """Return successors with noise conditioned so that the best of them keeps the beam's own rank."""
        kept = int(np.searchsorted(np.cumsum(np.exp(logprobs)), TOP_P)) + 1
        tokens, values = tokens[:kept], beam.logprob + logprobs[:kept]
        noisy = values + self._chance.gumbel(size=len(values))
        top = noisy.max()
        # Truncated Gumbel: the largest becomes beam.rank, the order stays (Kool, van Hoof, Welling 2019, appendix B).
        with np.errstate(divide="ignore"):
            gap = beam.rank - noisy + np.log1p(-np.exp(np.minimum(noisy - top, 0.0)))
        ranks = beam.rank - np.maximum(gap, 0.0) - np.log1p(np.exp(-np.abs(gap)))
        return [
            Beam((*beam.tokens, int(token)), value, rank, parent)
            for token, value, rank in zip(tokens, values.tolist(), ranks.tolist(), strict=True)
        ]


class BeamGroup:
    """Beams of one selection: the ones alive and the ones that have ended."""

    def __init__(self, selection: Selection, ends: frozenset[int]) -> None:
        """Start from the empty sequence; a token of *ends* ends a beam."""
        self._selection, self._ends = selection, ends
        self.alive: list[Beam] = [Beam()]
        self.ended: list[Beam] = []

    def step(self, successors: Sequence[tuple[NDArray[np.intp], NDArray[np.float64]]]) -> None:
        """Replace the beams alive by their best successors, given (tokens, log-probabilities) for each.

        Beams that end keep their place in the competition, so a beam that none of the width can beat stops the search.
        """
        made = [
            child
            for parent, (beam, (tokens, logprobs)) in enumerate(zip(self.alive, successors, strict=True))
            for child in self._selection.extend(beam, parent, tokens, logprobs)
            if child.logprob > HOPELESS and not _circles(child.tokens)
        ]
        best = sorted([*made, *self.ended], key=lambda beam: -beam.rank)[: self._selection.width]
        self.alive = [beam for beam in best if beam.tokens[-1] not in self._ends]
        self.ended = [beam for beam in best if beam.tokens[-1] in self._ends]


def _circles(tokens: tuple[int, ...]) -> bool:
    """Tell whether the end of *tokens* is one short pattern over and over."""
    return any(
        len(tokens) >= period * REPEATS and tokens[-period * REPEATS :] == tokens[-period:] * REPEATS
        for period in range(1, LONGEST_PERIOD + 1)
    )


def top_tokens(
    row: NDArray[np.float32], forbidden: NDArray[np.intp], normalizer: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the most probable tokens of a row but the *forbidden* ones, best first, with their log-probabilities."""
    values = row.copy()
    values[forbidden] = -np.inf
    chosen = np.flatnonzero(values > values.max() - FAR_BEHIND)
    if len(chosen) > TOP_TOKENS:  # a partition of the whole row would cost ten times the rest
        near = values[chosen]
        chosen = chosen[np.argpartition(near, len(near) - TOP_TOKENS)[-TOP_TOKENS:]]
    chosen = chosen[np.lexsort((chosen, -values[chosen]))]
    return chosen, values[chosen].astype(np.float64) - normalizer
