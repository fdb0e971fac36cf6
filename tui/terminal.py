"""The real terminal: what native code and children print is kept off the screen, and the mouse can be given back."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any, TextIO

from hrgc import locations
from hrgc.errors import ConfigError

MOUSE_ON = "\x1b[?1000h\x1b[?1003h\x1b[?1015h\x1b[?1006h"
MOUSE_OFF = "\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l"


@contextlib.contextmanager
def quiet_streams() -> Iterator[None]:
    """Send what is written to the file descriptors 1 and 2 into the log; the screen keeps a copy of 1.

    Textual draws on ``sys.__stderr__`` and asks ``sys.__stdout__`` for its size, which become that copy; libraries in
    C write to the numbers.
    """
    with contextlib.ExitStack() as stack:
        saved = [(number, os.dup(number)) for number in (1, 2)]
        for number, copy in saved:
            stack.callback(_restore, number, copy)
        screen = stack.enter_context(os.fdopen(os.dup(saved[0][1]), "w", encoding="utf-8", errors="replace"))
        log = _log_handle()
        stack.callback(os.close, log)
        before = (sys.__stdout__, sys.__stderr__, sys.stdout, sys.stderr)
        stack.callback(_put_back, before)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        for number, _ in saved:
            os.dup2(log, number)
        sys.__stdout__ = sys.__stderr__ = screen  # type: ignore[misc]
        yield
        screen.flush()


def _put_back(before: tuple[Any, Any, TextIO, TextIO]) -> None:
    """Give the interpreter its streams back."""
    sys.stdout.flush()
    sys.stderr.flush()
    sys.__stdout__, sys.__stderr__ = before[:2]  # type: ignore[misc]
    sys.stdout, sys.stderr = before[2:]


def _restore(number: int, copy: int) -> None:
    """Make *number* again what it was."""
    os.dup2(copy, number)
    os.close(copy)


def _log_handle() -> int:
    """Return a handle to the log file, or to nothing when it cannot be opened."""
    with contextlib.suppress(OSError, ConfigError):
        path = locations.log_file()
        locations.ensure_dir(path.parent)
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return os.open(os.devnull, os.O_WRONLY)
