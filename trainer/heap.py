"""The heap of the process: batches of ever other lengths leave holes in it, which the C library keeps.

Without this a run of hours on a CPU holds several times the memory that it works with.
"""

from __future__ import annotations

import ctypes
import sys


def release() -> None:
    """Give the pages of freed memory back to the system, where the C library can do so."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)
