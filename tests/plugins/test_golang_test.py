"""The test stage on real packages: what fails and how, candidates that misbehave, and what is left behind."""

from __future__ import annotations

import os
import shutil
import threading
import time
from pathlib import Path
from typing import cast

import pytest

from hrgc.diagnostics import Stage
from hrgc.plugin import Budget, Cancel, Candidate
from plugins.golang import confine
from plugins.golang.helper import HelperUnavailable
from plugins.golang.remembering import RememberingHelper
from plugins.golang.test import TestValidator
from tests.plugins.golang_packages import budget, codes, edit, judged, opened, write

pytestmark = pytest.mark.usefixtures("go")

CALC = """package m

func Add(a, b int) int { return a - b }

func Div(a, b int) int { return a / b }

func Last(xs []int) int {
	return xs[len(xs)]
}
"""
CALC_TEST = """package m

import (
	"fmt"
	"os"
	"testing"
)

func TestAdd(t *testing.T) {
	for _, c := range []struct{ a, b, want int }{{1, 0, 1}, {1, 2, 3}, {2, 2, 4}} {
		t.Run(fmt.Sprintf("%d+%d", c.a, c.b), func(t *testing.T) {
			if got := Add(c.a, c.b); got != c.want {
				t.Errorf("Add(%d, %d) = %d, want %d", c.a, c.b, got, c.want)
			}
		})
	}
}

func TestDiv(t *testing.T) {
	t.Parallel()
	if Div(6, 3) != 2 {
		t.Error("6/3")
	}
}

func TestLast(t *testing.T) {
	if Last([]int{1, 2}) != 2 {
		t.Error("last")
	}
}

func TestSkipped(t *testing.T) { t.Skip("not today") }

func TestData(t *testing.T) {
	if text, err := os.ReadFile("testdata/in.txt"); err != nil || string(text) != "hello" {
		t.Fatal(err)
	}
	if err := os.WriteFile("testdata/out.txt", nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func ExampleAdd() {
	fmt.Println(Add(4, 0), Add(4, 1))
	// Output: 4 5
}

func FuzzAdd(f *testing.F) {
	f.Add(1, 0)
	f.Add(1, 5)
	f.Fuzz(func(t *testing.T, a, b int) {
		if Add(a, b)-b != a {
			t.Error("not a sum")
		}
	})
}
"""


def calc(root: Path) -> Path:
    return write(root, {"calc.go": CALC, "calc_test.go": CALC_TEST, "testdata/in.txt": "hello"})


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


HOSTILE = """package m

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

var keep [][]byte

var _ = []any{fmt.Sprint, os.Exit, exec.Command, sync.NewCond, syscall.Kill, time.Sleep}

func Work(n int) int {
	return n + 1
}
"""
HOSTILE_TEST = """package m

import "testing"

func TestWork(t *testing.T) {
	if got := Work(3); got != 3 {
		t.Fatal(got)
	}
}

func TestOther(t *testing.T) {}
"""
MISCHIEF = {
    "exit with success": "os.Exit(0); return n",
    "exit with failure": "os.Exit(3); return n",
    "exit in a goroutine": "go os.Exit(0); time.Sleep(time.Minute); return n",
    "deadlock": "var m sync.Mutex; m.Lock(); m.Lock(); return n",
    "blocked for ever": "select {}",
    "sleep": "time.Sleep(time.Hour); return n",
    "endless loop": "for { n++ }",
    "endless goto": "again: n++; if n != 0 { goto again }; return n",
    "endless recursion": "return Work(n+1) + 1",
    "endless closure": "var f func() int; f = func() int { return f() + 1 }; return f()",
    "endless goroutines": "for { go func() { select {} }() }",
    "memory at once": "keep = append(keep, make([]byte, 10<<30)); for i := range keep[0] { keep[0][i] = 1 }; return n",
    "memory in pieces": "for { b := make([]byte, 1<<20); for i := range b { b[i] = 1 }; keep = append(keep, b) }",
    "gigabytes of output": "line := fmt.Sprintf(`%0999d`, n); for { fmt.Println(line) }",
    "panic in a goroutine": "go panic(n); time.Sleep(time.Second); return n",
    "kills itself": "syscall.Kill(os.Getpid(), syscall.SIGKILL); return n",
    "kills its group": "syscall.Kill(0, syscall.SIGKILL); return n",
    "waits for input": "var x int; fmt.Scan(&x); return x - 1",
    "nil map": "var m map[int]int; m[n] = n; return n",
}
"""Bodies that all must fail, and end soon."""


def test_mischief_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    """Nothing a candidate does hangs, kills or dirties anything, and the good one beside them passes."""
    root = write(tmp_path / "m", {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST})
    path = root / "work.go"
    candidates = [edit(path, "return n + 1", body) for body in MISCHIEF.values()]
    candidates.append(edit(path, "return n + 1", "return n"))
    started = time.monotonic()
    with opened(root) as workspace:
        verdicts, notes = judged(workspace, candidates, 120)
    assert notes == ()
    failed = {name: codes(v) for name, v in zip(MISCHIEF, verdicts, strict=False)}
    assert all(failed.values()), [name for name, found in failed.items() if not found]
    assert not verdicts[-1].diagnostics
    for name in ("endless loop", "endless goto", "blocked for ever", "sleep"):
        assert failed[name][0][0] == "Timeout" or name == "blocked for ever", (name, failed[name])
    assert failed["deadlock"][0][0] == "Panic"
    assert time.monotonic() - started < 90


