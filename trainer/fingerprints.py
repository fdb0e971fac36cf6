"""A map from 64-bit fingerprints to numbers in numpy arrays, asked and filled by the batch: 24 to 48 bytes an entry."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_SMALLEST = 1 << 10
_FULL = 2
"""The table has at least so many places for each entry."""
_FACTORS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(31))


class Fingerprints:
    """Open addressing with linear probing; key 0 marks a free place and stands for 1."""

    def __init__(self) -> None:
        """Start empty."""
        self._keys: Keys = np.zeros(_SMALLEST, np.uint64)
        self._numbers: npt.NDArray[np.uint32] = np.zeros(_SMALLEST, np.uint32)
        self._count = 0

    def __len__(self) -> int:
        """Return the number of entries."""
        return self._count

    def find(self, keys: Keys) -> Numbers:
        """Return the number of each key, -1 for one that is not there."""
        keys = np.maximum(keys, np.uint64(1))
        out: Numbers = np.full(len(keys), -1, np.int64)
        left = np.arange(len(keys))
        places = self._first(keys)
        while len(left):
            here = self._keys[places]
            hit = here == keys[left]
            out[left[hit]] = self._numbers[places[hit]]
            further = ~hit & (here != 0)
            left, places = left[further], self._next(places[further])
        return out

    def add(self, keys: Keys, numbers: Numbers) -> None:
        """Add keys that differ from each other and from those that are there, with numbers below 2 ** 32."""
        wanted = _FULL * (self._count + len(keys))
        if wanted > len(self._keys):
            old = self._keys != 0
            kept = self._keys[old], self._numbers[old]
            size = 1 << wanted.bit_length()
            self._keys, self._numbers = np.zeros(size, np.uint64), np.zeros(size, np.uint32)
            self._place(*kept)
        self._place(np.maximum(keys, np.uint64(1)), numbers.astype(np.uint32))
        self._count += len(keys)

    def _place(self, keys: Keys, numbers: npt.NDArray[np.uint32]) -> None:
        """Write entries to the first free places; of several that want one place, one gets it and the others go on."""
        left = np.arange(len(keys))
        places = self._first(keys)
        while len(left):
            free = self._keys[places] == 0
            self._keys[places[free]] = keys[left[free]]
            done = free & (self._keys[places] == keys[left])
            self._numbers[places[done]] = numbers[left[done]]
            left, places = left[~done], self._next(places[~done])

    def _first(self, keys: Keys) -> Numbers:
        """Return where the search for each key begins."""
        out: Numbers = (keys & np.uint64(len(self._keys) - 1)).astype(np.int64)
        return out

    def _next(self, places: Numbers) -> Numbers:
        """Return the places behind *places*."""
        return (places + 1) & (len(self._keys) - 1)


def folded(values: npt.NDArray[np.uint64]) -> Keys:
    """Return one fingerprint of the values along the last axis: (..., values) to (...)."""
    out: Keys = np.zeros(values.shape[:-1], np.uint64)
    for at in range(values.shape[-1]):
        out ^= values[..., at]
        for factor, shift in zip(_FACTORS, _SHIFTS, strict=True):  # SplitMix64: every bit reaches every other
            out = (out ^ (out >> shift)) * factor
        out ^= out >> _SHIFTS[1]
    return out
