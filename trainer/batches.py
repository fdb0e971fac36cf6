"""The order in which samples are seen: a pure function of seed and epoch, so that a position is all a resume needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from trainer.pack import Shard

SORTED_TOGETHER = 24
"""Batches whose samples are sorted by length together, so that padding stays small and order random."""


@dataclass(frozen=True)
class Batch:
    """Padded samples: ids and loss parts (batch, length), kinds (batch)."""

    ids: Tensor
    parts: Tensor
    kinds: Tensor

    @property
    def samples(self) -> int:
        """Number of samples."""
        return self.ids.shape[0]

    @property
    def starts(self) -> Tensor:
        """Places (batch) of the first tokens that count: where the responses start."""
        return (self.parts > 0).int().argmax(1)

    def to(self, device: torch.device) -> Batch:
        """Return the batch on *device*."""
        return Batch(*(part.to(device, non_blocking=True) for part in (self.ids, self.parts, self.kinds)))


@dataclass
class Position:
    """Where in the data a run is: batches of *epoch* already seen."""

    epoch: int = 0
    batch: int = 0


def order(lengths: npt.NDArray[np.int64], size: int, *, seed: int, epoch: int) -> list[npt.NDArray[np.int64]]:
    """Return one epoch's batches of sample indices, alike in length inside a batch, batches in random order."""
    chance = np.random.default_rng((seed, epoch))
    shuffled = chance.permutation(len(lengths))
    batches: list[npt.NDArray[np.int64]] = []
    for start in range(0, len(shuffled), size * SORTED_TOGETHER):
        group = shuffled[start : start + size * SORTED_TOGETHER]
        group = group[np.argsort(lengths[group], kind="stable")]
        batches += [group[at : at + size] for at in range(0, len(group), size)]
    if len(batches) > 1 and len(batches[-1]) < size:
        batches = [batch for batch in batches if len(batch) == size]
    return [batches[at] for at in chance.permutation(len(batches))]


def collate(shard: Shard, members: npt.NDArray[np.int64]) -> Batch:
    """Return samples as one padded batch (id 0 is the padding)."""
    lengths = shard.lengths[members]
    longest = int(lengths.max())
    ids = np.zeros((len(members), longest), np.int64)
    parts = np.zeros((len(members), longest), np.int64)
    for row, (start, length) in enumerate(zip(shard.offsets[members], lengths, strict=True)):
        ids[row, :length] = shard.tokens[start : start + length]
        parts[row, :length] = shard.parts[start : start + length]
    return Batch(
        torch.from_numpy(ids), torch.from_numpy(parts), torch.from_numpy(shard.kinds[members].astype(np.int64))
    )


def stream(shard: Shard, size: int, position: Position, *, seed: int, rank: int = 0, world: int = 1) -> Iterator[Batch]:
    """Yield batches from *position* on without end, moving *position* along; each of *world* ranks gets its own."""
    while True:
        batches = order(shard.lengths, size, seed=seed, epoch=position.epoch)
        if len(batches) < world:
            raise ValueError(f"{len(batches)} batches are too few for {world} processes")
        for at in range(position.batch, len(batches) - world + 1, world):
            position.batch = at + world
            yield collate(shard, batches[at + rank])
        position.epoch, position.batch = position.epoch + 1, 0
