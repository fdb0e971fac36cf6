"""The journal of writes: every change to the user's files can be undone and redone, by hash, without git.

It lives outside the repository. A record is on disk before the files change (write-ahead), and what each file is now is
read from the disk, so a crash between the two is undone like any other write.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from hrgc import codec, files, locations
from hrgc.errors import ConfigError, FileChangedError, HrgcError, InputError

KEEP = 200
"""Records that are kept."""
_RECORD = "record.json"


class State(str, Enum):
    """How far a record got."""

    PENDING = "pending"
    """Written ahead; the process may have died before or while it wrote the files."""
    APPLIED = "applied"
    UNDONE = "undone"
    FAILED = "failed"
    """A file could not be written; those that were are back to what they were."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file to write."""

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a record."""

    path: Path
    before: str
    """SHA-256 before; also the name of the blob."""
    after: str


@dataclass(frozen=True, slots=True)
class Record:
    """One write of one or several files."""

    id: str
    """The run's id."""
    time: float
    """Seconds since the epoch."""
    summary: str
    """One line for people."""
    state: State
    entries: tuple[Entry, ...]
    changed: float = 0.0
    """When the state last changed, seconds since the epoch."""


class Journal:
    """The records of one folder."""

    def __init__(self, directory: Path | None = None) -> None:
        """Use *directory*, or the state directory's own; nothing is made before the first write."""
        self._directory = directory or locations.journal_dir()

    def commit(self, run_id: str, changes: Sequence[Change], summary: str) -> Record:
        """Write all *changes*, or none; raises FileChangedError, InputError or ConfigError, the files as they were."""
        for change in changes:
            files.check_writable(change.path)
            files.verify(files.snapshot_of(change.path, change.before))
        now = time.time()
        entries = tuple(Entry(_real(c.path), files.digest(c.before), files.digest(c.after)) for c in changes)
        record = Record(self._free_id(run_id), now, summary, State.PENDING, entries, now)
        self._store(record, changes)
        self._write(record, forward=True, force=False)
        return self._mark(record, State.APPLIED)

    def undo(self, spec: str = "", *, force: bool = False) -> Record:
        """Bring the files of a record (the last applied one by default) back to what they were before it.

        Raises InputError when there is none, FileChangedError when a file changed since and not *force*.
        """
        record = self.find(spec) if spec else self._last(State.APPLIED, State.PENDING)
        if record is None:
            raise InputError("there is nothing to undo", "hrgc sessions lists what was written")
        self._turn(record, forward=False, force=force)
        return self._mark(record, State.UNDONE)

    def redo(self, spec: str = "", *, force: bool = False) -> Record:
        """Write a record's changes again (those of the last undone one by default); raises as ``undo`` does."""
        record = self.find(spec) if spec else self._last(State.UNDONE)
        if record is None:
            raise InputError("there is nothing to redo", "hrgc sessions lists what was undone")
        self._turn(record, forward=True, force=force)
        return self._mark(record, State.APPLIED)

    def records(self) -> tuple[Record, ...]:
        """Return all records, newest first; folders that hold none are left out."""
        found = [r for path in self._folders() if (r := self._read(path)) is not None]
        return tuple(sorted(found, key=lambda r: (r.time, r.id), reverse=True))

    def find(self, spec: str) -> Record:
        """Return the record of an id or a unique part of one; raises InputError."""
        records = self.records()
        found = [r for r in records if r.id == spec] or [r for r in records if spec in r.id]
        if len(found) != 1:
            problem = f"{len(found)} writes are named {spec}" if found else f"no write is named {spec}"
            raise InputError(problem, "hrgc sessions lists the runs that wrote something")
        return found[0]

    def content(self, record: Record, entry: Entry, *, after: bool) -> bytes:
        """Return a file's contents before or after a record; raises InputError when the journal is damaged."""
        name = entry.after if after else entry.before
        blob = self._directory / record.id / name
        try:
            data = blob.read_bytes()
        except OSError as error:
            raise InputError(
                f"cannot read the journal: {error}", "the record can no longer be undone or redone"
            ) from None
        if files.digest(data) != name:
            raise InputError(f"the journal is damaged: {blob}", "the record can no longer be undone or redone")
        return data

    def _turn(self, record: Record, *, forward: bool, force: bool) -> None:
        """Check every file of *record*, then write those that are not yet as wanted."""
        for entry in record.entries:
            self.content(record, entry, after=forward)
            if not force:
                _check(record, entry, forward=forward)
            files.check_writable(entry.path)
        self._write(record, forward=forward, force=force)

    def _write(self, record: Record, *, forward: bool, force: bool) -> None:
        """Write every file of *record*; when one cannot be written, those that were are put back."""
        done: list[tuple[Entry, bytes | None]] = []
        try:
            for entry in record.entries:
                content = self.content(record, entry, after=forward)
                snapshot = files.take(entry.path) if force else _check(record, entry, forward=forward)
                if snapshot.sha256 == files.digest(content):
                    continue
                old = None if snapshot.sha256 == files.ABSENT else files.read(entry.path)[1]
                files.replace(snapshot, content)
                done.append((entry, old))
        except HrgcError:
            for entry, old in reversed(done):
                if old is None:
                    files.remove(files.take(entry.path))
                else:
                    files.replace(files.take(entry.path), old)
            if record.state is State.PENDING:
                self._mark(record, State.FAILED)
            raise

    def _last(self, *states: State) -> Record | None:
        """Return the record in one of *states* that got there last; a pending one only when it changed a file."""
        records = [r for r in self.records() if r.state in states and (r.state is not State.PENDING or _touched(r))]
        return max(records, key=lambda r: r.changed, default=None)

    def _free_id(self, run_id: str) -> str:
        """Return *run_id*, numbered when the run has written before."""
        number, free = 1, run_id
        while (self._directory / free).exists():
            number += 1
            free = f"{run_id}.{number}"
        return free

    def _store(self, record: Record, changes: Sequence[Change]) -> None:
        """Put a record with its contents on the disk."""
        self._prune()
        folder = locations.ensure_dir(self._directory / record.id)
        try:
            for change in changes:
                for content in (change.before, change.after):
                    files.write_atomic(folder / files.digest(content), content)
        except OSError as error:
            raise ConfigError(
                f"cannot write the journal {folder}: {error.strerror or error}; nothing was changed",
                "free some space, or choose another place with HRGC_STATE_DIR",
            ) from None
        self._save(record)

    def _mark(self, record: Record, state: State) -> Record:
        """Store and return *record* in a new state."""
        marked = replace(record, state=state, changed=time.time())
        self._save(marked)
        return marked

    def _save(self, record: Record) -> None:
        """Write the record itself."""
        path = self._directory / record.id / _RECORD
        try:
            files.write_atomic(path, json.dumps(codec.encode(record), indent=1).encode("ascii"))
        except OSError as error:
            raise ConfigError(
                f"cannot write the journal {path}: {error.strerror or error}",
                "free some space, or choose another place with HRGC_STATE_DIR",
            ) from None

    def _folders(self) -> list[Path]:
        """Return the folders of the records."""
        return [p for p in self._directory.iterdir() if p.is_dir()] if self._directory.is_dir() else []

    def _read(self, folder: Path) -> Record | None:
        """Read one record, None when the folder holds none (a crash before the first line was written)."""
        try:
            return codec.decode(Record, json.loads((folder / _RECORD).read_text("ascii")))
        except (OSError, ValueError, HrgcError):
            return None

    def _prune(self) -> None:
        """Remove the oldest records past ``KEEP - 1``."""
        for record in self.records()[KEEP - 1 :]:
            shutil.rmtree(self._directory / record.id, ignore_errors=True)


def _real(path: Path) -> Path:
    """Return the file itself: a link that was named may be gone, or point elsewhere, when the write is undone."""
    return Path(os.path.realpath(path))


def _check(record: Record, entry: Entry, *, forward: bool) -> files.Snapshot:
    """Return what a file is now; raises FileChangedError unless that is one of its two recorded states."""
    now = files.take(entry.path)
    if now.sha256 in (entry.before, entry.after):
        return now
    command = "redo" if forward else "undo"
    raise FileChangedError(
        f"{entry.path} changed since hrgc wrote it; nothing was changed",
        f"look at your own changes first; this drops them: hrgc {command} {record.id} --force",
    )


def _touched(record: Record) -> bool:
    """Tell whether any file of a record is now what the record made it."""
    return any(files.take(e.path).sha256 == e.after for e in record.entries)
