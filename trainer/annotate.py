"""Annotate collected changes: NAT, MIX or CODE, a plan, the hierarchical document and its serialised form.

Run: ``hrgc-train annotate``. One part per repository; a part that is there is not made again.
"""

from __future__ import annotations

import itertools
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from trainer import change, hierarchy, plan_extract, record
from trainer.change import Change
from trainer.commit_helper import CommitHelper

SUFFIX = ".plans.jsonl.gz"
NAT, MIX, CODE = "NAT", "MIX", "CODE"
_CODE_IN_TEXT = re.compile(r"```|`[^`\n]+`|^(?: {4}|\t)\S", re.MULTILINE)
_BATCH = 64
"""Changes of one request to the helper."""


@dataclass(frozen=True)
class AnnotateConfig:
    """What is annotated."""

    changes: str = ".data/changes"
    """Folder that a collect stage wrote."""
    out: str = ".data/plans"
    goroot: str = ""
    max_steps: int = 12
    """Changes with more steps have no plan a person would write."""


def tag_text(text: str) -> str:
    """Return NAT for prose, MIX for prose with code in it, '' for nothing."""
    if not text.strip():
        return ""
    return MIX if _CODE_IN_TEXT.search(text) else NAT


def tags_of(item: Change) -> tuple[str, ...]:
    """Return the kinds of content a change holds, in table order."""
    texts = [item.title, item.body, *(remark.text for remark in item.remarks)]
    found = {tag_text(text) for text in texts} | ({CODE} if item.files else set())
    return tuple(tag for tag in (NAT, MIX, CODE) if tag in found)


def main(config: AnnotateConfig) -> None:
    """Write one part of annotated changes per repository, then the manifest with its counts."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    sources = change.parts(Path(config.changes))
    record.save_config(out, "annotate", config, changes=record.data_hash(Path(config.changes)))
    begun = time.monotonic()
    with CommitHelper.build(config.goroot) as helper:
        for source in tqdm(sources, desc="repositories", unit="repository"):
            stem = source.name.removesuffix(change.SUFFIX)
            counts_path = out / f"{stem}.counts.json"
            if not counts_path.is_file():
                counts: Counter[str] = Counter()
                change.write_rows(out / f"{stem}{SUFFIX}", annotated(change.read(source), helper, config, counts))
                record.write_json(counts_path, dict(sorted(counts.items())))
    totals: Counter[str] = Counter()
    for path in sorted(out.glob("*.counts.json")):
        totals.update(record.read_json(path))
    parts = change.parts(out, SUFFIX)
    record.save_manifest(out, parts, counts=dict(sorted(totals.items())), seconds=round(time.monotonic() - begun, 1))


def annotated(
    items: Iterator[Change], helper: CommitHelper, config: AnnotateConfig, counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Yield the documents of *items* with their serialised form, counting what they hold."""
    while batch := list(itertools.islice(items, _BATCH)):
        for read, edits in plan_extract.edits(batch, helper):
            item = replace(read, tags=tags_of(read))
            counts.update(("changes", f"source {item.repository}", f"licence {item.licence}"))
            counts.update(f"tag {tag}" for tag in item.tags)
            if not edits or len(edits) > config.max_steps:
                counts["dropped: too many steps" if edits else "dropped: no step"] += 1
                continue
            plan = plan_extract.extract(item, edits)
            counts[f"intent {plan.intent.value}"] += 1
            counts["intent stated"] += plan.stated
            counts.update(f"operation {edit.op.value}" for edit in edits)
            counts.update(f"target {edit.target.value}" for edit in edits)
            row = hierarchy.document(item, plan, edits)
            row["serialised"] = hierarchy.to_json(hierarchy.serialise(item, plan, edits))
            yield row
