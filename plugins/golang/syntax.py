"""Go syntax through tree-sitter, the only file that uses it.

tree-sitter never decides what is Go: it reports missing nodes in some valid Go and accepts some that is not. It answers
what must be answered of text that does not parse: declarations, colours, and which text is worth a second look.
Offsets are in bytes, lines are 1-based.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import tree_sitter_go
from tree_sitter import Language, Node, Parser, Tree

from hrgc.edits import line_of, split_lines
from plugins.golang.helper_types import Declaration
from plugins.golang.sources import LITERALS

_KINDS = {
    "function_declaration": "func",
    "method_declaration": "method",
    "type_declaration": "type",
    "const_declaration": "const",
    "var_declaration": "var",
    "import_declaration": "import",
}
_OPENING = re.compile(
    rb"^(?:[ \t]*(?P<func>func)[ \t]*(?:\((?P<recv>[^)\n]*)\)[ \t]*)?(?P<name>[^\W\d]\w*)[ \t]*[\[(]"
    rb"|(?P<kind>type|var|const|import|func)\b(?:[ \t]+(?P<what>[^\W\d]\w*))?(?P<rest>[^\n]*))",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A coloured run of bytes."""

    start: int
    end: int
    kind: str
    """comment, string, number, keyword, type, function, field, package, constant or operator."""


@cache
def _language() -> Language:
    """Return the Go grammar."""
    return Language(tree_sitter_go.language())


def parse(content: bytes, old: Tree | None = None) -> Tree:
    """Return the syntax tree of *content*; *old* is an edited tree of an earlier version, for speed."""
    parser = Parser(_language())
    return parser.parse(content, old) if old is not None else parser.parse(content)


def suspicious(content: bytes) -> bool:
    """Tell whether tree-sitter sees an error; go/parser must be asked before anything follows from it."""
    return parse(content).root_node.has_error


def declarations(content: bytes) -> tuple[Declaration, ...]:
    """Return the top-level declarations of a file, which need not parse, in order.

    A broken declaration ends where the next one begins: a lost brace does not swallow what follows it.
    """
    root = parse(content).root_node
    if root.has_error:
        return _by_lines(content)
    return tuple(_declaration(node) for node in root.named_children if node.type in _KINDS)


def _declaration(node: Node) -> Declaration:
    """Describe one declaration node; the doc comment is not part of it."""
    kind = _KINDS[node.type]
    name, receiver = _text(node.child_by_field_name("name")), ""
    if kind == "method":
        receiver = _receiver(_text(node.child_by_field_name("receiver")))
    elif kind in {"type", "const", "var"}:
        specs = [c for c in _specs(node) if c.child_by_field_name("name") is not None]
        name = _text(specs[0].child_by_field_name("name")) if specs else ""
        value = specs[0].child_by_field_name("type") if specs else None
        if kind == "type" and len(specs) == 1 and value is not None and value.type == "interface_type":
            kind = "interface"
    return Declaration(
        name, kind, receiver, node.start_point[0] + 1, node.end_point[0] + 1, node.start_byte, node.end_byte
    )


def _specs(node: Node) -> Iterator[Node]:
    """Yield the specs of a type, const or var declaration, grouped or not."""
    for child in node.named_children:
        if child.type.endswith("_list"):
            yield from child.named_children
        elif child.type in {"type_spec", "type_alias", "const_spec", "var_spec"}:
            yield child


