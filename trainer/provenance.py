"""Which repositories training pairs were made from, at which commits and under which licences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer import sample

FILE = "sources.json"


@dataclass
class _Source:
    """What one repository gave."""

    licences: set[str] = field(default_factory=set)
    commits: set[str] = field(default_factory=set)
    pairs: int = 0


def gather(folders: Iterable[Path]) -> list[dict[str, Any]]:
    """Return one row per repository of the pairs in *folders*: its licences, commits and number of pairs.

    A single commit is named, several are counted; pairs of the standard library name no repository and are left out.
    """
    found: dict[str, _Source] = {}
    for folder in folders:
        for path in sorted(folder.glob("[!.]*.jsonl.gz")):
            for item in sample.read(path):
                place, _, licence = item.source.partition(" ")
                repository, at, rest = place.partition("@")
                if not at:
                    continue
                known = found.setdefault(repository, _Source())
                known.licences.add(licence)
                known.commits.add(rest.partition(":")[0])
                known.pairs += 1
    return [
        {
            "repository": name,
            "licence": sorted(known.licences),
            "commit": next(iter(known.commits)) if len(known.commits) == 1 else "",
            "commits": len(known.commits),
            "pairs": known.pairs,
        }
        for name, known in sorted(found.items(), key=lambda row: row[0].lower())
    ]
