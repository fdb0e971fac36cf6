"""Bugs that people wrote by hand become tasks, and the engine repairs one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.errors import InputError
from trainer import bug_set, rows, txtar
from trainer.bug_set import BugSetConfig

BUGS = Path(__file__).parents[1] / "bugs"
BUG = """kind: value
request: the last one is left out
-- right.go --
package hand

// Sum adds up all values.
func Sum(values []int) (sum int) {
	for i := 0; i < len(values); i++ {
		sum += values[i]
	}
	return sum
}
-- wrong.go --
package hand

// Sum adds up all values.
func Sum(values []int) (sum int) {
	for i := 1; i < len(values); i++ {
		sum += values[i]
	}
	return sum
}
-- visible_test.go --
package hand

import "testing"

func TestSum(t *testing.T) {
	if got := Sum([]int{1, 2}); got != 3 {
		t.Errorf("got %d, want 3", got)
	}
}
-- hidden_test.go --
package hand

import "testing"

func TestNothing(t *testing.T) {
	if Sum(nil) != 0 {
		t.Error("not 0")
	}
}
"""


def test_a_bug_becomes_a_task(tmp_path: Path) -> None:
    (tmp_path / "sum.txtar").write_text(BUG, encoding="utf-8")
    task = bug_set.unpack(tmp_path / "sum.txtar", tmp_path / "out")
    assert (task.path, task.rule, task.line, task.shown) == ("sum/code.go", "value", 5, "^(TestSum)$")
    assert (tmp_path / "out" / task.path).read_text("utf-8") == task.right != task.content
    assert (tmp_path / "out" / "sum" / "hidden_test.go").is_file()


def test_both_halves_are_written(tmp_path: Path) -> None:
    for name in ("a", "b", "c", "d", "e", "f"):
        (tmp_path / f"{name}.txtar").write_text(BUG, encoding="utf-8")
    bug_set.main(BugSetConfig(str(tmp_path), str(tmp_path / "bugs"), str(tmp_path / "sets")))
    found = {stem: list(rows.read(tmp_path / "sets" / f"{stem}.jsonl.gz")) for stem in ("bugs-dev", "bugs-test")}
    assert sum(map(len, found.values())) == 6
    assert all(bug_set.half(row["name"]) == stem for stem, some in found.items() for row in some)


def test_a_faulty_bug_is_named(tmp_path: Path) -> None:
    (tmp_path / "sum.txtar").write_text(BUG.replace("-- hidden_test.go --", ""), encoding="utf-8")
    with pytest.raises(InputError, match=r"sum\.txtar lacks hidden_test\.go"):
        bug_set.unpack(tmp_path / "sum.txtar", tmp_path / "out")
    with pytest.raises(InputError, match="no bugs"):
        bug_set.main(BugSetConfig(str(tmp_path / "out"), str(tmp_path), str(tmp_path)))


def test_the_shipped_bugs_are_whole() -> None:
    """Every one differs in code alone, has tests on both sides, and there are some of each kind."""
    kinds = set()
    for path in BUGS.glob("*.txtar"):
        archive = txtar.read(path)
        assert set(bug_set.FILES) == set(archive.files), path.name
        assert archive.files["right.go"] != archive.files["wrong.go"]
        assert all("func Test" in archive.files[name] for name in ("visible_test.go", "hidden_test.go")), path.name
        kinds.add(archive.settings()["kind"])
    assert kinds == {"value", "operator", "variable", "function", "missing", "excess"}
