"""Evaluate whole repairs: the engine with a model against the same engine without, on the same tasks and budgets.

Run: ``hrgc-train repairs --tasks FILE --model none --out none.jsonl``, again with a model, then
``hrgc-train repairs-report none.jsonl model.jsonl``. A repair is right when all tests of the package pass, the hidden
ones too.
"""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from hrgc.diagnostics import Stage
from hrgc.errors import HrgcError
from hrgc.events import Attempt, Finished, StageDone
from hrgc.model_choice import loader
from hrgc.plugin import Budget, OpenOptions
from hrgc.session import Request, Toolbox, recheck, run
from trainer.repair_set import Task, read


@dataclass(frozen=True)
class RepairConfig:
    """What is evaluated."""

    tasks: str = ".data/repairs/mutfix.jsonl.gz"
    checkout: str = ".data/dev"
    model: str = "none"
    out: str = ".data/repairs/none.jsonl"
    limit: int = 0
    """Tasks to take, 0 for all."""
    seconds: float = 60.0
    calls: int = 200
    """Test runs a round."""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one task."""

    name: str
    group: str
    op: str
    rule: str
    plausible: bool
    """The engine called it solved."""
    right: bool
    """The hidden tests agree."""
    exact: bool
    """The file is what it was, bytes for bytes."""
    calls: int
    """Validator calls until the accepted candidate, or in all."""
    seconds: float
    rounds: int
    reason: str
    source: str
    """Proposer of the accepted candidate."""


def solve(task: Task, config: RepairConfig, toolbox: Toolbox) -> Outcome:
    """Run the engine on one task and let all tests judge the result."""
    path = (Path(config.checkout) / task.path).resolve()
    wrong = task.content.encode()
    options = OpenOptions(tests=bool(task.shown), run=task.shown)
    request = Request(
        path, seconds=config.seconds, options=options, overlay={path: wrong}, test_runs=config.calls, seed=config.seed
    )
    calls, source, finished = 0, "", None
    stage = Stage.TEST if task.shown else Stage.TYPES
    for event in run(request, toolbox):
        if isinstance(event, StageDone) and event.stage == stage:
            calls += event.tried
        elif isinstance(event, Attempt) and event.accepted:
            source = event.source
            if stage == Stage.TYPES:
                calls += event.rank
        elif isinstance(event, Finished):
            finished = event
    assert finished is not None
    after = {r.path: r.after for r in finished.results}
    plausible, right = finished.solved, False
    if plausible:
        judged = recheck(path, toolbox, OpenOptions(), after, Budget(deadline=time.monotonic() + 60))
        right = not any(d.stage != Stage.VET for d in judged.diagnostics)
    return Outcome(
        task.name,
        task.group,
        task.op,
        task.rule,
        plausible,
        right,
        after.get(path) == task.right.encode(),
        calls,
        finished.elapsed,
        finished.rounds,
        finished.reason.value,
        source,
    )


def main(config: RepairConfig) -> None:
    """Evaluate every task that the output does not hold yet."""
    out = Path(config.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    done = {o.name for o in read_outcomes(out)} if out.exists() else set()
    toolbox = Toolbox.load(loader(config.model))
    tasks = read(Path(config.tasks))
    chosen = tasks[: config.limit] if config.limit else tasks
    with out.open("a", encoding="utf-8") as file:
        for task in tqdm(chosen, desc=config.model):
            if task.name in done:
                continue
            try:
                outcome = solve(task, config, toolbox)
            except HrgcError as error:
                tqdm.write(f"{task.name}: {error.message}")
                continue
            file.write(json.dumps(asdict(outcome)) + "\n")
            file.flush()
    toolbox.close()


def read_outcomes(path: Path) -> list[Outcome]:
    """Read the outcomes that ``main`` wrote."""
    return [Outcome(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]
