"""The first frame, in plain escape codes, while the application behind it is being loaded; imports nothing heavy.

The application draws over it on the same alternate screen, and leaves that screen at its end.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hrgc.discovery import absolute, display
from hrgc.safe import visible

_ENTER, _LEAVE = "\x1b[?1049h\x1b[?25l\x1b[2J\x1b[H", "\x1b[?1049l\x1b[?25h"
_BOLD, _DIM, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"
BOXED = 30
"""Rows from which on the problem line has a box, as on the main screen."""


@contextmanager
def drawn(path: str) -> Iterator[None]:
    """Show the frame of an application on *path*; what fails behind it is told on the terminal as it was before."""
    size = os.get_terminal_size(sys.stdout.fileno())
    _put(_ENTER + frame(display(absolute(Path(path))), size.columns, size.lines))
    try:
        yield
    except BaseException:
        _put(_LEAVE)
        raise


def frame(name: str, width: int, height: int) -> str:
    """Return the frame around *name* for a terminal of *width* by *height* cells."""
    shown = visible(name)[: max(0, width - 9)]
    rows = {1: f" {_BOLD}hrgc  {shown}"}
    if height >= BOXED and width >= 4:
        rows |= {2: f"{_DIM}╭{'─' * (width - 2)}╮", 4: f"{_DIM}╰{'─' * (width - 2)}╯"}
    words = f"opening {shown} …"[: max(0, width - 1)]
    rows[height // 2 + 1] = f"{_DIM}{' ' * ((width - len(words)) // 2)}{words}"
    return "".join(f"\x1b[{row};1H{text}{_PLAIN}" for row, text in rows.items())


def _put(text: str) -> None:
    """Write to the terminal at once."""
    sys.stdout.write(text)
    sys.stdout.flush()
