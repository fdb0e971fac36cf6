"""The order of samples: batches of few shapes, small edits first, nothing twice."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from trainer import batches
from trainer.batches import Plan
from trainer.pack import Shard
from trainer.sample import Part


@pytest.fixture(scope="module")
def shard() -> Shard:
    """Return 500 random samples."""
    chance = np.random.default_rng(4)
    lengths = chance.integers(20, 120, 500)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    parts = np.zeros(offsets[-1], np.uint8)
    for start, end in itertools.pairwise(offsets):
        parts[end - int(chance.integers(1, 19)) : end] = int(Part.CODE)
        parts[start + 1] = int(Part.CONTROL)
    tokens = chance.integers(1, 999, int(offsets[-1])).astype(np.uint16)
    return Shard(tokens, parts, offsets, np.zeros(500, np.uint8))


def test_buckets_have_few_shapes_and_lose_next_to_nothing(shard: Shard) -> None:
    """One padded length has one number of samples; a batch never holds more tokens than asked for."""
    plan = Plan(4, 3, tokens=600, pad_to=16)
    found = [batches.collate(shard, members, 16).ids.shape for members in batches.order(shard.lengths, plan, epoch=0)]
    counts: dict[int, set[int]] = {}
    for count, length in found:
        assert length % 16 == 0
        assert count * length <= 600
        counts.setdefault(length, set()).add(count)
    assert all(len(sizes) == 1 for sizes in counts.values())
    assert len(counts) > 3
    assert sum(count for count, _ in found) > 0.9 * len(shard)


@pytest.mark.parametrize("tokens", [0, 600])
def test_a_curriculum_begins_with_small_edits(shard: Shard, tokens: int) -> None:
    sizes = batches.edit_sizes(shard)
    assert sizes[7] == (shard.parts[shard.offsets[7] : shard.offsets[8]] == int(Part.CODE)).sum()
    plan = Plan(4, 3, tokens=tokens, pad_to=16, curriculum=200)
    found = batches.order(shard.lengths, plan, epoch=0, sizes=sizes)
    means = [float(sizes[members].mean()) for members in found]
    staged = next(at for at in range(1, len(means)) if means[at] < means[at - 1])
    assert sum(map(len, found[:staged])) >= 150
    seen = [number for members in found for number in members.tolist()]
    assert len(seen) == len(set(seen))
    later = [float(sizes[members].mean()) for members in batches.order(shard.lengths, plan, epoch=1, sizes=sizes)[:20]]
    assert later != sorted(later)


def test_padding_is_no_token(shard: Shard) -> None:
    batch = batches.collate(shard, np.arange(3), 64)
    assert (batch.ids != 0).sum(1).tolist() == shard.lengths[:3].tolist()
    assert batch.ids.shape[1] % 64 == 0
    assert batch.starts.tolist() == [1, 1, 1]
