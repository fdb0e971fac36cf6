"""Fault localisation: the faulty line is among the most suspected ones, also when tests crash or never end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.diagnostics import HotLine
from plugins.golang.catalogue import Catalogue
from plugins.golang.test import TestValidator
from tests.plugins.golang_packages import budget, opened, write
from trainer import txtar

pytestmark = pytest.mark.usefixtures("go")
PACKAGES = Path(__file__).parent / "schemata"


def hot(root: Path, name: str, file: str, old: str, new: str) -> tuple[tuple[HotLine, ...], int]:
    """Break one place of a package; returns the suspected lines and the broken one."""
    files = dict(txtar.read(PACKAGES / f"{name}.txtar").files)
    assert files[file].count(old) == 1
    line = files[file][: files[file].index(old)].count("\n") + 1
    files[file] = files[file].replace(old, new)
    write(root, files)
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget(120))
    assert evidence.diagnostics
    return evidence.hot, line


@pytest.mark.parametrize(
    ("name", "file", "old", "new", "rank"),
    [
        ("date", "date.go", "d.Month = 1\n", "d.Month = 2\n", 8),
        ("date", "parse.go", "from = i + 1", "from = i", 16),
        ("words", "words.go", "n = 3*n + 1", "n = 3*n + 3", 8),
        ("words", "words.go", "n /= 2", "n *= 2", 8),
        ("queue", "queue.go", "up := (i - 1) / 2", "up := (i + 1) / 2", 25),
        ("matrix", "matrix.go", "g.cells[r*g.cols+c]", "g.cells[r*g.rows+c]", 20),
        ("matrix", "matrix.go", "make([]T, rows*cols)", "make([]T, rows)", 6),
    ],
)
def test_faulty_line_is_suspected(tmp_path: Path, name: str, file: str, old: str, new: str, rank: int) -> None:
    suspected, line = hot(tmp_path, name, file, old, new)
    assert suspected
    assert [h.weight for h in suspected] == sorted((h.weight for h in suspected), reverse=True)
    places = [(h.path.name, h.line) for h in suspected]
    assert (file, line) in places
    assert places.index((file, line)) < rank, places


def test_only_editable_files_are_suspected(tmp_path: Path) -> None:
    files = txtar.read(PACKAGES / "date.txtar").files
    root = write(
        tmp_path, {**files, "date.go": files["date.go"].replace("return lengths[m-1]", "return lengths[m-1] - 1")}
    )
    with opened(root) as workspace:
        assert {h.path.name for h in TestValidator().examine(workspace, {}, budget()).hot} == {"date.go", "parse.go"}
        workspace.files = (root / "parse.go",)
        assert {h.path.name for h in TestValidator().examine(workspace, {}, budget()).hot} == {"parse.go"}


def test_what_no_failing_test_reaches_is_not_suspected(tmp_path: Path) -> None:
    suspected, _ = hot(tmp_path, "date", "date.go", "13*(m+1)/5", "13*(m+2)/5")
    assert {h.path.name for h in suspected} == {"date.go"}
    source = (tmp_path / "date.go").read_text().splitlines()
    assert not [h for h in suspected if "d.Year > 0" in source[h.line - 1]]
    assert "13*" in source[suspected[0].line - 1] or suspected[0].weight == suspected[3].weight


RING = """package ring

// Ring holds the last few values.
type Ring struct {
	values []int
	size   int
}



// Put adds a value.
func (r *Ring) Put(v int, loud bool) bool {
	if r.size < 1 || v < 0 {
		return false
	}
	if len(r.values) > r.size && !loud {
		r.values = r.values[1:]
	}
	r.values = append(r.values, v)
	return true
}
"""
RING_TEST = """package ring

import "testing"

func TestPut(t *testing.T) {
	r := &Ring{size: 2}
	for v := 1; v <= 3; v++ {
		if !r.Put(v, false) {
			t.Fatal("refused")
		}
	}
	if len(r.values) != 2 {
		t.Fatalf("got %d values, want 2", len(r.values))
	}
}

func TestRefused(t *testing.T) {
	if (&Ring{}).Put(1, true) {
		t.Fatal("taken")
	}
}
"""


def test_conditions_tell_how_they_came_out_in_failing_tests(tmp_path: Path) -> None:
    """The passing test, in which the first condition holds, does not count; edits without effect come last."""
    root = write(tmp_path, {"go.mod": "module a.b/ring\n\ngo 1.22\n", "ring.go": RING, "ring_test.go": RING_TEST})
    with opened(root) as workspace:
        evidence = TestValidator().examine(workspace, {}, budget(120))
        seen = {RING[c.start : c.end]: (c.order, c.seen) for c in evidence.conditions if c.path.name == "ring.go"}
        assert seen["r.size < 1 || v < 0"] == (False, (1,))
        assert seen["r.size < 1"] == (True, (1 << 3,)), "2 is one more than 1"
        assert seen["v < 0"] == (True, (1 << 3 | 1 << 4,))
        assert seen["len(r.values) > r.size"] == (True, (1 << 0 | 1 << 1 | 1 << 2,))
        found = list(Catalogue().propose(workspace, {}, evidence, (), budget(120)))
    prior = {c.code: c.prior for c in found}
    assert prior[("if r.size < 0 || v < 0 {",)] < -10
    assert prior[("if len(r.values) >= r.size && !loud {",)] > -6
