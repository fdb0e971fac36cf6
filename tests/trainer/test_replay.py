"""Judging candidates once, replaying rankings over them, and fitting weights to the verdicts."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from hrgc.diagnostics import Evidence
from hrgc.edits import TextEdit
from hrgc.plan import Step
from hrgc.plugin import Candidate
from hrgc.rank import Weights
from hrgc.session import Toolbox
from hrgc.tokens import Op
from trainer import calibrate, card, judge_set, opinions, rank_report, record, replay, rows
from trainer.calibrate import CalibrateConfig
from trainer.judge_set import Judged, JudgedTask, JudgeSetConfig
from trainer.repair_set import Task
from trainer.replay import NO_MODEL, Opinion, Replay

PATH = Path("/p/a.go")
RIGHT = "package p\n\n// Abs is a distance.\nfunc Abs(n int) int {\n\tif n < 0 {\n\t\treturn -n\n\t}\n\treturn n\n}\n"
TESTS = (
    'package p\n\nimport "testing"\n\nfunc TestNegative(t *testing.T) {\n\tif Abs(-3) != 3 {\n\t\tt.Fatal()\n\t}\n}\n\n'
    "func TestPositive(t *testing.T) {\n\tif Abs(4) != 4 {\n\t\tt.Fatal()\n\t}\n}\n"
)


def judged(prior: float, verdict: str, op: Op = Op.NAME) -> Judged:
    """Return a candidate that is broken, builds, is wrong (plausible) or right."""
    places = ("broken", "builds", "wrong", "right").index(verdict)
    edit = TextEdit(0, 1, f"{prior}{verdict}".encode())
    candidate = Candidate(PATH, (edit,), Step(PATH, 1, op), prior=prior)
    return Judged(candidate, 0.0, builds=places > 0, plausible=places > 1, right=places > 2)


def task(*candidates: Judged, name: str = "t", folder: str = "p", group: str = "behaviour") -> JudgedTask:
    """Return a task with *candidates*."""
    return JudgedTask(name, folder, PATH, group, "package p\n", "", Evidence(), candidates)


def of_lines(*lines: int) -> list[Candidate]:
    """Return candidates of one operation on some lines."""
    return [Candidate(PATH, (TextEdit(0, 1, b"%d" % at),), Step(PATH, line, Op.NAME)) for at, line in enumerate(lines)]


def opinion(*pairs: tuple[float, float]) -> Opinion:
    """Return a model's opinion from (plan, code) pairs."""
    return Opinion(np.array([p for p, _ in pairs]), np.array([c for _, c in pairs]), np.zeros(len(pairs)))


def test_only_test_runs_count_where_tests_are_shown() -> None:
    """A candidate that does not build costs no test run, but is a call where the type checker is the judge."""
    candidates = (judged(3, "broken"), judged(2, "builds"), judged(1, "right"))
    behaviour = Replay(task(*candidates))
    assert behaviour.calls_until(behaviour.base) == (2.0, True)
    build = Replay(task(*candidates, group="build"))
    assert build.calls_until(build.base) == (3.0, True)


def test_a_plausible_wrong_candidate_ends_the_search() -> None:
    """A right candidate behind a wrong one that passes the shown tests is never reached; equal scores keep order."""
    item = Replay(task(judged(1, "wrong"), judged(1, "right")))
    assert item.calls_until(item.base) == (1.0, False)
    assert item.reciprocal(NO_MODEL) == 0.0
    assert Replay(task(judged(1, "builds"))).calls_until(np.array([1.0])) == (math.inf, False)
    assert Replay(task()).calls_until(np.array([])) == (math.inf, False)
    rates = replay.table([item], NO_MODEL)
    assert (rates["all"]["solved"], rates["plausible_but_wrong"]) == (0, 1)


def test_scores_mix_as_the_engine_does() -> None:
    """Unscored code counts as the worst; without any opinion a candidate is last, an import level with the best."""
    candidates = (judged(0, "builds"), judged(0, "builds"), judged(0, "builds"), judged(0, "right", Op.IMPORT))
    item = Replay(task(*candidates), opinion((-1, -2), (-1, math.nan), (math.nan, math.nan), (math.nan, math.nan)))
    assert item.scores(Weights(1.0, 0.5)).tolist() == [-2.0, -2.0, -3.0, -2.0]
    assert item.scores(NO_MODEL).tolist() == [0.0] * 4
    assert item.opinion is not None
    rated = replace(item, opinion=replace(item.opinion, edit=np.array([0.0, 2.0, 0.0, -1.0])))
    assert rated.scores(Weights(0.0, 0.0, edit=0.5)).tolist() == [0.0, 1.0, 0.0, -0.5]
    item = Replay(task(*candidates[:2]), opinion((-1, -2), (-3, -1)))
    assert item.scores(Weights(1.0, 1.0)).tolist() == [-3.0, -4.0]


def test_shares_forgive_what_all_candidates_of_a_line_repeat() -> None:
    """Of two lines whose text is as unlikely by its length alone, the share of each candidate on its line counts."""
    long, other, short = (replace(judged(0, "builds"), candidate=made) for made in of_lines(1, 1, 2))
    item = Replay(task(long, other, short), opinion((-1, -20), (-1, -22), (-1, -3)))
    scores = item.scores(Weights(0.0, 0.0, 1.0))
    assert scores[0] == pytest.approx(-math.log1p(math.exp(-2)))
    assert scores[1] == pytest.approx(scores[0] - 2)
    assert scores[2] == 0.0