def _text(node: Node | None) -> str:
    """Return a node's text, '' for none."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def _receiver(parameters: str) -> str:
    """Return the type name of a receiver, ``(s *Stack[T])`` giving ``Stack``."""
    words = re.findall(r"\w+", parameters.partition("[")[0])
    return words[-1] if words else ""


def _by_lines(content: bytes) -> tuple[Declaration, ...]:
    """Return declarations by the lines that open them: good enough for any text laid out like Go."""
    lines = split_lines(content)
    hidden = _hidden(content)
    openings: list[tuple[int, int, re.Match[bytes]]] = []
    offset = 0
    for number, line in enumerate(lines, 1):
        match = _OPENING.match(line)
        if match is not None and not any(start < offset < end for start, end in hidden):
            openings.append((number, offset, match))
        offset += len(line)
    found: list[Declaration] = []
    for index, (number, start, match) in enumerate(openings):
        last = openings[index + 1][0] - 1 if index + 1 < len(openings) else len(lines)
        while last > number and (not lines[last - 1].strip() or lines[last - 1].startswith((b"//", b"/*"))):
            last -= 1
        end = start + sum(map(len, lines[number - 1 : last]))
        found.append(_from_opening(match, number, last, start, end))
    return tuple(found)


def _from_opening(match: re.Match[bytes], first: int, last: int, start: int, end: int) -> Declaration:
    """Describe the declaration that a line opens."""
    kind = (match["func"] or match["kind"]).decode()
    name = (match["name"] or match["what"] or b"").decode("utf-8", "replace")
    receiver = _receiver(match["recv"].decode("utf-8", "replace")) if match["recv"] is not None else ""
    if kind == "func" and match["recv"] is not None:
        kind = "method"
    elif kind == "type" and b"interface" in (match["rest"] or b"").split(b"{")[0].split():
        kind = "interface"
    return Declaration(name, kind, receiver, first, last, start, end)


def _hidden(content: bytes) -> tuple[tuple[int, int], ...]:
    """Return the ranges of raw strings and block comments over several lines, which only look like code."""
    return tuple(
        match.span() for match in LITERALS.finditer(content) if match[0].startswith((b"`", b"/*")) and b"\n" in match[0]
    )


_LEAVES = {
    "comment": "comment",
    "interpreted_string_literal": "string",
    "raw_string_literal": "string",
    "rune_literal": "string",
    "int_literal": "number",
    "float_literal": "number",
    "imaginary_literal": "number",
    "type_identifier": "type",
    "field_identifier": "field",
    "package_identifier": "package",
    "nil": "constant",
    "true": "constant",
    "false": "constant",
    "iota": "constant",
}
_KEYWORD = re.compile(r"[a-z]+$")


def highlight(content: bytes) -> tuple[Span, ...]:
    """Return the coloured runs of a file in order, not overlapping; plain text is left out."""
    cursor = parse(content).walk()
    spans: list[Span] = []
    while True:
        node = cursor.node
        assert node is not None
        kind = _LEAVES.get(node.type, "")
        if not kind and node.child_count == 0:
            kind = _leaf_kind(node)
        if kind:
            spans.append(Span(node.start_byte, node.end_byte, kind))
        if not kind and cursor.goto_first_child():
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return tuple(span for span in spans if span.end > span.start)


def _leaf_kind(node: Node) -> str:
    """Return the colour of a leaf, '' for plain."""
    if not node.is_named:
        if _KEYWORD.match(node.type):
            return "keyword"
        return "operator" if node.type not in "()[]{},;.:" else ""
    parent = node.parent
    if node.type == "identifier" and parent is not None:
        called = parent.type == "call_expression" and parent.child_by_field_name("function") == node
        if called or parent.type == "function_declaration":
            return "function"
    return ""


def error_lines(content: bytes) -> tuple[int, ...]:
    """Return the lines at which tree-sitter sees an error or a missing token, in order."""
    found: set[int] = set()
    todo: list[Node] = [parse(content).root_node]
    while todo:
        node = todo.pop()
        if node.is_error or node.is_missing:
            found.add(line_of(content, node.start_byte))
        elif node.has_error:
            todo.extend(node.children)
    return tuple(sorted(found))


def enclosing(found: Sequence[Declaration], line: int) -> Declaration | None:
    """Return the declaration that spans *line*, None for none."""
    return next((d for d in found if d.first <= line <= d.last), None)
