"""Judge every first-round candidate of repair tasks once, so that any ranking can be scored later without any test.

Run: ``hrgc-train judge-set --tasks FILE --out FILE``. A task becomes one row: its evidence, and every candidate with
what the shown tests and all tests say of it (build tasks: the type checker and all tests). Tasks that are there are not
judged again. ``trainer.replay`` scores rankings; ``calibrate --judged`` fits weights.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tqdm import tqdm

from hrgc import codec, suspicion
from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import Overlay
from hrgc.errors import HrgcError
from hrgc.plugin import Budget, Candidate, OpenOptions, Workspace
from hrgc.propose import gather
from hrgc.rank import Ranker
from hrgc.session import Toolbox
from hrgc.state import State, way
from trainer import record, rows
from trainer.repair_set import BEHAVIOUR, Task, read


@dataclass(frozen=True)
class JudgeSetConfig:
    """What is judged."""

    tasks: str = ".data/repairs/mutfix.jsonl.gz"
    checkout: str = ".data/dev"
    out: str = ".data/repairs/judged.jsonl.gz"
    limit: int = 0
    """Tasks to take, 0 for all."""
    candidates: int = 0
    """Candidates judged of each task, those with the best prior and suspicion; 0 for all."""
    seconds: float = 180.0
    """Time a task may take; one that needs more is left out."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One candidate with its verdicts."""

    candidate: Candidate
    heat: float
    """Log suspicion of its lines."""
    builds: bool
    plausible: bool
    """Nothing that the engine sees objects."""
    right: bool
    """No test objects, the hidden ones included."""


@dataclass(frozen=True, slots=True)
class JudgedTask:
    """One task with all its candidates, those with the best prior and suspicion first."""

    name: str
    folder: str
    """Package below the checkout directory: what folds are made by."""
    path: Path
    group: str
    content: str
    problem: str
    evidence: Evidence
    candidates: tuple[Judged, ...]


class UnfitError(HrgcError):
    """A task that shows no fault, or whose candidates could not all be judged in its time."""


def judge(task: Task, config: JudgeSetConfig, toolbox: Toolbox) -> JudgedTask:
    """Return a task with every candidate judged; raises UnfitError, and HrgcError for a package that is none."""
    path = (Path(config.checkout) / task.path).resolve()
    overlay = {path: task.content.encode()}
    budget = Budget(time.monotonic() + config.seconds)
    tools = toolbox.tools()
    options = OpenOptions(tests=bool(task.shown), run=task.shown)
    with toolbox.language_of(path).open(path, options) as workspace:
        state = State(overlay, tools.cascade.examine(workspace, overlay, budget))
        if not state.evidence.complete or state.evidence.clean:
            raise UnfitError("its fault does not show in time", "use more --seconds")
        found = gather(tools.proposers, workspace, state, (), budget)
        ranked = Ranker(tools.model, workspace, task.problem).rank(state, found, way(state), budget)
        ranked = ranked[: config.candidates or None]
        seen = _verdicts(workspace, toolbox, overlay, [s.candidate for s in ranked], budget)
    builds = [found.failing_stage in (None, Stage.TEST) for found in seen]
    plausible = [at for at, found in enumerate(seen) if found.clean]
    right = _right(path, toolbox, overlay, [ranked[at].candidate for at in plausible], budget)
    passing = {at for at, passes in zip(plausible, right, strict=True) if passes}
    folder = str(Path(task.path).parent)
    heat = [suspicion.heat(state.evidence, s.candidate) for s in ranked]
    judged = tuple(
        Judged(replace(s.candidate, signs=b""), heat[at], builds[at], seen[at].clean, at in passing)
        for at, s in enumerate(ranked)
    )
    return JudgedTask(task.name, folder, path, task.group, task.content, task.problem, state.evidence, judged)


def _right(
    path: Path, toolbox: Toolbox, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
) -> list[bool]:
    """Return which candidates pass all tests of the package."""
    if not candidates:
        return []
    with toolbox.language_of(path).open(path, OpenOptions()) as workspace:
        found = _verdicts(workspace, toolbox, overlay, candidates, budget)
    return [verdict.clean and verdict.reached == Stage.TEST for verdict in found]


def _verdicts(
    workspace: Workspace, toolbox: Toolbox, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
) -> list[Evidence]:
    """Return the cascade's verdict on every candidate, in their order; raises UnfitError when time runs out."""
    judging = toolbox.tools().cascade.judge(workspace, overlay, candidates, budget, [])
    found = {verdict.index: verdict.evidence for verdict in judging}
    if len(found) < len(candidates):
        raise UnfitError(f"{len(candidates) - len(found)} candidates were not judged in time", "use more --seconds")
    return [found[at] for at in range(len(candidates))]


def counts(task: JudgedTask, judged: Judged) -> bool:
    """Tell whether judging a candidate is a call: a test run where tests are shown, any candidate otherwise."""
    return judged.builds or task.group != BEHAVIOUR


def read_judged(path: Path) -> Iterator[JudgedTask]:
    """Yield the tasks of a file that was written here; raises InputError when it is of another version."""
    for row in rows.read(path):
        if "evidence" in row:
            yield codec.decode(JudgedTask, row)


def main(config: JudgeSetConfig) -> None:
    """Judge every task that the output does not hold yet; one that cannot be judged leaves its name and the reason."""
    out = Path(config.out)
    done = {row["name"] for row in rows.resume(out)}
    tasks = read(Path(config.tasks))
    toolbox = Toolbox.load()
    for task in tqdm(tasks[: config.limit] if config.limit else tasks, desc="judge"):
        if task.name in done:
            continue
        try:
            row = codec.encode(judge(task, config, toolbox))
        except HrgcError as error:
            tqdm.write(f"{task.name}: {error.message}")
            row = {"name": task.name, "dropped": error.message}
        rows.append(out, [row])
    toolbox.close()
    record.write_json(out.with_suffix(".config.json"), codec.encode(config))
