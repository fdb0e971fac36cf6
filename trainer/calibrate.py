"""How much a model's opinion should count: fits the ranking's weights on repair tasks that no one reports.

Run: ``hrgc-train calibrate --model FILE --tasks FILE``. For each task the engine proposes and ranks; the candidate
that restores the file is the right one. The weights of log p(plan) and log p(code | plan) that put it first most often
(by mean reciprocal rank) are printed and saved; ``export --rank-plan --rank-code`` writes them into the GGUF. No
candidate is judged.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from hrgc.attempt import Search
from hrgc.errors import HrgcError
from hrgc.model_choice import loader
from hrgc.plugin import Budget, OpenOptions
from hrgc.rank import Scored
from hrgc.session import Toolbox
from hrgc.state import State, apply
from trainer import record
from trainer.repair_set import Task, read

GRID = (0.0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
MISSING = 25.0
"""What a candidate without an opinion is taken to have as negative log-probability."""


@dataclass(frozen=True)
class CalibrateConfig:
    """What is ranked."""

    model: str = ""
    tasks: str = ".data/repairs/calibrate.jsonl.gz"
    checkout: str = ".data/dev"
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
    """Rank every task and save the best weights with the whole table."""
    toolbox = Toolbox.load(loader(config.model))
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
    toolbox.close()
    if not found:
        tqdm.write("no task has a candidate that restores it")
        return
    grid = list(table(found))
    best = max(grid, key=lambda row: (row[2], -row[0] - row[1]))
    none = next(row for row in grid if row[:2] == (0.0, 0.0))
    document = {
        "tasks": len(found),
        "plan": best[0],
        "code": best[1],
        "reciprocal_rank": best[2],
        "within_ten": best[3],
        "without_model": {"reciprocal_rank": none[2], "within_ten": none[3]},
        "table": grid,
    }
    record.write_json(Path(config.out), document)
    tqdm.write(
        f"{len(found)} tasks: plan {best[0]}, code {best[1]}: reciprocal rank {best[2]:.3f}, within ten {best[3]:.0%}; "
        f"without the model {none[2]:.3f}, {none[3]:.0%}"
    )
