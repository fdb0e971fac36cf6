"""The record that collection makes: one change (a pull request or a commit) with the declarations it touched.

Both collectors write it and every later stage reads it. Texts are already free of secrets and addresses.
"""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrgc.errors import InputError

FORMAT = 1
SUFFIX = ".changes.jsonl.gz"
_LINES = 64
"""Lines that are compressed together."""


def changed_lines(body: str) -> int:
    """Return how many lines of diff lines *body* are added or dropped."""
    return body.count("\n+") + body.count("\n-") + body.startswith(("+", "-"))


@dataclass(frozen=True, slots=True)
class Region:
    """One changed top-level declaration with its doc comment, or changed lines between declarations."""

    first: int
    """1-based line of the old file the region starts at."""
    new_first: int
    """1-based line of the new file."""
    body: str
    """Lines of the whole declaration, each behind `` `` (kept), ``-`` (old only) or ``+`` (new only)."""

    @property
    def lines(self) -> list[str]:
        """The lines with their prefixes."""
        return self.body.split("\n")

    @property
    def before(self) -> tuple[str, ...]:
        """The old lines."""
        return tuple(line[1:] for line in self.lines if line[:1] != "+")

    @property
    def after(self) -> tuple[str, ...]:
        """The new lines."""
        return tuple(line[1:] for line in self.lines if line[:1] != "-")

    @property
    def changed(self) -> int:
        """How many lines were added or dropped."""
        return changed_lines(self.body)


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a change did to one Go file."""

    path: str
    regions: tuple[Region, ...]
    old_blob: str = ""
    """Git object of the old file; '' when it is not known."""
    new_blob: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment or review."""

    author: str
    text: str
    path: str = ""
    """File a review comment is about."""
    state: str = ""
    """``APPROVED`` and the like for a review."""


@dataclass(frozen=True, slots=True)
class Change:
    """A pull request, or a commit read as one."""

    source: str
    """``git`` or ``github``."""
    repository: str
    """``owner/name``."""
    commit: str
    parent: str
    licence: str
    """SPDX name of the licence the repository carried at that commit."""
    time: str
    """When it was made, ISO 8601."""
    author: str
    """Login or name, never an address."""
    title: str
    body: str
    files: tuple[FileChange, ...]
    number: int | None = None
    """Pull request number."""
    remarks: tuple[Remark, ...] = ()
    tags: tuple[str, ...] = ()
    """NAT, MIX or CODE, set by ``annotate``."""

    @property
    def organisation(self) -> str:
        """The repository's owner, in lower case: what splits are made by."""
        return self.repository.partition("/")[0].lower()


@dataclass(frozen=True, slots=True)
class RepositoryFacts:
    """What is known of a repository beside its changes."""

    repository: str
    licence: str
    head: str
    """Commit the facts were read at."""
    collected: str
    """When, ISO 8601 UTC."""
    readme: str = ""
    tree: tuple[str, ...] = ()
    """Paths at *head*."""
    issues: tuple[tuple[int, str, str], ...] = ()
    """(number, title, body) of issues."""
    stars: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """What was read, kept and dropped, by reason."""


def to_row(change: Change) -> dict[str, Any]:
    """Return a change as a JSON object (by hand: ``dataclasses.asdict`` is ten times slower)."""
    row: dict[str, Any] = {
        "source": change.source,
        "repository": change.repository,
        "commit": change.commit,
        "parent": change.parent,
        "licence": change.licence,
        "time": change.time,
        "author": change.author,
        "title": change.title,
        "body": change.body,
        "files": [
            {
                "path": f.path,
                "old": f.old_blob,
                "new": f.new_blob,
                "regions": [[r.first, r.new_first, r.body] for r in f.regions],
            }
            for f in change.files
        ],
    }
    if change.number is not None:
        row["number"] = change.number
    if change.remarks:
        row["remarks"] = [[r.author, r.text, r.path, r.state] for r in change.remarks]
    if change.tags:
        row["tags"] = list(change.tags)
    return row


def from_row(row: Mapping[str, Any]) -> Change:
    """Read a change back."""
    return Change(
        row["source"],
        row["repository"],
        row["commit"],
        row["parent"],
        row["licence"],
        row["time"],
        row["author"],
        row["title"],
        row["body"],
        tuple(
            FileChange(
                f["path"],
                tuple(Region(first, new_first, body) for first, new_first, body in f["regions"]),
                f["old"],
                f["new"],
            )
            for f in row["files"]
        ),
        row.get("number"),
        tuple(Remark(*remark) for remark in row.get("remarks", ())),
        tuple(row.get("tags", ())),
    )


def write_rows(path: Path, rows: Iterable[object]) -> int:
    """Write JSON lines, gzipped, so that *path* is whole or absent; returns how many."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    return write_lines(path, (f"{encode(row)}\n".encode("utf-8", "replace") for row in rows))


def write_lines(path: Path, lines: Iterator[bytes]) -> int:
    """Write lines, gzipped, so that *path* is whole or absent; returns how many."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}")
    count = 0
    with scratch.open("wb") as raw, gzip.GzipFile("", "wb", 1, raw, mtime=0) as stream:
        while batch := list(itertools.islice(lines, _LINES)):
            stream.write(b"".join(batch))
            count += len(batch)
    scratch.replace(path)
    return count


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a gzipped file, line ends kept."""
    with gzip.open(path, "rb") as stream:
        yield from stream


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a gzipped JSON-lines file."""
    yield from map(json.loads, read_lines(path))


def read(path: Path) -> Iterator[Change]:
    """Yield the changes of one file."""
    yield from map(from_row, read_rows(path))


def part_name(repository: str) -> str:
    """Return the file-name stem of a repository's parts."""
    return repository.replace("/", "+")


def repository_of(part: str) -> str:
    """Return the ``owner/name`` in a part's file name, with what ends it."""
    return part.replace("+", "/", 1)


def parts(folder: Path, suffix: str = SUFFIX) -> list[Path]:
    """Return the part files of a folder in order; raises InputError when there are none."""
    found = sorted(folder.glob(f"[!.]*{suffix}"))  # a part being written has a dot in front
    if not found:
        raise InputError(f"no collected changes in {folder}", "hrgc-train collect-git, or hrgc-train collect-github")
    return found
