"""``make demo``: repair a few of the broken packages in ``tests/cases``, showing plan, diff and verdict."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from hrgc.__main__ import main
from tests import case_runner

SHOWN = ("demo/stack", "demo/words")


def demo() -> int:
    """Repair each shown case in a temporary copy; returns the first exit code that is not 0."""
    here = Path.cwd()
    for name in SHOWN:
        with tempfile.TemporaryDirectory(prefix="hrgc-demo-") as folder:
            archive = case_runner.unpack(name, Path(folder))
            target = archive.settings().get("target", ".")
            print(f"\n$ hrgc fix -w {target}", flush=True)
            os.chdir(folder)
            code = main(["fix", "-w", target])
            os.chdir(here)
            if code:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(demo())
