"""Compare what ``hrgc-train repairs`` wrote: solved within validator calls and seconds, intervals, paired tests.

Run: ``hrgc-train repairs-report --files none.jsonl,model.jsonl``. Intervals are Wilson's (1927) 95 % score intervals;
the paired test against the first file is the exact McNemar test.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from trainer.repair_eval import Outcome, read_outcomes

BUDGETS = (1, 10, 50, 200)
"""Validator calls: test runs where tests are shown, candidates judged otherwise."""
SECONDS = (2.0, 10.0, 60.0)


@dataclass(frozen=True)
class ReportConfig:
    """What is compared."""

    files: str = ".data/repairs/none.jsonl"
    """Outcome files, separated by commas; the first is the baseline."""


def wilson(hits: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Return Wilson's score interval of a proportion, (0, 1) for no trials."""
    if total == 0:
        return 0.0, 1.0
    p, n = hits / total, total
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    spread = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - spread), min(1.0, middle + spread)


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


def main(config: ReportConfig) -> None:
    """Print the comparison as Markdown."""
    click.echo(report(Path(name) for name in config.files.split(",") if name))