def test_runaways_end_in_milliseconds(tmp_path: Path) -> None:
    """An endless loop, even one in a caller, burns its fuel long before the timeout."""
    source = """package m

type List struct{ next *List }

func (l *List) Len() (n int) {
	for ; l != nil; l = l.next {
		n++
	}
	return n
}

func New(n int) (l *List) {
	for i := 0; i <= n; i++ {
		l = &List{l}
	}
	return l
}
"""
    test = """package m

import "testing"

func TestLen(t *testing.T) {
	if New(3).Len() != 3 {
		t.Fatal()
	}
}
"""
    root = write(tmp_path, {"list.go": source, "list_test.go": test})
    path = root / "list.go"
    bodies = ["l = &List{l}; l.next = l", "l = nil; i--", "l = &List{l}", "if i < n { l = &List{l} }"]
    with opened(root) as workspace:
        validator = TestValidator()
        candidates = [edit(path, "l = &List{l}", body) for body in bodies]
        verdicts, notes = judged(workspace, candidates)
        judge = validator.judge(workspace, {}, candidates[:2], budget())
        started = time.monotonic()
        for _ in judge:
            pass
        spent = time.monotonic() - started
    assert [[c for c, _ in codes(v)] for v in verdicts] == [["Timeout"], ["Timeout"], ["TestFail"], []]
    assert all("runs away" in v.diagnostics[0].message for v in verdicts[:2])
    assert notes == ()
    assert spent < 15


def test_children_left_behind_are_ended(tmp_path: Path) -> None:
    """Processes that a candidate starts are gone with it, also those in a session of their own."""
    root = write(tmp_path / "m", {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST})
    mark = f"31{os.getpid() % 1000:03d}"
    start = f'c := exec.Command("sleep", "{mark}"); %s if c.Start() != nil {{ return -1 }}; return n'
    apart = "c.SysProcAttr = &syscall.SysProcAttr{Setsid: true};"
    bomb = f'for i := 0; i < 400; i++ {{ exec.Command("sh", "-c", "sleep {mark} & sleep {mark}").Start() }}; return n'
    candidates = [edit(root / "work.go", "return n + 1", body) for body in (start % "", start % apart, bomb)]
    with opened(root) as workspace:
        judged(workspace, candidates)
    deadline = time.monotonic() + 5
    while (left := _sleepers(mark)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == []


def _sleepers(mark: str) -> list[int]:
    """Return the processes whose command line names *mark*."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if mark.encode() in (entry / "cmdline").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def test_writes_stay_in_the_temporary_folder(tmp_path: Path, isolated: Path) -> None:
    """What a candidate writes beside its tests, at home or by absolute path harms neither user nor next one."""
    root = write(tmp_path / "m", {"work.go": HOSTILE, "work_test.go": HOSTILE_TEST, "testdata/x": "1"})
    outside = tmp_path / "outside"
    outside.mkdir()
    code = """for _, name := range []string{"left", "testdata/x", "%s/made", os.Getenv("HOME")+"/mine", "%s/work.go"} {
		os.WriteFile(name, nil, 0o600)
	}
	os.RemoveAll("testdata")
	return n"""
    check = """if _, err := os.Stat("left"); err == nil {
		return -1
	}
	if x, _ := os.ReadFile("testdata/x"); string(x) != "1" {
		return -2
	}
	return n"""
    candidates: list[Candidate] = []
    for _ in range(3):
        candidates += [edit(root / "work.go", "return n + 1", code % (outside, root) + f"// {len(candidates)}\n")]
        candidates += [edit(root / "work.go", "return n + 1", check + f"// {len(candidates)}\n")]
    with opened(root) as workspace:
        verdicts, _ = judged(workspace, candidates)
    assert [v.diagnostics for v in verdicts] == [()] * 6
    assert not [path for path in isolated.rglob("*") if path.name in {"mine", "left", "made"}]
    confined: list[bool] = []
    thread = threading.Thread(target=lambda: confined.append(confine.confine((tmp_path,))))
    thread.start()
    thread.join()
    if confined[0]:
        assert list(outside.iterdir()) == []


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


def test_endless_tests_cost_other_functions_little(tmp_path: Path) -> None:
    """While a test hangs, candidates of functions it does not reach cost nothing, and those of others little."""
    source = """package m

func Half(n int) (steps int) {
	for n > 0 {
		steps++
	}
	return steps
}

func Twice(n int) int { return n * 2 }

func Both(n int) int { return Half(n) + Twice(n) }
"""
    test = """package m

import "testing"

func TestHalf(t *testing.T) {
	if Half(4) != 3 {
		t.Error("half")
	}
}

func TestBoth(t *testing.T) {
	if Both(1) != 3 {
		t.Error("both")
	}
}

func TestTwice(t *testing.T) {
	if Twice(2) != 4 {
		t.Error("twice")
	}
}
"""
    root = write(tmp_path, {"half.go": source, "half_test.go": test})
    path = root / "half.go"
    candidates = [edit(path, "n * 2", f"n * {n}") for n in range(3, 60)]
    candidates += [edit(path, "steps++", f"steps++; n {op}= 2") for op in ("*", "+", "-", "/")]
    candidates.append(edit(path, "Half(n) + Twice(n)", "Twice(n) + Half(n)"))
    with opened(root) as workspace:
        started = time.monotonic()
        verdicts, notes = judged(workspace, candidates)
        spent = time.monotonic() - started
    assert notes == ()
    assert [not v.diagnostics for v in verdicts] == [False] * 60 + [True, False]
    assert {name for v in verdicts[:57] for _, name in codes(v)} == {"TestHalf", "TestBoth"}
    assert codes(verdicts[59]) == [("TestFail", "TestHalf")]
    assert spent < 40
