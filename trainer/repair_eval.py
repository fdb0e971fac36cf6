"""Evaluate whole repairs: the engine with a model against the same engine without, on the same tasks and budgets.

Run: ``hrgc-train repairs --tasks FILE --model none --out none.jsonl``, again with a model, then
``hrgc-train repairs-report none.jsonl model.jsonl``. A repair is right when all tests of the package pass, the hidden
ones too. Intervals are Wilson's (1927) 95 % score intervals, the paired test is the exact McNemar test.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Sequence
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

BUDGETS = (1, 10, 50, 200)
"""Validator calls: test runs where tests are shown, candidates judged otherwise."""
SECONDS = (2.0, 10.0, 60.0)


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


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion, (0, 1) for no trials."""
    if total == 0:
        return 0.0, 1.0
    p, n = hits / total, total
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - spread, middle + spread


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p value of the exact McNemar test from the two discordant counts."""
    n, k = only_a + only_b, min(only_a, only_b)
    if n == 0:
        return 1.0
    return min(1.0, 2.0 * sum(math.comb(n, i) for i in range(k + 1)) / 2.0**n)


def within(outcome: Outcome, calls: float = math.inf, seconds: float = math.inf) -> bool:
    """Tell whether a task was solved rightly within a budget."""
    return outcome.right and outcome.calls <= calls and outcome.seconds <= seconds


def summary(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int]]:
    """Return (budget, solved, total) rows."""
    total = len(outcomes)
    rows = [(f"{b} calls", sum(within(o, calls=b) for o in outcomes), total) for b in BUDGETS]
    rows += [(f"{s:g} s", sum(within(o, seconds=s) for o in outcomes), total) for s in SECONDS]
    rows.append(("all", sum(o.right for o in outcomes), total))
    rows.append(("plausible", sum(o.plausible for o in outcomes), total))
    rows.append(("exact", sum(o.exact for o in outcomes), total))
    return rows


def report(paths: Iterable[Path]) -> str:
    """Return a Markdown table of the outcomes, and paired tests against the first file."""
    sets = {path.stem: {o.name: o for o in read_outcomes(path)} for path in paths}
    common = set.intersection(*(set(rows) for rows in sets.values()))
    chosen = {stem: [rows[name] for name in sorted(common)] for stem, rows in sets.items()}
    lines = ["| solved rightly within | " + " | ".join(chosen) + " |", "| --- |" + " --- |" * len(chosen)]
    tables = {stem: summary(rows) for stem, rows in chosen.items()}
    for at, (label, _, _) in enumerate(next(iter(tables.values()))):
        cells = []
        for table in tables.values():
            _, hits, total = table[at]
            low, high = wilson(hits, total)
            cells.append(f"{hits}/{total} = {hits / max(1, total):.0%} ({low:.0%}-{high:.0%})")
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    base, *others = chosen
    for other in others:
        for budget in (*BUDGETS, math.inf):
            pairs = list(zip(chosen[base], chosen[other], strict=True))
            only_a = sum(within(a, calls=budget) and not within(b, calls=budget) for a, b in pairs)
            only_b = sum(within(b, calls=budget) and not within(a, calls=budget) for a, b in pairs)
            lines.append(
                f"\n{other} against {base} at {budget:g} calls: +{only_b} -{only_a}, p = {mcnemar(only_a, only_b):.2g}"
            )
    return "\n".join(lines) + "\n"
