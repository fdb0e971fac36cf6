"""Test binaries: one ``go test -c`` for a state of the files, kept by content, and what the compiler says of it."""

from __future__ import annotations

import hashlib
import itertools
import tempfile
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Stage
from hrgc.edits import Overlay
from hrgc.plugin import Budget
from plugins.golang.messages import compile_diagnostics
from plugins.golang.workspace import GoWorkspace

KEPT = 12
"""Binaries kept in the workspace's temporary folder, besides those in use; some megabytes each."""


class Binary:
    """A test binary's file, which is gone once nobody holds this any more."""

    def __init__(self, path: Path) -> None:
        """Own the file at *path*."""
        self.path = path
        weakref.finalize(self, path.unlink, missing_ok=True)


@dataclass(frozen=True, slots=True)
class Build:
    """A test binary, or why there is none."""

    path: Path | None
    """The binary; None when it could not be built or has no tests."""
    output: str = ""
    """What the go command said, with the user's paths."""
    killed: str = ""
    """Why the build was ended from here (timeout, cancel); '' when it ended by itself."""
    seconds: float = 0.0
    held: Binary | None = None
    """What keeps the file at *path*: whoever runs it holds the build."""

    @property
    def ok(self) -> bool:
        """True when there is a binary."""
        return self.path is not None


class TestBuilder:
    """Builds and keeps the test binaries of one workspace; threads may share it."""

    __test__ = False

    def __init__(self, kept: int = KEPT) -> None:
        """Start without any; keep so many that nobody holds."""
        self._limit = kept
        self._kept: OrderedDict[str, Binary] = OrderedDict()
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._folder: Path | None = None

    def build(self, workspace: GoWorkspace, overlay: Overlay, budget: Budget, flags: Sequence[str] = ()) -> Build:
        """Return the test binary of *overlay*, built with more *flags*; the same contents give the same binary."""
        key = _digest(overlay, flags)
        with self._lock:
            if key in self._kept and self._kept[key].path.exists():
                self._kept.move_to_end(key)
                return Build(self._kept[key].path, held=self._kept[key])
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="binaries-", dir=workspace.store.folder))
            target = self._folder / f"{key[:24]}-{next(self._numbers)}.test"
        options = ("-race",) if workspace.options.race else ()
        strip = () if any("ldflags" in flag for flag in workspace.toolchain.settings.flags) else ("-ldflags=-s -w",)
        answer = workspace.go(("test", "-c", "-vet=off", f"-o={target}", *strip, *options, *flags), overlay, budget)
        if not answer.ok or not target.exists():
            output = workspace.store.restore(answer.stdout + answer.stderr, overlay)
            return Build(None, output, answer.killed, answer.seconds)
        made = Binary(target)
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > self._limit:
                self._kept.popitem(last=False)
        return Build(target, seconds=answer.seconds, held=made)


def _digest(overlay: Overlay, flags: Sequence[str]) -> str:
    """Return what identifies a build."""
    digest = hashlib.sha256("\0".join(flags).encode())
    for path in sorted(overlay):
        digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0" + overlay[path] + b"\0")
    return digest.hexdigest()


def encoded(files: Mapping[str, str]) -> dict[Path, bytes]:
    """Return generated files as an overlay."""
    return {Path(path): text.encode() for path, text in files.items()}


def errors(build: Build, directory: Path) -> tuple[Diagnostic, ...]:
    """Return the compiler's findings in the output of a failed *build* of the package in *directory*."""
    found = compile_diagnostics(build.output, directory)
    if found or build.ok:
        return found
    words = [line for line in build.output.splitlines() if line.strip() and not line.startswith("#")]
    return (Diagnostic(directory, 0, 0, Stage.TYPES, "Other", "\n".join(words[:3]) or "the tests do not build"),)
