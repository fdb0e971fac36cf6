"""The resident helper and its client: answers, independence of order, deaths, limits and building."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hrgc.diagnostics import Stage
from hrgc.edits import TextEdit
from hrgc.plugin import Budget, Cancel
from hrgc.process import Result
from plugins.golang import helper_build
from plugins.golang.exports import ExportCache
from plugins.golang.helper import Helper, HelperRefused, HelperStopped, HelperUnavailable, PackageSpec, SourceFile
from plugins.golang.toolchain import Toolchain, find

pytestmark = pytest.mark.usefixtures("go")

STACK = b"""package stack

import (
	"errors"
	"strings"
)

// Stack holds numbers.
type Stack struct {
	items []int
	name  string
}

var errEmpty = errors.New("empty")

// Push adds v.
func (s *Stack) Push(v int) { s.items = append(s.items, v) }

// Pop takes the last.
func (s *Stack) Pop() (int, error) {
	if len(s.items) == 0 {
		return 0, errEmpty
	}
	v := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return v, nil
}

func title(s *Stack) string {
	return strings.ToUpper(s.name)
}
"""
INNER = b"""package stack

import "testing"

func TestPop(t *testing.T) {
	s := &Stack{}
	s.Push(1)
	if v, _ := s.Pop(); v != 1 {
		t.Fatal(v, helperOnlyInTests)
	}
}

const helperOnlyInTests = 1
"""
OUTER = b"""package stack_test

import (
	"testing"

	"example.org/stack"
)

func TestOuter(t *testing.T) {
	var s stack.Stack
	s.Push(2)
}
"""


@pytest.fixture(scope="module")
def exports() -> Mapping[str, str]:
    """Return export data of what the package imports."""
    toolchain = find()
    return ExportCache(toolchain).fetch(("errors", "strings", "testing"), cwd=Path(tempfile.gettempdir())).files


@pytest.fixture
def package(tmp_path: Path, exports: Mapping[str, str]) -> PackageSpec:
    """Return a package of one file with both kinds of tests."""
    files = {"stack.go": STACK, "stack_test.go": INNER, "outer_test.go": OUTER}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return PackageSpec(
        tmp_path,
        "example.org/stack",
        (
            SourceFile(tmp_path / "stack.go"),
            SourceFile(tmp_path / "stack_test.go", test=True, editable=False),
            SourceFile(tmp_path / "outer_test.go", test=True, external=True, editable=False),
        ),
        exports,
    )


@pytest.fixture
def helper(package: PackageSpec) -> Iterator[Helper]:
    """Return a helper of that package."""
    made = Helper(find(), package)
    yield made
    made.close()


def change(content: bytes, old: str, new: str) -> TextEdit:
    """Return the edit that turns the one *old* into *new*."""
    assert content.count(old.encode()) == 1
    start = content.index(old.encode())
    return TextEdit(start, start + len(old.encode()), new.encode())


def test_clean_package_has_no_findings_and_a_name(helper: Helper) -> None:
    """A sound package with both kinds of tests loads without a word."""
    assert helper.load().name == "stack"
    assert helper.examine({}).diagnostics == ()


def test_candidates_are_judged_relative_to_the_overlay(helper: Helper, package: PackageSpec) -> None:
    """Findings carry stage, code, names and places of the file with the candidate applied."""
    path = package.files[0].path
    broken = STACK.replace(b"strings.ToUpper", b"strings.ToUper")
    fix = change(broken, "ToUper", "ToUpper")
    worse = change(broken, "len(s.items) == 0", "len(s.itmes) == 0")
    unparsed = change(broken, "return v, nil", "return v, nil)")
    found = helper.check({path: broken}, [{path: [fix]}, {path: [worse]}, {path: [unparsed]}, {}])
    assert found[0] == ()
    assert [(d.code, d.names[0]) for d in found[1]] == [
        ("MissingFieldOrMethod", "itmes"),
        ("UndeclaredImportedName", "ToUper"),
    ]
    assert {(d.stage, d.code) for d in found[2] if d.root} == {(Stage.PARSE, "Paren")}
    assert found[2][0].line == 26
    assert [d.code for d in found[3]] == ["UndeclaredImportedName"]


def test_tests_are_evidence(helper: Helper, package: PackageSpec) -> None:
    """What breaks the package's tests, or leans on what only they declare, is a finding."""
    path = package.files[0].path
    renamed = change(STACK, "Push(v int) {", "Add(v int) {")
    leaning = change(STACK, "len(s.items) == 0", "len(s.items) == helperOnlyInTests")
    found = helper.check({}, [{path: [renamed]}, {path: [leaning]}])
    assert {(d.path.name, d.names[0]) for d in found[0]} == {("stack_test.go", "Push"), ("outer_test.go", "Push")}
    assert [d.names for d in found[1]] == [("helperOnlyInTests",)]


