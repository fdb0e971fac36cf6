"""Shared binaries: the same verdicts as one ``go test -overlay`` each, over constructs that are hard to share."""

from __future__ import annotations

import gc
import random
from pathlib import Path

import pytest

from hrgc.edits import TextEdit, splice
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate
from hrgc.tokens import Op
from plugins.golang import schemata
from plugins.golang.testbuild import TestBuilder
from plugins.golang.types import TypesValidator
from plugins.golang.workspace import GoWorkspace
from tests.plugins.golang_packages import budget, edit, judged, opened, write
from trainer import txtar

pytestmark = pytest.mark.usefixtures("go")
PACKAGES = Path(__file__).parent / "schemata"
PER_PACKAGE = 40


def enumerated(workspace: GoWorkspace, count: int, seed: int) -> list[Candidate]:
    """Return some behaviour edits of the whole package that type-check, the same for the same seed."""
    found: list[Candidate] = []
    for path in workspace.files:
        answer = workspace.helper.request("enumerate", {"path": str(path)}, overlay={})
        for row in answer["candidates"]:
            edits = tuple(TextEdit(e["start"], e["end"], e["new"].encode()) for e in row["edits"])
            found.append(Candidate(path, edits, Step(path, row["line"], Op.REWRITE), rule=row["rule"]))
    random.Random(seed).shuffle(found)
    chosen: list[Candidate] = []
    for start in range(0, len(found), 64):
        batch = found[start : start + 64]
        judgements = TypesValidator().judge(workspace, {}, batch, Budget())
        chosen += [batch[j.index] for j in judgements if not j.diagnostics]
        if len(chosen) >= count:
            break
    return chosen[:count]


def passes_alone(workspace: GoWorkspace, candidate: Candidate) -> bool:
    """Tell what ``go test -overlay`` says of one candidate."""
    content = splice(workspace.read(candidate.path), candidate.edits)
    command = ("test", "-vet=off", "-count=1", "-timeout=4s")
    return workspace.go(command, {candidate.path: content}, Budget(), timeout=30).ok


def steady(workspace: GoWorkspace, candidate: Candidate, beside: Candidate) -> bool:
    """Tell whether a candidate's verdict is the same each time; one that races is not, whoever judges it."""
    shared = {bool(judged(workspace, [candidate, beside])[0][0].diagnostics) for _ in range(4)}
    alone = {passes_alone(workspace, candidate) for _ in range(4)}
    return len(shared) == len(alone) == 1


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(path.stem for path in PACKAGES.glob("*.txtar")))
def test_verdicts_are_those_of_one_go_test_each(name: str, tmp_path: Path) -> None:
    root = write(tmp_path, txtar.read(PACKAGES / f"{name}.txtar").files)
    with opened(root) as workspace:
        candidates = enumerated(workspace, PER_PACKAGE, seed=11)
        assert len(candidates) == PER_PACKAGE
        verdicts, notes = judged(workspace, candidates, 600)
        different = [
            candidates[v.index] for v in verdicts if passes_alone(workspace, candidates[v.index]) == bool(v.diagnostics)
        ]
        assert [c for c in different if steady(workspace, c, candidates[candidates[0] is c])] == []
        assert len(different) < 4
    assert notes == ()
    assert any(v.diagnostics for v in verdicts)
    assert any(not v.diagnostics for v in verdicts)


SMALL = """package m

import "fmt"

type T struct{ n int }

var start = limit()

var other = 2

func limit() int { return 1 }

func (T) Name() string { return "t" }

func Show(t T) string { return fmt.Sprint(t.n, start) }
"""
SMALL_TEST = """package m

import "testing"

func TestShow(t *testing.T) {
	if got := Show(T{3}) + (T{}).Name(); got != "3 1T" {
		t.Error(got)
	}
}
"""


def test_candidates_that_cannot_share_are_judged_all_the_same(tmp_path: Path) -> None:
    """Signatures, declarations, types, clashing imports and initialisation order get a binary of their own."""
    root = write(tmp_path, {"a.go": SMALL, "a_test.go": SMALL_TEST})
    path = root / "a.go"
    candidates = [
        edit(path, 'return "t"', 'return "T"'),
        edit(path, '(T) Name() string { return "t"', '(t T) Name() string { return "T"'),
        edit(path, "var other = 2", 'var other = 2\n\nfunc upper() string { return "T" }'),
        edit(path, "n int }", "n int8 }"),
        edit(path, 'import "fmt"', 'import "fmt"\nimport "strings"\n\nvar _ = strings.ToUpper'),
        edit(path, "limit() int { return 1", "limit() int { return other - 1"),
        edit(path, 'return "t"', 'return "u"'),
    ]
    source = path.read_bytes()
    at, end = source.index(b'import "fmt"'), source.index(b'"t"')
    imports = tuple(
        Candidate(path, (TextEdit(at + 12, at + 12, new), TextEdit(end, end + 3, code)), Step(path, 13, Op.IMPORT))
        for new, code in (
            (b'\nimport "strings"', b'strings.ToUpper("t")'),
            (b'\nimport strings "bytes"', b'string(strings.ToUpper([]byte("t")))'),
            (b'\nimport "strings"', b'strings.ToLower("t")'),
        )
    )
    with opened(root) as workspace:
        made = schemata.make(workspace, TestBuilder(), {}, [*candidates, *imports], budget())
        verdicts, notes = judged(workspace, [*candidates, *imports])
    assert [bool(v) for v in made.variants] == [True, False, False, False, False, False, True, True, False, True]
    assert all(bool(reason) != bool(v) for reason, v in zip(made.reasons, made.variants, strict=True))
    assert [not v.diagnostics for v in verdicts] == [True, True, False, False, False, False, False, True, True, False]
    assert notes == ()


