"""``hrgc plan`` and ``hrgc apply``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hrgc.errors import ExitCode
from tests.cli_door import Door, write

BROKEN = "one\nuse itmes\nuse cuont\n"


def test_a_plan_as_sentences() -> None:
    write("a.go", BROKEN)
    done = Door()("plan", "a.go")
    assert (done.code, done.err) == (0, "")
    assert done.out == (
        "1. line 2, part0: use another name (undefined: itmes)\n2. line 3, part0: use another name (undefined: cuont)\n"
    )


def test_a_plan_as_tokens() -> None:
    write("a.go", BROKEN)
    step = "<STEP> <INTENT:FIX> <TARGET:func> <OP:NAME> <L{}>"
    assert Door()("plan", "a.go", "-o", "tokens").out == f"{step.format(2)} {step.format(3)}\n"


def test_a_plan_as_json_can_be_applied() -> None:
    path = write("a.go", BROKEN)
    text = Door()("plan", "a.go", "-o", "json").out
    assert [step["line"] for step in json.loads(text)["steps"]] == [2, 3]
    write("plan.json", text)
    done = Door()("apply", "plan.json")
    assert done.code == 0
    assert "+use items" in done.out
    assert path.read_text() == BROKEN
    assert Door()("apply", "-w", "plan.json").code == 0
    assert path.read_text() == "one\nuse items\nuse count\n"


def test_an_edited_plan_does_only_what_it_says() -> None:
    path = write("a.go", BROKEN)
    document = json.loads(Door()("plan", "a.go", "-o", "json").out)
    del document["steps"][0]
    write("plan.json", json.dumps(document))
    assert Door()("apply", "-w", "-q", "plan.json").code == ExitCode.PROBLEMS
    assert path.read_text() == "one\nuse itmes\nuse count\n"


def test_nothing_to_plan() -> None:
    write("a.go", "fine\n")
    done = Door()("plan", "a.go")
    assert (done.code, done.out, done.err) == (0, "", "nothing to do: builds\n")
    write("a.go", "hopeless\n")
    done = Door()("plan", "a.go")
    assert (done.code, done.out, done.err) == (1, "", "no step was found\n")


def test_a_plan_is_for_one_package() -> None:
    write("p/a.go", BROKEN)
    write("q/a.go", BROKEN)
    done = Door()("plan", "./...")
    assert done.code == ExitCode.USAGE
    assert done.err == "hrgc: ./... holds 2 packages; a plan is for one\n  hint: name one of them\n"


def _plan(*steps: dict[str, object]) -> None:
    write("plan.json", json.dumps({"format": "hrgc.plan/1", "steps": list(steps)}))


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ([], "the plan has no steps"),
        ([{"operation": "CMP", "file": "a.go"}], "step 1 of the plan is wrong: 'line'"),
        ([{"operation": "JUMP", "file": "a.go", "line": 1}], "step 1 of the plan is wrong: 'JUMP' is not a valid Op"),
        (
            [{"operation": "CMP", "file": "a.go", "line": 99}],
            "the plan does not fit the files: step 1: line 99 is past",
        ),
        ([{"operation": "CMP", "file": "gone.go", "line": 1}], "does not exist"),
        (
            [{"operation": "CMP", "file": "a.go", "line": 1}, {"operation": "CMP", "file": "p/b.go", "line": 1}],
            "the plan is for 2 packages",
        ),
    ],
)
def test_wrong_plans_are_refused_with_the_step(steps: list[dict[str, object]], message: str) -> None:
    path = write("a.go", BROKEN)
    _plan(*steps)
    done = Door()("apply", "-w", "plan.json")
    assert done.code == ExitCode.USAGE
    assert message in done.err
    assert "  hint: " in done.err
    assert path.read_text() == BROKEN


def test_a_file_that_is_no_plan() -> None:
    write("plan.json", "hello")
    assert Door()("apply", "plan.json").err.startswith("hrgc: the plan is not JSON: ")
    write("plan.json", "{}")
    assert Door()("apply", "plan.json").err.startswith("hrgc: not a plan document (hrgc.plan/1)\n")
    Path("plan.json").unlink()
    assert Door()("apply", "plan.json").err.startswith("hrgc: cannot read the plan plan.json: ")
