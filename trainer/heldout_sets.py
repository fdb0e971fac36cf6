"""Evaluation sets of real changes from the held-out organisations: BuildFix-Real and CommitFix.

Run: ``hrgc-train heldout-sets``. BuildFix-Real are half-applied commits (true mid-edit build errors), CommitFix real
hunks whose package checks before and behind them. Both are drawn evenly over repositories, the same for the same seed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import InputError
from trainer import pack, record, sample, split
from trainer.sample import Sample

SETS: dict[str, str] = {"buildfix-real": "half-applied", "commitfix": "hunk"}
"""Set -> the rule of its pairs."""


@dataclass(frozen=True)
class HeldoutSetsConfig:
    """Which sets are drawn, from what."""

    pairs: str = ".data/pairs-commits/heldout"
    out: str = ".data/heldout-sets"
    size: int = 1000
    """Pairs of each set, fewer when there are no more."""
    seed: int = 41


def main(config: HeldoutSetsConfig) -> None:
    """Write each set and the manifest; raises InputError when a pair is not from a held-out organisation."""
    out = Path(config.out)
    record.save_config(out, "heldout-sets", config)
    items = [item for path in pack.pair_files(config.pairs) for item in sample.read(path)]
    foreign = next((item.source for item in items if split.of(item.source) != split.HELD), "")
    if foreign:
        raise InputError(f"{foreign} is not from a held-out organisation", "name the heldout folder of pairs-commits")
    counts: Counter[str] = Counter()
    written: list[Path] = []
    for name, rule in SETS.items():
        chosen = draw([item for item in items if item.rule == rule], config.size, config.seed)
        path = out / f"{name}.jsonl.gz"
        counts[f"set {name}"] = sample.write(path, chosen)
        counts.update(f"repository {item.source.partition('@')[0]}" for item in chosen)
        written.append(path)
    record.save_manifest(out, written, format=sample.FORMAT, counts=dict(sorted(counts.items())))


def draw(items: Iterable[Sample], size: int, seed: int) -> list[Sample]:
    """Return *size* pairs, in turn from each repository as long as it has some, in a fixed order."""
    groups: dict[str, list[Sample]] = {}
    for item in items:
        groups.setdefault(item.source.partition("@")[0], []).append(item)
    for name, group in groups.items():
        random.Random(f"{seed}:{name}").shuffle(group)
    chosen: list[Sample] = []
    while len(chosen) < size and any(groups.values()):
        for name in sorted(groups):
            if groups[name] and len(chosen) < size:
                chosen.append(groups[name].pop())
    return chosen
