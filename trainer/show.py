"""Let a person look at the data: random pairs as problem, evidence, plan and diff, or the report of a folder.

Run: ``hrgc-train show --pairs DIR --op CMP --count 3``; ``--report`` prints the counts in a folder's manifest.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from hrgc.diagnostics import Stage
from hrgc.errors import InputError
from hrgc.tokens import Op
from trainer import pack, record, sample
from trainer.sample import Finding, Kind, Sample

_GROUPS = frozenset(
    (
        "kind",
        "source",
        "repository",
        "licence",
        "intent",
        "operation",
        "rule",
        "error",
        "tag",
        "target",
        "train",
        "heldout",
        "set",
    )
)
"""First words of counts that are shown together, beside those with a colon behind them."""


@dataclass(frozen=True)
class ShowConfig:
    """Which pairs are shown."""

    pairs: str = ".data/pairs-commits/train"
    """Files of pairs or folders of them, separated by commas."""
    count: int = 5
    seed: int = 0
    kind: str = ""
    """clean, build, behaviour, syntax or commit."""
    op: str = ""
    intent: str = ""
    code: str = ""
    """Error code of a finding."""
    rule: str = ""
    origin: str = ""
    """Part of the origin or source."""
    contains: str = ""
    """Text in the window, the answer or the problem."""
    report: bool = False
    """Print the folder's counts instead."""


def main(config: ShowConfig) -> None:
    """Print random pairs that pass the filters, or a report; raises InputError when there are none."""
    if config.report:
        for folder in filter(None, config.pairs.split(",")):
            click.echo(report(Path(folder)))
        return
    chosen = choose(config)
    if not chosen:
        raise InputError(f"no pair in {config.pairs} passes the filters", "leave some filters away")
    for number, item in enumerate(chosen, start=1):
        click.echo(f"{'=' * 30} {number} of {len(chosen)} {'=' * 30}")
        click.echo(render(item))


def choose(config: ShowConfig) -> list[Sample]:
    """Return *count* pairs drawn evenly from all that pass, the same for the same seed."""
    chance = random.Random(config.seed)
    kept: list[Sample] = []
    passed = 0
    for path in pack.pair_files(config.pairs):
        for item in sample.read(path):
            if not passes(item, config):
                continue
            passed += 1
            if len(kept) < config.count:
                kept.append(item)
            elif (place := chance.randrange(passed)) < config.count:
                kept[place] = item
    return kept


def passes(item: Sample, config: ShowConfig) -> bool:
    """Tell whether a pair passes every filter that is set."""
    text = "\n".join((item.problem, *item.lines, *item.code))
    return (
        (not config.kind or item.kind == _kind(config.kind))
        and config.op.upper() in {"", item.op}
        and config.intent.upper() in {"", item.intent}
        and (not config.code or any(found.code == config.code for found in item.findings))
        and config.rule in {"", item.rule}
        and config.origin in f"{item.origin} {item.source}"
        and config.contains in text
    )


def _kind(name: str) -> Kind:
    """Return a kind by name; raises InputError."""
    try:
        return Kind[name.upper()]
    except KeyError:
        raise InputError(f"no kind of pairs is called {name}", ", ".join(k.name.lower() for k in Kind)) from None


def render(item: Sample) -> str:
    """Return a pair for people: problem, evidence, context, attempts, plan and diff."""
    return "\n".join(_lines(item))


def _lines(item: Sample) -> Iterator[str]:
    """Yield the lines of a rendered pair."""
    yield f"{item.kind.name.lower()}  {item.target} {item.symbol}  from {item.source or item.origin}  ({item.rule})"
    yield f"problem:  {item.problem or '(none given)'}"
    for found in item.findings:
        yield f"evidence: {_finding(found)}"
    if item.hot:
        yield f"suspected lines: {', '.join(map(str, item.hot))}"
    for text in item.context:
        yield f"context:  {text}"
    for tried in item.tried:
        yield f"tried:    line {tried.mark}, {tried.op}: {' | '.join(tried.lines) or '(delete)'}"
    if not item.op:
        yield "plan:     nothing is wrong"
        yield from (f"  {number:3} {line}" for number, line in enumerate(item.lines, start=1))
        return
    place = f"lines {item.mark}-{item.end_mark}" if item.end_mark else f"line {item.mark}"
    what = f"insert behind {place}" if item.insert else place
    yield f"plan:     {item.intent} {item.target}, {what}: {Op(item.op).meaning} [{item.op}]"
    yield from _diff(item)


def _finding(found: Finding) -> str:
    """Return one finding in words."""
    where = f" at line {found.mark}" if found.mark else " outside the window"
    names = f": {', '.join(found.names)}" if found.names else ""
    return f"{Stage(found.stage).name.lower()} {found.code}{where}{names}"


def repaired(item: Sample) -> tuple[str, ...]:
    """Return the window with the answer carried out."""
    if item.insert:
        return (*item.lines[: item.mark], *item.code, *item.lines[item.mark :])
    return (*item.lines[: item.mark - 1], *item.code, *item.lines[item.end_mark or item.mark :])


def _diff(item: Sample) -> Iterator[str]:
    """Yield the whole window as a diff with its line marks."""
    number = 0
    for row in difflib.ndiff(item.lines, repaired(item)):
        if row.startswith("?"):
            continue
        if row[0] in " -":
            number += 1
        yield f"  {number if row[0] in ' -' else '':>3} {row[0]} {row[2:]}"


def _counts(document: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield every number of a manifest by name: its counts, what packing left out, and single facts."""
    yield from (document.get("counts") or {}).items()
    yield from ((f"left out: {name}", count) for name, count in (document.get("left_out") or {}).items())
    yield from (
        (name, value) for name, value in document.items() if isinstance(value, int | float) and name != "format"
    )


def report(folder: Path) -> str:
    """Return the counts in a folder's manifest as text, grouped by what they count; raises InputError."""
    path = folder / record.MANIFEST
    if not path.is_file():
        raise InputError(f"no manifest in {folder}", "the stage that writes it has not finished")
    document = record.read_json(path)
    out = [f"{folder}  {document['data_hash'][:16]}  {len(document['files'])} files"]
    groups: dict[str, list[tuple[str, float]]] = {}
    for name, count in _counts(document):
        group, _, rest = name.partition(":") if ":" in name else name.partition(" ")
        grouped = ":" in name or group in _GROUPS
        groups.setdefault(group if grouped else "totals", []).append((rest.strip() if grouped else name, count))
    for group, rows in sorted(groups.items()):
        out.append(f"{group}:")
        whole = max(1, sum(count for _, count in rows))
        for name, count in sorted(rows, key=lambda row: -row[1]):
            share = f"{100 * count / whole:5.1f} %" if group != "totals" else ""
            out.append(f"  {name:<44} {count:>9} {share}".rstrip())
    return "\n".join(out)
