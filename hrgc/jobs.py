"""Starting a child process and leaving nothing of it behind: the only file that starts any.

A job is one child with everything it starts. It has a session of its own and a mark in its environment, by which its
descendants are found again wherever they moved.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

from hrgc import guard, proctree

FILE_LIMIT = 4 << 30
"""Bytes of the largest file a child may write."""


class _Running:
    """The jobs of this process, each known before its child can be met, and their guard."""

    def __init__(self) -> None:
        """Begin without any."""
        self._lock = threading.Lock()
        self._marks: dict[int, str] = {}
        self._guard: guard.Guard | None = None

    def start(self, argv: Sequence[str], mark: str, *, cwd: Path, env: Mapping[str, str], stdin: bool) -> _Process:
        """Start *argv* as the job *mark*; raises OSError."""
        with self._lock:
            watcher = self._watcher()
            watcher.watch(mark)
            try:
                made = _popen(argv, cwd=cwd, env={**env, proctree.MARK: mark}, stdin=stdin)
            except OSError:
                watcher.forget(mark)
                raise
            self._marks[made.pid] = mark
            watcher.watch(mark, made.pid)
        return made

    def members(self, pid: int, mark: str) -> list[int]:
        """Return process *pid*, its descendants, and the orphans of the job *mark*."""
        return [*proctree.tree(pid), *proctree.adopted(mark, frozenset(self._marks))]

    def reap(self, pid: int, mark: str, started: int) -> None:
        """Forget the job *mark*, whose process *pid* has ended, and end the orphans it left."""
        with self._lock:
            self._marks.pop(pid, None)
            for _ in range(64):  # an orphan's own children become ours when it dies
                if not proctree.end_orphans(mark, self._marks, started):
                    break
            if self._guard is not None:
                self._guard.forget(mark)

    def close(self) -> None:
        """End the guard, which ends the jobs that are left."""
        with self._lock:
            if self._guard is not None:
                self._guard.close()
                self._guard = None

    def _watcher(self) -> guard.Guard:
        """Return the guard, started now if there is none yet; raises OSError where there is no shell."""
        if self._guard is None:
            made = _popen(guard.ARGV, cwd=Path("/"), env={"PATH": os.defpath}, stdin=True, output=subprocess.DEVNULL)
            self._marks[made.pid] = "guard"
            self._guard = guard.Guard(made)
            atexit.register(self.close)
        return self._guard


_Process = subprocess.Popen[bytes]


def _popen(
    argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bool, output: int = subprocess.PIPE
) -> _Process:
    """Start a process in a session of its own; raises OSError."""
    return subprocess.Popen(  # noqa: S603 - an argument list, no shell
        list(argv),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        bufsize=0,
        start_new_session=True,
    )


_running = _Running()


class Job:
    """A started process with its mark; ``end`` leaves nothing of it behind."""

    def __init__(self, argv: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdin: bool) -> None:
        """Start *argv*; raises OSError."""
        proctree.adopt_orphans()
        self.mark = uuid.uuid4().hex
        self.process = _running.start(argv, self.mark, cwd=cwd, env=env, stdin=stdin)
        found = proctree.stat(self.process.pid)
        self.started = found.started if found else 0
        self._ended = False
        self._ending = threading.Lock()
        _limit(self.process.pid)

    def members(self) -> list[int]:
        """Return the process, its descendants and its orphans."""
        return _running.members(self.process.pid, self.mark)

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
        _running.reap(pid, self.mark, self.started)


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
