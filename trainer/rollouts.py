"""Phase 2: the model's own wrong edits become samples, with what the type checker says of them.

Run: ``hrgc-train rollouts --model hrgc-27m-q8_0 --pairs .data/pairs-std --out .data/rollouts`` (or ``--run``
for a checkpoint). The model repairs training windows round by round as it would at run time; deliberate errors are
mixed in. Every edit is judged by the Go helper. A window with wrong edits becomes a sample whose history tells of them
and whose right control is ``<REFINE>``; a wrong edit that a checker can see also gives the state it leads to, with the
real findings there, as a sample of its own. ``hrgc-train pack`` takes the results like other pairs.
"""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.model import Model
from hrgc.model_choice import loader
from hrgc.plugin import Budget
from hrgc.tokens import Target
from trainer import export, gosource, pack, raw_parts, record, sample, scene, synth
from trainer.commit_helper import CommitHelper
from trainer.rollout_packages import Packages
from trainer.rollout_state import Checker, Edit, Place, Verdict, find
from trainer.sample import Kind, Sample

RULE, STATE_RULE = "rollout", "rollout-state"
_KINDS = (Kind.BUILD, Kind.BEHAVIOUR, Kind.SYNTAX)


@dataclass(frozen=True)
class RolloutsConfig:
    """Which windows, and how they are tried."""

    pairs: str = ".data/pairs-std"
    out: str = ".data/rollouts"
    model: str = ""
    """A GGUF or its name; '' for the default one."""
    run: str = ""
    """Folder with a checkpoint to export first, instead of *model*."""
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    goroot: str = ""
    source: str = ""
    """Folder that the pairs' packages lie in; '' for the toolchain's own sources."""
    mirrors: str = ""
    """Clones, bare mirrors, or folders of them, that pairs of repositories were made from, separated by commas."""
    windows: int = 20_000
    """Windows to try, evenly over the pairs."""
    minutes: float = 0.0
    """Time after which no further part is begun, so that a later call goes on; 0 for no limit."""
    part: int = 50
    """Windows of one output file; files that are there are not made again."""
    rounds: int = 3
    """Most rounds of a window."""
    texts: int = 4
    """Texts written for a plan."""
    plans: int = 8
    """Most probable plans that one is drawn from."""
    deliberate_share: float = 0.3
    """Part of the windows that begin with errors made on purpose."""
    state_share: float = 0.5
    """Part of the faulty states behind wrong edits that are kept as samples of their own."""
    seconds: float = 20.0
    """Most time of one question to the model."""
    dev_share: float = 0.02
    """Origins that ``pack`` would hold out are left alone."""
    seed: int = 41


class Explorer:
    """Tries windows with one model."""

    def __init__(self, config: RolloutsConfig, model: Model, checker: Checker, packages: Packages) -> None:
        """Look for the windows in *packages*."""
        self.config, self._model, self._checker, self._packages = config, model, checker, packages
        self.counts: Counter[str] = Counter()

    def explore(self, item: Sample, chance: random.Random) -> Iterator[Sample]:
        """Yield the samples that trying to repair *item* leaves."""
        place = find(item, self._packages.files(item))
        self.counts["windows"] += 1
        if place is None:
            self.counts["not found"] += 1
            return
        plain = replace(item, tried=())
        wrong: list[Edit] = []
        if chance.random() < self.config.deliberate_share:
            made = [Edit.attempt(tried) for tried in scene.attempts(plain, [], chance)]
            yield from self._judged(plain, place, made, wrong, chance)
        for _ in range(self.config.rounds):
            proposed = self._proposed(replace(plain, tried=tuple(edit.tried for edit in wrong)), chance)
            right = len(wrong)
            yield from self._judged(plain, place, proposed, wrong, chance)
            if len(wrong) == right:
                break
        if wrong:
            self.counts["with wrong edits"] += 1
            yield replace(plain, tried=tuple(edit.tried for edit in wrong[-4:]), rule=RULE)

    def _proposed(self, item: Sample, chance: random.Random) -> list[Edit]:
        """Return the model's texts for a plan drawn by its probability."""
        packed = sample.packed(item, self._model.count)
        if packed is None:
            return []
        marks = range(1, len(item.lines) + 1)
        config = self.config
        plans = self._model.plans(packed, marks, Target(item.target), self._budget(), limit=config.plans)
        if not plans:
            self.counts["nothing in time"] += 1
            return []
        plan = chance.choices(plans, [math.exp(choice.logprob) for choice in plans])[0]
        seed = chance.randrange(1 << 30)
        texts = self._model.write(packed, plan, self._budget(), count=config.texts, seed=seed)
        if not texts:
            self.counts["nothing in time"] += 1
        return [Edit.written(plan, text) for text in texts]

    def _budget(self) -> Budget:
        """Return the time of one question."""
        return Budget(deadline=time.monotonic() + self.config.seconds)

    def _judged(
        self, item: Sample, place: Place, proposed: list[Edit], wrong: list[Edit], chance: random.Random
    ) -> Iterator[Sample]:
        """Judge edits until one is right, add up to two wrong ones to *wrong*, and yield the states behind them."""
        before = len(wrong)
        for edit in proposed:
            if len(wrong) == before + 2 or any(edit.repeats(other, item.lines) for other in wrong):
                continue
            verdict, row = self._checker.judge(item, place, edit)
            self.counts[verdict.value] += 1
            if verdict == Verdict.RIGHT:
                return
            if verdict == Verdict.WRONG:
                wrong.append(edit)
                if row is not None and chance.random() < self.config.state_share:
                    yield from self._state(item, row, chance)

    def _state(self, item: Sample, row: dict[str, Any], chance: random.Random) -> Iterator[Sample]:
        """Yield the state that a wrong edit leads to, with its findings and the hunk that is next."""
        made = synth.to_sample(synth.cleaned(row), "")
        if made is not None and made.op:
            self.counts["states"] += 1
            asked = scene.problem(made, chance)
            yield replace(made, origin=item.origin, source=item.source, problem=asked, rule=STATE_RULE)


