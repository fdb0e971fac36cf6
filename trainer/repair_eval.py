"""Evaluate whole repairs: the engine with a model against the same engine without, on the same tasks and budgets.

Run: ``hrgc-train repairs --tasks FILE --model none --out none.jsonl``, again with a model, then
``hrgc-train repairs-report --files none.jsonl,model.jsonl``. ``--mode`` takes baselines and ablations
(``trainer.repair_modes``). A repair is right when all tests of the package pass, the hidden ones too, but for what the
compiler and the tests object to in the right file as well; an answer to a clean task is right when nothing is changed.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from hrgc.diagnostics import Evidence, Stage, added
from hrgc.edits import Overlay
from hrgc.errors import HrgcError, InputError
from hrgc.events import Attempt, Event, Finished, RoundStarted, StageDone
from hrgc.model_choice import loader
from hrgc.plugin import Budget, OpenOptions
from hrgc.session import Request, Toolbox, recheck, run
from trainer import record, repair_modes
from trainer.repair_set import CLEAN, Task, read

HIDDEN_SECONDS = 60.0
"""Time for all tests of a package."""


@dataclass(frozen=True)
class RepairConfig:
    """What is evaluated."""

    tasks: str = ".data/repairs/mutfix.jsonl.gz"
    checkout: str = ".data/dev"
    model: str = "none"
    mode: str = "full"
    """full, random, rules, no-catalogue, no-plan, no-recursion or no-feedback."""
    out: str = ".data/repairs/none.jsonl"
    limit: int = 0
    """Tasks to take, 0 for all."""
    sample: int = 0
    """Tasks to draw with the seed, 0 for all; a smaller draw is part of a larger one."""
    seconds: float = 60.0
    calls: int = 200
    """Test runs a round."""
    candidates: int = 400
    """Candidates judged a round; for code that does not build this is the strict budget of calls."""
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
    """Test runs until the accepted candidate, or in all; without shown tests its place in the ranking."""
    seconds: float
    rounds: int
    reason: str
    source: str
    """Proposer of the accepted candidate."""
    mode: str = "full"
    overruled: int = 0
    """Rounds in which the model would have stopped although something was wrong."""
    changed: bool = False
    """The file that is offered differs from the one that was given."""


@dataclass
class _Watch:
    """What is noted of a run's events."""

    stage: Stage
    """The stage whose candidates count as calls."""
    calls: int = 0
    source: str = ""
    overruled: int = 0
    finished: Finished | None = None

    def note(self, event: Event) -> None:
        """Take one event in."""
        if isinstance(event, StageDone) and event.stage == self.stage == Stage.TEST:
            self.calls += event.tried
        elif isinstance(event, Attempt) and event.accepted:
            self.source = event.source
            self.calls += event.rank if self.stage == Stage.TYPES else 0
        elif isinstance(event, RoundStarted):
            self.overruled += event.overruled
        elif isinstance(event, Finished):
            self.finished = event


def solve(task: Task, config: RepairConfig, toolbox: Toolbox) -> Outcome:
    """Run the engine on one task and let all tests judge the result."""
    path = (Path(config.checkout) / task.path).resolve()
    wrong = task.content.encode()
    request = Request(
        path,
        problem=task.problem,
        seconds=config.seconds,
        options=OpenOptions(tests=bool(task.shown), run=task.shown),
        overlay={path: wrong},
        test_runs=config.calls,
        candidates=config.candidates,
        seed=config.seed,
    )
    watch = _Watch(Stage.TEST if task.shown else Stage.TYPES)
    for event in run(repair_modes.limited(config.mode, request), toolbox):
        watch.note(event)
    finished = watch.finished
    assert finished is not None
    after = {r.path: r.after for r in finished.results}
    changed = after.get(path, wrong) != wrong
    right = not changed if task.group == CLEAN else finished.solved and _passes(task, path, toolbox, after)
    return Outcome(
        task.name,
        task.group,
        task.op,
        task.rule,
        finished.solved,
        right,
        after.get(path, wrong) == task.right.encode(),
        watch.calls,
        finished.elapsed,
        finished.rounds,
        finished.reason.value,
        watch.source,
        config.mode,
        watch.overruled,
        changed,
    )


def _passes(task: Task, path: Path, toolbox: Toolbox, after: Overlay) -> bool:
    """Tell whether all tests of the package pass with the repair, those aside that fail with the right file as well."""
    found = _judged(path, toolbox, after)
    if found.clean or not found.complete:
        return found.clean
    expected = _judged(path, toolbox, {path: task.right.encode()})
    return not added(found, expected)


def _judged(path: Path, toolbox: Toolbox, overlay: Overlay) -> Evidence:
    """Return what the compiler and all tests of the package say."""
    judged = recheck(path, toolbox, OpenOptions(), overlay, Budget(deadline=time.monotonic() + HIDDEN_SECONDS))
    return replace(judged, diagnostics=tuple(d for d in judged.diagnostics if d.stage != Stage.VET))


def chosen(tasks: Sequence[Task], config: RepairConfig) -> Sequence[Task]:
    """Return the tasks that *config* takes: a random draw, then the first of these."""
    if config.sample:
        mixed = list(tasks)
        random.Random(config.seed).shuffle(mixed)
        tasks = mixed[: config.sample]
    return tasks[: config.limit or None]


def main(config: RepairConfig) -> None:
    """Evaluate every task that the output does not hold yet; raises InputError when it was made another way."""
    out = Path(config.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    _same_run(out, config)
    done = {o.name for o in read_outcomes(out)} if out.exists() else set()
    toolbox = repair_modes.toolbox(config.mode, loader(config.model), config.seed)
    tasks = chosen(read(Path(config.tasks)), config)
    with out.open("a", encoding="utf-8") as file:
        for task in tqdm(tasks, desc=f"{config.model} {config.mode}"):
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


def _same_run(out: Path, config: RepairConfig) -> None:
    """Keep the configuration beside the outcomes; raises InputError when theirs differs, so that none are mixed."""
    path = out.with_suffix(".config.json")
    mine = asdict(config)
    known = record.read_json(path) if path.is_file() else mine
    free = {"limit", "sample", "checkout", "out"}
    other = [name for name in mine if name not in free and known.get(name, mine[name]) != mine[name]]
    if other:
        raise InputError(f"{out} was made with other {', '.join(other)}", "write to another file")
    record.write_json(path, mine)


def read_outcomes(path: Path) -> list[Outcome]:
    """Read the outcomes that ``main`` wrote."""
    return [Outcome(**json.loads(line)) for line in path.read_text("utf-8").splitlines() if line]
