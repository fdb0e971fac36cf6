"""How many processor cores this process may use."""

from __future__ import annotations

import os
from pathlib import Path

MOST = 8
"""Threads beyond these spend more time waiting for each other than they save on a model this small."""


def physical_cores() -> int:
    """Return the physical cores this process may use, at most ``MOST``: hyper-threads slow matrix products down."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    cores = set()
    for cpu in allowed:
        topology = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology")
        try:
            cores.add((topology / "physical_package_id").read_text() + (topology / "core_id").read_text())
        except OSError:
            cores.add(str(cpu))
    return min(MOST, max(1, len(cores)))
