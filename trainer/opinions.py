"""What a model says of judged candidates, without running any test: log p(plan), log p(code | plan) and edit ratings.

A task's opinions become one row beside the model's fingerprint; tasks that are there are not asked about again.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from hrgc import propose
from hrgc.errors import HrgcError
from hrgc.plugin import Budget, Candidate, OpenOptions, Workspace
from hrgc.rank import Ranker, Weights
from hrgc.session import Toolbox
from hrgc.state import State, way
from trainer import rows
from trainer.judge_set import JudgedTask
from trainer.replay import Opinion, Replay

EVEN = Weights()
"""Decides which candidates get their code scored when a window has many: both opinions and the prior alike."""
SCORER = Weights(0.0, 0.0, 0.0, edit=1.0)
"""Asks the edit scorer alone."""


def gather(
    tasks: Iterable[JudgedTask], path: Path, toolbox: Toolbox, seconds: float, weights: Weights = EVEN
) -> list[Replay]:
    """Return *tasks* with the model's opinions, kept in *path*; a package that cannot be opened is left out."""
    fingerprint = toolbox.model.info.fingerprint
    known = {row["name"]: row for row in rows.resume(path) if row["model"] == fingerprint}
    out: list[Replay] = []
    for task in tqdm(tasks, desc="ask"):
        row = known.get(task.name)
        if row is None or not len(row["plan"]) == len(row.get("edit", ())) == len(task.candidates):
            try:
                row = _ask(task, toolbox, seconds, weights) | {"model": fingerprint}
            except HrgcError as error:
                tqdm.write(f"{task.name}: {error.message}")
                continue
            rows.append(path, [row])
        out.append(Replay(task, Opinion(_values(row["plan"]), _values(row["code"]), _values(row["edit"]))))
    return out


def _ask(task: JudgedTask, toolbox: Toolbox, seconds: float, weights: Weights) -> dict[str, Any]:
    """Return the row of one task."""
    plans: list[float | None] = [None] * len(task.candidates)
    codes: list[float | None] = [None] * len(task.candidates)
    rated: list[float] = []
    if task.candidates:
        places = {id(judged.candidate): at for at, judged in enumerate(task.candidates)}
        with toolbox.language_of(task.path).open(task.path, OpenOptions(tests=False)) as workspace:
            state = State({task.path: task.content.encode()}, task.evidence)
            ranker = Ranker(toolbox.model, workspace, task.problem, weights=weights)
            candidates = [judged.candidate for judged in task.candidates]
            rated = _rated(toolbox, workspace, state, candidates, seconds)
            for scored in ranker.rank(state, candidates, way(state), Budget(time.monotonic() + seconds)):
                at = places[id(scored.candidate)]
                plans[at], codes[at] = scored.plan, scored.code
    return {"name": task.name, "plan": _rounded(plans), "code": _rounded(codes), "edit": _rounded(rated)}


def _rated(
    toolbox: Toolbox, workspace: Workspace, state: State, candidates: Sequence[Candidate], seconds: float
) -> list[float]:
    """Return the edit scorer's ratings; judged candidates have no signs, so they are proposed again."""
    found = propose.gather(toolbox.tools().proposers, workspace, state, (), Budget(time.monotonic() + seconds))
    signs = {(c.path, c.edits): c.signs for c in found}
    return list(toolbox.model.rate([signs.get((c.path, c.edits), b"") for c in candidates]))


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    """Return values that fit a row."""
    return [None if value is None or not math.isfinite(value) else round(value, 4) for value in values]


def _values(found: Sequence[float | None]) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return a row's values, not-a-number for none."""
    return np.array([np.nan if value is None else value for value in found], np.float64)
