"""The model card: text, tables and plots from what the tools wrote; no number is typed by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainer import calibrate, curves, evaluate, plots, proxies, record, repair_report
from trainer.model import ModelConfig
from trainer.plots import Axis, Series
from trainer.repair_eval import Outcome
from trainer.repair_set import CLEAN

CALLS = (1, 2, 5, 10, 20, 50, 100, 200)
"""Budgets of the plot."""


@dataclass(frozen=True)
class Sources:
    """The folders a card tells about."""

    run: Path
    tokenizer: Path
    pairs: tuple[Path, ...]
    """Folders of pairs that were trained on."""


@dataclass(frozen=True)
class Section:
    """A part of the card with its plots, by file name."""

    text: str
    plots: Mapping[str, str]


def head(entry: dict[str, Any], shape: ModelConfig, sources: Sources) -> str:
    """Return the card up to what was measured on held-out packages; *entry* is the manifest's."""
    words, training, settings = inputs(sources.tokenizer), entry["training"], inputs(sources.run).get("config", {})
    return _CARD.format(
        file=entry["file"],
        description=entry["description"],
        megabytes=entry["bytes"] / 1e6,
        sha256=entry["sha256"],
        shape=shape,
        parameters=entry["parameters"],
        data="\n".join(_data(sources.pairs)),
        lines=words.get("lines", 0),
        pieces_per_line=words.get("pieces_per_line", "?"),
        unused_rows=words.get("unused_rows", 0),
        steps=training["step"],
        samples=training["samples"],
        minutes=training["seconds"] / 60,
        device={"cpu": "a shared CPU", "cuda": "a GPU"}.get(settings.get("device", ""), "an unnamed device"),
        curve=_curve(sources.run),
        limit=entry["evaluation"]["limit"],
        pairs=Path(entry["evaluation"]["pairs"]).name,
        table="\n".join(evaluate.table(entry["evaluation"]["groups"])),
    )


def ranking(fitted: dict[str, Any]) -> Section:
    """Return the part about the ranking's weights with both folds of the fit."""
    asked = calibrate.NETWORK in fitted["alone"]
    lines = [_RANKING.format(**fitted, halves=_HALVES if asked else _SCORER_ALONE)]
    rows = [("all tasks", name, table) for name, table in fitted["rankings"].items()]
    for at, fold in enumerate(fitted["folds"], start=1):
        chosen = ", ".join(f"{name} {fold[name]:g}" for name in calibrate.PARTS)
        where = f"fold {at}, fitted on {fold['fitted_on']} others ({chosen})"
        rows += [(where, name, fold[name]) for name in ("none", "model")]
    lines += ["| tasks | ranking | of | @1 | @10 | @50 | @200 | all |", "| --- | --- |" + " ---: |" * 6]
    for where, name, table in rows:
        cells = (f"{table[budget]['share']:.0%}" for budget in ("1", "10", "50", "200", "all"))
        lines.append(f"| {where} | {name} | {table['tasks']} | {' | '.join(cells)} |")
    return Section("\n".join((*lines, "")), {})


def rankings(compared: dict[str, Any]) -> Section:
    """Return the part that compares the model with none and with random orders, at equal calls."""
    where = ", ".join(f"{name.replace('+', '/')} {count}" for name, count in sorted(compared["repositories"].items()))
    lines = [_RANKINGS.format(**compared, where=where)]
    lines += ["| ranking | @1 | @10 | @50 | @200 | all | reciprocal rank |", "| --- |" + " ---: |" * 6]
    for name, table in compared["rankings"].items():
        cells = (
            f"{row['share']:.0%} ({row['low']:.0%}-{row['high']:.0%})"
            for row in (table[budget] for budget in ("1", "10", "50", "200", "all"))
        )
        lines.append(f"| {name} | {' | '.join(cells)} | {table['reciprocal_rank']:.3f} |")
    told = (
        f"@{name} +{row['gained']} -{row['lost']}, p = {row['p']:.2g}" for name, row in compared["against_none"].items()
    )
    lines += ["", f"The model against none, task by task (exact McNemar): {'; '.join(told)}."]
    return Section("\n".join((*lines, "")), {})


