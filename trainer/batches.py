"""The order in which samples are seen: a pure function of seed and epoch, so that a position is all a resume needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from trainer.pack import Shard
from trainer.sample import Part

Numbers = npt.NDArray[np.int64]

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


@dataclass(frozen=True)
class Plan:
    """How samples become batches."""

    size: int
    """Samples of a batch."""
    seed: int
    tokens: int = 0
    """Tokens of a batch, padding included, instead of a number of samples; 0 for samples."""
    pad_to: int = 0
    """Lengths are padded to multiples of this; 0 for none."""
    curriculum: int = 0
    """Samples of the first epoch that come in the order of their edits' size."""

    def padded(self, length: int) -> int:
        """Return the length that *length* is padded to."""
        return -(-length // self.pad_to) * self.pad_to if self.pad_to else length


def order(lengths: Numbers, plan: Plan, *, epoch: int, sizes: Numbers | None = None) -> list[Numbers]:
    """Return one epoch's batches of sample indices, alike in length inside a batch, batches in random order.

    With a curriculum the first samples of epoch 0 are sorted by the *sizes* of their edits.
    """
    chance = np.random.default_rng((plan.seed, epoch))
    shuffled = chance.permutation(len(lengths))
    first: list[Numbers] = []
    if plan.curriculum and epoch == 0 and sizes is not None:
        easy, shuffled = shuffled[: plan.curriculum], shuffled[plan.curriculum :]
        first = _cut(easy[np.argsort(sizes[easy], kind="stable")], lengths, plan)
        first.sort(key=lambda batch: float(sizes[batch].mean()))
    batches = _cut(shuffled, lengths, plan)
    return first + [batches[at] for at in chance.permutation(len(batches))]


def _cut(members: Numbers, lengths: Numbers, plan: Plan) -> list[Numbers]:
    """Return batches of *members* that are alike in length; the few that fill none are left out, but for the last."""
    if plan.tokens:
        return _buckets(members, lengths, plan)
    batches: list[Numbers] = []
    for start in range(0, len(members), plan.size * SORTED_TOGETHER):
        group = members[start : start + plan.size * SORTED_TOGETHER]
        group = group[np.argsort(lengths[group], kind="stable")]
        batches += [group[at : at + plan.size] for at in range(0, len(group), plan.size)]
    if len(batches) > 1 and len(batches[-1]) < plan.size:
        batches = [batch for batch in batches if len(batch) == plan.size]
    return batches


def _buckets(members: Numbers, lengths: Numbers, plan: Plan) -> list[Numbers]:
    """Return batches of one padded length and, for that length, of one size."""
    padded = np.array([plan.padded(int(length)) for length in lengths[members]])
    batches: list[Numbers] = []
    for length in np.unique(padded):
        bucket, size = members[padded == length], max(1, plan.tokens // int(length))
        full = len(bucket) // size * size or len(bucket)
        batches += [bucket[at : at + size] for at in range(0, full, size)]
    return batches


def edit_sizes(shard: Shard) -> Numbers:
    """Return the number of code tokens that each sample answers with."""
    code = np.concatenate(([0], np.cumsum(np.asarray(shard.parts) == int(Part.CODE))))
    out: Numbers = np.diff(code[shard.offsets])
    return out


def collate(shard: Shard, members: Numbers, pad_to: int = 0) -> Batch:
    """Return samples as one padded batch (id 0 is the padding)."""
    lengths = shard.lengths[members]
    longest = Plan(len(members), 0, pad_to=pad_to).padded(int(lengths.max()))
    ids = np.zeros((len(members), longest), np.int64)
    parts = np.zeros((len(members), longest), np.int64)
    for row, (start, length) in enumerate(zip(shard.offsets[members], lengths, strict=True)):
        ids[row, :length] = shard.tokens[start : start + length]
        parts[row, :length] = shard.parts[start : start + length]
    return Batch(
        torch.from_numpy(ids), torch.from_numpy(parts), torch.from_numpy(shard.kinds[members].astype(np.int64))
    )


def stream(shard: Shard, plan: Plan, position: Position, *, rank: int = 0, world: int = 1) -> Iterator[Batch]:
    """Yield batches from *position* on without end, moving *position* along; each of *world* ranks gets its own."""
    sizes = edit_sizes(shard) if plan.curriculum else None
    while True:
        batches = order(shard.lengths, plan, epoch=position.epoch, sizes=sizes)
        if len(batches) < world:
            raise ValueError(f"{len(batches)} batches are too few for {world} processes")
        for at in range(position.batch, len(batches) - world + 1, world):
            position.batch = at + world
            yield collate(shard, batches[at + rank], plan.pad_to)
        position.epoch, position.batch = position.epoch + 1, 0
