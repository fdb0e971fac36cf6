"""The test stage on real packages: what fails and how, what counts, and what candidates change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hrgc.diagnostics import Stage
from plugins.golang.test import TestValidator
from tests.plugins.golang_packages import CALC, CALC_TEST, budget, calc, codes, edit, judged, opened, write

pytestmark = pytest.mark.usefixtures("go")


def test_failures_name_test_place_and_words(tmp_path: Path) -> None:
    """Subtests, examples, fuzz seeds and panics each become one finding; tests behind a panic still run."""
    root = calc(tmp_path)
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
    found = {d.names[0]: d for d in evidence.diagnostics}
    assert set(found) == {"TestAdd/1+2", "TestAdd/2+2", "TestLast", "ExampleAdd", "FuzzAdd/seed#1"}
    assert set(evidence.passed) == {"TestDiv", "TestData"}
    assert (evidence.reached, evidence.complete) == (Stage.TEST, True)
    add, last = found["TestAdd/1+2"], found["TestLast"]
    assert (add.code, add.path, add.line) == ("TestFail", root / "calc_test.go", 13)
    assert add.message == "TestAdd/1+2: calc_test.go:13: Add(1, 2) = -1, want 3"
    assert (last.code, last.path, last.line) == ("Panic", root / "calc.go", 8)
    assert "index out of range [2] with length 2" in last.message
    assert "want:\n4 5" in found["ExampleAdd"].message
    assert (evidence.hot[0].path, evidence.hot[0].line, evidence.hot[0].weight) == (root / "calc.go", 8, 1.0)


def test_partial_progress_is_seen_and_regressions_too(tmp_path: Path) -> None:
    """A candidate that fixes some tests keeps the findings of the others; one that breaks a test gets that finding."""
    root = calc(tmp_path)
    path = root / "calc.go"
    with opened(root) as workspace:
        (fixes, wrong, breaks, useless), _ = judged(
            workspace,
            [
                edit(path, "a - b", "a + b"),
                edit(path, "xs[len(xs)]", "xs[0]"),
                edit(
                    path,
                    "a - b }\n\nfunc Div(a, b int) int { return a / b }",
                    "a + b }\n\nfunc Div(a, b int) int { return b }",
                ),
                edit(path, "a / b", "a / (b + 0)"),
            ],
        )
    assert codes(fixes) == [("Panic", "TestLast")]
    assert ("TestFail", "TestLast") in codes(wrong)
    assert {name for _, name in codes(wrong)} == {
        "TestAdd/1+2",
        "TestAdd/2+2",
        "TestLast",
        "ExampleAdd",
        "FuzzAdd/seed#1",
    }
    assert {name for _, name in codes(breaks)} == {"TestLast", "TestDiv"}
    assert {name for _, name in codes(useless)} == {name for _, name in codes(wrong)}


def test_package_without_tests_says_so(tmp_path: Path) -> None:
    root = write(tmp_path, {"calc.go": CALC})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
        (verdict,), _ = judged(workspace, [edit(root / "calc.go", "a - b", "a + b")])
    assert (evidence.diagnostics, evidence.notes) == ((), ("tests: the package has none",))
    assert evidence.reached < Stage.TEST
    assert verdict.diagnostics == ()


def test_tests_that_do_not_build_are_findings_of_the_type_stage(tmp_path: Path) -> None:
    root = write(tmp_path, {"calc.go": CALC, "calc_test.go": CALC_TEST.replace("Div(6, 3)", "Divide(6, 3)")})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
    (found,) = evidence.diagnostics
    assert (found.stage, found.path, found.line) == (Stage.TYPES, root / "calc_test.go", 21)
    assert "undefined: Divide" in found.message


def test_selection_limits_what_counts(tmp_path: Path) -> None:
    root = calc(tmp_path)
    with opened(root, run="TestDiv|TestLast") as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
        (verdict,), _ = judged(workspace, [edit(root / "calc.go", "xs[len(xs)]", "xs[len(xs)-1]")])
    assert [d.names[0] for d in evidence.diagnostics] == ["TestLast"]
    assert evidence.passed == ("TestDiv",)
    assert (verdict.diagnostics, set(verdict.passed)) == ((), {"TestDiv", "TestLast"})


def test_flaky_tests_are_excluded_and_noted(tmp_path: Path) -> None:
    """A test that fails every other time counts neither way."""
    flaky = """package m