def control(measured: dict[str, Any]) -> Section:
    """Return the part about the controller, with its calibration and its coverage against risk."""
    rows = ["| | right | calibration error | false edits on clean code | premature stops |", "| --- |" + " --- |" * 4]
    for name, what in (("before", "as trained"), ("after", "calibrated")):
        row = measured[name]
        stops = (
            f"{r['count']}/{r['of']} = {r['share']:.1%} ({r['low']:.1%}-{r['high']:.1%})"
            for r in (row["false_edits"], row["premature_stops"])
        )
        cells = (f"{row['accuracy']:.1%}", f"{row['calibration_error']:.3f}", *stops)
        rows.append(f"| {what} | {' | '.join(cells)} |")
    lines = {
        what: [(row["confidence"], row["right"]) for row in measured[name]["reliability"]]
        for name, what in (("before", "as trained"), ("after", "calibrated"))
    }
    risks = {
        what: [(row["coverage"], row["risk"]) for row in measured[name]["coverage_risk"]]
        for name, what in (("before", "as trained"), ("after", "calibrated"))
    }
    shares = (0.0, 0.25, 0.5, 0.75, 1.0)
    drawn = {
        "control-calibration.svg": plots.chart(
            "Controller: how sure, how often right",
            Axis("confidence", shares),
            "right, %",
            [Series("ideal", [(0.0, 0.0), (1.0, 1.0)], dashed=True), *(Series(n, p) for n, p in lines.items())],
        ),
        "control-risk.svg": plots.chart(
            "Controller: wrong among the surest decisions",
            Axis("share of decisions", shares),
            "wrong, %",
            [Series(name, points) for name, points in risks.items()],
        ),
    }
    text = _CONTROL.format(**measured, table="\n".join(rows), first=measured["bias"][0], last=measured["bias"][2])
    return Section(text + _images(drawn), drawn)


def shapes(compared: dict[str, Any]) -> Section:
    """Return the part that compares shapes of the network and the baselines at equal compute."""
    return Section(f"\n## Other shapes, at equal compute\n\n{proxies.report(compared)}", {})


def repairs(spec: str) -> Section:
    """Return the part about whole repairs; *spec* is ``name=FILE,FILE;name=FILE``, the baseline first in each."""
    texts: list[str] = [_REPAIRS]
    drawn: dict[str, str] = {}
    for group in filter(None, spec.split(";")):
        name, equals, files = group.rpartition("=")
        name = name if equals else "repairs"
        paths = [Path(file) for file in files.split(",") if file]
        sets = {stem: [o for o in rows if o.group != CLEAN] for stem, rows in repair_report.read_sets(paths).items()}
        mine = _repair_plots(name, sets) if any(sets.values()) else {}
        texts.append(f"### {name}\n\n{repair_report.report(paths)}{_images(mine)}")
        drawn |= mine
    return Section("\n".join(texts), drawn)


def _repair_plots(name: str, sets: Mapping[str, Sequence[Outcome]]) -> dict[str, str]:
    """Return the plots of one set: solved against calls, and against rounds."""
    calls, rounds = [], []
    last = max(o.rounds for rows in sets.values() for o in rows)
    for stem, rows in sets.items():
        calls.append(Series(stem, [(b, _share(rows, b, math.inf)) for b in CALLS]))
        rounds.append(Series(stem, [(n, _share(rows, math.inf, n)) for n in range(1, max(2, last) + 1)]))
    return {
        f"solved-{name}.svg": plots.chart(
            f"{name}: solved rightly within calls", Axis("validator calls", CALLS, logarithmic=True), "solved, %", calls
        ),
        f"rounds-{name}.svg": plots.chart(
            f"{name}: solved rightly within rounds", Axis("rounds", range(1, max(2, last) + 1)), "solved, %", rounds
        ),
    }


def _share(rows: Sequence[Outcome], calls: float, rounds: float) -> float:
    """Return the share of tasks solved within calls and rounds."""
    return sum(repair_report.within(o, calls=calls) and o.rounds <= rounds for o in rows) / max(1, len(rows))


def _images(drawn: Mapping[str, str]) -> str:
    """Return Markdown that shows plots."""
    return "".join(f"\n![{name.removesuffix('.svg')}]({name})\n" for name in drawn)


def inputs(folder: Path) -> dict[str, Any]:
    """Return a stage's manifest and configuration, empty when the folder is not here."""
    out: dict[str, Any] = {}
    for name in (record.CONFIG, record.MANIFEST):
        if (folder / name).is_file():
            out |= record.read_json(folder / name)
    return out


