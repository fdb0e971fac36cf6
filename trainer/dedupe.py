"""Dropping pairs that were seen before: the same edit in the same surroundings, exactly or nearly (MinHash)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from trainer.sample import Sample

PERMUTATIONS = 32
BANDS = 4
"""Bands of eight values: pairs of similarity 0.85 meet in one with a chance of two in three, of 0.95 nearly always."""
SIMILAR = 0.85
AROUND = 4
"""Lines on each side of an edit that belong to it."""
_WORDS = re.compile(r"\w+|[^\w\s]")
_SHINGLE = 3


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
        self._exact: set[bytes] = set()
        self._bands: dict[bytes, int] = {}
        self._signatures: list[npt.NDArray[np.uint32]] = []

    def seen(self, item: Sample) -> str:
        """Return why *item* is a duplicate (``exact`` or ``near``), '' for a new one, which is remembered."""
        words = edit_text(item)
        key = hashlib.blake2b("\x00".join(words).encode("utf-8", "replace"), digest_size=12).digest()
        if key in self._exact:
            return "exact"
        signature = _signature(words)
        keys = [bytes([number]) + part.tobytes() for number, part in enumerate(np.split(signature, BANDS))]
        for band in keys:
            known = self._bands.get(band)
            if known is not None and float(np.mean(self._signatures[known] == signature)) >= SIMILAR:
                return "near"
        self._exact.add(key)
        for band in keys:
            self._bands.setdefault(band, len(self._signatures))
        self._signatures.append(signature)
        return ""


def _signature(words: list[str]) -> npt.NDArray[np.uint32]:
    """Return the MinHash values of a text's shingles."""
    from datasketch import MinHash  # noqa: PLC0415 - only this stage pays for it

    sketch = MinHash(num_perm=PERMUTATIONS, seed=7)
    sketch.update_batch(list(_shingles(words)))
    return np.asarray(sketch.hashvalues, np.uint32)


def _shingles(words: list[str]) -> Iterator[bytes]:
    """Yield runs of words."""
    for at in range(max(1, len(words) - _SHINGLE + 1)):
        yield " ".join(words[at : at + _SHINGLE]).encode("utf-8", "replace")
