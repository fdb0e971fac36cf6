"""Turn collected changes into training pairs: real hunks, and half-applied commits where a mirror is at hand.

Run: ``hrgc-train pairs-commits --mirrors DIR``. One raw part per repository (a part that is there is not made again),
then one pass that drops duplicates and writes ``train/`` and ``heldout/``, split by organisation.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hrgc import tokens
from hrgc.tokens import Intent
from trainer import (
    change,
    gitlog,
    half_applied,
    plan_extract,
    raw_parts,
    record,
    sample,
    scene,
    secrets_filter,
    split,
    synth,
)  # fmt: skip
from trainer.change import Change
from trainer.commit_helper import CommitHelper
from trainer.git_process import Objects
from trainer.gitlog import Repository
from trainer.plan_extract import Edit, ExtractedPlan
from trainer.sample import Kind, Sample

MAX_HUNK = 16
"""Lines of a hunk on either side."""
MAX_PROBLEM_WORDS = 20
_BATCH = 64


@dataclass(frozen=True)
class CommitPairsConfig:
    """Which changes become pairs, and how."""

    changes: str = ".data/changes"
    out: str = ".data/pairs-commits"
    mirrors: str = ""
    """Clones or bare mirrors the changes came from, separated by commas; '' leaves half-applied commits out."""
    goroot: str = ""
    max_steps: int = 24
    """Changes with more hunks give no pairs."""
    tests: bool = False
    """Take edits of _test.go files too."""
    refine_share: float = 0.12
    """Part of the build pairs that carry failed attempts."""
    seed: int = 31
    workers: int = 1
    cluster: str = ""


def main(config: CommitPairsConfig) -> None:
    """Write raw parts, then the split pairs and their manifest."""
    out = Path(config.out)
    raw_parts.begin(out)
    sources = [str(path) for path in change.parts(Path(config.changes))]
    CommitHelper.build(config.goroot).close()  # once, before several workers ask for it
    record.save_config(out, "pairs-commits", config, changes=record.data_hash(Path(config.changes)))
    raw_parts.make(out, make_part, config, sources, workers=config.workers, cluster=config.cluster)


def make_part(config: CommitPairsConfig, source: str) -> int:
    """Write the raw pairs of one repository and return how many; one that is there is only counted."""
    out = Path(config.out)
    stem = Path(source).name.removesuffix(change.SUFFIX)
    path = out / raw_parts.RAW / f"{stem}.jsonl.gz"
    counts_path = raw_parts.counts_of(path)
    if counts_path.is_file():
        return int(record.read_json(counts_path)["pairs"])
    counts: Counter[str] = Counter()
    objects = mirror(config.mirrors, stem)
    try:
        with CommitHelper.build(config.goroot) as helper:
            maker = Maker(config, helper, objects, counts)
            counts["pairs"] = sample.write(path, maker.samples(change.read(Path(source))))
            counts["helper replaced"] = helper.deaths
    finally:
        if objects is not None:
            objects.close()
    record.write_json(counts_path, dict(sorted(counts.items())))
    return counts["pairs"]


def mirror(mirrors: str, stem: str) -> Objects | None:
    """Return a reader of the repository's objects, None when its mirror is not among *mirrors*."""
    if not mirrors:
        return None
    for path in gitlog.find(mirrors):
        repository = Repository(path)
        if change.part_name(repository.name) == stem:
            return repository.objects()
    return None


