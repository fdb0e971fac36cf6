"""Compare what ``hrgc-train repairs`` wrote: solved within validator calls and seconds, intervals, paired tests.

Run: ``hrgc-train repairs-report --files none.jsonl,model.jsonl``. Intervals are Wilson's (1927) 95 % score intervals;
the paired test against the first file is the exact McNemar test. All files are compared on the tasks they share.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median

import click

from trainer.intervals import mcnemar, share
from trainer.repair_eval import Outcome, read_outcomes
from trainer.repair_set import CLEAN

BUDGETS = (1, 10, 50, 200)
"""Calls: test runs where tests are shown, the place of the accepted candidate in the ranking otherwise."""
SECONDS = (2.0, 10.0, 60.0)
GAVE_UP = frozenset(("exhausted", "rounds", "same-state", "controller"))
"""Ends that leave time unused."""


@dataclass(frozen=True)
class ReportConfig:
    """What is compared."""

    files: str = ".data/repairs/none.jsonl"
    """Outcome files, separated by commas; the first is the baseline."""


def within(outcome: Outcome, calls: float = math.inf, seconds: float = math.inf) -> bool:
    """Tell whether a task was solved rightly within a budget."""
    return outcome.right and outcome.calls <= calls and outcome.seconds <= seconds


def summary(outcomes: Sequence[Outcome]) -> list[tuple[str, int, int]]:
    """Return (what, how often, of how many) rows of broken tasks."""
    total = len(outcomes)
    rows = [(f"{b} calls", sum(within(o, calls=b) for o in outcomes), total) for b in BUDGETS]
    rows += [(f"{s:g} s", sum(within(o, seconds=s) for o in outcomes), total) for s in SECONDS]
    rows.append(("all", sum(o.right for o in outcomes), total))
    rows.append(("plausible", sum(o.plausible for o in outcomes), total))
    rows.append(("plausible but wrong", sum(o.plausible and not o.right for o in outcomes), total))
    rows.append(("exact", sum(o.exact for o in outcomes), total))
    rows.append(("gave up with time left", sum(not o.plausible and o.reason in GAVE_UP for o in outcomes), total))
    rows.append(("premature stop of the controller", sum(o.overruled > 0 for o in outcomes), total))
    return rows


def averages(outcomes: Sequence[Outcome]) -> list[tuple[str, str]]:
    """Return (what, value) rows: calls, rounds and seconds."""
    rounds = Counter(o.rounds for o in outcomes if o.right)
    solved = [o for o in outcomes if o.right]
    return [
        ("calls, median of the solved", f"{median(o.calls for o in solved):g}" if solved else ""),
        ("calls, mean", f"{mean(o.calls for o in outcomes):.1f}"),
        ("rounds, mean", f"{mean(o.rounds for o in outcomes):.2f}"),
        ("solved in round 1, 2, ...", ", ".join(str(rounds[n]) for n in range(1, max(rounds, default=0) + 1))),
        ("seconds, median", f"{median(o.seconds for o in outcomes):.1f}"),
    ]


def read_sets(paths: Iterable[Path]) -> dict[str, list[Outcome]]:
    """Return the outcomes of each file, by its stem, of the tasks that all files share."""
    sets = {path.stem: {o.name: o for o in read_outcomes(path)} for path in paths}
    common = sorted(set.intersection(*(set(rows) for rows in sets.values())))
    return {stem: [rows[name] for name in common] for stem, rows in sets.items()}


def report(paths: Iterable[Path]) -> str:
    """Return Markdown tables of the outcomes, and paired tests against the first file."""
    sets = read_sets(paths)
    broken = {stem: [o for o in rows if o.group != CLEAN] for stem, rows in sets.items()}
    clean = {stem: [o for o in rows if o.group == CLEAN] for stem, rows in sets.items()}
    parts: list[str] = []
    if any(broken.values()):
        parts.append(_broken(broken))
    if any(clean.values()):
        counted = {stem: [("false edits", sum(o.changed for o in rows), len(rows))] for stem, rows in clean.items()}
        parts.append("\n".join(_table("clean code", counted, {})) + "\n")
    return "\n".join(parts)


def _broken(sets: dict[str, list[Outcome]]) -> str:
    """Return the part about tasks in which something is wrong."""
    counted = {stem: summary(rows) for stem, rows in sets.items()}
    lines = _table("solved rightly within", counted, {stem: averages(rows) for stem, rows in sets.items()})
    base, *others = sets
    for other in others:
        pairs = list(zip(sets[base], sets[other], strict=True))
        for budget in (*BUDGETS, math.inf):
            lines.append("\n" + _paired(pairs, budget, f"{other} against {base}"))
    return "\n".join(lines) + "\n"


def _table(
    head: str, counted: dict[str, list[tuple[str, int, int]]], told: dict[str, list[tuple[str, str]]]
) -> list[str]:
    """Return a Markdown table with one column a file."""
    lines = [f"| {head} | " + " | ".join(counted) + " |", "| --- |" + " --- |" * len(counted)]
    rows = [[(what, share(hits, total)) for what, hits, total in rows] for rows in counted.values()]
    cells = [*zip(*rows, strict=True), *zip(*told.values(), strict=True)]
    return lines + [f"| {row[0][0]} | " + " | ".join(text for _, text in row) + " |" for row in cells]


def _paired(pairs: Sequence[tuple[Outcome, Outcome]], budget: float, what: str) -> str:
    """Return the exact McNemar test of two runs at a budget as a sentence."""
    only_a = sum(within(a, calls=budget) and not within(b, calls=budget) for a, b in pairs)
    only_b = sum(within(b, calls=budget) and not within(a, calls=budget) for a, b in pairs)
    calls = "all" if budget == math.inf else f"{budget:g}"
    return f"{what} at {calls} calls: +{only_b} -{only_a}, p = {mcnemar(only_a, only_b):.2g}"


def main(config: ReportConfig) -> None:
    """Print the comparison as Markdown."""
    click.echo(report(Path(name) for name in config.files.split(",") if name))
