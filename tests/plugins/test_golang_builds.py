"""Which files are built together: constraints, tags, scripts, several programs or packages in a directory, cgo."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.errors import InputError, NoGoFilesError
from hrgc.plugin import Budget
from plugins.golang.types import TypesValidator
from tests.plugins.golang_targets import BAD, MOD, codes, opened, write

pytestmark = pytest.mark.usefixtures("go")


@pytest.mark.parametrize(
    ("name", "head", "note"),
    [
        ("a_windows.go", "", "windows"),
        ("a.go", "//go:build integration\n\n", "tag integration"),
        ("a.go", "//go:build darwin && !cgo\n\n", "darwin"),
        ("a_arm64.go", "", "arm64"),
    ],
)
def test_a_file_that_is_left_out_is_brought_in(tmp_path: Path, name: str, head: str, note: str) -> None:
    write(tmp_path, {"go.mod": MOD, name: head + BAD, "b.go": "package m\n"})
    with opened(tmp_path / name) as ws:
        assert note in " ".join(ws.notes)
        assert [d.code for d in ws.helper.examine({}).diagnostics] == ["UndeclaredName"]
        assert ws.layout.runnable == ("tag" in note)


def test_tags_may_be_given(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "//go:build x && y\n\n" + BAD, "b.go": "package m\n"})
    with opened(tmp_path, tags=("x", "y")) as ws:
        assert ws.files == (tmp_path / "a.go", tmp_path / "b.go")
        assert codes(ws) == [("a.go", 5, "UndeclaredName")]


def test_a_directory_whose_files_are_all_left_out_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a_windows.go": BAD})
    with pytest.raises(NoGoFilesError, match="build constraints exclude"), opened(tmp_path):
        pass


def test_a_script_with_the_ignore_tag_is_checked_alone(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"go.mod": MOD, "gen.go": "//go:build ignore\n\npackage main\n\nfunc main() { x }\n", "b.go": "package m\n"},
    )
    with opened(tmp_path / "gen.go") as ws:
        assert "on its own" in ws.notes[0]
        assert codes(ws) == [("gen.go", 5, "UndeclaredName")]


def test_one_of_several_programs_is_checked_alone(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "one.go": "package main\n\nfunc main() { helper(); x }\n",
            "two.go": "package main\n\nfunc main() {}\n",
            "help.go": "package main\n\nfunc helper() { deeper() }\n",
            "deep.go": "package main\n\nfunc deeper() {}\n",
            "far.go": "package main\n\nfunc main2() { y }\n",
        },
    )
    with opened(tmp_path / "one.go") as ws:
        assert "several programs" in " ".join(ws.notes)
        assert codes(ws) == [("one.go", 3, "UndeclaredName")]
    with pytest.raises(InputError, match=r"several programs: one\.go, two\.go"), opened(tmp_path):
        pass


def test_one_of_several_packages_is_checked_alone(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": MOD,
            "a.go": "package alpha\n\nvar A = x\n",
            "b.go": "package beta\n\nvar B = y\n",
            "c.go": "package alpha\n\nvar C = A\n",
        },
    )
    with opened(tmp_path / "a.go") as ws:
        assert "several packages" in " ".join(ws.notes)
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]
    with opened(tmp_path / "c.go") as ws:
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]
    with pytest.raises(InputError, match="several packages"), opened(tmp_path):
        pass


def test_a_typo_in_a_package_clause_is_no_second_package(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": "package shop\n", "b.go": "package shpo\n\nvar B = 1\n"})
    with opened(tmp_path) as ws:
        assert ws.files == (tmp_path / "a.go", tmp_path / "b.go")
        assert ws.helper.examine({}).diagnostics


def test_cgo_is_respected(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": MOD,
            "a.go": 'package m\n\n// int two() { return 2; }\nimport "C"\n\nfunc F() int { return C.two() }\n',
        },
    )
    with opened(tmp_path) as ws:
        assert "uses cgo" in ws.notes[0]
        assert ws.package.uses_cgo
        fixed = {ws.files[0]: ws.read(ws.files[0]).replace(b"C.two()", b"int(C.two())")}
        assert ws.build(fixed, Budget()).clean
        assert ws.helper.examine(fixed).diagnostics == ()


def test_a_build_tells_what_types_of_c_are(tmp_path: Path) -> None:
    """The type stage asks the compiler where cgo is used: it finds what the resident checker takes on trust."""
    text = 'package m\n\n// int two() { return 2; }\nimport "C"\n\nfunc F() int { return C.two() }\n'
    write(tmp_path, {"go.mod": MOD, "a.go": text})
    with opened(tmp_path) as ws:
        if not ws.build_tells:
            pytest.skip("no C compiler")
        assert ws.helper.examine({}).diagnostics == ()
        found = TypesValidator().examine(ws, {}, Budget())
        assert [(d.code, d.line) for d in found.diagnostics] == [("IncompatibleAssign", 6)]
        fixed = {ws.files[0]: text.replace("C.two()", "int(C.two())").encode()}
        assert TypesValidator().examine(ws, fixed, Budget()).clean


def test_cgo_without_cgo_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CGO_ENABLED", "0")
    write(tmp_path, {"go.mod": MOD, "a.go": 'package m\n\nimport "C"\n'})
    with pytest.raises(InputError, match='imports "C"') as caught, opened(tmp_path / "a.go"):
        pass
    assert "C compiler" in caught.value.hint
