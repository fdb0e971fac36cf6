"""Dropping pairs that were seen before: the same edit in the same surroundings, exactly or nearly (MinHash).

Pairs are judged in the order they come, sketched and looked up by the batch. What is known lies in numpy tables.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from trainer.fingerprints import Fingerprints, folded
from trainer.sample import Sample

Row = TypeVar("Row")

PERMUTATIONS = 32
BANDS = 4
"""Bands of eight values: pairs of similarity 0.85 meet in one with a chance of two in three, of 0.95 nearly always."""
SIMILAR = 0.85
AROUND = 4
"""Lines on each side of an edit that belong to it."""
BATCH = 512
"""Pairs that are sketched together."""
_WORDS = re.compile(r"\w+|[^\w\s]")
_SHINGLE = 3
_REMEMBERED = 1 << 18
"""Shingles whose hashes are kept: versions of one function share most of theirs."""
_SEED = 7


def edit_text(item: Sample) -> list[str]:
    """Return the words of an edit: its operation, new text and surroundings."""
    last = item.end_mark or item.mark
    if not item.op:
        return _WORDS.findall("\n".join(item.lines))
    near = item.lines[max(0, item.mark - 1 - AROUND) : last + AROUND]
    findings = (found.code for found in item.findings)
    return _WORDS.findall("\n".join((item.op, *findings, *item.code, "=>", *near)))


class Deduplicator:
    """Remembers what was seen; memory is some 300 bytes a kept pair."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._sketcher = _Sketcher()
        self._exact, self._bands = Fingerprints(), Fingerprints()
        self._signatures: npt.NDArray[np.uint32] = np.empty((BATCH, PERMUTATIONS), np.uint32)
        self._kept = 0

    def seen(self, item: Sample) -> str:
        """Return why *item* is a duplicate (``exact`` or ``near``), '' for a new one, which is remembered."""
        return self.judge([item])[0]

    def judged(self, rows: Iterable[tuple[Row, Sample]]) -> Iterator[tuple[Row, Sample, str]]:
        """Yield (what came with a sample, the sample, the reason as ``seen`` has it), in order."""
        source = iter(rows)
        while batch := list(itertools.islice(source, BATCH)):
            for (row, item), reason in zip(batch, self.judge([item for _, item in batch]), strict=True):
                yield row, item, reason

    def judge(self, items: Sequence[Sample]) -> list[str]:
        """Return what ``seen`` says of each item, one after the other."""
        words = [edit_text(item) for item in items]
        exact = np.fromiter(map(_digest, words), np.uint64, len(words))
        signatures = self._sketcher.signatures(words)
        bands = _band_keys(signatures)
        owners = self._bands.find(bands.ravel()).reshape(bands.shape)
        batch = _Batch(signatures, bands.tolist(), (owners >= 0).tolist(), self._near_known(signatures, owners))
        known = (self._exact.find(exact) >= 0).tolist()
        reasons = [batch.reason(at, key, was) for at, (key, was) in enumerate(zip(exact.tolist(), known, strict=True))]
        self._remember(signatures[batch.kept], exact[batch.kept], batch)
        return reasons

    def _near_known(self, signatures: npt.NDArray[np.uint32], owners: npt.NDArray[np.int64]) -> list[bool]:
        """Tell of each signature whether it is near to one of the kept pairs that it shares a band with."""
        same = self._signatures[np.maximum(owners, 0)] == signatures[:, None, :]
        found: list[bool] = ((owners >= 0) & (same.mean(axis=2) >= SIMILAR)).any(axis=1).tolist()
        return found

    def _remember(self, signatures: npt.NDArray[np.uint32], exact: npt.NDArray[np.uint64], batch: _Batch) -> None:
        """Keep the new pairs of a batch."""
        wanted = self._kept + len(signatures)
        if wanted > len(self._signatures):
            grown = np.empty((max(wanted, len(self._signatures) * 3 // 2), PERMUTATIONS), np.uint32)
            grown[: self._kept] = self._signatures[: self._kept]
            self._signatures = grown
        self._signatures[self._kept : wanted] = signatures
        self._exact.add(exact, np.arange(self._kept, wanted))
        place = {at: self._kept + number for number, at in enumerate(batch.kept)}
        keys = np.fromiter(batch.owners, np.uint64, len(batch.owners))
        self._bands.add(keys, np.fromiter((place[at] for at in batch.owners.values()), np.int64, len(keys)))
        self._kept = wanted


class _Batch:
    """Judges the pairs of one batch in order, each against what was known before and against its forerunners."""

    def __init__(
        self,
        signatures: npt.NDArray[np.uint32],
        bands: list[list[int]],
        owned: list[list[bool]],
        near: list[bool],
    ) -> None:
        """Take signatures, band keys, which of those had an owner before, and who is near to such an owner."""
        self._signatures, self._bands, self._owned, self._near = signatures, bands, owned, near
        self._exact: set[int] = set()
        self.owners: dict[int, int] = {}
        """The pair that was first to have a band key."""
        self.kept: list[int] = []

    def reason(self, at: int, key: int, known: bool) -> str:  # noqa: FBT001 - internal
        """Judge pair *at*, whose exact *key* was *known* before the batch; the pairs before it come first."""
        if known or key in self._exact:
            return "exact"
        bands = [band for band, owned in zip(self._bands[at], self._owned[at], strict=True) if not owned]
        rivals = {owner for band in bands if (owner := self.owners.get(band)) is not None}
        if self._near[at] or any(self._alike(at, owner) for owner in rivals):
            return "near"
        for band in bands:
            self.owners.setdefault(band, at)
        self._exact.add(key)
        self.kept.append(at)
        return ""

    def _alike(self, one: int, other: int) -> bool:
        """Tell whether two signatures of the batch are near."""
        return float(np.mean(self._signatures[one] == self._signatures[other])) >= SIMILAR


class _Hashes(dict[str, int]):
    """The hashes of the shingles met last."""

    def __missing__(self, shingle: str) -> int:
        """Return a hash that is not known yet, and keep it."""
        if len(self) >= _REMEMBERED:
            self.clear()
        value = self[shingle] = int.from_bytes(hashlib.sha1(shingle.encode("utf-8", "replace")).digest()[:4], "little")  # noqa: S324 - no secret, and datasketch's own choice
        return value


class _Sketcher:
    """Makes MinHash signatures."""

    def __init__(self) -> None:
        """Start without known shingles."""
        from datasketch import MinHash  # noqa: PLC0415 - only this stage pays for it

        settings = {"num_perm": PERMUTATIONS, "seed": _SEED, "hashfunc": _Hashes().__getitem__}
        self._bulk = functools.partial(MinHash.bulk, **settings)

    def signatures(self, texts: Sequence[Sequence[str]]) -> npt.NDArray[np.uint32]:
        """Return the MinHash values of the shingles of each text: (texts, permutations)."""
        sketches = self._bulk(map(_shingles, texts))
        return np.array([sketch.hashvalues for sketch in sketches], np.uint32).reshape(-1, PERMUTATIONS)


def _shingles(words: Sequence[str]) -> list[str]:
    """Return the runs of words; a text of fewer is a run of its own."""
    if len(words) < _SHINGLE:
        return [" ".join(words)]
    return list(map(" ".join, zip(*(words[at:] for at in range(_SHINGLE)), strict=False)))


def _band_keys(signatures: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
    """Return a fingerprint of each band of each signature: (texts, bands)."""
    pairs = np.ascontiguousarray(signatures).view(np.uint64).reshape(len(signatures), BANDS, -1)
    numbers = np.broadcast_to(np.arange(BANDS, dtype=np.uint64)[:, None], (len(signatures), BANDS, 1))
    return folded(np.concatenate((pairs, numbers), axis=2))


def _digest(words: Sequence[str]) -> int:
    """Return 64 bits of a text."""
    text = "\x00".join(words).encode("utf-8", "replace")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "little")
