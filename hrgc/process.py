"""Child processes: run to their end, or spoken to in frames.

A child gets an argument list (never a shell), an explicit directory and environment, a session of its own and limits.
It and everything it started is gone when ``run`` returns or a ``Child`` is closed, also what moved to another session.
A non-zero exit is a result. ``OSError`` (``FileNotFoundError`` for a missing program) is left to the caller, who knows
what the program was for.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc import proctree
from hrgc.jobs import Job
from hrgc.plugin import Cancel
from hrgc.watch import Watch

OUTPUT_LIMIT = 8 << 20
"""Bytes kept of each of stdout and stderr; a child that prints more is ended."""
MEMORY_LIMIT = 4 << 30
"""Bytes of resident memory of a child and all its descendants."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Result:
    """How a child ended."""

    returncode: int
    """Exit status; negative for the signal that ended it."""
    stdout: str
    stderr: str
    seconds: float
    timed_out: bool = False
    """It was ended because its time was over."""
    truncated: bool = False
    """It was ended because it printed more than the limit."""
    killed: str = ""
    """Why it was ended from here: timeout, cancel, output, memory, processes; '' when it ended by itself."""

    @property
    def ok(self) -> bool:
        """True when it ended by itself with status 0."""
        return self.returncode == 0 and not self.killed


def run(  # noqa: PLR0913 - every limit of a child is explicit
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    stdin: bytes | None = None,
    output_limit: int = OUTPUT_LIMIT,
    memory_limit: int = MEMORY_LIMIT,
    cancel: Cancel | None = None,
) -> Result:
    """Run a command to its end or to one of its limits (*timeout* in seconds, the others in bytes); raises OSError."""
    if cancel is not None and cancel.cancelled:
        return Result(-9, "", "", 0.0, killed="cancel")
    begun = time.monotonic()
    job = Job(argv, cwd=cwd, env=env, stdin=stdin is not None)
    watch = Watch(job.process, job.members, stdin or b"", output=output_limit, memory=memory_limit)
    forget = cancel.add(watch.cancel) if cancel is not None else None
    try:
        killed = watch.follow(begun + timeout)
    finally:
        job.end()
        if forget is not None:
            forget()
        watch.close()
    out, err = (bytes(data).decode("utf-8", "replace") for data in watch.outputs)
    return Result(
        job.process.returncode,
        out,
        err,
        time.monotonic() - begun,
        timed_out=killed == "timeout",
        truncated=killed == "output",
        killed=killed,
    )


class ChildError(Exception):
    """A long-lived child died, closed its pipe, or did not answer in time; it has been ended."""


class Child:
    """A long-lived child that is spoken to in frames: a decimal byte count, a newline, that many bytes.

    One thread at a time may talk to it. After a ``ChildError`` it is dead and a new one must be started.
    """

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], frame_limit: int = 1 << 28) -> None:
        """Start *argv*; frames above *frame_limit* bytes are refused; raises OSError."""
        self._job = Job(argv, cwd=cwd, env=env, stdin=True)
        self._frame_limit = frame_limit
        self._buffer = bytearray()
        self._errors = bytearray()
        self._talking = threading.RLock()
        for stream in (self._job.process.stdin, self._job.process.stdout, self._job.process.stderr):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)

    @property
    def pid(self) -> int:
        """Process id of the child."""
        return self._job.process.pid

    @property
    def alive(self) -> bool:
        """True while the child runs."""
        return self._job.process.poll() is None

    @property
    def returncode(self) -> int | None:
        """Exit status of a child that has ended, negative for the signal that ended it; None while it runs."""
        return self._job.process.returncode

    @property
    def errors(self) -> str:
        """The last 64 KiB the child wrote to stderr."""
        return self._errors.decode("utf-8", "replace")

    @property
    def memory(self) -> int:
        """Bytes of resident memory of the child and its descendants."""
        return proctree.resident(proctree.tree(self.pid))

    def ask(self, frame: bytes, *, timeout: float, cancel: Cancel | None = None) -> bytes:
        """Send *frame* and return the frame that answers it; raises ChildError (*timeout* in seconds)."""
        with self._talking:
            return self._ask(frame, time.monotonic() + timeout, cancel)

    def _ask(self, frame: bytes, deadline: float, cancel: Cancel | None) -> bytes:
        """Do what ``ask`` says, with the pipes to itself."""
        forget = cancel.add(self._job.end) if cancel is not None else None
        try:
            self._exchange(memoryview(b"%d\n%b" % (len(frame), frame)), deadline)
            while (answer := self._take_frame()) is None:
                self._exchange(memoryview(b""), deadline)
        except (OSError, ValueError) as error:
            self.close()
            raise ChildError(f"the child ended: {error}") from error
        except ChildError:
            self.close()
            raise
        finally:
            if forget is not None:
                forget()
        return answer

    def close(self) -> None:
        """End the child and everything it started; may be called again and from any thread."""
        self._job.end()
        with self._talking:  # whoever waits for an answer sees the end of the pipe, which a closed one would not show
            for stream in (self._job.process.stdin, self._job.process.stdout, self._job.process.stderr):
                if stream is not None:
                    with contextlib.suppress(OSError):
                        stream.close()

    def _exchange(self, data: memoryview, deadline: float) -> None:
        """Write all of *data* while reading what comes; without data, wait for some to read."""
        streams = self._job.process
        assert streams.stdin is not None and streams.stdout is not None and streams.stderr is not None  # noqa: PT018
        with selectors.DefaultSelector() as selector:
            selector.register(streams.stdout, selectors.EVENT_READ)
            selector.register(streams.stderr, selectors.EVENT_READ)
            if data:
                selector.register(streams.stdin, selectors.EVENT_WRITE)
            received = False
            while data or not received:
                ready = selector.select(max(0.0, deadline - time.monotonic()))
                if not ready:
                    raise ChildError("no answer in time")
                for key, _ in ready:
                    if key.fileobj is streams.stdin:
                        data = data[_write(key.fd, data) :]
                        if not data:
                            return
                    elif key.fileobj is streams.stdout:
                        self._buffer += _read(key.fd)
                        received = True
                    elif not self._take_errors(key.fd):
                        selector.unregister(key.fileobj)

    def _take_errors(self, descriptor: int) -> bool:
        """Keep the tail of stderr; False at its end."""
        data = os.read(descriptor, _CHUNK)
        self._errors += data
        del self._errors[:-_CHUNK]
        return bool(data)

    def _take_frame(self) -> bytes | None:
        """Return the first whole frame that was received, None when there is none yet; raises ChildError."""
        cut = self._buffer.find(b"\n", 0, 32)
        if cut < 0:
            if len(self._buffer) >= 32:
                raise ChildError("the child speaks another protocol")
            return None
        count = self._buffer[:cut]
        if not count.isdigit() or int(count) > self._frame_limit:
            raise ChildError("the child speaks another protocol")
        size = int(count)
        if len(self._buffer) < cut + 1 + size:
            return None
        frame = bytes(self._buffer[cut + 1 : cut + 1 + size])
        del self._buffer[: cut + 1 + size]
        return frame


def _write(descriptor: int, data: memoryview) -> int:
    """Write some of *data*; returns how many bytes, 0 when the pipe is full after all."""
    try:
        return os.write(descriptor, data[:_CHUNK])
    except BlockingIOError:
        return 0


def _read(descriptor: int) -> bytes:
    """Return some bytes; raises ChildError at the end of the stream."""
    try:
        data = os.read(descriptor, 1 << 20)
    except BlockingIOError:
        return b""
    if not data:
        raise ChildError("the child ended")
    return data
