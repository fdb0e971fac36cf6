"""Go packages that the test stage's tests work on, and how they are opened and edited."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hrgc.edits import TextEdit
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, Judgement, OpenOptions
from hrgc.tokens import Op
from plugins.golang.language import GoLanguage
from plugins.golang.test import TestValidator
from plugins.golang.workspace import GoWorkspace
from tests.plugins import golang_targets

MOD = "module example.org/m\n\ngo 1.22\n"
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


def write(root: Path, files: dict[str, str]) -> Path:
    """Write *files* and a go.mod below *root*."""
    return golang_targets.write(root, {"go.mod": MOD, **files})


@contextmanager
def opened(root: Path, **options: object) -> Iterator[GoWorkspace]:
    """Open the package in *root* and prove that nothing in it changes."""
    before = golang_targets.tree(root)
    with GoLanguage().open(root, OpenOptions(**options)) as workspace:  # type: ignore[arg-type]
        assert isinstance(workspace, GoWorkspace)
        yield workspace
    assert golang_targets.tree(root) == before


def budget(seconds: float = 60.0) -> Budget:
    """Return a budget that ends in some seconds."""
    return Budget(time.monotonic() + seconds)


def edit(path: Path, old: str, new: str) -> Candidate:
    """Return the candidate that replaces the only occurrence of *old* in *path*."""
    text = path.read_bytes()
    assert text.count(old.encode()) == 1, old
    at = text.index(old.encode())
    line = text.count(b"\n", 0, at) + 1
    return Candidate(path, (TextEdit(at, at + len(old.encode()), new.encode()),), Step(path, line, Op.REWRITE))


def judged(
    workspace: GoWorkspace, candidates: Sequence[Candidate], seconds: float = 60.0
) -> tuple[list[Judgement], tuple[str, ...]]:
    """Return the verdicts on *candidates*, one each, and the notes of the state."""
    validator = TestValidator()
    limit = budget(seconds)
    found = list(validator.judge(workspace, {}, candidates, limit))
    assert [j.index for j in found] == list(range(len(candidates)))
    return found, validator.session(workspace).state(workspace, {}, limit).notes


def codes(judgement: Judgement) -> list[tuple[str, str]]:
    """Return (code, test) of each finding."""
    return [(d.code, d.names[0]) for d in judgement.diagnostics]


def calc(root: Path) -> Path:
    """Write a package with wrong functions and tests of every kind below *root*."""
    return write(root, {"calc.go": CALC, "calc_test.go": CALC_TEST, "testdata/in.txt": "hello"})
