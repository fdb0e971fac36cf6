"""Watching a child: its output is read while it runs, and its limits are kept. Starts and ends nothing."""

from __future__ import annotations

import contextlib
import os
import selectors
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from hrgc import proctree

if TYPE_CHECKING:
    import subprocess

PROCESS_LIMIT = 256
"""Live descendants of one child."""
_CHUNK = 1 << 16
_TICK = 0.05
"""Seconds between two looks at a running child's limits."""


class Watch:
    """Reads a process's output while it runs and says when a limit is reached."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        members: Callable[[], list[int]],
        stdin: bytes,
        *,
        output: int,
        memory: int,
    ) -> None:
        """Watch *process*, whose living tree *members* names; feed it *stdin*; *output* and *memory* in bytes."""
        self.outputs = (bytearray(), bytearray())
        self._process, self._members, self._output, self._memory = process, members, output, memory
        self._input = memoryview(stdin)
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ, "wake")
        self._exit = _exit_handle(process.pid)
        if self._exit is not None:
            self._selector.register(self._exit, selectors.EVENT_READ, "exit")
        for index, stream in enumerate((process.stdout, process.stderr)):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, index)
        if process.stdin is not None:
            os.set_blocking(process.stdin.fileno(), False)
            self._selector.register(process.stdin, selectors.EVENT_WRITE, "stdin")

    def cancel(self) -> None:
        """Wake the watcher from another thread: the run was cancelled."""
        with contextlib.suppress(OSError):  # it ended meanwhile
            os.write(self._wake_write, b"x")

    def follow(self, deadline: float) -> str:
        """Read until the process ends, at the latest at *deadline* (``time.monotonic``).

        Returns the reason why it must be ended, '' when it ended by itself.
        """
        look = time.monotonic() + _TICK
        while True:
            now = time.monotonic()
            if now >= deadline:
                return "timeout"
            if now >= look:
                look = now + _TICK
                if reason := self._over():
                    return reason
            for key, _ in self._selector.select(max(0.0, min(look, deadline) - now)):
                if key.data == "wake":
                    return "cancel"
                if reason := self._serve(key):
                    return reason
            if self._process.poll() is not None:
                return self._drain()

    def _over(self) -> str:
        """Return the limit that the process's tree has passed, '' for none."""
        pids = self._members()
        if len(pids) > PROCESS_LIMIT:
            return "processes"
        return "memory" if proctree.resident(pids) > self._memory else ""

    def _serve(self, key: selectors.SelectorKey) -> str:
        """Move the bytes one pipe is ready for; returns 'output' when the limit is passed."""
        if key.data == "stdin":
            self._feed(key)
        elif isinstance(key.data, int):
            try:
                data = os.read(key.fd, _CHUNK)
            except BlockingIOError:
                return ""
            if not data:
                self._selector.unregister(key.fileobj)
                return ""
            kept = self.outputs[key.data]
            kept += data[: self._output - len(kept)]
            if len(kept) >= self._output:
                return "output"
        return ""

    def _feed(self, key: selectors.SelectorKey) -> None:
        """Write input; close the pipe when all is written or nobody reads."""
        try:
            self._input = self._input[os.write(key.fd, self._input[:_CHUNK]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self._input = memoryview(b"")
        if not self._input:
            self._selector.unregister(key.fileobj)
            assert self._process.stdin is not None
            self._process.stdin.close()

    def _drain(self) -> str:
        """Take what is left in the pipes of an ended process, without waiting for others that hold them open."""
        for key in [key for key in self._selector.get_map().values() if isinstance(key.data, int)]:
            while key.fileobj in {k.fileobj for k in self._selector.get_map().values()}:
                before = len(self.outputs[key.data])
                if reason := self._serve(key):
                    return reason
                if len(self.outputs[key.data]) == before:
                    break
        return ""

    def close(self) -> None:
        """Close the pipes."""
        self._selector.close()
        for descriptor in (self._wake_read, self._wake_write, self._exit):
            if descriptor is not None:
                os.close(descriptor)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _exit_handle(pid: int) -> int | None:
    """Return a descriptor that is readable once process *pid* has ended, None where there is none."""
    if sys.platform != "linux" or not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None
