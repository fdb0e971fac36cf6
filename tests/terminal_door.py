"""``hrgc`` as a process of its own on a pseudo terminal, as a person meets it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
ENTER, LEAVE = b"\x1b[?1049h", b"\x1b[?1049l"
"""What opens and leaves the alternate screen."""


@dataclass
class Session:
    """A process and the terminal it draws on."""

    process: subprocess.Popen[bytes]
    master: int
    slave: int
    drawn: bytes = b""
    """All that was written to the terminal."""

    def wait_for(self, words: str, *, seconds: float = 60.0) -> None:
        """Read until *words* were written; fails when they do not come."""
        end = time.monotonic() + seconds
        while words.encode() not in self.drawn:
            assert self._read(end - time.monotonic()), f"{words!r} never came: {self.drawn[-2000:]!r}"

    def press(self, keys: str) -> None:
        """Type *keys*."""
        os.write(self.master, keys.encode())

    def ended(self, *, seconds: float = 60.0) -> int:
        """Read until the process ended and return its exit code."""
        end = time.monotonic() + seconds
        while self.process.poll() is None:
            assert time.monotonic() < end, f"never ended: {self.drawn[-2000:]!r}"
            self._read(0.05)
        while self._read(0.0):
            pass
        return self.process.returncode

    def cpu(self) -> float:
        """End the process now and return the CPU seconds it took."""
        self.process.kill()
        _, status, used = os.wait4(self.process.pid, 0)
        self.process.returncode = status
        return used.ru_utime + used.ru_stime

    @property
    def mode(self) -> list[object]:
        """How the terminal treats what is typed."""
        return termios.tcgetattr(self.slave)

    def _read(self, seconds: float) -> bool:
        """Take what was written within *seconds*; False when that is nothing."""
        ready, _, _ = select.select([self.master], [], [], max(0.0, seconds))
        if ready:
            self.drawn += os.read(self.master, 1 << 16)
        return bool(ready)


@contextmanager
def session(arguments: Sequence[str], *, width: int = 100, height: int = 32) -> Iterator[Session]:
    """Start this interpreter with *arguments* on a terminal of its own; ends it behind the block."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    environment = dict(os.environ, TERM="xterm-256color", PYTHONPATH=str(ROOT))
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
    )
    try:
        yield Session(process, master, slave)
    finally:
        if process.returncode is None:
            process.kill()
            process.wait()
        os.close(master)
        os.close(slave)
