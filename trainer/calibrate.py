"""How much a model's opinion should count: fits the ranking's weights on repair tasks that no one reports.

Run: ``hrgc-train calibrate --model FILE --judged FILE`` on what ``judge-set`` wrote: the weights of log p(plan),
log p(code | plan) and of a candidate's share among those of its plan are chosen by the mean reciprocal rank of the
first plausible candidate, which counts nothing when the hidden tests find it wrong. They are cross-validated in two
folds by package, printed and saved; ``release --calibration`` writes them into the GGUF.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.model_choice import loader
from hrgc.rank import Weights
from hrgc.session import Toolbox
from trainer import judge_set, opinions, record, replay
from trainer.replay import Replay

PLANS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)
CODES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
CHOICES = (0.0, 0.3, 0.5, 0.7, 1.0)
NETWORK, SCORER = "network alone", "edit scorer alone"
"""Rankings of the model's two halves, each with weights of its own."""
NEAR = 0.97
"""Part of the best mean reciprocal rank that is as good: scoring every candidate's code costs most of the time, and
small weights are less of a fit to the kind of task at hand."""
PARTS = ("plan", "code", "choice", "edit")
"""Weights that are fitted."""
EDITS = (0.0, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8)


@dataclass(frozen=True)
class CalibrateConfig:
    """What is ranked."""

    model: str = ""
    judged: str = ".data/repairs/judged.jsonl.gz"
    """What ``hrgc-train judge-set`` wrote."""
    opinions: str = ".data/repairs/opinions.jsonl.gz"
    """Where the model's opinions of judged candidates are kept."""
    out: str = ".data/calibration.json"
    network: bool = True
    """Ask the network too; without it, only the edit scorer's weight is fitted, in a fraction of the time."""
    limit: int = 0
    seconds: float = 120.0


def main(config: CalibrateConfig) -> None:
    """Fit the weights and save the best with the whole table."""
    toolbox = Toolbox.load(loader(config.model))
    tasks = itertools.islice(judge_set.read_judged(Path(config.judged)), config.limit or None)
    asked = opinions.EVEN if config.network else opinions.SCORER
    found = opinions.gather(tasks, Path(config.opinions), toolbox, config.seconds, asked)
    toolbox.close()
    if not any(judged.right for item in found for judged in item.task.candidates):
        tqdm.write("no task has a right candidate")
        return
    document = fit(found)
    none, model = document["rankings"]["none"], document["rankings"]["model"]
    record.write_json(Path(config.out), document)
    tqdm.write(
        f"{document['tasks']} tasks: {', '.join(f'{name} {document[name]}' for name in PARTS)}: "
        f"reciprocal rank {model['reciprocal_rank']:.3f}, within ten {model['10']['share']:.0%}; "
        f"without the model {none['reciprocal_rank']:.3f}, {none['10']['share']:.0%}"
    )


def fit(tasks: Sequence[Replay]) -> dict[str, Any]:
    """Return the best weights with what they do beside no model and random orders, the folds, and the whole table.

    The network ranks alone too, when it was asked.
    """
    grid = table(tasks)
    best = _best(grid)
    alone = {SCORER: _best([row for row in grid if not (row[0].plan or row[0].code or row[0].choice)])}
    if any(item.asked for item in tasks):
        alone = {NETWORK: _best([row for row in grid if not row[0].edit]), **alone}
    return {
        "tasks": len(tasks),
        **_named(best),
        "rankings": {
            "model": replay.table(tasks, best),
            **{name: replay.table(tasks, weights) for name, weights in alone.items()},
            "none": replay.table(tasks, replay.NO_MODEL),
            "random": replay.shuffled(tasks, seed=0),
        },
        "alone": {name: _named(weights) for name, weights in alone.items()},
        "folds": folds(tasks),
        "table": [(w.plan, w.code, w.choice, w.edit, worth) for w, worth in grid],
    }


def folds(tasks: Sequence[Replay]) -> list[dict[str, Any]]:
    """Return for each half of the packages what the weights that fit the other half do on it."""
    halves: tuple[list[Replay], list[Replay]] = ([], [])
    for item in tasks:
        halves[hashlib.sha256(item.task.folder.encode()).digest()[0] % 2].append(item)
    out: list[dict[str, Any]] = []
    for mine, other in (halves, halves[::-1]):
        if mine and other:
            best = _best(table(other))
            out.append(
                {
                    "fitted_on": len(other),
                    **_named(best),
                    "model": replay.table(mine, best),
                    "none": replay.table(mine, replay.NO_MODEL),
                }
            )
    return out


def _named(weights: Weights) -> dict[str, float]:
    """Return the fitted weights by name."""
    return {name: getattr(weights, name) for name in PARTS}


def table(tasks: Sequence[Replay]) -> list[tuple[Weights, float]]:
    """Return the mean reciprocal rank under all weights."""
    values = itertools.product(PLANS, CODES, CHOICES, EDITS)
    grid = (Weights(plan, code, choice, edit=edit) for plan, code, choice, edit in values)
    return [(weights, math.fsum(task.reciprocal(weights) for task in tasks) / len(tasks)) for weights in grid]


def _best(grid: Sequence[tuple[Weights, float]]) -> Weights:
    """Return the weights of the best row; of nearly equal ones those that ask the network least, then small ones."""
    enough = NEAR * max(worth for _, worth in grid)
    near = [row for row in grid if row[1] >= enough]

    def modest(row: tuple[Weights, float]) -> tuple[bool, float, float]:
        weights, worth = row
        return not (weights.code or weights.choice), -sum(_named(weights).values()), worth

    return max(near, key=modest)[0]
