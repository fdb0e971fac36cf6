"""Opening targets in every situation, with the real go command; the user's tree is the same before and after."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hrgc.errors import GoToolError, InputError, NoGoFilesError
from hrgc.plugin import Budget, OpenOptions
from plugins.golang.language import GoLanguage
from plugins.golang.workspace import GoWorkspace

pytestmark = pytest.mark.usefixtures("go")
MOD = "module example.org/m\n\ngo 1.24\n"
BAD = "package m\n\nfunc F() int { return undefinedName }\n"


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def tree(root: Path) -> dict[str, str]:
    """Return a hash of everything below *root*."""
    return {
        str(path.relative_to(root)): (
            f"-> {path.readlink()}" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@contextmanager
def opened(target: Path, root: Path | None = None, **options: object) -> Iterator[GoWorkspace]:
    """Open *target* and prove that nothing below *root* changes."""
    root = root or (target if target.is_dir() else target.parent)
    before = tree(root)
    with GoLanguage().open(target, OpenOptions(**options)) as workspace:  # type: ignore[arg-type]
        assert isinstance(workspace, GoWorkspace)
        yield workspace
        folder = workspace.store.folder
    assert not folder.exists()
    assert tree(root) == before


def codes(workspace: GoWorkspace) -> list[tuple[str, int, str]]:
    """Return what the helper says, and see that the go command says it too."""
    found = workspace.helper.examine({}).diagnostics
    built = workspace.build({}, Budget()).diagnostics
    assert bool(found) == bool(built), f"helper: {found}\ngo build: {built}"
    return [(d.path.name, d.line, d.code) for d in found]


def test_a_directory_allows_its_sources_and_no_tests(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": BAD, "b.go": "package m\n", "a_test.go": "package m\n"})
    with opened(tmp_path) as ws:
        assert ws.files == (tmp_path / "a.go", tmp_path / "b.go")
        assert ws.tests == (tmp_path / "a_test.go",)
        assert ws.notes == ()
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]


def test_a_file_limits_the_edits_to_it(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "a.go": BAD, "b.go": "package m\n"})
    with opened(tmp_path / "b.go") as ws:
        assert ws.files == (tmp_path / "b.go",)
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]


def test_relative_paths_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"go.mod": MOD, "sub/a.go": BAD})
    monkeypatch.chdir(tmp_path / "sub")
    with opened(Path("../sub/a.go"), tmp_path) as ws:
        assert ws.files == (tmp_path / "sub/a.go",)


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


@pytest.mark.parametrize("name", ["a_test.go", "x_test.go"])
def test_a_test_file_is_never_a_target(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"go.mod": MOD, name: "package m\n"})
    with pytest.raises(InputError, match="never edited"), opened(tmp_path / name):
        pass


def test_generated_files_are_left_alone_unless_named(tmp_path: Path) -> None:
    generated = "// Code generated by x. DO NOT EDIT.\n\n" + BAD
    write(tmp_path, {"go.mod": MOD, "a.go": "package m\n", "gen.go": generated})
    with opened(tmp_path) as ws:
        assert ws.files == (tmp_path / "a.go",)
        assert "gen.go is left alone: generated" in ws.notes
    with opened(tmp_path / "gen.go") as ws:
        assert ws.files == (tmp_path / "gen.go",)
        assert "generated again" in ws.notes[0]


def test_only_generated_files_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "gen.go": "// Code generated by x. DO NOT EDIT.\n\n" + BAD})
    with pytest.raises(InputError, match=r"no file of .* can be edited"), opened(tmp_path):
        pass


def test_a_linked_file_keeps_its_name(tmp_path: Path) -> None:
    write(tmp_path, {"go.mod": MOD, "real/a.go.txt": BAD, "b.go": "package m\n"})
    (tmp_path / "a.go").symlink_to("real/a.go.txt")
    with opened(tmp_path / "a.go") as ws:
        assert ws.files == (tmp_path / "a.go",)
        assert codes(ws) == [("a.go", 3, "UndeclaredName")]
        assert ws.build({tmp_path / "a.go": b"package m\n"}, Budget()).clean


def test_a_linked_directory_finds_its_module(tmp_path: Path) -> None:
    write(tmp_path / "m", {"go.mod": MOD, "sub/a.go": BAD})
    (tmp_path / "link").symlink_to("m/sub")
    with opened(tmp_path / "link", tmp_path) as ws:
        assert ws.notes == ()
        assert ws.files == (tmp_path / "m/sub/a.go",)
        assert ws.package.import_path == "example.org/m/sub"


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


def test_cgo_without_cgo_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CGO_ENABLED", "0")
    write(tmp_path, {"go.mod": MOD, "a.go": 'package m\n\nimport "C"\n'})
    with pytest.raises(InputError, match='imports "C"') as caught, opened(tmp_path / "a.go"):
        pass
    assert "C compiler" in caught.value.hint


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"package m\0", "binary"),
        (b"package m\n\n// caf\xe9\n", r":3 is not UTF-8 \(byte 0xe9\)"),
        (b"package m\n" + bytes(50 << 20), r"50\.0 MiB"),
    ],
    ids=["empty", "blank", "binary", "latin-1", "huge"],
)
def test_what_is_no_source_is_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.go").write_bytes(content)
    with pytest.raises(InputError, match=words) as caught, opened(tmp_path / "a.go"):
        pass
    assert str(tmp_path / "a.go") in caught.value.message
    assert caught.value.hint


@pytest.mark.parametrize("name", ["a.py", "missing.go", "folder.go/x.go"])
def test_what_is_no_go_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.py").write_text("x")
    with pytest.raises(InputError) as caught, opened(tmp_path / name, tmp_path):
        pass
    assert caught.value.hint


@pytest.mark.parametrize("name", ["_a.go", ".a.go"])
def test_a_name_that_go_ignores_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, {"go.mod": MOD, name: BAD, "b.go": "package m\n"})
    with pytest.raises(InputError, match="ignores names"), opened(tmp_path / name):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes in the file system")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.go")
    with pytest.raises(InputError, match="not a regular file"), GoLanguage().open(tmp_path / "a.go", OpenOptions()):
        pass


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"a.go": BAD})
    (tmp_path / "a.go").chmod(0)
    with pytest.raises(InputError, match="cannot be read"), opened(tmp_path / "a.go", tmp_path):
        pass


def test_a_directory_without_go_files_is_an_error(tmp_path: Path) -> None:
    write(tmp_path, {"README": "x", "a_test.go": "package m\n"})
    with pytest.raises(NoGoFilesError), opened(tmp_path):
        pass


def test_a_package_of_the_standard_library_opens(tmp_path: Path) -> None:
    from plugins.golang.toolchain import find  # noqa: PLC0415 - the environment is set by now

    del tmp_path
    source = find().settings.root / "src" / "container" / "list"
    with GoLanguage().open(source, OpenOptions()) as ws:
        assert isinstance(ws, GoWorkspace)
        assert ws.helper.examine({}).diagnostics == ()


def test_packages_are_found_as_the_go_command_does(tmp_path: Path) -> None:
    names = ("a.go", "b/b.go", "b/c/c.go", "vendor/v/v.go", "testdata/t.go", ".git/x.go", "_y/y.go", "t/only_test.go")
    write(tmp_path, dict.fromkeys((*names, "n/n.go"), "package x\n") | {"go.mod": MOD, "n/go.mod": MOD, "d/README": ""})
    language = GoLanguage()
    assert language.packages(tmp_path, recursive=True) == (tmp_path, tmp_path / "b", tmp_path / "b/c")
    assert language.packages(tmp_path, recursive=False) == (tmp_path,)
    with pytest.raises(NoGoFilesError):
        language.packages(tmp_path / "d", recursive=False)
    with pytest.raises(InputError):
        language.packages(tmp_path / "a.go", recursive=False)