def test_no_answer_depends_on_what_was_asked_before(helper: Helper, package: PackageSpec) -> None:
    """Threads that share a helper and ask about different overlays each get their own answer."""
    path = package.files[0].path
    names = ["alpha", "beta", "gamma", "delta"]
    wrong: list[str] = []

    def ask(name: str) -> None:
        overlay = {path: STACK.replace(b"strings.ToUpper", f"strings.{name}".encode())}
        for _ in range(25):
            (found,) = helper.check(overlay, [{path: [change(STACK, "v := s.items[", "v := s.items[0+")]}])
            if [d.names[0] for d in found] != [name]:
                wrong.append(name)

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_killing_it_a_hundred_times_loses_no_answer(helper: Helper, package: PackageSpec) -> None:
    """Whenever the process dies, the answers are those of one that never did."""
    path = package.files[0].path
    overlay = {path: STACK.replace(b"return v, nil", b"return v, errr")}
    candidates = [{path: [change(STACK, "return v, nil", f"return v + {n}, nil")]} for n in range(40)]
    candidates += [{path: [change(STACK, "return v, nil", f"return v, x{n}")]} for n in range(40)]
    candidates = [{path: [replace_end(e) for e in edits]} for c in candidates for edits in c.values()]
    expected = helper.check(overlay, candidates)
    helper.close()
    begun = time.monotonic()
    assert helper.check(overlay, candidates) == expected
    turn = max(0.01, time.monotonic() - begun)  # start, load and answer on this machine, now
    rng = random.Random(7)
    stop = threading.Event()
    kills = 0

    def kill() -> None:
        nonlocal kills
        while kills < 100 and not stop.is_set():
            child = helper._child
            if child is not None and child.alive:
                try:
                    os.kill(child.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
                kills += 1
            time.sleep(rng.random() * 1.2 * turn)

    killer = threading.Thread(target=kill)
    killer.start()
    rounds = 0
    deadline = time.monotonic() + 200
    try:
        while killer.is_alive() and time.monotonic() < deadline:
            assert helper.check(overlay, candidates) == expected
            rounds += 1
    finally:
        stop.set()
        killer.join()
    assert kills == 100
    assert rounds > 0
    assert helper.check(overlay, candidates) == expected


def replace_end(edit: TextEdit) -> TextEdit:
    """Return *edit* as made for the overlay, where the replaced text is one byte longer."""
    return TextEdit(edit.start, edit.end + 1, edit.new)


def test_a_budget_that_is_over_stops_the_question(helper: Helper) -> None:
    """Neither a passed deadline nor a cancel leaves anything hanging, and the next question is answered."""
    with pytest.raises(HelperStopped):
        helper.examine({}, Budget(deadline=time.monotonic() - 1))
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(HelperStopped):
        helper.examine({}, Budget(cancel=cancel))
    assert helper.examine({}).diagnostics == ()


def test_bytes_that_are_not_text_keep_their_offsets(helper: Helper, package: PackageSpec) -> None:
    """Contents outside UTF-8 are reported by the parser, at the right line."""
    path = package.files[0].path
    found = helper.examine({path: STACK.replace(b'"empty"', b'"emp\xffty"')}).diagnostics
    assert [(d.stage, d.line) for d in found] == [(Stage.PARSE, 14)]


def test_scope_outline_context_and_format(helper: Helper, package: PackageSpec) -> None:
    """The questions of the prompt and the catalogue have typed answers."""
    path = package.files[0].path
    names = {n.name: n for n in helper.scope(path, STACK.index(b"return v, nil"), {})}
    assert (names["v"].kind, names["v"].type) == ("var", "int")
    assert names["s.items"].kind == "field"
    assert names["errors"].kind == "package"
    assert "helperOnlyInTests" not in names
    outline = helper.outline(path, {})
    assert outline.package == "stack"
    assert outline.imports == ("errors", "strings")
    assert [(d.kind, d.receiver, d.name) for d in outline.declarations] == [
        ("import", "", "errors"),
        ("type", "", "Stack"),
        ("var", "", "errEmpty"),
        ("method", "Stack", "Push"),
        ("method", "Stack", "Pop"),
        ("func", "", "title"),
    ]
    assert (outline.declarations[1].first, outline.declarations[1].last) == (8, 12)
    symbols = helper.context(path, 28, 30, {path: STACK.replace(b"s.name", b"s.nmae")})
    assert symbols[:2] == ("field name string", "func strings.ToUpper(s string) string")
    assert "Stack { items []int; name string }" in symbols
    assert helper.format(b"package a\nfunc  f( ){}") == b"package a\n\nfunc f() {}\n"
    assert helper.format(b"package a\nfunc f( {") is None


def test_the_package_is_as_it_was_when_opened(package: PackageSpec) -> None:
    """With contents given, a file that changes on disk meanwhile changes no answer."""
    path = package.files[0].path
    contents = {file.path: file.path.read_bytes() for file in package.files}
    helper = Helper(find(), replace(package, contents=contents))
    assert helper.examine({}).diagnostics == ()
    path.write_bytes(b"package broken\n\nfunc (\n")
    assert helper.examine({path: STACK}).diagnostics == ()
    assert helper.examine({}).diagnostics == ()
    helper.close()
    assert helper.examine({}).diagnostics == ()
    helper.close()


def test_unknown_imports_are_asked_for_once(package: PackageSpec) -> None:
    """An import that comes up in a candidate reaches the resolver; the standard library needs none."""
    path = package.files[0].path
    asked: list[tuple[str, ...]] = []

    def resolve(paths: object) -> Mapping[str, str]:
        assert isinstance(paths, list)
        asked.append(tuple(paths))
        return {}

    helper = Helper(find(), package, resolve=resolve)
    std = change(STACK, '\t"errors"', '\t"errors"\n\t_ "net/url"')
    foreign = change(STACK, '\t"errors"', '\t"errors"\n\t_ "example.net/far"')
    for _ in range(2):
        found = helper.check({}, [{path: [std]}, {path: [foreign]}])
        assert found[0] == ()
        assert [d.code for d in found[1]] == ["BrokenImport"]
    assert asked == [("example.net/far",)]
    helper.close()


def test_what_cannot_be_done_is_refused(helper: Helper, package: PackageSpec) -> None:
    """Unknown methods and files are refused in words; an edit outside its file is a finding."""
    with pytest.raises(HelperRefused, match="unknown method"):
        helper.request("nonsense", {})
    with pytest.raises(HelperRefused, match="not a file of the package"):
        helper.outline(Path("/nowhere.go"), {})
    (found,) = helper.check({}, [{package.files[0].path: [TextEdit(10_000, 10_001, b"")]}])
    assert found[0].message.endswith("leaves the file of 633 bytes") or "overlaps" in found[0].message


class BrokenToolchain(Toolchain):
    """A toolchain whose go command fails."""

    def run(self, *_: object, **__: object) -> Result:
        """Fail as a broken installation does."""
        return Result(1, "", "go: cannot find GOROOT", 0.0)


def test_a_toolchain_that_cannot_build_makes_it_unavailable(package: PackageSpec) -> None:
    """The reason is in the error, and nothing is left half built."""
    real = find()
    broken = BrokenToolchain(real.go, replace(real.settings, version_text="go9.99"))
    with pytest.raises(HelperUnavailable, match="cannot find GOROOT"):
        Helper(broken, package).examine({})
    assert not list(helper_build._target(broken, helper_build.source()).parent.glob("build-*"))


def test_two_builders_make_one_binary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that need the binary at once get the same finished file."""
    monkeypatch.setenv("HRGC_CACHE_DIR", str(tmp_path / "cache"))
    made: list[Path] = []
    small = {"go.mod": b"module hrgc.local/small\n\ngo 1.22\n", "main.go": b"package main\n\nfunc main() {}\n"}

    def build() -> None:
        made.append(helper_build.binary(find(), sources=small))

    threads = [threading.Thread(target=build) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 3
    assert len(set(made)) == 1
    assert os.access(made[0], os.X_OK)


def test_a_cache_that_cannot_be_written_makes_it_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the place and what to set."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HRGC_CACHE_DIR", str(tmp_path / "file"))
    with pytest.raises(HelperUnavailable, match="cannot be built in") as caught:
        helper_build.binary(find())
    assert "HRGC_CACHE_DIR" in caught.value.hint
