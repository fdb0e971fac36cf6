"""The vet stage: decisive findings only, old ones never held against a candidate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hrgc.diagnostics import Stage
from hrgc.edits import TextEdit
from hrgc.plan import Step
from hrgc.plugin import Budget, Cancel, Candidate, OpenOptions
from hrgc.tokens import Op
from plugins.golang.language import GoLanguage
from plugins.golang.toolchain import Toolchain, find
from plugins.golang.vet import VetValidator
from plugins.golang.workspace import GoWorkspace
from tests.plugins.golang_packages import write

SOURCE = """package shop

import "fmt"

type Item struct {
	Name string `json:"name`
}

func Show(n int) {
	fmt.Printf("%s\\n", n)
}

func Same(x int) bool {
	return x == 1 || x == 2
}
"""


@pytest.fixture
def ws(tmp_path: Path, go: str) -> Iterator[GoWorkspace]:
    assert go
    (tmp_path / "go.mod").write_text("module example.org/shop\n\ngo 1.24\n")
    (tmp_path / "shop.go").write_text(SOURCE)
    (tmp_path / "shop_test.go").write_text(
        'package shop\n\nimport "testing"\n\nfunc TestShow(t *testing.T) { t.Logf("%d", "x") }\n'
    )
    with GoLanguage().open(tmp_path, OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        yield workspace


def with_edit(ws: GoWorkspace, *pairs: tuple[str, str]) -> dict[Path, bytes]:
    content = ws.read(ws.files[0])
    for old, new in pairs:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode(), 1)
    return {ws.files[0]: content}


def found(ws: GoWorkspace, overlay: dict[Path, bytes]) -> list[tuple[str, int]]:
    evidence = VetValidator().examine(ws, overlay, Budget())
    assert evidence.reached is Stage.VET
    assert all(d.path == ws.files[0] for d in evidence.diagnostics)
    return [(d.code, d.line) for d in evidence.diagnostics]


def test_of_unchanged_files_every_decisive_finding_is_said(ws: GoWorkspace) -> None:
    evidence = VetValidator().examine(ws, {}, Budget())
    assert [(d.code, d.line, d.stage) for d in evidence.diagnostics] == [("printf", 10, Stage.VET)]
    assert [note for note in evidence.notes if "structtag" in note], "habits are notes"
    assert not [note for note in evidence.notes if "Logf" in note], "tests are not judged"


def test_what_was_there_before_is_not_held_against_a_candidate(ws: GoWorkspace) -> None:
    assert found(ws, with_edit(ws, ("x == 2", "x == 3"))) == []


def test_what_a_candidate_brings_is(ws: GoWorkspace) -> None:
    assert found(ws, with_edit(ws, ("x == 2", "x == 1"))) == [("bools", 14)]
    assert found(ws, with_edit(ws, ("package shop\n", "package shop\n\n\n"), ("x == 2", "x == 1"))) == [("bools", 16)]


def test_where_the_files_did_not_build_changed_lines_count(ws: GoWorkspace) -> None:
    ws.files[0].write_text(SOURCE.replace("x == 2", "x == undefinedName"))
    with GoLanguage().open(ws.root, OpenOptions()) as other:
        assert isinstance(other, GoWorkspace)
        assert found(other, with_edit(other, ("undefinedName", "1"))) == [("bools", 14)]
        assert found(other, with_edit(other, ("undefinedName", "2"))) == []


def test_what_does_not_build_is_not_judged(ws: GoWorkspace) -> None:
    evidence = VetValidator().examine(ws, with_edit(ws, ("x == 2", "y == 2")), Budget())
    assert (evidence.diagnostics, evidence.reached) == ((), Stage.TYPES)
    assert "undefined: y" in evidence.notes[0]
    assert str(ws.store.folder) not in evidence.notes[0]


def test_candidates_are_judged_in_order(ws: GoWorkspace) -> None:
    at = SOURCE.index("== 2") + 3
    tried = [
        Candidate(ws.files[0], (TextEdit(at, at + 1, new),), Step(ws.files[0], 14, Op.LIT)) for new in (b"1", b"7")
    ]
    judged = list(VetValidator().judge(ws, {}, tried, Budget()))
    assert [(j.index, [d.code for d in j.diagnostics]) for j in judged] == [(0, ["bools"]), (1, [])]


def test_a_cancelled_run_says_so(ws: GoWorkspace) -> None:
    cancel = Cancel()
    cancel.cancel()
    evidence = VetValidator().examine(ws, {}, Budget(cancel=cancel))
    assert evidence.reached is Stage.TYPES
    assert "stopped" in evidence.notes[0]


@pytest.mark.usefixtures("go")
def test_a_repair_without_findings_costs_one_run(tmp_path: Path) -> None:
    """What vet says of the files as they were is asked for only when there is something to take it from."""
    go, log = find().go, tmp_path / "log"
    script = tmp_path / "go"
    script.write_text(f'#!/bin/sh\necho "$1" >> "{log}"\nexec "{go}" "$@"\n')
    script.chmod(0o755)
    root = write(tmp_path / "m", {"a.go": "package m\n\nfunc F() int { return missing }\n"})
    with GoLanguage(Toolchain(script, find().settings)).open(root, OpenOptions()) as workspace:
        fixed = {workspace.files[0]: b"package m\n\nfunc F() int { return 1 }\n"}
        assert VetValidator().examine(workspace, fixed, Budget()).reached is Stage.VET
    assert log.read_text().split().count("vet") == 1
