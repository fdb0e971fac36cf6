"""Taking a unified diff back: from a file behind a change and its patch to the file before it."""

from __future__ import annotations

import re

_HEAD = re.compile(r"^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")


def take_back(after: str, patch: str) -> str | None:
    """Return the text before *patch* was applied, None when the patch does not fit *after*."""
    lines = after.split("\n")
    out: list[str] = []
    at = 0
    rows = [row for row in patch.split("\n") if row and row[0] != "\\"]
    for row in rows:
        if head := _HEAD.match(row):
            start = int(head[1]) - (head[2] != "0")
            if not at <= start <= len(lines):
                return None
            out += lines[at:start]
            at = start
            continue
        if row.startswith("-"):
            out.append(row[1:])
            continue
        if at >= len(lines) or lines[at].rstrip("\r") != row[1:].rstrip("\r"):
            return None
        if not row.startswith("+"):
            out.append(lines[at])
        at += 1
    return "\n".join([*out, *lines[at:]])
