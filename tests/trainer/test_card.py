"""The model card: every number from a record, tables that hold together, plots that any viewer draws."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np

from trainer import calibrate_control, card, card_edits, plots, record
from trainer.calibrate_control import Decisions
from trainer.model import ModelConfig
from trainer.plots import Axis, Series
from trainer.repair_eval import Outcome

SVG = "{http://www.w3.org/2000/svg}"
SOLVED = Outcome("a", "build", "CMP", "r", True, True, True, 3, 1.5, 1, "done", "catalogue")  # noqa: FBT003


def outcomes(path: Path, rows: list[Outcome]) -> str:
    """Write outcomes and return their file's name."""
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))
    return str(path)


def points(svg: str) -> list[list[tuple[float, float]]]:
    """Return the points of every line of a chart."""
    lines = ET.fromstring(svg).iter(f"{SVG}polyline")
    return [[tuple(map(float, pair.split(","))) for pair in line.attrib["points"].split()] for line in lines]  # type: ignore[misc]


def test_a_chart_places_its_points() -> None:
    """Higher shares stand higher, later values further right, on a logarithmic axis by their ratio; text is escaped."""
    axis = Axis("calls", (1, 10, 100), logarithmic=True)
    svg = plots.chart("a < b", axis, "%", [Series("one & two", [(1, 0.0), (10, 0.5), (100, 1.0)])])
    ((first, middle, last),) = points(svg)
    assert first[0] < middle[0] < last[0]
    assert first[1] > middle[1] > last[1]
    assert abs((middle[0] - first[0]) - (last[0] - middle[0])) < 0.2
    assert "one &amp; two" in svg
    assert len(svg) < 6000


def test_repairs_of_several_sets(tmp_path: Path) -> None:
    """Each set has its table, its paired tests and plots of its own files; clean code counts false edits."""
    failed = replace(SOLVED, right=False, plausible=False, calls=40)
    clean = replace(SOLVED, name="c", group="clean", changed=True, right=False)
    none = outcomes(tmp_path / "none.jsonl", [failed, replace(SOLVED, name="b"), clean])
    model = outcomes(tmp_path / "model.jsonl", [SOLVED, replace(SOLVED, name="b"), replace(clean, changed=False)])
    section = card.repairs(f"syn={none},{model};{model}")
    assert "### syn" in section.text
    assert "### repairs" in section.text
    assert "| 10 calls | 1/2 = 50%" in section.text
    assert "| false edits | 1/1 = 100%" in section.text
    assert set(section.plots) == {"solved-syn.svg", "rounds-syn.svg", "solved-repairs.svg", "rounds-repairs.svg"}
    lines = points(section.plots["solved-syn.svg"])
    assert len(lines) == 2
    assert lines[0][-1][1] > lines[1][-1][1], "the baseline solves fewer, so it ends lower on the page"
    for name in section.plots:
        assert f"]({name})" in section.text


def test_control_shows_both_states() -> None:
    """Calibration and risk come with and without the fit; the ideal line is there to compare with."""
    chance = np.random.default_rng(5)
    logits = chance.normal(size=(200, 3)) * 4
    labels = np.where(chance.random(200) < 0.7, logits.argmax(1), 0).astype(np.int64)
    found = Decisions(logits, labels, (labels == 2).astype(np.int64), np.arange(200) % 2)
    measured = calibrate_control.report(found)
    section = card.control(json.loads(json.dumps(measured)))
    assert f"{measured['before']['calibration_error']:.3f}" in section.text
    assert f"{measured['temperature']:.3f}" in section.text
    assert len(points(section.plots["control-calibration.svg"])) == 3
    assert len(points(section.plots["control-risk.svg"])) == 2


