"""The user's files: what they were when read, and replacing them in one step; the only writer of user files.

A file is replaced through its symbolic link, keeps mode and owner, and is refused when it changed since it was read.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import FileChangedError, InputError

ABSENT = ""
"""The digest of a file that does not exist."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a file was when it was read."""

    path: Path
    """As it was named; may be a symbolic link."""
    size: int
    mtime_ns: int
    sha256: str
    """Digest of the contents, ``ABSENT`` for a file that does not exist."""


def digest(content: bytes) -> str:
    """Return the SHA-256 of *content* in hex."""
    return hashlib.sha256(content).hexdigest()


def read(path: Path) -> tuple[Snapshot, bytes]:
    """Return the contents of *path* and what it is now; raises InputError naming why it cannot be read."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise InputError(f"{path} is not a regular file", "name a Go source file")
            content = file.read()
    except OSError as error:
        raise InputError(
            f"cannot read {path}: {error.strerror or error}", "check the name and the permissions"
        ) from None
    return Snapshot(path, len(content), status.st_mtime_ns, digest(content)), content


def take(path: Path) -> Snapshot:
    """Return what *path* is now; a file that does not exist has the digest ``ABSENT``."""
    if not path.exists():
        return Snapshot(path, 0, 0, ABSENT)
    return read(path)[0]


def snapshot_of(path: Path, content: bytes) -> Snapshot:
    """Return the snapshot of a file that was read elsewhere as *content*."""
    return Snapshot(path, len(content), 0, digest(content))


def verify(snapshot: Snapshot) -> None:
    """Raise FileChangedError when the file's contents are no longer those of *snapshot*."""
    now = take(snapshot.path)
    if now.sha256 == snapshot.sha256:
        return
    what = "was removed" if now.sha256 == ABSENT else "changed on disk"
    raise FileChangedError(
        f"{snapshot.path} {what} since it was read; nothing was written", "save your editor's buffers and run it again"
    )


def check_writable(path: Path) -> None:
    """Raise InputError when *path* could not be replaced: read-only file or folder."""
    real = Path(os.path.realpath(path))
    if real.exists() and not _writable(real):
        raise InputError(f"{path} is read-only; nothing was written", f"chmod u+w {path}")
    if not _writable(real.parent):
        raise InputError(
            f"the folder {real.parent} is read-only; nothing was written",
            "make it writable, or take the diff: hrgc fix -d FILE | patch -p1",
        )


def _writable(path: Path) -> bool:
    """Tell whether *path* may be written; one without any write bit is left alone by root, too."""
    return os.access(path, os.W_OK) and bool(stat.S_IMODE(path.stat().st_mode) & 0o222)


def replace(snapshot: Snapshot, content: bytes) -> Snapshot:
    """Replace the file of *snapshot* by *content* in one step; returns the new snapshot.

    Raises FileChangedError when it changed since, InputError when it cannot be written; the file then is as it was.
    """
    check_writable(snapshot.path)
    verify(snapshot)
    real = Path(os.path.realpath(snapshot.path))  # the link is kept, what it points to is replaced
    try:
        _write(real, content)
    except OSError as error:
        raise InputError(
            f"cannot write {snapshot.path}: {error.strerror or error}",
            "the file is unchanged; free some space, try again",
        ) from None
    return take(snapshot.path)


def remove(snapshot: Snapshot) -> None:
    """Remove the file of *snapshot*; raises FileChangedError or InputError."""
    verify(snapshot)
    try:
        Path(os.path.realpath(snapshot.path)).unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot remove {snapshot.path}: {error.strerror or error}", "check the permissions") from None


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file of our own (journal, settings) in one step; raises OSError."""
    _write(path, content)


def _write(real: Path, content: bytes) -> None:
    """Write *content* beside *real*, flush it to the disk and move it into place with *real*'s mode and owner."""
    handle, name = tempfile.mkstemp(prefix=f".{real.name[:80]}.", suffix=".hrgc", dir=real.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            _copy_status(real, file.fileno())
            os.fsync(file.fileno())
        temporary.replace(real)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_directory(real.parent)


def _copy_status(real: Path, handle: int) -> None:
    """Give an open file the mode and owner of *real*, or those of a new file where there is none."""
    if not real.exists():
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    status = real.stat()
    with contextlib.suppress(PermissionError):  # only root may give a file away; its mode is kept all the same
        os.fchown(handle, status.st_uid, status.st_gid)
    os.fchmod(handle, stat.S_IMODE(status.st_mode))


def _sync_directory(path: Path) -> None:
    """Flush a rename to the disk; file systems that cannot are left alone."""
    with contextlib.suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
