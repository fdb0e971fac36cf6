"""Edits by byte range: splice, hunks, views; bytes outside stay identical."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgc.edits import (
    TextEdit,
    hunks,
    line_edits,
    line_span,
    minimal_edit,
    overlaps,
    splice,
    split_lines,
    unified,
    uses_crlf,
    with_line_ends,
)
from hrgc.errors import InputError
from hrgc.plan import Step
from hrgc.plugin import Candidate
from hrgc.state import State, apply, code_view, lines_edit
from hrgc.tokens import Op
from tests.fakes import ToyWorkspace

text = st.binary(max_size=200) | st.lists(st.sampled_from([b"a\n", b"b\r\n", b"}\n", b"\n", b"\r", b"x"])).map(b"".join)


@given(text, text)
def test_line_edits_turn_one_content_into_the_other(before: bytes, after: bytes) -> None:
    """Splicing the whole-line edits gives exactly the new content."""
    assert splice(before, line_edits(before, after)) == after


@given(text, text)
def test_minimal_edit_is_exact(before: bytes, after: bytes) -> None:
    """The one minimal edit gives the new content, and nothing for equal ones."""
    edit = minimal_edit(before, after)
    assert (edit is None) == (before == after)
    assert splice(before, [edit] if edit else []) == after


@given(text)
def test_split_lines_joins_back(content: bytes) -> None:
    """No byte is lost at line ends of any kind."""
    assert b"".join(split_lines(content)) == content


@given(text, st.integers(-2, 12), st.integers(-2, 12))
def test_line_span_stays_inside(content: bytes, first: int, last: int) -> None:
    """Any pair of line numbers gives a range within the content."""
    start, end = line_span(content, first, last)
    assert 0 <= start <= end <= len(content)


@pytest.mark.parametrize(
    "edits",
    [
        [TextEdit(0, 3, b""), TextEdit(2, 4, b"")],
        [TextEdit(3, 9, b"")],
        [TextEdit(3, 2, b"")],
    ],
)
def test_edits_that_do_not_fit_are_refused(edits: list[TextEdit]) -> None:
    """Overlapping, reversed and outside edits raise InputError with a hint."""
    with pytest.raises(InputError) as caught:
        splice(b"abcdef", edits)
    assert caught.value.hint


def test_hunks_name_old_lines() -> None:
    """A replaced run has its old lines, an insertion has last < first."""
    before, after = b"a\nb\nc\n", b"a\nB\nc\nd\n"
    replaced, inserted = hunks(before, after)
    assert (replaced.first, replaced.last, replaced.lines) == (2, 2, ("B",))
    assert (inserted.first, inserted.last, inserted.lines) == (4, 3, ("d",))


def test_code_view_picks_the_hunk_near_the_line() -> None:
    """An edit with an import far above is described by its body hunk."""
    before = b"import (\n)\n\n\n\n\tx := Split(a)\n"
    at = before.index(b"Split")
    edits = [TextEdit(9, 9, b'\t"strings"\n'), TextEdit(at, at, b"strings.")]
    assert code_view(before, edits, 6) == (6, None, ("x := strings.Split(a)",), False)
    assert code_view(before, edits, 1) == (1, None, ('"strings"',), True)


def test_new_lines_take_the_indentation() -> None:
    """Replaced lines keep their indentation; text behind an opening brace is one level deeper."""
    content = b"func f() {\n\treturn 1\n}\n"
    assert splice(content, [lines_edit(content, 2, 2, ["return 2"], insert=False)]) == b"func f() {\n\treturn 2\n}\n"
    assert splice(content, [lines_edit(content, 1, 1, ["x()"], insert=True)]) == b"func f() {\n\tx()\n\treturn 1\n}\n"
    assert splice(content, [lines_edit(content, 2, 2, [], insert=False)]) == b"func f() {\n}\n"
    bare = b"a\nb"
    assert splice(bare, [lines_edit(bare, 2, 2, ["c"], insert=True)]) == b"a\nb\nc\n"


def test_line_ends() -> None:
    """CRLF is told by the majority and can be restored."""
    assert uses_crlf(b"a\r\nb\r\n")
    assert not uses_crlf(b"a\nb\r\nc\n")
    assert with_line_ends(b"a\nb\r\n", crlf=True) == b"a\r\nb\r\n"


def test_unified_diff_marks_a_missing_last_line_end() -> None:
    """The diff says so where a file does not end in a line break, as git and patch expect."""
    diff = unified("a.go", b"x\ny", b"x\nz")
    assert diff.startswith("--- a/a.go\n+++ b/a.go\n")
    assert diff.count("\\ No newline at end of file\n") == 2


def test_overlaps_touching_edits() -> None:
    """Touching edits count as overlapping: their order would matter."""
    assert overlaps([TextEdit(0, 2, b"")], [TextEdit(2, 3, b"")])
    assert not overlaps([TextEdit(0, 2, b"")], [TextEdit(3, 3, b"")])


def test_state_apply_formats_only_what_was_edited(tmp_path: Path) -> None:
    """In a file that is not in canonical form, other lines keep their bytes; CRLF and BOM are kept."""
    path = tmp_path / "a.toy"
    content = b"\xef\xbb\xbfold  \r\nkeep  \r\n"
    at = content.index(b"old")
    candidate = Candidate(path, (TextEdit(at, at + 3, b"new "),), Step(path, 1, Op.NAME))
    overlay = apply(State(), ToyWorkspace(path, content), candidate)
    assert overlay[path] == b"\xef\xbb\xbfnew\r\nkeep  \r\n"
    clean = b"old\nkeep\n"
    candidate = Candidate(path, (TextEdit(0, 3, b"new  "),), Step(path, 1, Op.NAME))
    assert apply(State(), ToyWorkspace(path, clean), candidate)[path] == b"new\nkeep\n"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_removed_line_leaves_the_next_one_alone(tmp_path: Path, mark: bytes) -> None:
    """Removing whole lines writes nothing, so nothing is formatted."""
    path = tmp_path / "a.toy"
    candidate = Candidate(path, (TextEdit(len(mark), len(mark) + 4, b""),), Step(path, 1, Op.DELETE))
    assert apply(State(), ToyWorkspace(path, mark + b"old\nkeep  \n"), candidate)[path] == mark + b"keep  \n"


def test_a_name_with_a_blank_ends_at_a_tab(tmp_path: Path) -> None:
    """As git writes it, so that patch finds the file."""
    path = tmp_path / "a b.go"
    path.write_bytes(b"x\n")
    diff = unified("a b.go", b"x\n", b"y\n")
    assert diff.startswith("--- a/a b.go\t\n+++ b/a b.go\t\n")
    for argv in (["patch", "-p1"], ["git", "apply", "-R"]):
        if shutil.which(argv[0]):
            subprocess.run(argv, cwd=tmp_path, input=diff, text=True, check=True, capture_output=True)