def chosen(config: RolloutsConfig) -> list[Sample]:
    """Return the windows to try, evenly over the pairs; never more than twice as many are held at once."""
    rows = (
        item
        for path in pack.pair_files(config.pairs)
        for item in sample.read(path)
        if item.kind in _KINDS and item.op and not pack.held_out(item.origin, config.dev_share)
    )
    kept: list[Sample] = []
    step = 1
    for number, item in enumerate(rows):
        if number % step == 0:
            kept.append(item)
        if len(kept) > 2 * config.windows:
            kept, step = kept[::2], 2 * step
    count = min(len(kept), config.windows)
    return [kept[at * len(kept) // count] for at in range(count)]


def main(config: RolloutsConfig) -> None:
    """Write one file of pairs for every part of the windows, and the manifest; raises HrgcError."""
    out = Path(config.out)
    spec = config.model
    if config.run:
        spec = str(out / "model.gguf")
        export.main(export.ExportConfig(config.run, spec, config.tokenizer))
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    packages = Packages(Path(config.source) if config.source else goroot / "src", config.mirrors)
    record.save_config(out, "rollouts", config)
    items = chosen(config)
    model = loader(spec)()
    until = time.monotonic() + 60 * config.minutes if config.minutes else math.inf
    paths = []
    try:
        with CommitHelper.build(config.goroot) as helper:
            for number, start in enumerate(tqdm(range(0, len(items), config.part), desc="parts", unit="part")):
                path = out / f"rollouts-{number:04d}.jsonl.gz"
                if not raw_parts.counts_of(path).is_file():
                    if time.monotonic() >= until:
                        break
                    explorer = Explorer(config, model, Checker(helper), packages)
                    _make_part(path, explorer, items[start : start + config.part], start)
                paths.append(path)
    finally:
        model.close()
    counts: Counter[str] = Counter()
    for path in paths:
        counts.update(record.read_json(raw_parts.counts_of(path)))
    record.save_manifest(out, paths, format=sample.FORMAT, counts=dict(sorted(counts.items())))
    tqdm.write(f"{out}: {dict(counts)}")


def _make_part(path: Path, explorer: Explorer, items: list[Sample], start: int) -> None:
    """Write the samples of one part of the windows, the same ones in every run, then what was counted."""
    begun = time.monotonic()
    counts = explorer.counts

    def made() -> Iterator[Sample]:
        for number, item in enumerate(tqdm(items, desc="windows", unit="window", mininterval=5), start=start):
            for found in explorer.explore(item, random.Random(f"{explorer.config.seed}:{number}")):
                counts.update(sample.facets(found))
                yield found

    counts["samples"] = sample.write(path, made())
    counts["seconds"] = round(time.monotonic() - begun)
    record.write_json(raw_parts.counts_of(path), dict(counts))
