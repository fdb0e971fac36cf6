"""Tokens for one decode call, gathered in Python and laid out as llama.cpp reads them."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Batch:
    """Tokens for one decode call, each with its position, its sequences, and whether its logits are wanted."""

    def __init__(self) -> None:
        """Start empty."""
        self.tokens: list[int] = []
        self.positions: list[int] = []
        self.sequences: list[Sequence[int]] = []
        self.outputs: list[bool] = []

    def __len__(self) -> int:
        return len(self.tokens)

    def add(self, token: int, position: int, sequences: Sequence[int], *, output: bool) -> None:
        """Append one token."""
        self.tokens.append(token)
        self.positions.append(position)
        self.sequences.append(sequences)
        self.outputs.append(output)

    def fill(self, native: Any) -> tuple[NDArray[Any], ...]:
        """Point the fields of a ``llama_batch`` to this batch; the arrays returned must outlive its use."""
        flat = np.fromiter((sequence for row in self.sequences for sequence in row), np.int32)
        counts = np.fromiter(map(len, self.sequences), np.int32, len(self))
        starts = np.concatenate(([0], np.cumsum(counts[:-1], dtype=np.int64)))
        rows = (flat.ctypes.data + flat.itemsize * starts).astype(np.uint64)
        token, position = np.array(self.tokens, np.int32), np.array(self.positions, np.int32)
        wanted = np.array(self.outputs, np.int8)
        native.n_tokens = len(self)
        native.token = token.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        native.pos = position.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        native.n_seq_id = counts.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        native.seq_id = rows.ctypes.data_as(ctypes.POINTER(ctypes.POINTER(ctypes.c_int32)))
        native.logits = wanted.ctypes.data_as(ctypes.POINTER(ctypes.c_int8))
        return flat, counts, rows, token, position, wanted
