"""What outlives a kill: a tiny shell that ends this process's jobs when this process is gone without a word.

It reads ``+ MARK PID`` and ``- MARK`` lines from a pipe of which only this process holds the other end; a mark is told
before its process is started, so that no moment is unguarded. At the end of the pipe it kills the process groups that
are left and whatever carries their marks, and looks again for what was being started just then. Unlike a death signal
this does not depend on the thread that started a child, and it reaches grandchildren. Starts nothing itself.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from hrgc.proctree import MARK

if TYPE_CHECKING:
    import subprocess

SCRIPT = f"""
trap '' HUP INT TERM
jobs=
while read -r sign mark pid; do
    left=
    for job in $jobs; do
        [ "${{job%:*}}" = "$mark" ] || left="$left $job"
    done
    jobs=$left
    [ "$sign" = - ] || jobs="$jobs $mark:$pid"
done
[ -n "$jobs" ] || exit 0
marks=
for job in $jobs; do
    [ -z "${{job#*:}}" ] || kill -9 -- "-${{job#*:}}"
    marks="$marks{MARK}=${{job%:*}}
"
done
for pause in 0 0.1 0.4; do
    sleep $pause
    for path in $(grep -lsF "${{marks%?}}" /proc/[0-9]*/environ); do
        pid=${{path#/proc/}}
        kill -9 "${{pid%/environ}}"
    done
done
"""
ARGV = ("/bin/sh", "-c", SCRIPT)


class Guard:
    """The other end of the guard's pipe; a guard that is gone is not missed until its process is killed, too."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Talk to *process*, started from ``ARGV`` with a pipe as its stdin."""
        assert process.stdin is not None
        self._process, self._pipe = process, process.stdin
        os.set_blocking(self._pipe.fileno(), False)

    @property
    def pid(self) -> int:
        """Process id of the guard."""
        return self._process.pid

    def watch(self, mark: str, pid: int | None = None) -> None:
        """End what carries *mark*, and process group *pid*, should this process be gone before ``forget``."""
        self._tell(f"+ {mark} {pid or ''}\n")

    def forget(self, mark: str) -> None:
        """Leave *mark* and its process group alone: they have been ended."""
        self._tell(f"- {mark}\n")

    def close(self) -> None:
        """End the guard; it kills what it still watches."""
        with contextlib.suppress(OSError):
            self._pipe.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        """Write one line, short enough to be written at once."""
        with contextlib.suppress(OSError):
            os.write(self._pipe.fileno(), line.encode())
