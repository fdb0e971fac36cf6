"""Which repositories training pairs were made from, at which commits and under which licences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from trainer import gitlog, sample, source_pairs
from trainer.gitlog import Repository

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


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the rows that a release wrote, none without one."""
    path = folder / FILE
    return list(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else []


def of_mirrors(names: Iterable[str], mirrors: str) -> list[dict[str, Any]]:
    """Return the repositories among *names* that are below *mirrors*, with the newest commit and its licence."""
    wanted = set(names)
    found = (Repository(path) for path in gitlog.find(mirrors))
    return [
        {"repository": one.name, "licence": source_pairs.refusal(one)[1], "commit": one.head[:12]}
        for one in found
        if one.name in wanted
    ]


def with_offers(rows: Sequence[dict[str, Any]], offered: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows of ``gather`` and one for each further repository that only the edit scorer learned from."""
    known = {row["repository"] for row in rows}
    more = {
        row["repository"]: {**row, "licence": [row["licence"]], "commits": 1, "pairs": 0}
        for row in offered
        if row["repository"] not in known
    }
    return sorted((*rows, *more.values()), key=lambda row: str(row["repository"]).lower())
