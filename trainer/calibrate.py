"""How much a model's opinion should count: fits the ranking's weights on repair tasks that no one reports.

Run: ``hrgc-train calibrate --model FILE --judged FILE`` on what ``judge-set`` wrote: the weights of log p(plan) and
log p(code | plan) are chosen by the mean reciprocal rank of the first plausible candidate, which counts nothing when
the hidden tests find it wrong. They are cross-validated in two folds by package. With ``--tasks FILE`` instead, the
candidate that restores the file is the right one and no candidate is judged. The best weights are printed and saved;
``export --rank-plan --rank-code`` writes them into the GGUF.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.attempt import Search
from hrgc.errors import HrgcError
from hrgc.model_choice import loader
from hrgc.plugin import Budget, OpenOptions
from hrgc.rank import Scored
from hrgc.session import Toolbox
from hrgc.state import State, apply
from trainer import judge_set, opinions, record, replay
from trainer.repair_set import Task, read
from trainer.replay import Replay

GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
MISSING = 25.0
"""What a candidate without an opinion is taken to have as negative log-probability."""


@dataclass(frozen=True)
class CalibrateConfig:
    """What is ranked."""

    model: str = ""
    tasks: str = ".data/repairs/calibrate.jsonl.gz"
    checkout: str = ".data/dev"
    judged: str = ""
    """What ``hrgc-train judge-set`` wrote; in place of the tasks."""
    opinions: str = ".data/repairs/opinions.jsonl.gz"
    """Where the model's opinions of judged candidates are kept."""
    out: str = ".data/calibration.json"
    limit: int = 0
    seconds: float = 120.0


@dataclass(frozen=True, slots=True)
class Row:
    """One candidate's features."""

    prior: float
    """Prior and suspicion together."""
    plan: float
    code: float
    right: bool


def rows_of(task: Task, config: CalibrateConfig, toolbox: Toolbox) -> list[Row]:
    """Return the features of a task's candidates, best prior first; empty when none restores the file."""
    path = (Path(config.checkout) / task.path).resolve()
    options = OpenOptions(tests=bool(task.shown), run=task.shown)
    overlay = {path: task.content.encode()}
    budget = Budget(time.monotonic() + config.seconds)
    tools = toolbox.tools()
    with toolbox.language_of(path).open(path, options) as workspace:
        state = State(overlay, tools.cascade.examine(workspace, overlay, budget))
        search = Search(workspace, tools, "", budget, seed=0)
        ranked = search.ranked(state, 1, None)
        right = task.right.encode()
        rows = [_row(s, apply(state, workspace, s.candidate).get(path) == right) for s in ranked]
    return rows if any(row.right for row in rows) else []


def _row(scored: Scored, right: bool) -> Row:  # noqa: FBT001 - a field of the row
    """Return a candidate's features."""
    prior = scored.score - (scored.model or 0.0)
    plan = -MISSING if scored.plan is None else scored.plan
    code = -MISSING if scored.code is None else scored.code
    return Row(prior, plan, code, right)


def place(rows: list[Row], plan: float, code: float) -> int:
    """Return the 1-based rank of the right candidate under some weights; ties count against it."""
    scores = [row.prior + plan * row.plan + code * row.code for row in rows]
    best = max(score for score, row in zip(scores, rows, strict=True) if row.right)
    return 1 + sum(score >= best and not row.right for score, row in zip(scores, rows, strict=True))


def table(tasks: list[list[Row]]) -> Iterator[tuple[float, float, float, float]]:
    """Yield (plan weight, code weight, mean reciprocal rank, share within ten) for every pair of weights."""
    for plan in GRID:
        for code in GRID:
            places = [place(rows, plan, code) for rows in tasks]
            yield plan, code, math.fsum(1 / p for p in places) / len(places), sum(p <= 10 for p in places) / len(places)


