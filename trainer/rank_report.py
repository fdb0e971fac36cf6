"""Compare rankings of judged candidates that nothing was fitted to: a model with its own weights, none, random orders.

Run: ``hrgc-train rank-report --model FILE --judged FILE``. No test is run: ``judge-set`` kept all verdicts, so that
every ranking is measured at exactly equal calls.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.errors import InputError
from hrgc.model_choice import loader
from hrgc.rank import Weights, of_model
from hrgc.session import Toolbox
from trainer import judge_set, opinions, record, replay
from trainer.intervals import mcnemar
from trainer.replay import NO_MODEL, Replay


@dataclass(frozen=True)
class RankReportConfig:
    """What is compared on what."""

    model: str = ""
    judged: str = ".data/repairs/judged.jsonl.gz"
    """Files that ``hrgc-train judge-set`` wrote, separated by commas."""
    opinions: str = ".data/repairs/opinions.jsonl.gz"
    """Where the model's opinions of judged candidates are kept."""
    out: str = ".data/rankings.json"
    calibration: str = ".data/calibration.json"
    """What ``hrgc-train calibrate`` wrote: the weights of the network and of the edit scorer when each ranks alone."""
    seconds: float = 120.0
    """Time the model may take for a task."""


def main(config: RankReportConfig) -> None:
    """Write the comparison; raises InputError when no task was judged."""
    toolbox = Toolbox.load(loader(config.model))
    info = toolbox.model.info
    weights = of_model(info)
    tasks = (task for name in config.judged.split(",") for task in judge_set.read_judged(Path(name)))
    found = opinions.gather(tasks, Path(config.opinions), toolbox, config.seconds)
    toolbox.close()
    if not found:
        raise InputError(f"{config.judged} holds no judged task", "hrgc-train judge-set")
    fitted = record.read_json(Path(config.calibration)) if Path(config.calibration).is_file() else {}
    alone = {name: Weights(**parts) for name, parts in fitted.get("alone", {}).items()}
    document = {"model": info.fingerprint, **compare(found, weights, alone)}
    record.write_json(Path(config.out), document)
    for name, row in document["rankings"].items():
        cells = (f"@{budget} {row[budget]['share']:.0%}" for budget in ("1", "10", "50", "200", "all"))
        tqdm.write(f"{name:>17}: {', '.join(cells)}, reciprocal rank {row['reciprocal_rank']:.3f}")


def compare(tasks: Sequence[Replay], weights: Weights, alone: Mapping[str, Weights]) -> dict[str, Any]:
    """Return what each ranking solves within each budget, and the model against none task by task.

    *alone* are the weights of the model's parts.
    """
    pairs = [(_calls(task, weights), _calls(task, NO_MODEL)) for task in tasks]
    against = {}
    for budget in (*replay.BUDGETS, math.inf):
        solved = [(_within(mine, budget), _within(other, budget)) for mine, other in pairs]
        gained, lost = solved.count((True, False)), solved.count((False, True))
        name = "all" if budget == math.inf else str(budget)
        against[name] = {"gained": gained, "lost": lost, "p": mcnemar(gained, lost)}
    return {
        "tasks": len(tasks),
        "candidates": max(len(task.base) for task in tasks),
        "repositories": dict(Counter(Path(task.task.folder).parts[0] for task in tasks)),
        "rankings": {
            "model": replay.table(tasks, weights),
            **{name: replay.table(tasks, part) for name, part in alone.items()},
            "none": replay.table(tasks, NO_MODEL),
            "random": replay.shuffled(tasks, seed=0),
        },
        "against_none": against,
    }


def _within(calls: float, budget: float) -> bool:
    """Tell whether a task is solved within a budget."""
    return calls < math.inf and calls <= budget


def _calls(task: Replay, weights: Weights) -> float:
    """Return the calls until a task is solved rightly, infinite when it is not."""
    calls, right = task.calls_until(task.scores(weights))
    return calls if right else math.inf
