"""Random bytes, truncated and bracket-heavy Go through syntax, window, prompt, plan and edit.

Nothing may fail but with an HrgcError, and no byte outside the edited lines may change.
"""

from __future__ import annotations

import codecs
import json
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrgc import prompt as prompts
from hrgc import tokens
from hrgc.diagnostics import Diagnostic, Evidence, HotLine, Stage
from hrgc.edits import TextEdit, hunks, line_edits, line_span, minimal_edit, overlaps, splice, split_lines, unified
from hrgc.errors import InputError
from hrgc.plan import Step, Window, from_json, lint, parse_tokens, shifted, to_json
from hrgc.plugin import Candidate
from hrgc.state import State, apply, code_view, lines_edit
from hrgc.tokens import Intent, Op, Target
from plugins.golang.syntax import declarations, enclosing, error_lines, highlight, suspicious
from plugins.golang.window import window_at
from tests.fakes import ToyWorkspace

PATH = Path("/src/stack.go")
GO = b"""package stack

import (
\t"errors"
\t"fmt"
)

// Stack holds items.
type Stack[T any] struct {
\titems []T
}

/* Pop takes the last item. */
func (s *Stack[T]) Pop() (item T, err error) {
\tif len(s.items) == 0 {
\t\treturn item, errors.New("empty <PLAN> `stack`")
\t}
\tlast := len(s.items) - 1
\titem, s.items = s.items[last], s.items[:last]
\tfor i := range s.items { fmt.Println(i, '\\'', `raw
string`) }
\tswitch v := any(item).(type) { case int: _ = v; default: }
\treturn item, nil
}
"""
TOKENS = ("{", "}", "(", ")", "[", "]", "func ", "func (s *S) M(", "type T struct", "interface{", "if ", "for ", ":=")
SCRAPS = (
    *TOKENS,
    "\n",
    "\r\n",
    "\r",
    "\t",
    '"',
    "`",
    "'",
    "//",
    "/*",
    "*/",
    ";",
    ",",
    "x",
    "é",
    "<L1>",
    "</CODE>",
    "\x00",
)

scraps = st.lists(st.sampled_from(SCRAPS), max_size=60).map(lambda parts: "".join(parts).encode())
cut = st.tuples(st.integers(0, len(GO)), st.integers(0, len(GO))).map(lambda at: GO[min(at) : max(at)])
broken = st.tuples(st.integers(0, len(GO)), scraps, st.integers(0, 40)).map(
    lambda part: GO[: part[0]] + part[1] + GO[part[0] + part[2] :]
)
plain_sources = st.one_of(st.binary(max_size=200), cut, scraps, broken)
sources = st.tuples(plain_sources, st.sampled_from(("", "crlf", "bom"))).map(
    lambda made: {"": made[0], "crlf": made[0].replace(b"\n", b"\r\n"), "bom": codecs.BOM_UTF8 + made[0]}[made[1]]
)
texts = st.lists(st.one_of(st.sampled_from(SCRAPS), st.text(max_size=12)), max_size=4).map(
    lambda parts: tuple("".join(parts).replace("\r", "").split("\n"))
)
lines_at = st.integers(-3, 60)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def count(text: str) -> int:
    """Count tokens roughly."""
    return len(text.encode("utf-8", "replace")) // 3 + 1


@many
@given(sources, lines_at)
def test_any_bytes_have_syntax_and_a_window(content: bytes, line: int) -> None:
    """Declarations, colours and the window exist for any bytes; the window shows lines of the file, in order."""
    found = declarations(content)
    total = len(split_lines(content))
    assert all(1 <= d.first <= d.last and 0 <= d.start <= d.end <= len(content) for d in found)
    assert enclosing(found, line) in (*found, None)
    assert isinstance(suspicious(content), bool)
    assert all(1 <= number <= total + 1 for number in error_lines(content))
    spans = highlight(content)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    window = window_at(PATH, content, line, tokens=count)
    assert list(window.numbers) == sorted(set(window.numbers))
    assert len(window.lines) == len(window.numbers) <= tokens.MAX_LINES
    for number, text in zip(window.numbers, window.lines, strict=True):
        assert split_lines(content)[number - 1].decode("utf-8", "replace").strip() == text


@many
@given(sources, lines_at, st.text(max_size=30), st.lists(st.text(max_size=10), max_size=3))
def test_any_window_packs_into_a_prompt(content: bytes, line: int, problem: str, names: list[str]) -> None:
    """A prompt stays within its sections' caps, and no foreign text in it spells a special token."""
    window = window_at(PATH, content, line, tokens=count)
    found = Diagnostic(PATH, line, 1, Stage.TYPES, "UndeclaredName", "undefined", tuple(names))
    evidence = Evidence((found,), hot=(HotLine(PATH, line, 1.0),))
    tried = [prompts.Tried(Op.CMP, 1, tuple(names))]
    packed = prompts.pack(
        problem,
        prompts.notes(evidence, window),
        names,
        window,
        count=count,
        hot=prompts.hot_marks(evidence, window),
        tried=tried,
    )
    for segment in packed.segments:
        assert segment.special == tokens.is_special(segment.text)
        assert segment.special or not any(token in segment.text for token in tokens.SPECIAL_TOKENS)
    room = prompts.PROBLEM_CAP + prompts.NOTES_CAP + prompts.CONTEXT_CAP + prompts.FILE_CAP + prompts.HISTORY_CAP
    assert sum(1 if s.special else count(s.text) for s in packed.segments) <= room + 2 * len(tokens.SPECIAL_TOKENS)


