"""Candidates and tests that misbehave: endless, greedy, crashing, writing; what is left behind."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest

from hrgc.plugin import Candidate
from plugins.golang import confine
from plugins.golang.schemata import FUEL
from plugins.golang.test import TestValidator
from tests.plugins.golang_packages import HOSTILE, HOSTILE_TEST, budget, codes, edit, judged, opened, write

pytestmark = pytest.mark.usefixtures("go")
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


def test_a_candidate_that_makes_code_far_slower_is_refused(tmp_path: Path) -> None:
    """Twenty times the unchanged code's work, beyond what is free, is too much; a little more work is not."""
    source = """package m

func Sum(n int) (s int) {
	for i := 0; i < n; i++ {
		s -= i
	}
	return s
}
"""
    test = 'package m\n\nimport "testing"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(4) != 6 {\n\t\tt.Error()\n\t}\n}\n'
    root = write(tmp_path, {"sum.go": source, "sum_test.go": test})
    path = root / "sum.go"
    waste = "for k := 0; k < {}; k++ {{\n\t\t\ts += k & 0\n\t\t}}\n\t\ts += i"
    slower, much_slower = FUEL // 40, 2 * FUEL
    with opened(root) as workspace:
        (good, fair, slow), _ = judged(
            workspace,
            [edit(path, "s -= i", text) for text in ("s += i", waste.format(slower), waste.format(much_slower))],
        )
        content = {path: source.replace("s -= i", waste.format(much_slower)).encode()}
        alone = TestValidator().examine(workspace, content, budget())
    assert [good.diagnostics, fair.diagnostics] == [(), ()]
    assert codes(slow) == [("Timeout", "TestSum")]
    assert "far more work" in slow.diagnostics[0].message
    assert alone.clean
