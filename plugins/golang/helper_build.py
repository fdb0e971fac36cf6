"""Building the resident Go helper: once per source, toolchain and platform, into the cache, safe between processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from hrgc.errors import ConfigError, GoToolError, HrgcError
from hrgc.locations import cache_dir
from hrgc.plugin import Cancel
from plugins.golang.toolchain import Toolchain

LOCK_PAUSE = 0.05
"""Seconds between two looks at a lock that another process holds."""
BUILD_TIMEOUT = 300.0
"""Seconds a build may take; with a cold build cache go/types and what it needs are compiled first."""
_HOST_ONLY: Mapping[str, str] = {
    "GOOS": "", "GOARCH": "", "GOFLAGS": "", "GOENV": "off", "GOWORK": "off", "GO111MODULE": "on", "CGO_ENABLED": "0",
    "GOEXPERIMENT": "",
}  # fmt: skip
"""The helper runs on this machine, whatever the user builds for."""


class HelperUnavailable(HrgcError):  # noqa: N818 - it names a condition callers fall back on
    """The helper cannot be built or does not run here; judging falls back to the go command."""


def source() -> dict[str, bytes]:
    """Return the helper's source files by name, tests left out."""
    folder = files("plugins.golang").joinpath("helper")
    found = {
        item.name: item.read_bytes()
        for item in folder.iterdir()
        if item.name == "go.mod" or (item.name.endswith(".go") and not item.name.endswith("_test.go"))
    }
    return dict(sorted(found.items()))


def binary(toolchain: Toolchain, cancel: Cancel | None = None, *, sources: Mapping[str, bytes] | None = None) -> Path:
    """Return the built helper, building it when this source and toolchain have none; raises HelperUnavailable.

    *sources* are the files of another program to build, None for the helper's own.
    """
    sources = source() if sources is None else sources
    if "main.go" not in sources:
        raise HelperUnavailable("the helper's Go source is not installed", "reinstall hrgc")
    target = _target(toolchain, sources)
    if _runnable(target):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target.with_name("lock"), cancel):
            if not _runnable(target):
                _build(toolchain, sources, target, cancel)
    except (OSError, ConfigError) as error:
        raise HelperUnavailable(
            f"the Go helper cannot be built in {target.parent}: {error}",
            "make the cache directory writable or set HRGC_CACHE_DIR",
        ) from error
    return target


def _target(toolchain: Toolchain, sources: Mapping[str, bytes]) -> Path:
    """Return where the binary of these sources and this toolchain belongs."""
    digest = hashlib.sha256()
    settings = toolchain.settings
    for part in (
        settings.version_text,
        str(settings.root),
        sys.platform,
        os.uname().machine if hasattr(os, "uname") else "",
    ):
        digest.update(part.encode() + b"\0")
    for name, content in sources.items():
        digest.update(name.encode() + b"\0" + content + b"\0")
    return cache_dir() / "helper" / digest.hexdigest()[:20] / ("helper.exe" if sys.platform == "win32" else "helper")


def _runnable(path: Path) -> bool:
    """Tell whether *path* is a finished binary."""
    return path.is_file() and os.access(path, os.X_OK)


def _build(toolchain: Toolchain, sources: Mapping[str, bytes], target: Path, cancel: Cancel | None) -> None:
    """Compile in a temporary folder beside *target*, then rename; raises HelperUnavailable or OSError."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-") as folder:
        place = Path(folder)
        for name, content in sources.items():
            (place / name).write_bytes(content)
        built = place / f"out-{target.name}"
        try:
            answer = toolchain.run(
                ("build", "-ldflags=-s -w", "-o", str(built), "."),
                cwd=place,
                timeout=BUILD_TIMEOUT,
                extra=_HOST_ONLY,
                cancel=cancel,
            )
        except GoToolError as error:
            raise HelperUnavailable(error.message, error.hint) from error
        if not answer.ok or not built.is_file():
            words = (answer.stderr.strip() or answer.killed or "no output")[:400]
            raise HelperUnavailable(f"the Go helper does not build: {words}", "run hrgc doctor")
        built.chmod(0o755)
        built.replace(target)


@contextlib.contextmanager
def _locked(path: Path, cancel: Cancel | None) -> Iterator[None]:
    """Hold an exclusive lock on *path*, waiting for another process that builds the same.

    Raises HelperUnavailable when a *cancel* ends the wait.
    """
    with path.open("ab") as file:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - exists on Windows only

            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                file.seek(0)
                msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - exists on POSIX only

            while not _taken(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB):
                if cancel is not None and cancel.cancelled:
                    raise HelperUnavailable("stopped while another process builds the Go helper", "run it again")
                time.sleep(LOCK_PAUSE)
            yield


def _taken(descriptor: int, operation: int) -> bool:
    """Try to lock a file; False when another process holds it."""
    import fcntl  # noqa: PLC0415 - exists on POSIX only

    try:
        fcntl.flock(descriptor, operation)
    except BlockingIOError:
        return False
    return True
