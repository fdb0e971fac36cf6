"""Stopping early, working without a helper, and tests that need their own directory or module."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import cast

import pytest

from hrgc.diagnostics import Stage
from hrgc.plugin import Budget, Cancel
from plugins.golang.helper import HelperUnavailable
from plugins.golang.remembering import RememberingHelper
from plugins.golang.test import TestValidator
from tests.plugins.golang_packages import CALC, HOSTILE, HOSTILE_TEST, budget, edit, judged, opened, write

pytestmark = pytest.mark.usefixtures("go")


def test_stopping_early_saves_the_work(tmp_path: Path) -> None:
    """A consumer that takes one verdict of many ends the rest, and a second look costs nothing."""
    root = write(tmp_path, {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST})
    candidates = [edit(root / "work.go", "return n + 1", f"return n + {n}") for n in (0, *range(2, 200))]
    with opened(root) as workspace:
        validator = TestValidator()
        verdicts = validator.judge(workspace, {}, candidates, budget())
        assert next(iter(verdicts)).diagnostics == ()
        started = time.monotonic()
        verdicts.close()  # type: ignore[attr-defined]
        again = validator.judge(workspace, {}, candidates, budget())
        assert next(iter(again)).diagnostics == ()
        again.close()  # type: ignore[attr-defined]
        assert time.monotonic() - started < 5


def test_cancel_and_deadline_end_the_judging(tmp_path: Path) -> None:
    root = write(tmp_path, {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST})
    candidates = [edit(root / "work.go", "return n + 1", f"time.Sleep({n}*time.Hour); return n") for n in range(1, 50)]
    with opened(root) as workspace:
        validator = TestValidator()
        validator.examine(workspace, {}, budget())
        started = time.monotonic()
        assert len(list(validator.judge(workspace, {}, candidates, budget(2)))) < len(candidates)
        cancel = Cancel()
        threading.Timer(1.5, cancel.cancel).start()
        assert len(list(validator.judge(workspace, {}, candidates[::-1], Budget(cancel=cancel)))) < len(candidates)
        assert time.monotonic() - started < 20


class NoHelper:
    """A helper that cannot be started."""

    def request(self, *_: object, **__: object) -> None:
        """Refuse every question."""
        raise HelperUnavailable("it cannot be built here", "run hrgc doctor")

    outline = request

    def close(self) -> None:
        """Nothing to end."""


def test_without_a_helper_candidates_are_tested_one_by_one(tmp_path: Path) -> None:
    """The slow way gives the same verdicts and says why it was taken."""
    root = write(tmp_path, {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST})
    bodies = ("return n", "return n + 2", "for {}", "select {}", "var unused int; return n", "return n + 0")
    candidates = [edit(root / "work.go", "return n + 1", body) for body in bodies]
    with opened(root) as workspace:
        workspace.helper.close()
        workspace.helper = cast("RememberingHelper", NoHelper())
        verdicts, notes = judged(workspace, candidates)
        evidence = TestValidator().examine(workspace, {}, budget())
    assert [not v.diagnostics for v in verdicts] == [True, False, False, False, False, True]
    assert verdicts[4].diagnostics[0].stage is Stage.TYPES
    assert [d.names for d in evidence.diagnostics] == [("TestWork",)]
    assert any("one go test a candidate: it cannot be built here" in note for note in notes)


def test_tests_that_need_their_own_directory_run_there(tmp_path: Path) -> None:
    """A test that writes beside its source, wherever it runs, passes as with ``go test``; this is noted."""
    source = """package m

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestBeside(t *testing.T) {
	_, file, _, _ := runtime.Caller(0)
	name := filepath.Join(filepath.Dir(file), "beside.tmp")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove(name)
}
"""
    root = write(tmp_path, {"calc.go": CALC, "calc_test.go": source})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
    assert (evidence.diagnostics, evidence.passed) == ((), ("TestBeside",))
    assert all("run in place" in note for note in evidence.notes)


def test_tests_that_look_around_in_their_module_find_it(tmp_path: Path) -> None:
    """Files beside and above the package are there, in a small module and in a large one."""
    source = """package a

import (
	"os"
	"testing"
)

func TestAround(t *testing.T) {
	for _, name := range []string{"../go.mod", "../b/b.txt", "testdata/a.txt", "a.go"} {
		if _, err := os.Stat(name); err != nil {
			t.Error(err)
		}
	}
}
"""
    files = {"a/a.go": "package a\n", "a/a_test.go": source, "a/testdata/a.txt": "", "b/b.txt": ""}
    for name, many in (("small", 0), ("large", 400)):
        root = write(tmp_path / name, {**files, **{f"c/{n}.txt": "" for n in range(many)}})
        with opened(root / "a") as workspace:
            evidence = TestValidator().examine(workspace, {}, budget())
        assert (evidence.diagnostics, evidence.passed, evidence.notes) == ((), ("TestAround",), ())
