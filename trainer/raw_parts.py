"""Raw parts of pairs, one a repository, and the pass over all of them that drops duplicates and splits.

A part that is there is not made again. Its counts are written last, so that a part with them is whole.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from trainer import change, partition, record, sample, split
from trainer.dedupe import Deduplicator

Config = TypeVar("Config")

RAW = "raw"
"""Folder of the parts."""


def begin(out: Path) -> None:
    """Make the folders; what is there is unfinished from now on."""
    (out / RAW).mkdir(parents=True, exist_ok=True)
    (out / record.MANIFEST).unlink(missing_ok=True)


def counts_of(part: Path) -> Path:
    """Return where a raw part's counts are; they are written last, so that a part with them is whole."""
    return part.with_name(part.name.removesuffix(".jsonl.gz") + ".counts.json")


def make(
    out: Path, part: Callable[[Config, str], int], config: Config, sources: Sequence[str], *, workers: int, cluster: str
) -> None:
    """Make every source's part, then the split pairs and their manifest."""
    begun = time.monotonic()
    each(part, config, sources, "pairs", workers=workers, cluster=cluster)
    combine(out, seconds=time.monotonic() - begun)


def each(
    part: Callable[[Config, str], int], config: Config, sources: Sequence[str], unit: str, *, workers: int, cluster: str
) -> None:
    """Make every source's part and tell how many of *unit* each has."""
    jobs = partition.each(part, config, sources, workers=workers, cluster=cluster)
    for name, count in tqdm(jobs, total=len(sources), desc="repositories", unit="repository"):
        tqdm.write(f"{name}: {count} {unit}")


def combine(out: Path, *, seconds: float) -> None:
    """Drop duplicates over all raw parts and write the splits; held-out organisations go first, so none leaks."""
    parts = [path for path in change.parts(out / RAW, ".jsonl.gz") if counts_of(path).is_file()]
    parts.sort(key=lambda path: split.of(change.repository_of(path.name)) != split.HELD)
    seen = Deduplicator()
    counts: Counter[str] = Counter()
    for path in parts:
        counts.update({key: value for key, value in record.read_json(counts_of(path)).items() if key != "pairs"})
    written: list[Path] = []
    for path in tqdm(parts, desc="deduplicating", unit="repository"):
        place = split.of(change.repository_of(path.name))
        target = out / place / path.name
        if change.write_lines(target, _unseen(path, seen, counts, place)):
            written.append(target)
        else:
            target.unlink()
    record.save_manifest(
        out, written, format=sample.FORMAT, counts=dict(sorted(counts.items())), seconds=round(seconds, 1)
    )


def _unseen(path: Path, seen: Deduplicator, counts: Counter[str], place: str) -> Iterator[bytes]:
    """Yield the lines of a part whose samples are new, counting them by what they hold."""
    rows = ((line, sample.from_row(json.loads(line))) for line in change.read_lines(path))
    for line, item, reason in seen.judged(rows):
        if reason:
            counts[f"duplicate: {reason}"] += 1
            continue
        counts[f"{place} pairs"] += 1
        counts[f"{place} {item.kind.name.lower()}"] += 1
        counts.update(sample.facets(item))
        yield line