def main(config: CalibrateConfig) -> None:
    """Fit the weights and save the best with the whole table."""
    toolbox = Toolbox.load(loader(config.model))
    document = _by_verdicts(config, toolbox) if config.judged else _by_text(config, toolbox)
    toolbox.close()
    if not document:
        tqdm.write("no task has a right candidate")
        return
    none = document["without_model"]
    record.write_json(Path(config.out), document)
    tqdm.write(
        f"{document['tasks']} tasks: plan {document['plan']}, code {document['code']}: reciprocal rank "
        f"{document['reciprocal_rank']:.3f}, within ten {document['within_ten']:.0%}; "
        f"without the model {none['reciprocal_rank']:.3f}, {none['within_ten']:.0%}"
    )


def _by_text(config: CalibrateConfig, toolbox: Toolbox) -> dict[str, Any]:
    """Return the fit to candidates that restore the file, empty when no task has one."""
    tasks = read(Path(config.tasks))
    found: list[list[Row]] = []
    for task in tqdm(tasks[: config.limit] if config.limit else tasks, desc="rank"):
        try:
            rows = rows_of(task, config, toolbox)
        except HrgcError as error:
            tqdm.write(f"{task.name}: {error.message}")
            continue
        if rows:
            found.append(rows)
    if not found:
        return {}
    grid = list(table(found))
    best = max(grid, key=lambda row: (row[2], -row[0] - row[1]))
    none = next(row for row in grid if row[:2] == (0.0, 0.0))
    return {
        "tasks": len(found),
        "plan": best[0],
        "code": best[1],
        "reciprocal_rank": best[2],
        "within_ten": best[3],
        "without_model": {"reciprocal_rank": none[2], "within_ten": none[3]},
        "table": grid,
    }


def _by_verdicts(config: CalibrateConfig, toolbox: Toolbox) -> dict[str, Any]:
    """Return the fit to verdicts with its two folds, empty when no candidate is right."""
    tasks = itertools.islice(judge_set.read_judged(Path(config.judged)), config.limit or None)
    found = opinions.gather(tasks, Path(config.opinions), toolbox, config.seconds)
    if not any(judged.right for item in found for judged in item.task.candidates):
        return {}
    grid = [(plan, code, _worth(found, plan, code)) for plan in GRID for code in GRID]
    plan, code, worth = _best(grid)
    rankings = {
        "model": replay.table(found, plan, code),
        "none": replay.table(found, 0.0, 0.0),
        "random": replay.shuffled(found, seed=0),
    }
    none = rankings["none"]
    return {
        "tasks": len(found),
        "plan": plan,
        "code": code,
        "reciprocal_rank": worth,
        "within_ten": rankings["model"]["10"]["share"],
        "without_model": {"reciprocal_rank": none["reciprocal_rank"], "within_ten": none["10"]["share"]},
        "rankings": rankings,
        "folds": folds(found),
        "table": grid,
    }


def folds(tasks: Sequence[Replay]) -> list[dict[str, Any]]:
    """Return for each half of the packages what the weights that fit the other half do on it."""
    halves: tuple[list[Replay], list[Replay]] = ([], [])
    for item in tasks:
        halves[hashlib.sha256(item.task.folder.encode()).digest()[0] % 2].append(item)
    out: list[dict[str, Any]] = []
    for mine, other in (halves, halves[::-1]):
        if mine and other:
            plan, code, _ = _best([(p, c, _worth(other, p, c)) for p in GRID for c in GRID])
            out.append(
                {
                    "fitted_on": len(other),
                    "plan": plan,
                    "code": code,
                    "model": replay.table(mine, plan, code),
                    "none": replay.table(mine, 0.0, 0.0),
                }
            )
    return out


def _worth(tasks: Sequence[Replay], plan: float, code: float) -> float:
    """Return the mean reciprocal rank under some weights."""
    return math.fsum(task.reciprocal(plan, code) for task in tasks) / len(tasks)


def _best(grid: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Return the best row of a table; of equal ones that with the smallest weights."""
    return max(grid, key=lambda row: (row[2], -row[0] - row[1]))
