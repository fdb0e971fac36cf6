"""Whole repair tasks: made, solved, compared, and the weights of the ranking fitted."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.session import Toolbox
from trainer import repair_eval, repair_set
from trainer.intervals import mcnemar, wilson
from trainer.repair_eval import Outcome, RepairConfig
from trainer.repair_report import report, within
from trainer.repair_set import Task, broken, shown_tests

RIGHT = b"package p\n\nfunc Abs(n int) int {\n\tif n < 0 {\n\t\treturn -n\n\t}\n\treturn n\n}\n"
TESTS = """package p

import "testing"

func TestNegative(t *testing.T) {
	if Abs(-3) != 3 {
		t.Fatal("negative")
	}
}

func TestPositive(t *testing.T) {
	if Abs(4) != 4 {
		t.Fatal("positive")
	}
}
"""
DONE = Outcome("a", "behaviour", "CMP", "r", True, True, True, 3, 1.5, 1, "done", "catalogue")  # noqa: FBT003


def test_a_record_becomes_a_broken_file() -> None:
    """The window's lines stand where the fix would put the right ones, indented as those."""
    row = {
        "numbers": 3,
        "window": ["func Abs(n int) int {", "if n > 0 {", "return -n", "}", "return n", "}"],
        "fix": {"first": 2, "last": 2, "lines": ["if n < 0 {"]},
    }
    assert broken(RIGHT, row) == RIGHT.replace(b"n < 0", b"n > 0")
    assert broken(RIGHT.replace(b"n < 0", b"n <= 0"), row) is None


def test_shown_tests_hold_a_failing_one() -> None:
    """Half of the tests are shown, always with one that fails, the same half each time."""
    after = Evidence((Diagnostic(Path("/p/a.go"), 0, 0, Stage.TEST, "TestFail", "", ("TestA/sub",)),))
    before = Evidence(passed=tuple(f"Test{c}" for c in "ABCDEFGH"))
    for key in ("x", "y", "z"):
        shown = shown_tests(before, after, key)
        assert "TestA" in shown or shown_tests(before, after, key) == shown
        assert shown.startswith("^(")
    assert shown_tests(replace(before, passed=()), after, "k") == "^(TestA)$"


def test_statistics() -> None:
    """Known values of Wilson's interval and the exact McNemar test."""
    low, high = wilson(15, 20)
    assert (round(low, 3), round(high, 3)) == (0.531, 0.888)
    assert wilson(0, 0) == (0.0, 1.0)
    assert mcnemar(0, 0) == 1.0
    assert mcnemar(1, 9) == pytest.approx(0.0215, abs=1e-4)


def test_report_compares_common_tasks(tmp_path: Path) -> None:
    """Tasks that only one file has do not count; budgets are calls and seconds."""
    none, model = tmp_path / "none.jsonl", tmp_path / "model.jsonl"
    slow = replace(DONE, calls=40)
    none.write_text("\n".join(json.dumps(asdict(o)) for o in (slow, replace(DONE, name="only-here"))))
    model.write_text(json.dumps(asdict(DONE)))
    text = report([none, model])
    assert "| 10 calls | 0/1 = 0%" in text
    assert "model against none at 10 calls: +1 -0" in text
    assert within(DONE, calls=3)
    assert not within(DONE, seconds=1.0)


def test_a_smaller_draw_is_part_of_a_larger_one() -> None:
    """The seed alone decides which tasks are drawn; a limit takes the first of them."""
    tasks = [Task(str(n), "", "", "build", "", "", "", "", "", n) for n in range(40)]
    small, large = (repair_eval.chosen(tasks, RepairConfig(sample=n, seed=3)) for n in (5, 20))
    assert list(small) == list(large)[:5]
    assert [t.line for t in small] != [0, 1, 2, 3, 4]
    assert repair_eval.chosen(tasks, RepairConfig(sample=5, limit=2, seed=3)) == small[:2]
    assert repair_eval.chosen(tasks, RepairConfig(sample=5, seed=4)) != small
    assert repair_eval.chosen(tasks, RepairConfig()) == tasks


def test_a_task_is_solved_and_judged(tmp_path: Path, go: str) -> None:
    """The engine sees the shown test alone; all tests judge; a solved task is not run again."""
    assert go
    package = tmp_path / "checkout" / "repo"
    package.mkdir(parents=True)
    (package / "go.mod").write_text("module example.com/p\n\ngo 1.22\n")
    (package / "p.go").write_bytes(RIGHT)
    (package / "p_test.go").write_text(TESTS)
    wrong = RIGHT.replace(b"n < 0", b"n > 0").decode()
    task = Task("t", "repo", "repo/p.go", "behaviour", wrong, RIGHT.decode(), "^(TestNegative)$", "CMP", "r", 4)
    config = RepairConfig(checkout=str(tmp_path / "checkout"), seconds=30)
    outcome = repair_eval.solve(task, config, Toolbox.load())
    assert outcome.plausible
    assert outcome.right
    assert outcome.calls >= 1
    assert (package / "p.go").read_bytes() == RIGHT
    assert repair_set.packages(tmp_path / "checkout").__next__() == package
