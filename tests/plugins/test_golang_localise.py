"""Fault localisation: the faulty line is among the most suspected ones, also when tests crash or never end."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.diagnostics import HotLine
from plugins.golang.test import TestValidator
from trainer import txtar
from tests.plugins.golang_packages import budget, opened, write

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