import (
	"testing"
	"time"
)

func TestCoin(t *testing.T) {
	if time.Now().UnixNano()/1000%2 == 0 {
		t.Error("tails")
	}
}

func TestAdd(t *testing.T) {
	if Add(1, 1) != 2 {
		t.Error("add")
	}
}
"""
    root = write(tmp_path, {"calc.go": CALC, "calc_test.go": flaky})
    seen: set[str] = set()
    with opened(root) as workspace:
        for _ in range(30):
            evidence = TestValidator().examine(workspace, {}, budget())
            assert "TestAdd" in {d.names[0] for d in evidence.diagnostics}
            seen |= set(evidence.notes)
            if seen:
                break
    assert seen == {"flaky, not counted: TestCoin"}


def test_main_parallel_and_environment(tmp_path: Path) -> None:
    """TestMain runs, and tests see a home and a folder for temporary files of their own."""
    source = """package m

import (
	"os"
	"path/filepath"
	"testing"
)

var ready bool

func TestMain(m *testing.M) {
	ready = true
	os.Exit(m.Run())
}

func TestReady(t *testing.T) {
	t.Parallel()
	home, err := os.UserHomeDir()
	if !ready || err != nil {
		t.Fatal(ready, err)
	}
	for _, dir := range []string{home, os.TempDir(), "."} {
		if err := os.WriteFile(filepath.Join(dir, "mine"), nil, 0o600); err != nil {
			t.Error(err)
		}
	}
	if old := os.Getenv("REAL_HOME"); old == home {
		t.Error("this is the user's home")
	}
}
"""
    root = write(tmp_path, {"calc.go": CALC, "calc_test.go": source})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
    assert (evidence.diagnostics, evidence.passed) == ((), ("TestReady",))


def test_crash_outside_of_tests_is_one_finding(tmp_path: Path) -> None:
    source = """package m

var table = make([]int, 2)

var last = at(2)

func at(i int) int { return table[i] + last2() }

func last2() int { return 0 }
"""
    test = """package m

import "testing"

func TestLast(t *testing.T) {
	if last != 0 {
		t.Error(last)
	}
}
"""
    root = write(tmp_path, {"calc.go": source, "calc_test.go": test})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget())
        verdicts, _ = judged(
            workspace, [edit(root / "calc.go", "table[i]", new) for new in ("table[i-1]", "table[i-3]", "table[i%2]")]
        )
    (found,) = evidence.diagnostics
    assert (found.code, found.path, found.line) == ("Panic", root / "calc.go", 7)
    assert [not v.diagnostics for v in verdicts] == [True, False, True]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="the race detector needs a C compiler")
def test_data_races_are_findings(tmp_path: Path) -> None:
    """With the race detector on, a candidate with a data race fails; fuel itself is no race."""
    source = """package m

import "sync"

func Sum(n int) (s int) {
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := 0; i < n; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); for j := 0; j < 3; j++ { mu.Lock(); s += 2; mu.Unlock() } }()
	}
	wg.Wait()
	return s
}
"""
    test = """package m

import "testing"

func TestSum(t *testing.T) {
	if Sum(4) != 12 {
		t.Error(Sum(4))
	}
}
"""
    root = write(tmp_path, {"sum.go": source, "sum_test.go": test})
    path = root / "sum.go"
    with opened(root, race=True) as workspace:
        verdicts, notes = judged(
            workspace, [edit(path, "s += 2; mu.Unlock()", "mu.Unlock(); s += 1"), edit(path, "s += 2", "s += 1")], 120
        )
    assert notes == ()
    assert codes(verdicts[0])[0][0] == "Race"
    assert verdicts[1].diagnostics == ()