def test_random_orders_are_averaged() -> None:
    """Of two plausible candidates each comes first about half of the time."""
    rates = replay.shuffled([Replay(task(judged(1, "wrong"), judged(0, "right"), name=f"t{n}")) for n in range(40)], 1)
    assert rates["1"]["share"] == pytest.approx(0.5, abs=0.12)
    assert rates["plausible"] == 40


def test_nearly_equal_weights_ask_the_network_least() -> None:
    """A hundredth more is not worth scoring every candidate's code, or larger weights; a tenth is."""
    rows = [(Weights(0.5, 0.1), 0.4), (Weights(0.5, 0.0), 0.397), (Weights(0.3, 0.0), 0.39), (Weights(0.1, 0.0), 0.38)]
    assert calibrate._best(rows) == Weights(0.3, 0.0)
    assert calibrate._best([(Weights(0.5, 0.1), 0.4), (Weights(0.5, 0.0), 0.36)]) == Weights(0.5, 0.1)


def test_folds_hold_out_whole_packages() -> None:
    """Weights fitted on one half of the packages are measured on the other."""
    helpful = opinion((-9, -9), (-1, -1))
    items = [
        Replay(task(judged(1, "wrong"), judged(0, "right"), name=str(n), folder=f"p{n}"), helpful) for n in range(12)
    ]
    found = calibrate.folds(items)
    assert sum(fold["model"]["tasks"] for fold in found) == len(items)
    assert [fold["fitted_on"] + fold["model"]["tasks"] for fold in found] == [12, 12]
    assert all(fold["model"]["1"]["share"] == 1.0 and fold["none"]["1"]["share"] == 0.0 for fold in found)


def test_rankings_are_compared_task_by_task() -> None:
    """What is solved with the model and without it, and how many tasks each of them solves alone."""
    helpful = opinion((-9, -9), (-1, -1))
    items = [
        Replay(task(judged(1, "wrong"), judged(0, "right"), name=str(n), folder="o+r/p"), helpful) for n in range(8)
    ]
    compared = rank_report.compare(items, Weights(1.0, 1.0), {"half": Weights(0.0, 1.0)})
    assert compared["against_none"]["1"] == {"gained": 8, "lost": 0, "p": pytest.approx(2 / 2**8)}
    assert compared["against_none"]["all"]["gained"] == 8
    text = card.rankings(compared).text
    assert "o/r 8" in text
    assert "| model | 100%" in text
    assert "| half | 100%" in text
    assert "| none | 0%" in text
    assert "@1 +8 -0, p = 0.0078" in text


def test_candidates_are_judged_once(tmp_path: Path, go: str) -> None:
    """The repair is plausible and right; what only the hidden test catches is plausible; the row is read back whole."""
    assert go
    package = tmp_path / "checkout" / "repo"
    package.mkdir(parents=True)
    for name, text in (("go.mod", "module example.com/p\n\ngo 1.22\n"), ("p.go", RIGHT), ("p_test.go", TESTS)):
        (package / name).write_text(text)
    wrong = RIGHT.replace("n < 0", "n > 0")
    broken = Task("broken", "repo", "repo/p.go", "behaviour", wrong, RIGHT, "^(TestNegative)$", "CMP", "r", 4)
    rows.append(tmp_path / "tasks.jsonl.gz", [asdict(broken), asdict(replace(broken, name="clean", content=RIGHT))])
    out = tmp_path / "judged.jsonl.gz"
    config = JudgeSetConfig(str(tmp_path / "tasks.jsonl.gz"), str(package.parent), str(out))
    judge_set.main(config)
    size = out.stat().st_size
    judge_set.main(config)
    assert out.stat().st_size == size, "nothing is judged again"
    assert [row["name"] for row in rows.read(out)] == ["broken", "clean"]
    (item,) = judge_set.read_judged(out)
    assert item.folder == "repo"
    texts = {c.candidate.code: c for c in item.candidates}
    assert texts["if n < 0 {",].right
    assert any(c.plausible and not c.right for c in item.candidates)
    assert all(c.plausible for c in item.candidates if c.right)
    (same,) = opinions.gather([item], tmp_path / "opinions.jsonl.gz", Toolbox.load(), 10.0)
    assert same.task == item
    fitted = CalibrateConfig(
        "none", judged=str(out), opinions=str(tmp_path / "opinions.jsonl.gz"), out=str(tmp_path / "fit.json")
    )
    calibrate.main(fitted)
    document = record.read_json(tmp_path / "fit.json")
    assert [document[name] for name in ("tasks", "plan", "code", "choice")] == [1, 0.0, 0.0, 0.0]
    assert document["rankings"]["model"] == document["rankings"]["none"]
    assert list(document["alone"]) == [calibrate.SCORER], "there is no network to rank alone"
    calibrate.main(replace(fitted, network=False))
    assert record.read_json(tmp_path / "fit.json") == document
