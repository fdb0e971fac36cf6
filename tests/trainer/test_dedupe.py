"""Dropping duplicates by the batch: the same as one by one, with fingerprints that are found again."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from datasketch import MinHash

from trainer import dedupe
from trainer.dedupe import Deduplicator
from trainer.fingerprints import Fingerprints, folded
from trainer.sample import Kind, Sample


def edits(count: int) -> Iterator[Sample]:
    """Yield edits of a few functions, many of them alike or the same."""
    chance = random.Random(3)
    for _ in range(count):
        names = [f"{letter}{chance.randrange(2)}" for letter in "abcdefghijkl"]
        lines = ("func f() {", *(f"{name} := {name[0]}f({name}, 1)" for name in names), "}")
        yield Sample("ada", Kind.BEHAVIOUR, "func", "f", lines, "CALL", chance.randrange(6, 9), None, ("x := f(y)",))


@pytest.mark.parametrize("size", [1, 7, 512])
def test_batches_say_what_single_pairs_say(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    items = list(edits(700))
    one_by_one = Deduplicator()
    wanted = [one_by_one.seen(item) for item in items]
    assert min(wanted.count(reason) for reason in ("", "exact", "near")) > 20
    monkeypatch.setattr(dedupe, "BATCH", size)
    judged = list(Deduplicator().judged(enumerate(items)))
    assert [row for row, _, _ in judged] == list(range(len(items)))
    assert [reason for _, _, reason in judged] == wanted


def test_near_means_a_shared_band_and_alike_sketches() -> None:
    known: list[MinHash] = []
    judge = Deduplicator()
    for item in edits(150):
        words = dedupe.edit_text(item)
        sketch = MinHash(num_perm=dedupe.PERMUTATIONS, seed=7)
        sketch.update_batch([" ".join(words[at : at + 3]).encode() for at in range(len(words) - 2)])
        reason = judge.seen(item)
        if reason == "near":
            assert max(sketch.jaccard(other) for other in known) >= dedupe.SIMILAR
        if reason == "exact":
            assert max(sketch.jaccard(other) for other in known) == 1.0
        if not reason:
            known.append(sketch)


def test_fingerprints_are_found_while_the_table_grows() -> None:
    chance = np.random.default_rng(5)
    table, known = Fingerprints(), dict[int, int]()
    for _ in range(40):
        keys = chance.integers(0, 1 << 14, 300, dtype=np.uint64) << np.uint64(50)  # all want the first place
        found = table.find(keys)
        assert found.tolist() == [known.get(max(key, 1), -1) for key in keys.tolist()]
        fresh = np.unique(np.maximum(keys[found < 0], np.uint64(1)))
        numbers = chance.integers(0, 1 << 32, len(fresh))
        table.add(fresh, numbers)
        known |= dict(zip(fresh.tolist(), numbers.tolist(), strict=True))
    assert len(table) == len(known) > 4000


def test_folding_tells_values_and_their_order_apart() -> None:
    rows = np.array([[1, 2, 3], [3, 2, 1], [1, 2, 4], [1, 2, 3]], np.uint64)
    a, b, c, d = folded(rows).tolist()
    assert a == d
    assert len({a, b, c}) == 3