def test_ranking_shows_folds() -> None:
    """Every ranking and fold is a row, with the weights that were fitted."""
    table = {"tasks": 9} | {budget: {"share": 0.25} for budget in ("1", "10", "50", "200", "all")}
    fold = {"fitted_on": 11, "plan": 0.1, "code": 0.0, "choice": 0.7, "edit": 0.5, "none": table, "model": table}
    rankings = {"none": table, "random": table, "model": table}
    fitted = {
        "tasks": 20,
        "plan": 0.2,
        "code": 0.1,
        "choice": 1.0,
        "edit": 1.0,
        "rankings": rankings,
        "alone": {"edit scorer alone": {}, "network alone": {}},
        "folds": [fold, fold],
    }
    text = card.ranking(fitted).text
    assert "Each half of the model" in text
    assert "The network was not asked" in card.ranking({**fitted, "alone": {"edit scorer alone": {}}}).text
    assert text.count("| 25% | 25% | 25% | 25% | 25% |") == 7
    assert "fitted on 11 others (plan 0.1, code 0, choice 0.7, edit 0.5)" in text


def test_shapes_are_told_to_be_short_runs() -> None:
    """The budget is what was spent, in the unit that was equal; every shape is a row, the best first."""
    names = ("loss", "loss_control", "loss_plan", "loss_code", "right_control", "right_op", "right_line", "right_code")
    row = {"name": "small", "parameters": 25_000_000, "minutes": 2.5, "teraflops": 7.25, "samples": 1200}
    row |= dict.fromkeys(names, 0.125)
    better = row | {"name": "better", "samples": 900, "teraflops": 7.5, "right_line": 0.5}
    settings = {"device": "cpu", "data": ".data/shards", "batch": 16, "eval_samples": 768}
    text = card.shapes({"equal": "flops", "settings": settings, "shapes": [row, better]}).text
    assert "short runs on a shared CPU, 7.25 to 7.5 TFLOP and 900 to 1,200 samples each" in text
    assert text.index("| better | 25.0M | 2.5 | 7.5 | 900 |") < text.index("| small | 25.0M | 2.5 | 7.25 | 1,200 |")
    assert "2.5 to 2.5 minutes" in card.shapes({"equal": "time", "settings": settings, "shapes": [row]}).text


def test_head_tells_what_was_trained_on(tmp_path: Path) -> None:
    """Licences are those that the pairs' stage counted, the device is that of the run; nothing is left unfilled."""
    pairs, run, tokenizer = tmp_path / "pairs-commits", tmp_path / "run", tmp_path / "tokenizer"
    record.write_json(pairs / record.CONFIG, {"stage": "pairs-commits"})
    record.write_json(pairs / record.MANIFEST, {"counts": {"licence MIT": 1234, "pairs": 9}})
    record.write_json(run / record.CONFIG, {"config": {"device": "cuda"}})
    record.write_json(tokenizer / record.MANIFEST, {"lines": 5, "pieces_per_line": 14.5, "unused_rows": 3})
    rate = {"share": 0.5, "low": 0.4, "high": 0.6}
    entry = {
        "file": "m.gguf", "description": "a model", "bytes": 5_000_000, "sha256": "0" * 64, "parameters": 1000,
        "training": {"step": 7, "samples": 70, "seconds": 600.0},
        "evaluation": {"limit": 9, "pairs": ".data/pairs-std", "groups": {"build": {"samples": 9, "control": rate}}},
    }  # fmt: skip
    text = card.head(entry, ModelConfig(), card.Sources(run, tokenizer, (pairs / "train",)))
    assert "| train | `pairs-commits` | MIT 1,234 |" in text
    assert "10 minutes of wall clock on a GPU" in text
    assert not re.search(r"\{\w+\}", text)


def test_edit_scorer_is_shown_beside_the_prior() -> None:
    """Both kinds of tasks are rows, with the prior and with the scorer."""
    low = {"tasks": 1200, "top1": 0.19, "top3": 0.38, "top10": 0.65, "reciprocal_rank": 0.33}
    high = {"tasks": 1200, "top1": 0.57, "top3": 0.75, "top10": 0.9, "reciprocal_rank": 0.68}
    told = {"weights": 262144, "repositories": 77, "tasks": {"training": [30000, 1200], "choosing": [900, 80]}}
    told["held_out"] = {"offers": {"prior": low, "scorer": high}, "offers-commits": {"prior": low, "scorer": high}}
    text = card_edits.section(told).text
    assert "30,000 + 1,200 tasks" in text
    assert text.count("| 1,200 | prior and scorer | 57% | 75% | 90% | 0.680 |") == 2
