"""``hrgc fix -i``: hunks are taken one by one, and what was taken is judged before it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgc import journal
from hrgc.edits import splice
from hrgc.events import FileResult
from hrgc.pieces import pieces
from tests.cli_door import Door, write

FAR = "itmes\n" + "x\n" * 20 + "cuont\n"
NEAR = "itmes\nx\ncuont\n"


def _file(text: str = FAR) -> Path:
    return write("a.go", text)


@pytest.mark.parametrize(
    ("answers", "items", "count", "code"),
    [
        ("y\ny\n", True, True, 0),
        ("a\n", True, True, 0),
        ("y\nn\n", True, False, 1),
        ("n\ny\n", False, True, 1),
        ("y\nd\n", True, False, 1),
        ("n\nn\n", False, False, 1),
        ("d\n", False, False, 1),
        ("q\n", False, False, 1),
        ("y\nq\n", False, False, 1),
        ("", False, False, 1),
        ("?\nwhat\n\ny\nY\n", True, True, 0),
    ],
)
def test_answers(answers: str, items: bool, count: bool, code: int) -> None:  # noqa: FBT001 - a table
    path = _file()
    done = Door()("fix", "-i", "a.go", stdin=answers)
    assert path.read_text() == FAR.replace("itmes", "items" if items else "itmes").replace(
        "cuont", "count" if count else "cuont"
    )
    assert done.code == code
    assert len(journal.Journal().records()) == (items or count)


def test_each_hunk_is_shown_on_stdout_and_asked_on_stderr() -> None:
    _file()
    done = Door()("fix", "-i", "a.go", stdin="y\nn\n")
    assert done.out.count("@@ ") == 2
    assert "Take this hunk (1 more) [y,n,a,d,e,q,?]? " in done.err
    assert "Take this hunk [y,n,a,d,e,q,?]? " in done.err
    assert "verdict of what was taken: does not build: 1 error" in done.err
    assert re.search(r"fixed 1 of 2 problems in a.go, 1 problem left", done.err)


def test_neighbouring_changes_are_one_hunk_that_can_be_split() -> None:
    path = _file(NEAR)
    done = Door()("fix", "-i", "a.go", stdin="s\nn\ny\n")
    assert "[y,n,a,d,s,e,q,?]" in done.err
    assert path.read_text() == "itmes\nx\ncount\n"


def test_a_hunk_can_be_edited_by_hand() -> None:
    path = _file("itmes\n")
    shown: list[str] = []

    def edit(text: str) -> str:
        shown.append(text)
        return "elements\n"

    done = Door(edit=edit)("fix", "-i", "a.go", stdin="e\ny\n")
    assert shown == ["items\n"]
    assert path.read_text() == "elements\n"
    assert done.code == 0


def test_an_edit_left_without_saving_asks_again() -> None:
    path = _file("itmes\n")
    Door(edit=lambda _: None)("fix", "-i", "a.go", stdin="e\ny\n")
    assert path.read_text() == "items\n"


def test_a_choice_that_brings_new_problems_needs_a_second_yes() -> None:
    path = _file("itmes\n")
    door = Door(edit=lambda _: "hopeless\n")
    done = door("fix", "-i", "a.go", stdin="e\ny\nn\n")
    assert "new: a.go:1:1: undefined: hopeless [UndeclaredName]" in done.err
    assert (path.read_text(), done.code) == ("itmes\n", 1)
    done = door("fix", "-i", "a.go", stdin="e\ny\ny\n")
    assert (path.read_text(), done.code) == ("hopeless\n", 1)


def test_nothing_to_ask() -> None:
    _file("fine\n")
    done = Door()("fix", "-i", "a.go")
    assert (done.code, done.out, done.err) == (0, "", "nothing to repair in a.go: builds\n")


def test_pieces_join_what_is_close() -> None:
    before = b"".join(b"%d\n" % n for n in range(40))
    after = before.replace(b"\n3\n", b"\nthree\n").replace(b"\n8\n", b"\n").replace(b"\n30\n", b"\n30\nmore\n")
    assert [len(p.edits) for p in pieces(FileResult(Path("a"), before, after))] == [2, 1]


_TEXT = st.lists(st.sampled_from([b"a\n", b"b\r\n", b"\n", b"c"]), max_size=30).map(b"".join)


@given(_TEXT, _TEXT)
def test_all_pieces_together_are_the_change_however_they_are_split(before: bytes, after: bytes) -> None:
    whole = pieces(FileResult(Path("a"), before, after))
    assert splice(before, [e for piece in whole for e in piece.edits]) == after
    parts = [part for piece in whole for part in piece.split]
    assert splice(before, [e for part in parts for e in part.edits]) == after
    for part in parts:
        splice(before, part.edits)
