"""Windows, formats, builds and export data of an opened package, and what happens when the helper is gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrgc.diagnostics import Stage
from hrgc.edits import TextEdit, split_lines
from hrgc.errors import InputError
from hrgc.plan import Step
from hrgc.plugin import Budget, Cancel, Candidate, OpenOptions
from hrgc.tokens import MAX_LINES, Op, Target
from plugins.golang.language import GoLanguage
from plugins.golang.needs import package_name
from plugins.golang.parsing import ParseValidator
from plugins.golang.types import TypesValidator
from plugins.golang.window import AROUND, TOKEN_LIMIT, window_at
from plugins.golang.workspace import GoWorkspace

SOURCE = """package shop

import (
	"fmt"
	"strings"
)

// Cart holds items.
type Cart struct {
	items []string

	total int
}

// Pop removes the last item.
func (c *Cart) Pop() (string, error) {
	if len(c.items) == 0 {
		return "", fmt.Errorf("empty")
	}

	last := c.items[len(c.items)-1]
	c.items = c.items[:len(c.items)-1]
	return strings.ToUpper(last), nil
}

const limit = 10
"""
PATH = Path("/x/shop.go")


def words(line: str) -> int:
    return len(line.split())


def at(text: str, line: int, count: int | None = None) -> tuple[str, Target, tuple[int, ...], int]:
    tokens = words if count is None else lambda _: count
    found = window_at(PATH, text.encode(), line, tokens=tokens)
    return found.symbol, found.target, found.numbers, found.omitted


def test_a_window_is_the_declaration_without_blank_lines() -> None:
    found = window_at(PATH, SOURCE.encode(), 17, tokens=words)
    assert (found.symbol, found.target, found.omitted) == ("Cart.Pop", Target.METHOD, 0)
    assert found.numbers == (16, 17, 18, 19, 21, 22, 23, 24)
    assert found.lines[0] == "func (c *Cart) Pop() (string, error) {"
    assert found.lines[-1] == "}"


@pytest.mark.parametrize(
    ("line", "symbol", "target"),
    [(4, "", Target.IMPORT), (10, "Cart", Target.TYPE), (26, "limit", Target.VAR), (24, "Cart.Pop", Target.METHOD)],
)
def test_each_kind_of_declaration_has_its_target(line: int, symbol: str, target: Target) -> None:
    assert at(SOURCE, line)[:2] == (symbol, target)


def test_an_interface_is_told_from_other_types() -> None:
    assert at("package a\n\ntype R interface {\n\tRead()\n}\n", 4)[:2] == ("R", Target.INTERFACE)


def test_outside_declarations_the_lines_around_are_shown() -> None:
    text = "package a\n" + "".join(f"// line {n}\n" for n in range(2, 100))
    symbol, target, numbers, omitted = at(text, 50)
    assert (symbol, target, omitted) == ("", Target.IMPORT, 0)
    assert numbers == tuple(range(50 - AROUND, 50 + AROUND + 1))
    assert at(SOURCE, 15)[2][0] == 1, "a comment above a function is outside of it"


def long(count: int) -> str:
    return "package a\n\nfunc F() {\n" + "".join(f"\tx({n})\n" for n in range(count)) + "}\n"


def test_a_long_declaration_is_sliced_around_the_line() -> None:
    _, _, numbers, omitted = at(long(500), 300)
    assert len(numbers) == MAX_LINES
    assert numbers[0] == 3, "the signature stays"
    assert 300 in numbers
    assert numbers[1:] == tuple(range(numbers[1], numbers[1] + MAX_LINES - 1))
    assert omitted == 502 - MAX_LINES


def test_a_window_of_heavy_lines_keeps_to_its_tokens() -> None:
    _, _, numbers, omitted = at(long(60), 30, count=29)
    assert len(numbers) == TOKEN_LIMIT // 30
    assert 30 in numbers
    assert omitted == 62 - len(numbers)


@pytest.mark.parametrize("line", [1, 3, 4, 502, 503, 504, 9999, 0, -3])
def test_any_line_gives_a_window(line: int) -> None:
    numbers = at(long(500), line)[2]
    assert 0 < len(numbers) <= MAX_LINES
    assert list(numbers) == sorted(set(numbers))
    if 3 <= line <= 503:
        assert line in numbers


def test_an_empty_file_has_an_empty_window() -> None:
    assert at("", 1)[2] == ()


def test_a_lost_brace_does_not_swallow_the_next_function() -> None:
    text = "package a\n\nfunc A() {\n\tif x {\n\t\ty()\n}\n\nfunc B() {\n\tz()\n}\n"
    assert at(text, 4)[::2] == ("A", (3, 4, 5, 6))
    assert at(text, 9)[::2] == ("B", (8, 9, 10))


@pytest.fixture
def ws(tmp_path: Path, go: str) -> Iterator[GoWorkspace]:
    assert go
    (tmp_path / "go.mod").write_text("module example.org/shop\n\ngo 1.24\n")
    (tmp_path / "shop.go").write_text(SOURCE)
    (tmp_path / "shop_test.go").write_text(
        'package shop\n\nimport "testing"\n\nfunc TestPop(t *testing.T) { _, _ = new(Cart).Pop() }\n'
    )
    with GoLanguage().open(tmp_path, OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        yield workspace


def edited(ws: GoWorkspace, old: str, new: str) -> dict[Path, bytes]:
    path = ws.files[0]
    content = ws.read(path)
    assert old.encode() in content
    return {path: content.replace(old.encode(), new.encode(), 1)}


def test_contents_are_those_of_the_opening(ws: GoWorkspace) -> None:
    path = ws.files[0]
    path.write_text("package changed\n")
    assert ws.read(path) == SOURCE.encode()
    assert ws.window({}, path, 17, tokens=words).symbol == "Cart.Pop"
    assert ws.window({path: b"package p\n\nfunc G() {}\n"}, path, 3, tokens=words).symbol == "G"


def test_other_files_are_refused(ws: GoWorkspace) -> None:
    with pytest.raises(InputError):
        ws.read(Path("/etc/passwd"))


def test_format_is_gofmts(ws: GoWorkspace) -> None:
    path = ws.files[0]
    assert ws.format(path, b"package a\nfunc  F( ) { }\n") == b"package a\n\nfunc F() {}\n"
    assert ws.format(path, b"package a\nfunc F( {\n") is None


def test_context_names_what_the_window_uses(ws: GoWorkspace) -> None:
    window = ws.window({}, ws.files[0], 17, tokens=words)
    text = " ".join(ws.context({}, window))
    assert "items" in text
    assert "Errorf" in text


@pytest.mark.parametrize(
    ("old", "new", "stage", "code", "line"),
    [
        ("last := c", "last = c", Stage.TYPES, "UndeclaredName", 21),
        ("return strings", "return string", Stage.TYPES, None, 23),
        ('fmt.Errorf("empty")', 'fmt.Errorf("empty"', Stage.PARSE, "Other", 18),
        ("const limit = 10", "const limit = 10\n\nfunc (c *Cart) Pop() {}", Stage.TYPES, "DuplicateMethod", 28),
    ],
)
def test_build_says_what_the_helper_says(
    ws: GoWorkspace, old: str, new: str, stage: Stage, code: str | None, line: int
) -> None:
    overlay = edited(ws, old, new)
    built = ws.build(overlay, Budget())
    helped = ws.helper.examine(overlay)
    for found in (built.diagnostics, helped.diagnostics):
        assert {d.path for d in found} == {ws.files[0]}
        here = [d for d in found if (d.stage, d.line) == (stage, line)]
        assert here
        assert code in {None, here[0].code} or stage is Stage.PARSE
    assert built.reached is Stage.PARSE


def test_build_sees_tests(ws: GoWorkspace) -> None:
    found = ws.build(edited(ws, "func (c *Cart) Pop", "func (c *Cart) Poop"), Budget()).diagnostics
    assert [d.path.name for d in found] == ["shop_test.go"]


def test_build_stops_with_its_budget(ws: GoWorkspace) -> None:
    cancel = Cancel()
    cancel.cancel()
    found = ws.build({}, Budget(cancel=cancel))
    assert not found.complete
    assert "cancel" in found.notes[0]


def candidate(ws: GoWorkspace, old: str, new: str) -> Candidate:
    at = SOURCE.index(old)
    return Candidate(ws.files[0], (TextEdit(at, at + len(old), new.encode()),), Step(ws.files[0], 1, Op.NAME))


def judged(ws: GoWorkspace, *candidates: Candidate) -> list[tuple[list[str], list[str]]]:
    """Return (parse codes, type codes) of each candidate."""
    stages = [list(v.judge(ws, {}, candidates, Budget())) for v in (ParseValidator(), TypesValidator())]
    assert [j.index for j in stages[0]] == list(range(len(candidates)))
    return [
        ([d.stage.name for d in parse.diagnostics], [d.stage.name for d in types.diagnostics])
        for parse, types in zip(*stages, strict=True)
    ]


def test_the_parse_stage_turns_away_what_does_not_parse(ws: GoWorkspace) -> None:
    found = judged(
        ws,
        candidate(ws, "== 0", "!= 0"),
        candidate(ws, "== 0", "== 0 {"),
        candidate(ws, "== 0", "== nil"),
        candidate(ws, "== 0", "!= 0"),
    )
    assert found[0] == found[3] == ([], [])
    assert set(found[1][0]) == {"PARSE"}
    assert found[2] == ([], ["TYPES"])


def test_the_parse_stage_sees_a_broken_state(ws: GoWorkspace) -> None:
    overlay = edited(ws, "== 0 {", "== 0")
    found = ParseValidator().examine(ws, overlay, Budget())
    assert found.diagnostics
    assert {d.stage for d in found.diagnostics} == {Stage.PARSE}
    assert ParseValidator().examine(ws, {}, Budget()).clean


def test_answers_are_remembered_for_one_state(ws: GoWorkspace) -> None:
    path = ws.files[0]
    edit = {path: [TextEdit(0, 0, b"// x\n")]}
    assert ws.helper.check({}, [edit, edit]) == [(), ()]
    broken = edited(ws, "last :=", "last =")
    assert ws.helper.check(broken, [edit])[0]
    assert ws.helper.check({}, [edit]) == [()]


def test_a_killed_helper_loses_nothing(ws: GoWorkspace) -> None:
    before = ws.helper.examine(edited(ws, "last :=", "last =")).diagnostics
    child = ws.helper._child
    assert child is not None
    os.kill(child.pid, signal.SIGKILL)
    assert ws.helper.examine(edited(ws, "last :=", "last =")).diagnostics == before


def test_without_a_helper_the_go_command_judges(
    tmp_path: Path, go: str, monkeypatch: pytest.MonkeyPatch, shared_cache: Path
) -> None:
    assert go
    (tmp_path / "file").write_text("")
    (tmp_path / "a.go").write_text("package a\n\nfunc F() int { return undefined }\n")
    exports = shared_cache / "go"
    assert exports
    monkeypatch.setenv("HRGC_CACHE_DIR", str(tmp_path / "file" / "cache"))
    with GoLanguage().open(tmp_path, OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        path = workspace.files[0]
        found = TypesValidator().examine(workspace, {}, Budget())
        assert [d.code for d in found.diagnostics] == ["UndeclaredName"]
        assert "go build" in found.notes[0]
        assert ParseValidator().examine(workspace, {}, Budget()).clean
        content = workspace.read(path)
        where = content.index(b"undefined")
        tried = [
            Candidate(path, (TextEdit(where, where + 9, new),), Step(path, 3, Op.NAME)) for new in (b"1", b"1 +", b'""')
        ]
        parsed = [bool(j.diagnostics) for j in ParseValidator().judge(workspace, {}, tried, Budget())]
        assert parsed == [False, True, False]
        typed = [bool(j.diagnostics) for j in TypesValidator().judge(workspace, {}, tried, Budget())]
        assert typed == [False, True, True]
        assert workspace.format(path, b"package a\nfunc  F( ) { }\n") == b"package a\n\nfunc F() {}\n"
        assert workspace.context({}, workspace.window({}, path, 3, tokens=words)) == ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("package a\n\nfunc F() { httptest.NewRecorder() }\n", "net/http/httptest"),
        ('package a\n\nimport "string"\n', "strings"),
        ("package a\n\nvar x = tmplate.New\nvar y = Tabwriter\nvar z = csvv.NewReader\n", "encoding/csv"),
        ("package a\n\nvar r = rand.IntN\n", "math/rand/v2"),
    ],
)
def test_what_a_repair_may_import_is_loaded(tmp_path: Path, go: str, text: str, path: str) -> None:
    assert go
    (tmp_path / "a.go").write_text(text)
    with GoLanguage().open(tmp_path, OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        assert path in workspace.helper._spec.exports


def test_packages_of_the_module_may_be_imported(tmp_path: Path, go: str) -> None:
    assert go
    files = {
        "go.mod": "module example.org/m\n\ngo 1.24\n\nrequire example.com/dep v1.0.0\n",
        "vendor/modules.txt": "# example.com/dep v1.0.0\n## explicit; go 1.24\nexample.com/dep/deep\n",
        "vendor/example.com/dep/deep/deep.go": "package deep\n\nvar Dep = 1\n",
        "shop/cart/cart.go": "package cart\n\nfunc New() {}\n",
        "tool/tool.go": "package tool\n\nfunc T() {}\n",
        "main/a.go": 'package main\n\nimport "example.org/m/tol"\n\nfunc main() { cart.New(); deep.Nope(); tol.T() }\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    with GoLanguage().open(tmp_path / "main", OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        wanted = {"example.org/m/shop/cart", "example.com/dep/deep", "example.org/m/tool"}
        assert wanted <= workspace.helper._spec.exports.keys()
        assert workspace.missing == ("example.org/m/tol",)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("math/rand/v2", "rand"),
        ("fmt", "fmt"),
        ("gopkg.in/yaml.v3", "yaml"),
        ("github.com/x/go-y", "y"),
        ("a/v2x", "v2x"),
    ],
)
def test_names_are_guessed_from_paths(path: str, name: str) -> None:
    assert package_name(path) == name


def test_windows_agree_with_the_lines_of_the_file() -> None:
    found = window_at(PATH, SOURCE.encode(), 17, tokens=words)
    lines = split_lines(SOURCE.encode())
    assert [lines[n - 1].decode().strip() for n in found.numbers] == list(found.lines)