def _data(folders: Sequence[Path]) -> list[str]:
    """Return a table of the pairs that were trained on, with their licences as their stage counted them."""
    rows = ["| pairs | made by | licences |", "| --- | --- | --- |"]
    for folder in folders:
        made = inputs(folder) or inputs(folder.parent)
        counts = made.get("counts", {})
        licences = [f"{key[8:]} {count:,}" for key, count in sorted(counts.items()) if key.startswith("licence ")]
        if not licences and "goroot" in made:
            licences = [f"BSD-3-Clause (Go's standard library and commands, {made['goroot']})"]
        rows.append(f"| {folder.name} | `{made.get('stage', '?')}` | {', '.join(licences) or '?'} |")
    return rows


def _curve(run: Path) -> str:
    """Return the held-out losses of the run as a table."""
    path = run / curves.FILE
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
    held_out = [row for row in rows if row["split"] == "dev"]
    if not held_out:
        return ""
    names = ("samples", "loss_control", "loss_plan", "loss_code", "right_op", "right_line", "right_code")
    head = [f"| {' | '.join(names)} |", "|" + " ---: |" * len(names)]
    step = max(1, len(held_out) // 12)
    chosen = [*held_out[:-1:step], held_out[-1]]
    body = [f"| {' | '.join(f'{row[name]:g}' for name in names)} |" for row in chosen]
    return "\n".join((*head, *body, ""))


_CARD = """# Model card

Written by `hrgc-train release`; do not edit. Every number comes from the run's own records.

`{file}`: {description}. {megabytes:.1f} MB, SHA-256 `{sha256}`.

## Network

HRM-Text (`hrm_text` in llama.cpp): width {shape.width}, {shape.heads} heads, feed-forward {shape.feed_forward},
{shape.layers_per_stack} layers in each of the two stacks, {shape.h_cycles} x ({shape.l_cycles} L + 1 H) passes,
{shape.vocab_size:,} tokens, {shape.context:,} positions, {parameters:,} parameters (embedding tied).

## Data

{data}

Code is broken by typed operators and judged by the type checker, or taken from real commits; the answer is the edit
that restores it. `sources.json` names every repository with its commits and licence. No benchmark was used, and no
repository of the organisations that evaluation sets come from.
Tokenizer: SentencePiece BPE, {lines:,} lines, {pieces_per_line} pieces a line, {unused_rows:,} rows unused.
What is measured below comes from packages or organisations that were never trained on.

## Training

`hrgc-train train`: {steps:,} steps, {samples:,} samples, {minutes:.0f} minutes of wall clock on {device}.
Loss 0.4 plan + 0.4 code + 0.2 control; the averaged weights are shipped.

{curve}
## Held-out packages

`hrgc-train evaluate` on at most {limit} samples of `{pairs}`, shares in percent; intervals are in `manifest.json`.
Lines are ranked over the whole window; `pair` is operation and line together; `code_exact` is the greedy text behind
the right plan.

{table}

## Limits

Trained for CPU minutes, not GPU hours: it ranks candidates that validators judge, and is not fit to write code alone.
It knows one hunk at a time, windows of at most 96 lines, and English requests of a few words.
"""

_RANKING = """
## Weights in the ranking

Fitted by `hrgc-train calibrate` on {tasks} repair tasks that are not reported elsewhere: log p(plan) counts {plan:g},
log p(code | plan) {code:g}, its share among the candidates of the same plan {choice:g} and the edit scorer {edit:g},
beside the proposers' priors. {halves}
Rankings of candidates judged once, solved within so many calls:
"""

_HALVES = "Each half of the model also ranks alone, with weights fitted for it."
_SCORER_ALONE = "The network was not asked for this fit, so that it has no say in the order of candidates."

_RANKINGS = """
## With and without the model, at equal calls

`hrgc-train rank-report` on {tasks} broken functions of tested packages to which nothing was fitted ({where}).
At most {candidates} candidates of a task, the best by prior and suspicion, are judged once (`hrgc-train judge-set`), by
the shown tests and by all; each ranking is replayed over the verdicts. A task is solved when the first candidate that
passes the shown tests passes the hidden ones too.
"""

_CONTROL = """
## The controller

`hrgc-train calibrate-control` on {decisions} held-out decisions: temperature {temperature:.3f}, biases {first:+.3f}
(`<CONTINUE>`) to {last:+.3f} (`<DONE>`). Each half of the packages is measured with what the other half was fitted to.

{table}
"""

_REPAIRS = """
## Whole repairs

The same engine on the same tasks (`hrgc-train repairs`), in repositories that were never trained on; all tests of a
package judge, of which the engine sees half, or none where code does not build. A call is a test run; where code does
not build, the calls are the place of the accepted candidate in the ranking.
"""
