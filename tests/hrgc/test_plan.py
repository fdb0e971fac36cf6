"""The plan language: tokens, JSON and sentences, there and back; linting names what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgc.edits import Hunk
from hrgc.errors import InputError
from hrgc.plan import Plan, Step, Window, from_json, lint, parse_tokens, shifted, to_json
from hrgc.tokens import Intent, Op, Target

PATH = Path("/p/stack.go")
WINDOW = Window(PATH, "Stack.Pop", Target.METHOD, tuple(range(10, 20)), tuple(f"line {n}" for n in range(10)))
STEP = Step(PATH, 12, Op.CMP, Intent.FIX, Target.METHOD, "Stack.Pop")

steps = st.builds(
    Step,
    path=st.just(PATH),
    line=st.integers(10, 14),
    op=st.sampled_from(Op),
    intent=st.sampled_from(Intent),
    target=st.sampled_from(Target),
    symbol=st.just("Stack.Pop"),
    end_line=st.none() | st.integers(15, 19),
)


@given(st.lists(steps, max_size=5))
def test_tokens_read_back(made: list[Step]) -> None:
    """Plan to tokens to plan is the identity inside one window."""
    plan = Plan(tuple(made))
    assert parse_tokens(plan.tokens(WINDOW), WINDOW) == plan


@given(st.lists(steps, max_size=5), st.text(max_size=30))
def test_json_reads_back(made: list[Step], problem: str) -> None:
    """Plan to JSON to plan is the identity."""
    plan = Plan(tuple(made), problem)
    assert from_json(to_json(plan)) == plan


def test_tokens_of_a_step() -> None:
    """The raw form is the grammar of the token table."""
    assert Plan((STEP,)).tokens(WINDOW) == (
        "<PLAN>", "<STEP>", "<INTENT:FIX>", "<TARGET:method>", "<OP:CMP>", "<L3>", "</PLAN>",
    )  # fmt: skip


def test_sentence() -> None:
    """A step reads as a sentence with file lines."""
    assert STEP.sentence() == "line 12, Stack.Pop: change the comparison"


def test_step_outside_the_window() -> None:
    """Its tokens cannot be written, and the error says what the window holds."""
    with pytest.raises(InputError, match="line 40 is not in the window") as caught:
        Step(PATH, 40, Op.CMP).tokens(WINDOW)
    assert "10 to 19" in caught.value.hint
    assert Plan((Step(PATH, 40, Op.CMP),)).tokens(WINDOW) == ("<PLAN>", "</PLAN>")


@pytest.mark.parametrize("words", [["<OP:NOPE>"], ["<L96>"], ["hello"], ["<STEP>", "<OP:CMP>", "</PLAN>"]])
def test_wrong_tokens_are_refused(words: list[str]) -> None:
    """The first token that does not fit raises InputError with a hint."""
    with pytest.raises(InputError) as caught:
        parse_tokens(words, WINDOW)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "not JSON"),
        ("[]", "not a plan document"),
        ('{"format": "hrgc.plan/1"}', "no list of steps"),
        ('{"format": "hrgc.plan/1", "steps": [3]}', "step 1 is not an object"),
        ('{"format": "hrgc.plan/1", "steps": [{"file": "a.go"}]}', "step 1 of the plan is wrong"),
        ('{"format": "hrgc.plan/1", "steps": [{"file": "a.go", "line": 0, "operation": "CMP"}]}', "step 1"),
        ('{"format": "hrgc.plan/1", "steps": [{"file": "a.go", "line": 1, "operation": "X"}]}', "step 1"),
    ],
)
def test_wrong_documents_are_refused(text: str, says: str) -> None:
    """Each says what is wrong and how to get a right one."""
    with pytest.raises(InputError, match=says) as caught:
        from_json(text)
    assert "hrgc plan" in caught.value.hint or "steps" in caught.value.hint or "intent" in caught.value.hint


def test_sentences_name_the_files_of_a_plan_for_several() -> None:
    """One file needs no name, two do."""
    other = Step(Path("/p/other.go"), 3, Op.IMPORT)
    assert Plan((STEP,)).sentences() == (STEP.sentence(),)
    assert Plan((STEP, other)).sentences() == (
        f"{PATH.name}, {STEP.sentence()}",
        "other.go, line 3: change the imports",
    )


def test_document_shows_sentences() -> None:
    """A person reading the JSON sees a description of each step."""
    document = json.loads(to_json(Plan((STEP,), "fix pop")))
    assert document["problem"] == "fix pop"
    assert document["steps"][0]["description"] == STEP.sentence()
    assert document["steps"][0]["target"] == "method:Stack.Pop"


def test_lint() -> None:
    """Steps outside the files, past the end, or on blank lines are named."""
    files = {PATH: [b"package p\n", b"\n"]}
    other = Step(Path("/p/other.go"), 1, Op.CMP)
    found = lint(Plan((Step(PATH, 1, Op.NAME), other, Step(PATH, 9, Op.CMP), Step(PATH, 2, Op.CMP))), files)
    assert [line.split(":")[0] for line in found] == ["step 2", "step 3", "step 4"]
    assert lint(Plan((Step(PATH, 2, Op.INSERT),)), files) == ()


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (Hunk(3, 2, ("a", "b")), [1, 5, 10]),
        (Hunk(4, 3, ("a", "b")), [1, 3, 10]),
        (Hunk(2, 3, ("a", "b", "c")), [1, 3, 9]),
        (Hunk(2, 3, ("a",)), [1, 2, 7]),
        (Hunk(1, 3, ()), [1, 1, 5]),
        (Hunk(9, 9, ()), [1, 3, 8]),
    ],
)
def test_steps_move_with_their_lines(change: Hunk, lines: list[int]) -> None:
    """Insertions and removals above a step move it; on a changed line it stays with what took the line's place."""
    other = Step(Path("/p/other.go"), 8, Op.CMP)
    plan = Plan((Step(PATH, 1, Op.CMP), Step(PATH, 3, Op.CMP), Step(PATH, 8, Op.CMP), other))
    moved = shifted(plan, PATH, (change,))
    assert [s.line for s in moved.steps] == [*lines, 8]


def test_all_changes_count() -> None:
    """Ranges move with both ends."""
    plan = Plan((Step(PATH, 6, Op.CMP, end_line=9),))
    moved = shifted(plan, PATH, (Hunk(1, 0, ("a", "b")), Hunk(4, 4, ()), Hunk(8, 7, ("c",))))
    assert [(s.line, s.end_line) for s in moved.steps] == [(7, 11)]