class Maker:
    """Makes the pairs of one repository."""

    def __init__(
        self, config: CommitPairsConfig, helper: CommitHelper, objects: Objects | None, counts: Counter[str]
    ) -> None:
        """Read packages through *objects*, None for hunks alone; count into *counts*."""
        self._config = config
        self._helper = helper
        self._objects = objects
        self._counts = counts

    def samples(self, items: Iterator[Change]) -> Iterator[Sample]:
        """Yield the pairs of *items*, change by change."""
        while batch := list(itertools.islice(items, _BATCH)):
            for item, edits in plan_extract.edits(batch, self._helper):
                self._counts["changes"] += 1
                if split.refused(item.repository):
                    self._counts["dropped: refused repository"] += 1
                elif not edits or len(edits) > self._config.max_steps:
                    self._counts["dropped: too many hunks" if edits else "dropped: no hunk"] += 1
                else:
                    plan = plan_extract.extract(item, edits)
                    yield from self._half_applied(item, plan)
                    yield from self._hunks(item, plan, edits)

    def _half_applied(self, item: Change, plan: ExtractedPlan) -> Iterator[Sample]:
        """Yield the pairs that need the whole package."""
        if self._objects is None:
            return
        chance = random.Random(f"{self._config.seed}:{item.commit}")
        seed = chance.getrandbits(48)
        rows = list(half_applied.records(item, self._objects, self._helper, self._counts, seed=seed))
        for _, group in itertools.groupby(rows, key=lambda row: (row["path"], row["symbol"])):
            made = [found for row in group if (found := self._of_record(item, plan, row, chance)) is not None]
            builds = [found for found in made if found.findings]
            for found in made:
                yield self._staged(found, builds, chance)

    def _of_record(
        self, item: Change, plan: ExtractedPlan, row: dict[str, Any], chance: random.Random
    ) -> Sample | None:
        """Return a record of the helper as a sample without its history."""
        if secrets_filter.secret_in("\n".join(row["window"])):
            self._counts["dropped: secret in code"] += 1
            return None
        row = synth.cleaned(row)
        real = row["group"] == "commit"
        made = self._placed(item, {**row, "group": "behaviour" if real else "build"}, row["path"])
        if made is None:
            return None
        self._counts[f"made: {row['rule']}"] += 1
        if real:
            return replace(made, kind=Kind.COMMIT, intent=plan.intent.value, problem=problem_of(item))
        told = problem_of(item) if chance.random() < 0.25 else scene.problem(made, chance)
        return replace(made, problem=told)

    def _staged(self, found: Sample, siblings: list[Sample], chance: random.Random) -> Sample:
        """Give a build pair its failed attempts, and some pairs no context."""
        if found.findings and chance.random() < self._config.refine_share:
            found = replace(found, tried=scene.attempts(found, siblings, chance))
        return replace(found, context=()) if chance.random() < 0.15 else found

    def _hunks(self, item: Change, plan: ExtractedPlan, edits: tuple[Edit, ...]) -> Iterator[Sample]:
        """Yield one pair per hunk that fits a step."""
        for edit, planned in zip(edits, plan.steps, strict=True):
            made = self._hunk(item, edit, planned.step.intent)
            if made is not None:
                self._counts["made: hunk alone"] += 1
                yield made

    def _hunk(self, item: Change, edit: Edit, intent: Intent) -> Sample | None:
        """Return one hunk as a sample, None when it is no small step."""
        if reason := hunk_refused(edit, tests=self._config.tests):
            self._counts[f"dropped: {reason}"] += 1
            return None
        state = edit.state
        row = {
            "window": [line.strip() for line in state.lines],
            "fix": {"first": state.first, "last": state.last, "lines": list(state.new)},
            "op": edit.op.value, "kind": edit.target.value, "symbol": edit.symbol, "rule": "hunk alone",
            "group": "behaviour", "diags": [], "context": [], "pkg": "",
        }  # fmt: skip
        made = self._placed(item, row, edit.path)
        if made is None:
            return None
        return replace(made, kind=Kind.COMMIT, intent=intent.value, problem=problem_of(item))

    def _placed(self, item: Change, row: dict[str, Any], path: str) -> Sample | None:
        """Return a record as a sample of its organisation, with where it comes from."""
        made = synth.to_sample(row, "git")
        if made is None or not made.mark:
            self._counts["dropped: no place in the window"] += 1
            return None
        source = f"{item.repository}@{item.commit[:12]}:{path} {item.licence}"
        return replace(made, origin=item.organisation, source=source)


def hunk_refused(edit: Edit, *, tests: bool) -> str:
    """Return why a hunk is no step of a plan, '' when it is one."""
    state = edit.state
    shown = [" ".join(line.split()) for line in state.lines if line.strip()]
    reasons = (
        ("test file", edit.path.endswith("_test.go") and not tests),
        ("does not parse", not edit.parses),
        ("no window", bool(edit.whole) or not 1 < len(shown) <= tokens.MAX_LINES),
        ("long hunk", state.last - state.first >= MAX_HUNK or len(state.new) > MAX_HUNK),
        ("several declarations", max(map(_declarations, (state.lines, state.repaired))) > 1),
        ("only blanks", shown == [" ".join(line.split()) for line in state.repaired if line.strip()]),
    )
    return next((reason for reason, holds in reasons if holds), "")


def problem_of(item: Change) -> str:
    """Return a change's subject as a request: no area in front, few words."""
    return " ".join(item.title.lstrip("-*# ").split()[:MAX_PROBLEM_WORDS])


def _declarations(lines: Sequence[str]) -> int:
    """Return how many functions and types start in *lines*."""
    return sum(line.startswith(("func ", "type ")) for line in lines)
