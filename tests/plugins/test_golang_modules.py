"""Modules, workspaces, vendored and missing dependencies, GOPATH: what a target's imports are resolved by."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.edits import splice
from hrgc.errors import GoToolError, InputError
from hrgc.plugin import Budget, OpenOptions
from plugins.golang.language import GoLanguage
from plugins.golang.workspace import GoWorkspace
from tests.plugins.golang_targets import BAD, MOD, codes, opened, write

pytestmark = pytest.mark.usefixtures("go")


def test_without_a_module_one_is_made_up(tmp_path: Path) -> None:
    write(tmp_path, {"My Tool/main.go": 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Printn() }\n'})
    with opened(tmp_path / "My Tool" / "main.go") as ws:
        assert "no go.mod" in ws.notes[0]
        assert "My-Tool" in ws.notes[0]
        assert codes(ws) == [("main.go", 5, "UndeclaredImportedName")]


def test_a_made_up_module_lets_local_packages_be_imported(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "main.go": 'package main\n\nimport "shop/cart"\n\nfunc main() { cart.Nope() }\n',
            "cart/cart.go": "package cart\n\nfunc Yes() {}\n",
        },
    )
    with opened(tmp_path / "main.go") as ws:
        assert codes(ws) == [("main.go", 5, "UndeclaredImportedName")]
    with opened(tmp_path / "cart", tmp_path) as ws:
        assert codes(ws) == []


def test_tests_run_in_a_made_up_module(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "a.go": "package a\n\nfunc One() int { return 1 }\n",
            "a_test.go": 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { if One() != 2 { t.Fatal() } }\n',
        },
    )
    with opened(tmp_path) as ws:
        fixed = {tmp_path / "a.go": b"package a\n\nfunc One() int { return 2 }\n"}
        assert ws.go(("test", "-count=1"), {}, Budget()).returncode == 1
        assert ws.go(("test", "-count=1"), fixed, Budget()).returncode == 0


def test_a_workspace_of_modules_is_kept(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.work": "go 1.24\n\nuse (\n\t./one\n\t./two\n)\n",
            "one/go.mod": "module example.org/one\n\ngo 1.24\n",
            "one/one.go": 'package one\n\nimport "example.org/two"\n\nvar X = two.Nope\n',
            "two/go.mod": "module example.org/two\n\ngo 1.24\n",
            "two/two.go": "package two\n\nvar Two = 2\n",
            "out/go.mod": "module example.org/out\n\ngo 1.24\n",
            "out/out.go": BAD,
        },
    )
    with opened(tmp_path / "one", tmp_path) as ws:
        assert codes(ws) == [("one.go", 5, "UndeclaredImportedName")]
        assert ws.missing == ()
    with opened(tmp_path / "out", tmp_path) as ws:
        assert "go.work does not list" in ws.notes[0]
        assert codes(ws) == [("out.go", 3, "UndeclaredName")]


def test_vendored_modules_are_used(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": MOD + "\nrequire example.com/dep v1.0.0\n",
            "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit; go 1.24\nexample.com/dep\n",
            "vendor/example.com/dep/dep.go": "package dep\n\nvar Dep = 1\n",
            "a.go": 'package m\n\nimport "example.com/dep"\n\nvar X = dep.Dpe\n',
        },
    )
    with opened(tmp_path) as ws:
        assert ws.missing == ()
        assert codes(ws) == [("a.go", 5, "UndeclaredImportedName")]


def test_a_vendor_folder_that_disagrees_is_stepped_around(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": MOD + "\nrequire example.com/dep v1.1.0\n",
            "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit; go 1.24\nexample.com/dep\n",
            "vendor/example.com/dep/dep.go": "package dep\n\nvar Dep = 1\n",
            "a.go": BAD,
        },
    )
    with opened(tmp_path) as ws:
        assert "vendor/ does not agree" in ws.notes[0]
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]


def test_a_missing_dependency_is_named_and_the_rest_is_checked(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"go.mod": MOD, "a.go": 'package m\n\nimport "github.com/no/where"\n\nvar X = where.Y\n\nvar Z int = "s"\n'},
    )
    with opened(tmp_path) as ws:
        assert ws.missing == ("github.com/no/where",)
        assert "go mod download" in ws.notes[0]
        found = [(d.line, d.code) for d in ws.helper.examine({}).diagnostics]
        assert (7, "IncompatibleAssign") in found
        assert (5, "UndeclaredImportedName") not in found


def test_a_dependency_in_the_module_that_does_not_build_is_named(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "go.mod": MOD,
            "a.go": 'package m\n\nimport "example.org/m/b"\n\nvar X = b.B\n',
            "b/b.go": "package b\n\nvar B = x\n",
        },
    )
    with opened(tmp_path) as ws:
        assert "import example.org/m/b does not build: b/b.go:3:9: undefined: x" in ws.notes[0]


@pytest.mark.parametrize(
    ("mod", "where"),
    [
        ("module example.org/m\n\ngo 1.24\n\nnonsense here\n", "go.mod:5"),
        ("module example.org/m\n\nrequire (\n", "go.mod:"),
        ("modul x\n", "go.mod:1"),
        ("", "go.mod"),
        ("module example.org/m\n\nrequire example.com/x nonsense\n", "go.mod:3"),
    ],
)
def test_a_broken_go_mod_is_an_error_with_its_line(tmp_path: Path, mod: str, where: str) -> None:
    write(tmp_path, {"go.mod": mod, "a.go": BAD})
    with pytest.raises(InputError) as caught, opened(tmp_path):
        pass
    assert where in caught.value.message
    assert caught.value.hint


def test_a_newer_go_directive_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": "module m\n\ngo 1.99\n", "a.go": BAD})
    with pytest.raises(GoToolError, match=r"requires Go 1\.99") as caught, opened(tmp_path):
        pass
    assert "go directive" in caught.value.hint


def test_a_newer_go_directive_in_go_work_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"go.work": "go 1.99\n\nuse .\n", "go.mod": MOD, "a.go": BAD})
    with pytest.raises(GoToolError, match=r"requires Go 1\.99"), opened(tmp_path):
        pass


def test_the_language_version_of_the_module_holds(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": "module m\n\ngo 1.20\n", "a.go": "package m\n\nfunc F() { for range 10 {\n} }\n"})
    with opened(tmp_path) as ws:
        assert codes(ws)


def test_gopath_mode_is_respected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOPATH", str(tmp_path))
    write(
        tmp_path,
        {
            "src/one/one.go": 'package one\n\nimport "two"\n\nvar X = two.Nope\n',
            "src/two/two.go": "package two\n\nvar Two = 2\n",
        },
    )
    with opened(tmp_path / "src/one") as ws:
        assert "GOPATH" in ws.notes[0]
        assert codes(ws) == [("one.go", 5, "UndeclaredImportedName")]


def test_a_package_of_the_standard_library_opens(tmp_path: Path) -> None:
    from plugins.golang.toolchain import find  # noqa: PLC0415 - the environment is set by now

    del tmp_path
    source = find().settings.root / "src" / "container" / "list"
    with GoLanguage().open(source, OpenOptions()) as ws:
        assert isinstance(ws, GoWorkspace)
        assert ws.helper.examine({}).diagnostics == ()


@pytest.mark.parametrize(
    "text",
    [
        "package shop\n\nfunc F() int { return cart.New() }\n",
        'package shop\n\nimport "example.org/m/crat"\n\nfunc F() int { return cart.New() }\n',
    ],
)
def test_imports_of_the_module_are_repaired(tmp_path: Path, text: str) -> None:
    """A package of the module is imported where its name is used, and its misspelt path is set right."""
    write(
        tmp_path,
        {"go.mod": MOD, "cart/cart.go": "package cart\n\nfunc New() int { return 1 }\n", "shop/shop.go": text},
    )
    with opened(tmp_path / "shop", tmp_path) as ws:
        path = ws.files[0]
        made = {splice(text.encode(), p.edits) for p in ws.helper.fixes({}, 20)}
        right = [content for content in made if b'import "example.org/m/cart"' in content]
        assert len(right) == 1
        assert ws.build({path: right[0]}, Budget()).clean
