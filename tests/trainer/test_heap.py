"""Freed memory goes back to the system although what lies between is still in use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from trainer import heap

BLOCK, COUNT = 1 << 16, 1000


def resident() -> int:
    """Return the bytes of memory that the process occupies."""
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc and asks the C library of Linux")
def test_holes_are_given_back() -> None:
    blocks = [bytes([at % 255 + 1]) * BLOCK for at in range(2 * COUNT)]
    kept = blocks[::2]
    blocks.clear()
    before = resident()
    heap.release()
    assert before - resident() > BLOCK * COUNT // 2
    assert all(set(block[:: BLOCK // 4]) == {2 * at % 255 + 1} for at, block in enumerate(kept))
