"""Gzipped JSON lines that grow: every batch of rows is a gzip member of its own; a killed run loses one at most.

Any gzip reader reads the file; ``resume`` cuts off a member that was not finished.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

_GZIP = 31
"""Window bits that make zlib expect a gzip header."""
_STEP = 1 << 16


def append(path: Path, rows: Iterable[object]) -> int:
    """Append *rows* as one member and return how many there were; the folder is made when it is missing."""
    lines = [json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows]
    if lines:
        path.parent.mkdir(parents=True, exist_ok=True)
        member = gzip.compress("".join(lines).encode("utf-8", "replace"), mtime=0)
        with path.open("ab") as stream:
            stream.write(member)
    return len(lines)


def resume(path: Path) -> list[dict[str, Any]]:
    """Return the rows that are whole and cut off what is behind them; none when there is no file."""
    if not path.is_file():
        return []
    content = path.read_bytes()
    found: list[dict[str, Any]] = []
    whole = 0
    for whole, text in _members(content):  # noqa: B007 - the last value is used
        found += map(json.loads, text.decode("utf-8").splitlines())
    if whole < len(content):
        with path.open("r+b") as stream:
            stream.truncate(whole)
    return found


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield every row of a file that no one is writing."""
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as stream:
        yield from map(json.loads, stream)


def _members(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (end, contents) of every whole member."""
    at, view = 0, memoryview(content)
    while at < len(content):
        reader = zlib.decompressobj(wbits=_GZIP)
        parts: list[bytes] = []
        try:
            while not reader.eof and at < len(content):
                parts.append(reader.decompress(view[at : at + _STEP]))
                at = min(at + _STEP, len(content)) - len(reader.unused_data)
        except zlib.error:
            return
        if not reader.eof:
            return
        yield at, b"".join(parts)
