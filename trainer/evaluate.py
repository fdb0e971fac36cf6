"""Measure a checkpoint on held-out pairs: where, what, which text, and when to stop.

Run: ``hrgc-train evaluate --run .data/run --pairs .data/pairs-std --limit 600``. Lines are ranked as at run
time: by the sum over operations of p(operation) p(line | operation). Every share comes with its 95 % Wilson interval.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from hrgc import prompt, tokens
from hrgc.tokens import Intent, Op, Target
from trainer import checkpoint, pack, record, sample
from trainer.intervals import wilson
from trainer.model import Network
from trainer.sample import Kind, Part, Sample
from trainer.tokenizer import Tokenizer

OPS_EXPANDED = 6
"""Operations whose lines are looked at; the rest of the probability is left out."""


@dataclass(frozen=True)
class EvaluateConfig:
    """What is measured on what."""

    run: str = ".data/run"
    pairs: str = ".data/pairs-std"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    out: str = ".data/evaluation.json"
    limit: int = 600
    """Samples, taken evenly over the held-out ones."""
    max_tokens: int = 512
    dev_share: float = 0.02
    threads: int = 2
    h_cycles: int = 0
    l_cycles: int = 0


@dataclass(frozen=True)
class Judged:
    """What the model says about one sample."""

    group: str
    """Kind, and for behaviour what evidence there was."""
    control: str
    control_right: bool
    op_place: int = 0
    """1-based place of the right operation among all."""
    line_place: int = 0
    """1-based place of the right line among all."""
    pair_place: int = 0
    """1-based place of the right (operation, line) pair."""
    code_exact: bool = False
    """Greedy text behind the right plan equals the repair."""
    intent_right: bool = False
    target: str = ""
    """The target that the model names behind the right intent."""
    wanted: str = ""
    """The right target."""


def held_out(config: EvaluateConfig) -> Iterator[Sample]:
    """Yield the held-out samples of the files of pairs."""
    for path in pack.pair_files(config.pairs):
        for item in sample.read(path):
            if pack.held_out(item.origin, config.dev_share):
                yield item


def chosen(tokenizer: Tokenizer, config: EvaluateConfig, label: str) -> Iterator[tuple[Sample, sample.Encoded]]:
    """Yield at most ``limit`` held-out samples, evenly over all, that are short enough; a bar shows *label*."""
    items = list(held_out(config))
    step = max(1, len(items) // config.limit)
    for item in tqdm(list(itertools.islice(items[::step], config.limit)), desc=label, unit="sample", mininterval=2):
        encoded = sample.encode(item, tokenizer)
        if encoded is not None and len(encoded.ids) <= config.max_tokens:
            yield item, encoded


def group_of(item: Sample) -> str:
    """Return the group a sample is reported in."""
    if item.kind != Kind.BEHAVIOUR:
        return item.kind.name.lower()
    if item.hot:
        return "behaviour, suspected lines"
    return "behaviour, failing test" if item.findings else "behaviour, no evidence"


class Judge:
    """Asks one model about samples."""

    def __init__(self, model: Network, tokenizer: Tokenizer) -> None:
        """Look up the ids of operations and lines."""
        self._model, self._tokenizer = model, tokenizer
        self._ops = torch.tensor([tokenizer.ids[op.token] for op in Op])
        self._lines = torch.tensor([tokenizer.ids[name] for name in tokens.LINE_TOKENS])
        self._intents = [tokenizer.ids[intent.token] for intent in Intent]
        self._targets = [tokenizer.ids[target.token] for target in Target]
        self._ways = [tokenizer.ids[way] for way in tokens.CONTROLLER]

    @torch.no_grad()
    def ways(self, encoded: sample.Encoded) -> list[float]:
        """Return the controller's logits behind a sample's prompt, in the order of ``hrgc.tokens.CONTROLLER``."""
        prompt_ids = torch.tensor([encoded.ids[: encoded.prompt_length]])
        last = self._model(prompt_ids, torch.tensor([encoded.prompt_length]))[0, -1]
        found: list[float] = self._model.logits(last).float()[self._ways].tolist()
        return found

    @torch.no_grad()
    def judge(self, item: Sample, encoded: sample.Encoded) -> Judged:
        """Return what the model says about *item*."""
        ids = torch.tensor([encoded.ids])
        at = encoded.prompt_length
        starts = torch.tensor([at])
        hidden = self._model(ids, starts)[0]
        ways = self._model.logits(hidden[at - 1]).float()[self._ways]
        control = tokens.CONTROLLER[int(ways.argmax())]
        right = control == item.control
        if not item.op:
            return Judged(group_of(item), control, right)
        head = encoded.ids[:at] + self._head(item)
        order, lines, pairs = self._places(item, torch.tensor(head), starts)
        code = torch.tensor([place for place, part in enumerate(encoded.parts) if part == Part.CODE])
        best = self._model.logits(hidden[code - 1]).argmax(-1)
        exact = bool((best == ids[0, code]).all())
        intent, target = self._framed(hidden, encoded)
        aimed = intent == Intent(item.intent)
        return Judged(
            group_of(item), control, right, order, lines, pairs, exact, aimed, target.value, Target(item.target).value
        )

    def _framed(self, hidden: torch.Tensor, encoded: sample.Encoded) -> tuple[Intent, Target]:
        """Return the intent the model would write, and the target behind the right intent."""
        before = encoded.prompt_length + len(prompt.plan_head())
        intents = self._model.logits(hidden[before]).float()[self._intents]
        targets = self._model.logits(hidden[before + 1]).float()[self._targets]
        return list(Intent)[int(intents.argmax())], list(Target)[int(targets.argmax())]

    def _head(self, item: Sample) -> list[int]:
        """Return the ids between the prompt and the operation."""
        step = prompt.step_segments(Intent(item.intent), Target(item.target), Op(item.op), item.mark, None)
        return self._tokenizer.encode((*prompt.control_segments(item.control), *prompt.plan_head(), *step[:2]))

    def _places(self, item: Sample, head: torch.Tensor, starts: torch.Tensor) -> tuple[int, int, int]:
        """Return the places of the right operation, line and pair."""
        count = len(item.lines)
        ops = self._model.logits(self._model(head[None], starts)[0, -1]).float()[self._ops].log_softmax(-1)
        ranked = ops.argsort(descending=True)
        wanted_op, wanted_line = list(Op).index(Op(item.op)), item.mark - 1
        chosen = ranked[:OPS_EXPANDED]
        batch = torch.cat((head.expand(len(chosen), -1), self._ops[chosen][:, None]), dim=1)
        last = self._model(batch, starts.expand(len(batch)))[:, -1]
        logits = self._model.logits(last).float()[:, self._lines[:count]]
        joint = ops[chosen][:, None] + logits.log_softmax(-1)
        per_line = joint.logsumexp(0)
        op_place = int((ranked == wanted_op).nonzero()) + 1
        line_place = int((per_line > per_line[wanted_line]).sum()) + 1
        pair_place = joint.numel() + 1
        if op_place <= OPS_EXPANDED:
            pair_place = int((joint > joint[op_place - 1, wanted_line]).sum()) + 1
        return op_place, line_place, pair_place


def summarise(judged: list[Judged]) -> dict[str, Any]:
    """Return shares with intervals, per group and over all broken samples."""
    groups: dict[str, list[Judged]] = defaultdict(list)
    for row in judged:
        groups[row.group].append(row)
        if row.op_place:
            groups["all broken"].append(row)
            if row.group.startswith("behaviour"):
                groups["behaviour"].append(row)
    return {name: _rates(rows) for name, rows in sorted(groups.items())}


def _rates(rows: list[Judged]) -> dict[str, Any]:
    """Return the shares of one group."""
    measures: dict[str, list[bool]] = {"control": [row.control_right for row in rows]}
    if rows[0].op_place:
        measures |= {
            "op_top1": [row.op_place == 1 for row in rows],
            "op_top3": [row.op_place <= 3 for row in rows],
            "line_top1": [row.line_place == 1 for row in rows],
            "line_top5": [row.line_place <= 5 for row in rows],
            "pair_top1": [row.pair_place == 1 for row in rows],
            "pair_top5": [row.pair_place <= 5 for row in rows],
            "code_exact": [row.code_exact for row in rows],
            "intent": [row.intent_right for row in rows],
            "target": [row.target == row.wanted for row in rows],
            "called_done": [row.control == tokens.DONE for row in rows],
        }
    out: dict[str, Any] = {"samples": len(rows)}
    if rows[0].op_place:
        out["target_f1"] = round(macro_f1([(row.wanted, row.target) for row in rows]), 4)
    for name, hits in measures.items():
        low, high = wilson(sum(hits), len(hits))
        out[name] = {"share": round(sum(hits) / len(hits), 4), "low": round(low, 4), "high": round(high, 4)}
    return out


def macro_f1(pairs: Sequence[tuple[str, str]]) -> float:
    """Return the mean F1 over the classes that are wanted, from (wanted, said) pairs."""
    wanted, said = Counter(w for w, _ in pairs), Counter(s for _, s in pairs)
    both = Counter(w for w, s in pairs if w == s)
    return sum(2 * both[name] / (wanted[name] + said[name]) for name in wanted) / max(1, len(wanted))


def measure(model: Network, tokenizer: Tokenizer, config: EvaluateConfig) -> dict[str, Any]:
    """Return the summary over at most ``limit`` held-out samples."""
    judge = Judge(model, tokenizer)
    return summarise([judge.judge(item, encoded) for item, encoded in chosen(tokenizer, config, "evaluate")])


def main(config: EvaluateConfig) -> None:
    """Write the summary as JSON and print the main shares; raises InputError without checkpoint or pairs."""
    torch.set_num_threads(config.threads)
    tokenizer = Tokenizer(Path(config.tokenizer))
    model, facts = checkpoint.averaged_model(Path(config.run), h_cycles=config.h_cycles, l_cycles=config.l_cycles)
    groups = measure(model, tokenizer, config)
    document = {
        "pairs": config.pairs,
        "limit": config.limit,
        "max_tokens": config.max_tokens,
        "steps": facts["progress"]["step"],
        "samples_seen": facts["progress"]["samples"],
        "groups": groups,
        "git_commit": record.git_commit(),
    }
    record.write_json(Path(config.out), document)
    for line in table(groups):
        tqdm.write(line)


def table(groups: dict[str, Any]) -> list[str]:
    """Return the summary as lines of a Markdown table."""
    names = ("control", "intent", "target", "op_top1", "line_top1", "line_top5", "pair_top1", "pair_top5", "code_exact")
    out = [f"| group | samples | {' | '.join(names)} |", "| --- |" + " ---: |" * (len(names) + 1)]
    for group, rates in groups.items():
        cells = [f"{100 * rates[name]['share']:.1f}" if name in rates else "" for name in names]
        out.append(f"| {group} | {rates['samples']} | {' | '.join(cells)} |")
    return out
