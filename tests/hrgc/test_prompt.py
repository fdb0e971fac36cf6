"""The prompt's packing: layout, caps, foreign text, and code read back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgc import prompt, tokens
from hrgc.diagnostics import Diagnostic, Evidence, HotLine, Stage
from hrgc.plan import Window
from hrgc.prompt import Note, Tried, code_segments, pack, parse_code, step_segments
from hrgc.tokens import Intent, Op, Target

PATH = Path("/p/a.go")
WINDOW = Window(PATH, "Pop", Target.FUNC, (5, 6, 7), ("func Pop() int {", "return itmes", "}"))


def words(text: str) -> int:
    """Count words, as a stand-in for a tokenizer."""
    return max(1, len(text.split()))


def flat(made: prompt.Prompt) -> str:
    """Return the prompt as one string."""
    return " ".join(s.text for s in made.segments)


def test_layout() -> None:
    """The sections come in the documented order, names only, one mark a line."""
    found = (Note(Stage.TYPES, "UndeclaredName", 2, ("itmes",)),)
    made = pack("fix pop", found, ("items []int",), WINDOW, count=words, hot=(2,), tried=(Tried(Op.NAME, 2, ("x",)),))
    assert flat(made) == (
        "<PROBLEM> fix  pop </PROBLEM> <VALIDATE> <SYNTAX_OK> <ERR:UndeclaredName> <L2> itmes <HOT> <L2> </VALIDATE>"
        " <CONTEXT> items []int <NL> </CONTEXT> <FILE> <L1> func Pop() int { <L2> return itmes <L3> } </FILE>"
        " <HIST> <OP:NAME> <L2> x </HIST>"
    )
    assert made.omitted == ()


def test_findings_of_every_stage() -> None:
    """Syntax errors change the verdict; tests, vet and unknown codes have tokens of their own."""
    found = [
        Note(Stage.PARSE, "Brace", 1),
        Note(Stage.TEST, "Panic", 2, ("TestPop",)),
        Note(Stage.VET, "printf", None),
        Note(Stage.TYPES, "NoSuchCode", None),
    ]
    text = flat(pack("", found, (), WINDOW, count=words))
    assert "<SYNTAX_ERR> <SYN:Brace> <L1> <TEST_FAIL> <ERR:Panic> <L2> TestPop <ERR:Vet> <ERR:Other>" in text


def test_caps_leave_out_whole_items_and_count_them() -> None:
    """What does not fit is dropped from the end of its section and reported."""
    context = tuple(f"symbol{n} " + "word " * 30 for n in range(10))
    made = pack("p " * 200, (), context, WINDOW, count=words)
    dropped = dict(made.omitted)
    assert dropped["problem"] == 200 - prompt.PROBLEM_CAP
    assert 0 < dropped["context"] < 10
    text = flat(made)
    assert "symbol0" in text
    assert "symbol9" not in text


def test_notes_prefer_roots_inside_the_window() -> None:
    """At most three findings, those a person would look at first."""

    def at(line: int, *, root: bool = True) -> Diagnostic:
        return Diagnostic(PATH, line, 1, Stage.TYPES, "UndeclaredName", f"undefined: x{line}", (f"x{line}",), root)

    evidence = Evidence((at(1), at(6, root=False), at(6), at(7)), hot=(HotLine(PATH, 7, 1.0), HotLine(PATH, 99, 1.0)))
    assert [n.mark for n in prompt.notes(evidence, WINDOW)] == [2, 3, None]
    assert prompt.hot_marks(evidence, WINDOW) == (3,)


@given(st.lists(st.text(alphabet="ab<>/PLANL1: ", min_size=1).map(str.strip).filter(bool), max_size=4), st.booleans())
def test_code_reads_back(lines: list[str], insert: bool) -> None:  # noqa: FBT001 - a drawn value
    """Code segments give the same lines and insert mark, whatever the text spells."""
    parts = code_segments(lines, insert=insert)
    assert parse_code(parts) == (tuple(lines), insert)


@given(st.text(alphabet="<>/:PLANSTEFIXCODE123 \n", max_size=60))
def test_foreign_text_never_spells_a_special_token(text: str) -> None:
    """Joined, the plain segments are the text; no single one contains a special token."""
    parts = tokens.plain(text)
    assert "".join(p.text for p in parts) == text
    assert all(token not in p.text for p in parts for token in ("<PLAN>", "</CODE>", "<L1>", "<STEP>"))


def test_step_segments() -> None:
    """One or two line marks, then what opens the code."""
    one = step_segments(Intent.FIX, Target.FUNC, Op.CMP, 2, None)
    two = step_segments(Intent.FIX, Target.FUNC, Op.CMP, 2, 4)
    assert [s.text for s in one] == ["<INTENT:FIX>", "<TARGET:func>", "<OP:CMP>", "<L2>", "</PLAN>", "<CODE>"]
    assert [s.text for s in two][3:5] == ["<L2>", "<L4>"]


def test_token_table() -> None:
    """No duplicates; marks, classes and codes outside the table are handled or refused."""
    assert len(set(tokens.SPECIAL_TOKENS)) == len(tokens.SPECIAL_TOKENS)
    assert tokens.error_token("Nope") == "<ERR:Other>"
    assert tokens.syntax_token("Nope") == "<SYN:Other>"
    with pytest.raises(ValueError, match="outside"):
        tokens.line_token(97)
    with pytest.raises(ValueError, match="token table"):
        tokens.special("<NOPE>")
    assert tokens.missing(frozenset(tokens.SPECIAL_TOKENS)) == ()
    assert tokens.missing(frozenset(tokens.SPECIAL_TOKENS[1:])) == (tokens.SPECIAL_TOKENS[0],)
    assert all(op.meaning for op in Op)