def test_candidates_that_do_not_compile_do_not_spoil_the_others(tmp_path: Path) -> None:
    """What only the compiler objects to is found out, and said of the candidate alone."""
    root = write(tmp_path, {"a.go": SMALL, "a_test.go": SMALL_TEST})
    path = root / "a.go"
    bodies = ('return "T"', "return undefined", 'return "T" + ""', 'var x int; return "T"', "return 1")
    with opened(root) as workspace:
        verdicts, _ = judged(workspace, [edit(path, 'return "t"', body) for body in bodies])
    assert [not v.diagnostics for v in verdicts] == [True, False, True, False, False]
    assert ["undefined: undefined" in d.message for d in verdicts[1].diagnostics] == [True]


def test_variants_that_see_their_callers_or_recover_live_inside(tmp_path: Path) -> None:
    """A function that recovers, and one that is asked for its caller, behave as without dispatch."""
    source = """package m

import (
	"fmt"
	"path/filepath"
	"runtime"
)

func where(skip int) string {
	_, file, line, _ := runtime.Caller(skip)
	return fmt.Sprintf("%s:%d", filepath.Base(file), line)
}

func Here() string {
	return where(0)
}

func Try(f func()) (err error) {
	defer rescue(&err)
	f()
	return nil
}

func rescue(err *error) {
	r := recover()
	if r == nil {
		*err = fmt.Errorf("%v", r)
	}
}
"""
    test = """package m

import "testing"

func TestHere(t *testing.T) {
	if got := Here(); got != "a.go:15" {
		t.Error(got)
	}
}

func TestTry(t *testing.T) {
	if err := Try(func() { panic("no") }); err == nil || err.Error() != "no" {
		t.Error(err)
	}
	if err := Try(func() {}); err != nil {
		t.Error(err)
	}
}
"""
    root = write(tmp_path, {"a.go": source, "a_test.go": test})
    path = root / "a.go"
    with opened(root) as workspace:
        first, notes = judged(
            workspace,
            [
                edit(path, "where(0)", "where(1)"),
                edit(path, "where(0)", "where(2)"),
                edit(path, "r == nil", "r != nil"),
            ],
        )
        fixed = edit(path, "r == nil", "r != nil")
        overlay = {path: splice(path.read_bytes(), fixed.edits)}
        made = schemata.make(workspace, TestBuilder(), overlay, [edit(path, "where(0)", "where(1)")] * 2, budget())
    assert notes == ()
    assert made.variants == (2, 3)
    assert [sorted(d.names[0] for d in v.diagnostics) for v in first] == [
        ["TestTry"],
        ["TestHere", "TestTry"],
        ["TestHere"],
    ]


def test_binaries_are_kept_by_content(tmp_path: Path) -> None:
    root = write(tmp_path, {"a.go": SMALL, "a_test.go": SMALL_TEST})
    with opened(root) as workspace:
        builder = TestBuilder()
        candidates = [edit(root / "a.go", 'return "t"', body) for body in ('return "T"', 'return "U"')]
        first = schemata.make(workspace, builder, {}, candidates, budget()).build
        again = schemata.make(workspace, builder, {}, candidates, budget()).build
        other = schemata.make(workspace, builder, {}, candidates[:1], budget()).build
    assert first.path == again.path != other.path
    assert first.seconds > again.seconds == 0.0


def test_a_binary_stays_while_somebody_holds_its_build(tmp_path: Path) -> None:
    """A run that waits for its turn still finds its file, however many were built meanwhile."""
    root = write(tmp_path, {"a.go": SMALL, "a_test.go": SMALL_TEST})
    source = (root / "a.go").read_bytes()
    with opened(root) as workspace:
        builder = TestBuilder(kept=1)
        builds = [
            builder.build(workspace, {root / "a.go": source.replace(b'return "t"', new)}, budget())
            for new in (b'return "T"', b'return "U"', b'return "V"')
        ]
        paths = [build.path for build in builds]
        assert all(path is not None and path.exists() for path in paths)
        del builds
        gc.collect()
        assert [path is not None and path.exists() for path in paths] == [False, False, True]
