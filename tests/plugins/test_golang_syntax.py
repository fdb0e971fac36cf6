"""tree-sitter's answers on Go that parses, that does not, and that is no Go at all."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.golang.syntax import declarations, enclosing, error_lines, highlight, suspicious

SOURCE = """package a

import "fmt"

import (
	"os"
)

// T is a type.
type T[E any] struct{ x E }

type (
	I interface{ M() }
	J = int
)

const c, d = 1, 2

var v = func() int { return 1 }()

func F() {}

func (t *T[E]) M(x int) (y string) {
	raw := `
func NotThis() {
`
	fmt.Println(raw, os.Args)
	return
}

func (T[E]) N() {}
"""
WANTED = [
    ("import", "", "", 3, 3),
    ("import", "", "", 5, 7),
    ("type", "T", "", 10, 10),
    ("type", "I", "", 12, 15),
    ("const", "c", "", 17, 17),
    ("var", "v", "", 19, 19),
    ("func", "F", "", 21, 21),
    ("method", "M", "T", 23, 29),
    ("method", "N", "T", 31, 31),
]


def outline(text: str) -> list[tuple[str, str, str, int, int]]:
    return [(d.kind, d.name, d.receiver, d.first, d.last) for d in declarations(text.encode())]


def test_declarations_of_good_source() -> None:
    assert not suspicious(SOURCE.encode())
    assert outline(SOURCE) == WANTED


def test_offsets_are_of_bytes() -> None:
    text = "package a\n\n// é\nvar é = 1\n\nfunc F() {}\n".encode()
    found = declarations(text)
    assert text[found[0].start : found[0].end] == "var é = 1".encode()
    assert text[found[1].start : found[1].end] == b"func F() {}"


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (SOURCE.replace("func F() {}", "func F() {"), 21),
        (SOURCE.replace("fmt.Println(raw, os.Args)", "fmt.Println(raw, os.Args"), 27),
        (SOURCE.replace("fmt.Println(raw, os.Args)", "fmt.Println(raw,, os.Args)"), 27),
    ],
)
def test_declarations_of_broken_source_stay_apart(broken: str, line: int) -> None:
    assert suspicious(broken.encode())
    functions = [entry[1:4] for entry in outline(broken) if entry[0] in {"func", "method"}]
    assert functions == [("F", "", 21), ("M", "T", 23), ("N", "T", 31)]
    found = enclosing(declarations(broken.encode()), line)
    assert found is not None
    assert found.first <= line <= found.last


def test_an_interface_alone_is_one() -> None:
    assert outline("package a\n\ntype R interface {\n\tRead()\n}\n")[0][:2] == ("interface", "R")
    assert outline("package a\n\ntype R interface {\n\tRead(\n}\n")[0][:2] == ("interface", "R")


def test_errors_have_lines() -> None:
    assert error_lines(b"package a\n\nfunc F() {\n\tx := := 1\n}\n") == (4,)
    assert error_lines(SOURCE.encode()) == ()


def test_colours_cover_what_they_name() -> None:
    text = b'package a\n\n// note\nfunc F(x int) string { return g("s", 1, nil, x.y) }\n'
    found = [(text[s.start : s.end].decode(), s.kind) for s in highlight(text)]
    assert ("package", "keyword") in found
    assert ("// note", "comment") in found
    assert ("F", "function") in found
    assert ("g", "function") in found
    assert ("int", "type") in found
    assert ('"s"', "string") in found
    assert ("1", "number") in found
    assert ("nil", "constant") in found
    assert ("y", "field") in found
    assert not [text for text, _ in found if text in "(){},"]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_are_too_odd(content: bytes) -> None:
    """Whatever the bytes, answers are in order, inside the content and without overlap."""
    end = 0
    for span in highlight(content):
        assert end <= span.start < span.end <= len(content)
        end = span.end
    lines = content.count(b"\n") + 1
    for found in declarations(content):
        assert 1 <= found.first <= found.last <= lines + 1
        assert 0 <= found.start <= found.end <= len(content)
    assert all(1 <= line <= lines for line in error_lines(content))


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(SOURCE) - 1), st.integers(0, 40))
def test_a_cut_file_still_has_declarations(start: int, length: int) -> None:
    """Removing any few bytes never raises, and lines stay in order."""
    content = (SOURCE[:start] + SOURCE[start + length :]).encode()
    found = declarations(content)
    assert all(a.last < b.first or a.last == b.first for a, b in itertools.pairwise(found))
