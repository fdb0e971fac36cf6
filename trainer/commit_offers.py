"""What the catalogue proposes where people mended something: real small changes, and the candidate that makes each.

Run: ``hrgc-train offers-commits --mirrors DIR`` behind ``collect-git``. Of changes that say they fix something, every
small hunk of a function is taken back alone; where the state still checks and one of the catalogue's candidates makes
the hunk, all candidates are kept, in the form of ``hrgc-train offers``. One part per repository, below its split.
With ``--build`` it is the states that do not check, of all changes, and the repairs of build errors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrgc.tokens import Intent
from trainer import change, commit_pairs, half_applied, intents, offers, raw_parts, record, split
from trainer.change import Change
from trainer.commit_helper import CommitHelper
from trainer.git_process import Objects


@dataclass(frozen=True)
class CommitOffersConfig:
    """Which changes are looked at."""

    mirrors: str
    """Clones or bare mirrors the changes came from, separated by commas."""
    changes: str = ".data/changes"
    out: str = ".data/offers-commits"
    goroot: str = ""
    any_intent: bool = False
    """Take changes that do not say they fix something too."""
    build: bool = False
    """Keep the repairs of states that do not build, in place of behaviour edits."""
    max_lines: int = 12
    """Changed lines of a file at most, tests left out."""
    offers: int = 48
    """Candidates kept of each hunk, besides those that make it."""
    seed: int = 43
    workers: int = 1
    cluster: str = ""


def main(config: CommitOffersConfig) -> None:
    """Write one part per repository, and the manifest."""
    out = Path(config.out)
    CommitHelper.build(config.goroot).close()  # once, before several workers ask for it
    record.save_config(out, "offers-commits", config, changes=record.data_hash(Path(config.changes)))
    sources = [str(path) for path in change.parts(Path(config.changes))]
    raw_parts.each(make_part, config, sources, "tasks", workers=config.workers, cluster=config.cluster)
    offers.save_manifest(out)


def make_part(config: CommitOffersConfig, source: str) -> int:
    """Write one repository's tasks and return how many; a part that is there is only counted."""
    stem = Path(source).name.removesuffix(change.SUFFIX)
    name = change.repository_of(stem)
    return offers.write_part(Path(config.out), name, lambda counts: _of_changes(config, Path(source), stem, counts))


def _of_changes(config: CommitOffersConfig, source: Path, stem: str, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Yield the tasks of one repository's changes, none without its mirror."""
    objects = commit_pairs.mirror(config.mirrors, stem)
    if objects is None:
        counts["dropped: no mirror"] += 1
        return
    try:
        with CommitHelper.build(config.goroot) as helper:
            yield from _tasks(config, source, objects, helper, counts)
    finally:
        objects.close()


def _tasks(
    config: CommitOffersConfig, source: Path, objects: Objects, helper: CommitHelper, counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Yield the hunks that the catalogue can make."""
    for item in change.read(source):
        counts["changes"] += 1
        if split.refused(item.repository) or not (config.any_intent or config.build or mends(item)):
            counts["dropped: says no fix"] += 1
        elif not small(item, config.max_lines):
            counts["dropped: large"] += 1
        else:
            found = half_applied.records(
                item, objects, helper, counts, seed=config.seed, offers=config.offers, build=config.build
            )
            for row in found:
                counts["tasks"] += 1
                yield {"symbol": row["symbol"], "rule": row["rule"], "offers": row["offers"]}


def mends(item: Change) -> bool:
    """Tell whether a change says that it fixes something."""
    return intents.of_text(item.title, item.body) == Intent.FIX


def small(item: Change, lines: int) -> bool:
    """Tell whether a change touches one or two source files in at most so many *lines* each, tests left out."""
    touched = [file for file in item.files if file.path.endswith(".go") and not file.path.endswith("_test.go")]
    return 0 < len(touched) <= 2 and all(
        sum(change.changed_lines(region.body) for region in file.regions) <= lines for file in touched
    )
