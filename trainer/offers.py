"""What the catalogue proposes for broken functions, and which of it is the repair: what the edit scorer learns from.

Run: ``hrgc-train offers --mirrors DIR``. Every function of a repository's newest commit is broken as ``pairs-source``
does it, and the catalogue's candidates of the broken text are kept with those that mend it. One part per repository,
below the split its organisation belongs to. With ``--build`` functions are broken so that they do not build.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrgc.errors import GoToolError, InputError
from trainer import (
    change,
    commit_helper,
    gitlog,
    gosource,
    raw_parts,
    record,
    rows,
    source_pairs,
    split,
    synth,
)
from trainer.gitlog import Repository
from trainer.synth import SynthConfig

STANDARD = "std"
"""Stands for the standard library among the sources."""
SUFFIX = ".jsonl.gz"
"""Of the parts."""
STANDARD_PARTS = 24
"""Of the standard library's packages one in so many is read."""


@dataclass(frozen=True)
class OffersConfig:
    """Which repositories are broken, and how much is kept."""

    mirrors: str
    """Clones, bare mirrors, or folders of them, separated by commas."""
    out: str = ".data/offers"
    goroot: str = ""
    build: bool = False
    """Break builds, and keep their repairs, in place of behaviour."""
    per_function: int = 2
    """Versions of each function."""
    tasks: int = 700
    """Of a repository, about: only some packages of large ones are read."""
    offers: int = 48
    """Candidates kept of each, besides those that mend it."""
    seed: int = 41
    workers: int = 1
    cluster: str = ""


def main(config: OffersConfig) -> None:
    """Write one part per repository and the standard library, and the manifest."""
    out = Path(config.out)
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    commit_helper.binary(goroot)  # once, before several workers ask for it
    record.save_config(out, "offers", config)
    sources = [STANDARD, *(str(path) for path in gitlog.find(config.mirrors))]
    raw_parts.each(make_part, config, sources, "tasks", workers=config.workers, cluster=config.cluster)
    save_manifest(out)


def save_manifest(out: Path) -> None:
    """Write the manifest of all parts, with what was counted."""
    written = [*parts(out, split.TRAIN), *parts(out, split.HELD)]
    counts: Counter[str] = Counter()
    for path in written:
        counts.update(record.read_json(raw_parts.counts_of(path)))
    record.save_manifest(out, written, counts=dict(sorted(counts.items())))


def parts(folder: Path, place: str) -> list[Path]:
    """Return the parts of a split in order, none when there are none."""
    return sorted((folder / place).glob(f"*{SUFFIX}"))


def repository_of(path: Path) -> str:
    """Return the ``owner/name`` that a part is of."""
    return change.repository_of(path.name.removesuffix(SUFFIX))


def make_part(config: OffersConfig, source: str) -> int:
    """Write one repository's tasks and return how many; a part that is there is only counted."""
    repository = None if source == STANDARD else _repository(source)
    name = repository.name if repository else STANDARD
    if source != STANDARD and (repository is None or split.refused(name)):
        return 0
    return write_part(Path(config.out), name, lambda counts: _of_source(config, repository, counts))


def write_part(out: Path, name: str, tasks: Callable[[Counter[str]], Iterator[dict[str, Any]]]) -> int:
    """Write the part of repository *name* and return how many tasks it has; one that is there is only counted.

    The counts that *tasks* fills in come last, so a part with them is whole.
    """
    path = out / split.of(name) / f"{change.part_name(name)}{SUFFIX}"
    counts_path = raw_parts.counts_of(path)
    if counts_path.is_file():
        return int(record.read_json(counts_path)["tasks"])
    counts: Counter[str] = Counter(tasks=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    rows.append(path, tasks(counts))
    record.write_json(counts_path, dict(counts))
    return counts["tasks"]


def _of_source(config: OffersConfig, repository: Repository | None, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a repository, of the standard library when it is None."""
    if repository is None:
        yield from _tasks(config, "", counts, config.per_function, STANDARD_PARTS)
    elif reason := source_pairs.refusal(repository)[0]:
        counts[f"dropped: {reason}"] += 1
    else:
        with tempfile.TemporaryDirectory(prefix="hrgc-") as scratch:
            functions = source_pairs.write_tree(repository, Path(scratch), Counter())
            each = max(1, min(config.per_function, config.tasks // max(1, functions)))
            packages = {found.parent for found in Path(scratch).rglob("*.go")}
            share = max(1, min(len(packages), functions * each // max(1, config.tasks)))
            yield from _tasks(config, scratch, counts, each, share)


def _repository(source: str) -> Repository | None:
    """Open a clone or mirror, None when it is none."""
    try:
        return Repository(Path(source))
    except InputError:
        return None


def _tasks(config: OffersConfig, folder: str, counts: Counter[str], each: int, share: int) -> Iterator[dict[str, Any]]:
    """Yield the broken functions that the catalogue can mend, of one in *share* of the packages below *folder*."""
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    settings = SynthConfig(
        folders=folder,
        per_function=each,
        build_share=float(config.build),
        clean_share=0.0,
        tolerant=bool(folder),
        seed=config.seed,
        parts=share,
    )
    try:
        for row in synth.records(commit_helper.binary(goroot), goroot, settings, 1 % share, offers=config.offers):
            counts["broken"] += 1
            if row.get("offers"):
                counts["tasks"] += 1
                yield {"symbol": row["symbol"], "rule": row["rule"], "offers": row["offers"]}
    except GoToolError as error:
        counts[f"failed: {error.message[:80]}"] += 1
