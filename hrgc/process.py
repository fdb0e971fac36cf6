"""Child processes: the only file that starts any.

A child gets an argument list (never a shell), an explicit directory and environment, a session of its own and limits.
It and everything it started is gone when ``run`` returns or a ``Child`` is closed, also what moved to another session.
A non-zero exit is a result. ``OSError`` (``FileNotFoundError`` for a missing program) is left to the caller, who knows
what the program was for.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc import proctree
from hrgc.plugin import Cancel

OUTPUT_LIMIT = 8 << 20
"""Bytes kept of each of stdout and stderr; a child that prints more is ended."""
MEMORY_LIMIT = 4 << 30
"""Bytes of resident memory of a child and all its descendants."""
FILE_LIMIT = 4 << 30
"""Bytes of the largest file a child may write."""
PROCESS_LIMIT = 256
"""Live descendants of one child."""
_CHUNK = 1 << 16
_TICK = 0.05
"""Seconds between two looks at a running child's limits."""

_starting = threading.Lock()
_owned: set[int] = set()
"""Process ids that a ``run`` or ``Child`` of this process started and will reap."""


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
    job = _Job(argv, cwd=cwd, env=env, stdin=stdin is not None)
    watch = _Watch(job, begun + timeout, output_limit, memory_limit, stdin or b"")
    forget = cancel.add(watch.cancel) if cancel is not None else None
    try:
        killed = watch.follow()
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


class _Job:
    """A started process with its mark; ``end`` leaves nothing of it behind."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bool) -> None:
        """Start *argv*; raises OSError."""
        proctree.adopt_orphans()
        self.mark = uuid.uuid4().hex
        with _starting:  # so that a sweep never meets a child that is not listed yet
            self.process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
                list(argv),
                cwd=cwd,
                env={**env, proctree.MARK: self.mark},
                stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )
            _owned.add(self.process.pid)
        found = proctree.stat(self.process.pid)
        self.started = found.started if found else 0
        self._ended = False
        self._ending = threading.Lock()
        _limit(self.process.pid)

    def end(self) -> None:
        """Kill what is left of the process, its group, its descendants and its orphans, and reap them."""
        with self._ending:
            if not self._ended:
                self._ended = True
                self._end()

    def _end(self) -> None:
        """Do what ``end`` says, once."""
        pid = self.process.pid
        if self.process.returncode is None:
            descendants = proctree.tree(pid)[1:]
            proctree.end_group(pid)
            self.process.wait()
            proctree.end(descendants)
        else:
            proctree.end_group(pid)
        with _starting:
            _owned.discard(pid)
            for _ in range(64):  # an orphan's own children become ours when it dies
                if not proctree.end_orphans(self.mark, frozenset(_owned), self.started):
                    break


def _limit(pid: int) -> None:
    """Set the limits that the kernel keeps: no core dumps, no endless files.

    Address space is left alone since Go reserves far more than it uses, and the process count since it is counted per
    user; both are watched from here instead.
    """
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - absent on other systems

        with contextlib.suppress(OSError, ValueError):  # it has ended already, or the limit is lower as it is
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (FILE_LIMIT, FILE_LIMIT))


class _Watch:
    """Reads a job's output while it runs and says when a limit is reached."""

    def __init__(self, job: _Job, deadline: float, output: int, memory: int, stdin: bytes) -> None:
        """Watch *job* until *deadline* (``time.monotonic``), *output* and *memory* in bytes."""
        self.outputs = (bytearray(), bytearray())
        self._job, self._deadline, self._output, self._memory = job, deadline, output, memory
        self._input = memoryview(stdin)
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ, "wake")
        self._exit = _exit_handle(job.process.pid)
        if self._exit is not None:
            self._selector.register(self._exit, selectors.EVENT_READ, "exit")
        for index, stream in enumerate((job.process.stdout, job.process.stderr)):
            assert stream is not None
            os.set_blocking(stream.fileno(), False)
            self._selector.register(stream, selectors.EVENT_READ, index)
        if job.process.stdin is not None:
            os.set_blocking(job.process.stdin.fileno(), False)
            self._selector.register(job.process.stdin, selectors.EVENT_WRITE, "stdin")

    def cancel(self) -> None:
        """Wake the watcher from another thread: the run was cancelled."""
        with contextlib.suppress(OSError):  # it ended meanwhile
            os.write(self._wake_write, b"x")

    def follow(self) -> str:
        """Read until the process ends; returns why it was ended from here, '' when it ended by itself."""
        look = time.monotonic() + _TICK
        while True:
            now = time.monotonic()
            if now >= self._deadline:
                return "timeout"
            if now >= look:
                look = now + _TICK
                if reason := self._over():
                    return reason
            for key, _ in self._selector.select(max(0.0, min(look, self._deadline) - now)):
                if key.data == "wake":
                    return "cancel"
                if reason := self._serve(key):
                    return reason
            if self._job.process.poll() is not None:
                return self._drain()

    def _over(self) -> str:
        """Return the limit that the job's tree has passed, '' for none."""
        pids = [*proctree.tree(self._job.process.pid), *proctree.adopted(self._job.mark, frozenset(_owned))]
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
            assert self._job.process.stdin is not None
            self._job.process.stdin.close()

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
        for stream in (self._job.process.stdin, self._job.process.stdout, self._job.process.stderr):
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


class ChildError(Exception):
    """A long-lived child died, closed its pipe, or did not answer in time; it has been ended."""


class Child:
    """A long-lived child that is spoken to in frames: a decimal byte count, a newline, that many bytes.

    One thread at a time may talk to it. After a ``ChildError`` it is dead and a new one must be started.
    """

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], frame_limit: int = 1 << 28) -> None:
        """Start *argv*; frames above *frame_limit* bytes are refused; raises OSError."""
        self._job = _Job(argv, cwd=cwd, env=env, stdin=True)
        self._frame_limit = frame_limit
        self._buffer = bytearray()
        self._errors = bytearray()
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
        deadline = time.monotonic() + timeout
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
