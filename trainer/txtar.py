"""The txtar format of golang.org/x/tools/txtar: a comment, then files between ``-- name --`` lines."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_MARK = re.compile(r"^-- (.+) --$", re.MULTILINE)


@dataclass(frozen=True)
class Archive:
    """A parsed archive."""

    comment: str
    files: dict[str, str]

    def settings(self) -> dict[str, str]:
        """Return the comment's ``key: value`` lines."""
        pairs = (line.partition(":") for line in self.comment.splitlines() if ":" in line)
        return {key.strip(): value.strip() for key, _, value in pairs}


def parse(text: str) -> Archive:
    """Parse an archive; a file ends where the next mark begins."""
    parts = _MARK.split(text)
    names, bodies = parts[1::2], parts[2::2]
    return Archive(parts[0], {name: body.removeprefix("\n") for name, body in zip(names, bodies, strict=True)})


def read(path: Path) -> Archive:
    """Read the archive at *path*."""
    return parse(path.read_text(encoding="utf-8"))
