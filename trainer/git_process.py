"""Git child processes: streaming output, objects read by name; the only file of the trainer that starts git.

The repository is untrusted: nothing of its configuration, of the user's or of the system's is obeyed that could start a
program or fetch anything, and nothing is written to it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from typing import IO

CHUNK = 1 << 20
"""Bytes read at a time."""
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "LC_ALL": "C.UTF-8",
}


class GitProcess:
    """One git child; gone when closed. What it complains about shows in its exit status."""

    def __init__(self, argv: Sequence[str], feed: bytes | None = None, *, pipe_in: bool = False) -> None:
        """Start *argv* and give it *feed* on its input; *pipe_in* leaves the input open instead."""
        self._feed: IO[bytes] | None = None
        if feed is not None:
            self._feed = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the child
            self._feed.write(feed)
            self._feed.seek(0)
        self.child = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            list(argv),
            env={"PATH": os.environ.get("PATH", os.defpath), "HOME": os.devnull, **_ENVIRONMENT},
            stdin=subprocess.PIPE if pipe_in else self._feed or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=CHUNK if not pipe_in else -1,
            start_new_session=True,
        )

    @property
    def out(self) -> IO[bytes]:
        """Its output."""
        assert self.child.stdout is not None
        return self.child.stdout

    def close(self) -> int:
        """End it and return its exit status."""
        for stream in (self.child.stdin, self.child.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        if self.child.poll() is None:
            try:
                self.child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self.child.pid, signal.SIGKILL)
                self.child.wait()
        if self._feed is not None:
            self._feed.close()
        return self.child.returncode


class Objects:
    """Reads objects by name through one ``cat-file --batch`` process, keeping the last ones."""

    def __init__(self, argv: Sequence[str], *, keep_bytes: int = 64 << 20) -> None:
        """Start the process; *keep_bytes* bounds what is kept."""
        self._argv = argv
        self._process = GitProcess(argv, pipe_in=True)
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size, self._limit = 0, keep_bytes

    def get(self, name: str) -> bytes | None:
        """Return the contents of object *name* (``<oid>`` or ``<commit>:<path>``), None when there is none."""
        if (known := self._kept.get(name)) is not None:
            self._kept.move_to_end(name)
            return known
        content = self._read(name)
        if content is not None:
            self._kept[name] = content
            self._size += len(content)
            while self._size > self._limit and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
        return content

    def _read(self, name: str) -> bytes | None:
        """Ask the process; one that died at a corrupt object is replaced."""
        child = self._process.child
        assert child.stdin is not None
        if "\n" in name:
            return None
        try:
            child.stdin.write(name.encode() + b"\n")
            child.stdin.flush()
            head = self._process.out.readline().split()
        except OSError:
            head = []
        if not head:
            self._process.close()
            self._process = GitProcess(self._argv, pipe_in=True)
            return None
        return read_content(self._process.out, head)

    def tree(self, name: str) -> dict[str, tuple[str, str]]:
        """Return the entries of a tree as name -> (kind, oid): ``blob``, ``tree`` or ``other``."""
        content = self.get(name)
        out: dict[str, tuple[str, str]] = {}
        at = 0
        width = 20
        while content and at < len(content):
            space, end = content.find(b" ", at), content.find(b"\0", at)
            if space < 0 or end < space:
                return {}
            mode = content[at:space]
            kind = "tree" if mode == b"40000" else "blob" if mode in {b"100644", b"100755", b"100664"} else "other"
            out[content[space + 1 : end].decode("utf-8", "replace")] = (kind, content[end + 1 : end + 1 + width].hex())
            at = end + 1 + width
        return out

    def close(self) -> None:
        """End the process."""
        self._process.close()


def read_content(stream: IO[bytes], head: Sequence[bytes]) -> bytes | None:
    """Read the contents behind a ``cat-file`` head; None for a missing or ambiguous object."""
    if len(head) != 3 or not head[2].isdigit():
        return None
    size = int(head[2])
    content = stream.read(size + 1)
    return content[:size] if len(content) == size + 1 else None
