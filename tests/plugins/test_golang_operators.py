"""The behaviour operators and the corruption of functions, through the client and the helper's own command."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hrgc import process
from hrgc.edits import TextEdit, splice
from hrgc.tokens import Op
from plugins.golang.exports import ExportCache
from plugins.golang.helper import Helper, PackageSpec, SourceFile
from plugins.golang.helper_build import binary
from plugins.golang.toolchain import find

pytestmark = pytest.mark.usefixtures("go")

SUM = b"""package calc

import "strings"

// Sum adds a < b.
func Sum(xs []int) int {
	total := 1
	for i := 0; i < len(xs); i++ {
		total += xs[i]
	}
	return total
}

func Shout(s string) string {
	return strings.ToLower(s)
}
"""
TEST = b"""package calc

import "testing"

func TestSum(t *testing.T) {
	if Sum([]int{1, 4711}) != 4712 {
		t.Fatal()
	}
}
"""


@pytest.fixture(scope="module")
def exports() -> Mapping[str, str]:
    """Return export data of what the package imports."""
    return ExportCache(find()).fetch(("strings", "testing"), cwd=Path(tempfile.gettempdir())).files


@pytest.fixture
def helper(tmp_path: Path, exports: Mapping[str, str]) -> Iterator[tuple[Helper, Path]]:
    """Return a helper of a package that builds, and the file with the bugs."""
    (tmp_path / "calc.go").write_bytes(SUM)
    (tmp_path / "calc_test.go").write_bytes(TEST)
    files = (SourceFile(tmp_path / "calc.go"), SourceFile(tmp_path / "calc_test.go", test=True, editable=False))
    made = Helper(find(), PackageSpec(tmp_path, "example.org/calc", files, exports))
    yield made, tmp_path / "calc.go"
    made.close()


def texts(helper: tuple[Helper, Path], lines: tuple[int, int], *ops: str) -> list[bytes]:
    """Return the file's contents after each candidate of *lines*."""
    client, path = helper
    found = client.enumerate(path, lines, {}, ops=ops)
    return [splice(SUM, c.edits) for c in found]


@pytest.mark.parametrize(
    ("line", "old", "new", "op"),
    [
        (7, b"total := 1", b"total := 0", Op.LIT),
        (8, b"i < len", b"i <= len", Op.CMP),
        (9, b"xs[i]", b"xs[i-1]", Op.INDEX),
        (11, b"return total", b"return 0", Op.RETURN),
        (15, b"ToLower", b"ToUpper", Op.CALL),
    ],
)
def test_repairs_are_among_the_candidates(
    helper: tuple[Helper, Path], line: int, old: bytes, new: bytes, op: Op
) -> None:
    """Each line has the usual repair among its candidates, under its class."""
    assert SUM.replace(old, new, 1) in texts(helper, (line, line), op.value)


def test_candidates_differ_and_nearly_all_type_check(helper: tuple[Helper, Path]) -> None:
    """No candidate repeats another or the original, comments stay, and almost all build."""
    client, path = helper
    found = client.enumerate(path, (1, 16), {})
    contents = [splice(SUM, c.edits) for c in found]
    assert len(contents) > 80
    assert len(set(contents)) == len(contents)
    assert SUM not in contents
    assert all(b"// Sum adds a < b." in text for text in contents)
    assert [c.prior for c in found] == sorted((c.prior for c in found), reverse=True)
    judged = client.check({}, [{path: c.edits} for c in found])
    assert sum(not findings for findings in judged) > 0.9 * len(judged)


def test_candidates_follow_the_overlay(helper: tuple[Helper, Path]) -> None:
    """Edits are relative to the overlay asked about."""
    client, path = helper
    changed = SUM.replace(b"total := 1", b"sum := 1").replace(b"total", b"sum")
    found = client.enumerate(path, (7, 7), {path: changed}, ops=("LIT",))
    assert changed.replace(b":= 1", b":= 0") in [splice(changed, c.edits) for c in found]


def corrupt(*args: str) -> list[dict[str, Any]]:
    """Run the helper's corrupt command and return its records."""
    toolchain = find()
    command = (str(binary(toolchain)), "corrupt", "-go", str(toolchain.go), *args)
    done = process.run(command, cwd=Path(tempfile.gettempdir()), env={}, timeout=120, output_limit=1 << 28)
    assert done.ok, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_corrupt_writes_records_that_lead_back(tmp_path: Path) -> None:
    """Every record of one error gives the function back when its fix is made."""
    (tmp_path / "calc.go").write_bytes(SUM)
    right = {"Sum": SUM.decode().split("\n")[5:12], "Shout": SUM.decode().split("\n")[13:16]}
    rows = corrupt("-seed", "4", "-per-func", "30", str(tmp_path))
    assert set(Counter(row["group"] for row in rows)) == {"build", "behaviour", "clean"}
    for row in rows:
        window = row["window"]
        assert (row["group"] == "build") == bool(row["diags"])
        if row["fix"] is not None:
            fix = row["fix"]
            assert row["op"] in Op.__members__
            window = [*window[: fix["first"] - 1], *fix["lines"], *window[fix["last"] :]]
        if row["remain"] == 0:
            assert [" ".join(line.split()) for line in window] == [" ".join(t.split()) for t in right[row["symbol"]]]
    assert rows == corrupt("-seed", "4", "-per-func", "30", str(tmp_path))


def test_corrupt_skips_what_it_cannot_import(tmp_path: Path) -> None:
    """A package with unreadable imports is left out, unless it is asked to be tolerant."""
    (tmp_path / "a.go").write_text(
        'package a\n\nimport "example.org/x"\n\nfunc F(n int) int {\n\tx.Do(n)\n\treturn n + 1\n}\n'
    )
    assert corrupt(str(tmp_path)) == []
    assert corrupt("-tolerant", "-per-func", "8", str(tmp_path))


def test_edits_are_text_edits(helper: tuple[Helper, Path]) -> None:
    """Candidates carry byte edits inside the lines asked for."""
    client, path = helper
    for found in client.enumerate(path, (7, 7), {}, limit=5):
        assert all(isinstance(edit, TextEdit) for edit in found.edits)
        assert found.line <= 8
