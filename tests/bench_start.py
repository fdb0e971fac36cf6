"""What starting costs, in CPU time of fresh processes: commands beside an interpreter that does nothing, and frames."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable, Sequence

from tests.terminal_door import session

STARTS = 7
"""Runs of which the median is taken."""
DEMO = "tests/cases"
"""A folder to open; nothing in it is looked at before the last of the frames."""


def start_up() -> tuple[str, ...]:
    """Return CPU times of ``hrgc --version`` and ``--help``, and of the terminal application up to its frames."""
    rows: tuple[tuple[str, Callable[[], float]], ...] = (
        ("python -c pass", lambda: _command(["-c", "pass"])),
        ("hrgc --version", lambda: _command(["-m", "hrgc", "--version"])),
        ("hrgc --help", lambda: _command(["-m", "hrgc", "--help"])),
        ("import textual.app", lambda: _command(["-c", "import textual.app"])),
        ("hrgc tui: first frame", lambda: _frame(f"opening {DEMO}")),
        ("hrgc tui: main screen", lambda: _frame("what is wrong")),
    )
    return tuple(
        f"{name:22s} {sorted(cost() for _ in range(STARTS))[STARTS // 2] * 1000:6.0f} ms CPU" for name, cost in rows
    )


def _command(arguments: Sequence[str]) -> float:
    """Return the CPU seconds of a fresh interpreter with *arguments*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _frame(words: str) -> float:
    """Return the CPU seconds of the terminal application until it has drawn *words*."""
    with session(["-m", "hrgc", "tui", "--model", "none", DEMO]) as terminal:
        terminal.wait_for(words)
        return terminal.cpu()
