"""Process trees as the kernel shows them: who descends from whom, how much memory they hold, and how to end them.

Linux only, through ``/proc``; elsewhere every question has an empty answer and the caller is left with process groups.
Children of children that start a session of their own escape a process group. They are found again in two ways: by
walking parents while the tree is alive, and by the job mark in their environment once they have been orphaned (this
process is then their reaper, see ``adopt_orphans``).
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

MARK = "HRGC_JOB"
"""Environment variable that marks every descendant of one job."""
_PR_SET_CHILD_SUBREAPER = 36
_LINUX = sys.platform == "linux"
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


@dataclass(frozen=True, slots=True)
class ProcessStat:
    """What ``/proc/PID/stat`` says of one process."""

    pid: int
    state: str
    """One letter; Z is a zombie."""
    parent: int
    session: int
    started: int
    """Clock ticks since boot."""


@cache
def adopt_orphans() -> bool:
    """Make this process the parent of its orphaned descendants, once; False where the system cannot."""
    if not _LINUX:
        return False
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def stat(pid: int) -> ProcessStat | None:
    """Return the state of process *pid*, None when it is gone or the system does not tell."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - a hot path; Path costs as much as the read
            raw = file.read()
    except OSError:
        return None
    fields = raw[raw.rfind(b")") + 2 :].split()
    return ProcessStat(pid, fields[0].decode(), int(fields[1]), int(fields[3]), int(fields[19]))


def children(pid: int) -> list[int]:
    """Return the direct children of process *pid*, zombies included."""
    found: list[int] = []
    try:
        tasks = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208 - a hot path
    except OSError:
        return found
    for task in tasks:
        with (
            contextlib.suppress(OSError),  # a thread that ended meanwhile
            open(f"/proc/{pid}/task/{task}/children", "rb") as file,  # noqa: PTH123 - a hot path
        ):
            found += map(int, file.read().split())
    return found


def tree(root: int) -> list[int]:
    """Return *root* and all its descendants, parents first."""
    found = [root]
    for pid in found:  # grows while it is walked
        found += children(pid)
    return found


def resident(pids: Iterable[int]) -> int:
    """Return the bytes of memory the processes hold, shared pages counted once per process."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError), open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123 - a hot path
            total += int(file.read().split()[1]) * _PAGE
    return total


def mark_of(pid: int) -> str:
    """Return the mark of the job that process *pid* belongs to, '' when its environment was wiped or it is gone.

    The environment is empty for a moment while a process executes another program, so that it is looked at again.
    """
    for pause in (0.0, 0.001, 0.004):
        time.sleep(pause)
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 - a hot path
                entries = file.read().split(b"\0")
        except OSError:
            return ""
        if entries != [b""]:
            prefix = f"{MARK}=".encode()
            return next(
                (e.removeprefix(prefix).decode("ascii", "replace") for e in entries if e.startswith(prefix)), ""
            )
    return ""


def end(pids: Iterable[int]) -> None:
    """Kill processes; those already gone are no error."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def end_group(pid: int) -> None:
    """Kill the process group that *pid* leads; a group already gone is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def adopted(mark: str, known: frozenset[int]) -> list[int]:
    """Return the orphans of job *mark* with all their descendants; *known* are this process's own children."""
    orphans = [pid for pid in children(os.getpid()) if pid not in known and mark_of(pid) == mark]
    return [pid for orphan in orphans for pid in tree(orphan)]


def end_orphans(mark: str, known: Mapping[int, str], since: int) -> int:
    """Kill and reap adopted processes of job *mark*; returns how many there were.

    *known* are this process's own children, which their owners reap, with the marks of their jobs. A process with
    another mark, or none, is taken for an orphan of the job when it began at or after clock tick *since* and has left
    this process's session.
    """
    me, session = os.getpid(), os.getsid(0)
    others = set(known.values()) - {mark}
    ended = 0
    for pid in children(me):
        found = None if pid in known else stat(pid)
        if found is None or found.session == session or found.started < since:
            continue
        if found.state != "Z" and mark_of(pid) in others:
            continue  # it belongs to another job
        end(reversed(tree(pid)))  # a zombie, too: its other threads may live on
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)
        ended += 1
    return ended
