"""Offers as arrays: the signs, priors and outcomes of all candidates of many broken functions."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from trainer import rows

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class OfferSet:
    """Tasks of candidates of signs; the two ends arrays begin with 0."""

    signs: Ints
    """Of all candidates: hash plus one, negative when the edit takes the feature away."""
    sign_ends: npt.NDArray[np.int64]
    priors: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    ends: npt.NDArray[np.int64]
    """Of the tasks, in candidates."""

    def __len__(self) -> int:
        """Return the number of tasks."""
        return len(self.ends) - 1

    def batches(self, order: npt.NDArray[np.int64], size: int) -> Iterator[Batch]:
        """Yield the tasks of *order*, *size* at a time."""
        for start in range(0, len(order), size):
            yield self.batch(order[start : start + size])

    def batch(self, tasks: npt.NDArray[np.int64]) -> Batch:
        """Return some tasks' candidates together."""
        candidates = _ranges(self.ends[tasks], self.ends[tasks + 1])
        begins, stops = self.sign_ends[candidates], self.sign_ends[candidates + 1]
        offsets = np.concatenate([[0], np.cumsum(stops - begins)[:-1]])
        owner = np.repeat(np.arange(len(tasks)), self.ends[tasks + 1] - self.ends[tasks])
        signs = self.signs[_ranges(begins, stops)]
        return Batch(signs, offsets, self.priors[candidates], self.right[candidates], owner)

    def ranks(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        """Return for each task the rank of its best right candidate, 1 for the first; equal scores share the better."""
        found = []
        for first, last in zip(self.ends[:-1], self.ends[1:], strict=True):
            mine = scores[first:last]
            found.append(1 + int((mine > mine[self.right[first:last]].max()).sum()))
        return np.array(found, np.int64)


@dataclass(frozen=True, slots=True)
class Batch:
    """Some tasks' candidates, one behind the other."""

    signs: Ints
    offsets: npt.NDArray[np.int64]
    """Where each candidate's signs begin."""
    priors: npt.NDArray[np.float32]
    right: npt.NDArray[np.bool_]
    owner: npt.NDArray[np.int64]
    """Each candidate's task, counted from 0."""


def _ranges(begins: npt.NDArray[np.int64], stops: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the numbers of all half-open ranges, one behind the other."""
    sizes = stops - begins
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    return np.repeat(begins - before, sizes) + np.arange(int(sizes.sum()))


def load(paths: Iterable[Path]) -> OfferSet:
    """Read parts that ``hrgc-train offers`` wrote; an offer without signs counts like any other."""
    signs: list[Ints] = []
    sizes: list[int] = []
    priors: list[float] = []
    right: list[bool] = []
    tasks: list[int] = []
    for row in (row for path in paths for row in rows.read(path)):
        tasks.append(len(row["offers"]))
        for offer in row["offers"]:
            found = np.frombuffer(base64.b64decode(offer["signs"]), "<i4")
            signs.append(found)
            sizes.append(len(found))
            priors.append(offer["prior"])
            right.append(bool(offer.get("right")))
    return OfferSet(
        np.concatenate([np.zeros(0, np.int32), *signs]),
        _ends(sizes),
        np.array(priors, np.float32),
        np.array(right, np.bool_),
        _ends(tasks),
    )


def joined(sets: Sequence[OfferSet]) -> OfferSet:
    """Return the tasks of several sets, one set behind the other."""
    return OfferSet(
        np.concatenate([some.signs for some in sets]),
        _ends(np.concatenate([np.diff(some.sign_ends) for some in sets])),
        np.concatenate([some.priors for some in sets]),
        np.concatenate([some.right for some in sets]),
        _ends(np.concatenate([np.diff(some.ends) for some in sets])),
    )


def _ends(sizes: Sequence[int] | npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return running sums that begin with 0."""
    return np.concatenate([[0], np.cumsum(np.array(sizes, np.int64), dtype=np.int64)])