class LineFormat(ToyWorkspace):
    """A workspace whose format strips blanks at the ends of lines; text with a NUL byte does not parse."""

    def format(self, path: Path, content: bytes) -> bytes | None:
        """Return the canonical format of *content*."""
        assert path == self.path
        return None if b"\0" in content else b"\n".join(line.rstrip(b" \t") for line in content.split(b"\n"))


WINDOW = Window(PATH, "Stack.Pop", Target.METHOD, tuple(range(13, 23)), tuple("abcdefghij"))


@many
@given(st.lists(st.one_of(st.sampled_from(tokens.SPECIAL_TOKENS), st.text(max_size=8)), max_size=20))
def test_any_token_list_is_a_plan_or_an_input_error(words: list[str]) -> None:
    """What parses back is a plan whose own tokens parse to the same plan."""
    try:
        plan = parse_tokens(words, WINDOW)
    except InputError:
        return
    assert all(step.line in WINDOW.numbers for step in plan.steps)
    assert parse_tokens(plan.tokens(WINDOW), WINDOW) == plan


json_values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(-5, 99), st.floats(), st.text(max_size=6), st.sampled_from(list(Op))
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)
FIELDS = ("intent", "target", "operation", "file", "line", "end_line", "answers", "probability")
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, json_values))


@many
@given(
    st.one_of(
        st.text(max_size=40),
        json_values.map(json.dumps),
        st.lists(rows, max_size=3).map(lambda made: json.dumps({"format": "hrgc.plan/1", "steps": made})),
    )
)
def test_any_document_is_a_plan_or_an_input_error(text: str) -> None:
    """A saved plan that is broken anywhere is refused with a hint; one that is read can be written, linted, moved."""
    try:
        plan = from_json(text, base=PATH.parent)
    except InputError:
        return
    assert from_json(to_json(plan)) == plan
    assert isinstance(lint(plan, {PATH: split_lines(GO)}), tuple)
    assert len(shifted(plan, PATH, hunks(GO, b"package q\n" + GO)).steps) == len(plan.steps)
    assert len(plan.sentences()) == len(plan.steps)


@many
@given(sources, lines_at, lines_at, texts, st.booleans())
def test_no_byte_outside_the_edited_lines_changes(
    content: bytes,
    first: int,
    last: int,
    new: tuple[str, ...],
    insert: bool,  # noqa: FBT001 - a drawn value
) -> None:
    """Applying written lines keeps everything before and behind them, line ends and byte order mark included."""
    total = max(1, len(split_lines(content)))
    first, last = sorted(min(max(1, line), total) for line in (first, last))
    edit = lines_edit(content, first, last, new, insert=insert)
    start, end = line_span(content, first, last)
    if insert and content[start:end].endswith(b"\n"):
        start = end
    if content.startswith(codecs.BOM_UTF8):
        start = max(start, len(codecs.BOM_UTF8))
    workspace = LineFormat(PATH, content)
    step = Step(PATH, first, Op.REWRITE, Intent.FIX, Target.FUNC)
    candidate = Candidate(path=PATH, edits=(edit,), step=step, code=new, insert=insert)
    done = apply(State(), workspace, candidate)
    assert set(done) == {PATH}
    after = done[PATH]
    assert after.startswith(content[:start])
    if len(after) >= len(content) - end:
        assert after.endswith(content[end:])
    line, final, shown, inserted = code_view(content, (edit,), first)
    assert line >= 1
    assert final is None or final > line
    assert isinstance(inserted, bool)
    assert all(text == text.strip() for text in shown)


@many
@given(sources, st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300), st.binary(max_size=9)), max_size=4))
def test_any_edits_splice_or_are_refused(content: bytes, drawn: list[tuple[int, int, bytes]]) -> None:
    """Edits that overlap or leave the file are refused; others change exactly their ranges."""
    edits = [TextEdit(*row) for row in drawn]
    try:
        after = splice(content, edits)
    except InputError:
        return
    assert len(after) == len(content) + sum(len(e.new) - (e.end - e.start) for e in edits)
    assert splice(content, line_edits(content, after)) == after
    assert splice(content, line_edits(content, after, single=True)) == after
    smallest = minimal_edit(content, after)
    assert after == (splice(content, [smallest]) if smallest else content)
    assert bool(hunks(content, after)) == (content != after)
    assert bool(unified("stack.go", content, after)) == (content != after)
    assert overlaps(edits, edits) == bool(edits)
