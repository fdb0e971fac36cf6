"""How far the making of task sets has come: what was looked at, what dropped out and why; kept beside the sets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from trainer import record, rows

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_FILE = "progress.json"


@dataclass
class Progress:
    """What one command did for its sets so far."""

    folder: Path
    """Where it is kept."""
    done: set[str] = field(default_factory=set)
    """What was looked at and is not looked at again."""
    counts: Counter[str] = field(default_factory=Counter)
    """What was read, made and dropped, by reason."""

    @classmethod
    def read(cls, folder: Path, *, started: bool) -> Progress:
        """Return what *folder* holds; nothing when the sets are not *started*."""
        if not started or not (folder / _FILE).is_file():
            return cls(folder)
        kept = record.read_json(folder / _FILE)
        return cls(folder, set(kept["done"]), Counter(kept["counts"]))

    def add(self, names: Iterable[str]) -> None:
        """Note what was looked at, and write everything."""
        self.done |= set(names)
        record.write_json(self.folder / _FILE, {"done": sorted(self.done), "counts": dict(sorted(self.counts.items()))})

    def finish(self, stage: str, config: DataclassInstance, paths: Mapping[str, Path]) -> None:
        """Print what was made of how much, and save it with the configuration; *paths* are the sets by group."""
        sets = {path.name: _facts(path) for path in paths.values() if path.is_file()}
        for name, facts in sets.items():
            click.echo(f"{name}: {facts['tasks']} tasks of {len(facts['repositories'])} repositories")
        for what, number in sorted(self.counts.items()):
            click.echo(f"  {what}: {number}")
        record.save_config(self.folder, stage, config, sets=sets, counts=dict(sorted(self.counts.items())))


def _facts(path: Path) -> dict[str, Any]:
    """Return how many tasks a set holds, of which repositories, and the hash of its file."""
    found = Counter(row["repository"] for row in rows.read(path))
    return {
        "tasks": found.total(),
        "repositories": dict(found.most_common()),
        "sha256": record.sha256(path),
    }
