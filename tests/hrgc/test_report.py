"""Results in every form: sentences, lines, JSON, SARIF and GitHub annotations."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from hrgc import report
from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.errors import ExitCode, NoGoFilesError
from hrgc.events import FileResult, Finished, StopReason
from hrgc.plan import Step
from hrgc.report import Outcome
from hrgc.sarif import sarif
from hrgc.tokens import Op

BEFORE = "package a\n\nvar ä, b = 1, cuont\nvar c = itmes\n".encode()
AFTER = BEFORE.replace(b"cuont", b"count")


def _finding(line: int, column: int, name: str, stage: Stage = Stage.TYPES) -> Diagnostic:
    return Diagnostic(Path("a.go").absolute(), line, column, stage, "UndeclaredName", f"undefined: {name}", (name,))


def _outcome(*left: Diagnostic, reason: StopReason = StopReason.DONE, **changes: object) -> Outcome:
    before = Evidence((_finding(3, 16, "cuont"), _finding(4, 9, "itmes")), Stage.PARSE)
    path = Path("a.go").absolute()
    finished = Finished(
        reason,
        (FileResult(path, BEFORE, AFTER),),
        before,
        Evidence(left, Stage.TEST, passed=("TestA",)),
        rounds=2,
        judged=143,
        elapsed=0.42,
        steps=(Step(path, 3, Op.NAME, symbol="b"),),
    )
    return Outcome("a.go", replace(finished, **changes), run_id="ID")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (_outcome(), "fixed 2 of 2 problems in a.go (2 rounds, 143 candidates, 0.4 s)"),
        (
            _outcome(_finding(4, 9, "itmes"), reason=StopReason.ROUNDS),
            (
                "fixed 1 of 2 problems in a.go, 1 problem left (2 rounds, 143 candidates, 0.4 s; "
                "the rounds are used up (-n gives more))"
            ),
        ),
        (
            _outcome(_finding(9, 1, "TestB", Stage.TEST), reason=StopReason.EXHAUSTED),
            (
                "fixed 2 of 2 problems in a.go, 1 problem left (2 rounds, 143 candidates, 0.4 s; "
                "no candidate is left to try)"
            ),
        ),
        (
            _outcome(before=Evidence(), reason=StopReason.CLEAN, results=()),
            "nothing to repair in a.go: builds, vet is clean, 1 test passes",
        ),
        (
            _outcome(before=Evidence(), reason=StopReason.CONTROLLER, results=()),
            "no change was found for a.go (2 rounds, 143 candidates, 0.4 s; the model sees nothing more to do)",
        ),
        (_outcome(before=Evidence()), "made the change in a.go (2 rounds, 143 candidates, 0.4 s)"),
    ],
)
def test_summaries(outcome: Outcome, text: str) -> None:
    assert report.summary(outcome) == text


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (Evidence(reached=Stage.PARSE), "parses"),
        (Evidence(reached=Stage.TYPES), "builds"),
        (Evidence(reached=Stage.TEST, passed=("A", "B")), "builds, vet is clean, 2 tests pass"),
        (Evidence((_finding(1, 1, "x", Stage.PARSE),)), "does not parse: 1 syntax error"),
        (Evidence((_finding(1, 1, "x"), _finding(2, 1, "y"))), "does not build: 2 errors"),
        (Evidence((_finding(1, 1, "x", Stage.VET),)), "builds, vet objects: 1 finding"),
        (Evidence((_finding(1, 1, "x", Stage.TEST),)), "builds, 1 test fails"),
    ],
)
def test_verdicts(evidence: Evidence, text: str) -> None:
    assert report.verdict(evidence) == text


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (_outcome(), ExitCode.OK),
        (_outcome(_finding(4, 9, "itmes"), reason=StopReason.ROUNDS), ExitCode.PROBLEMS),
        (_outcome(_finding(4, 9, "itmes"), reason=StopReason.SECONDS), ExitCode.TIMEOUT),
        (_outcome(reason=StopReason.SECONDS), ExitCode.OK),
        (_outcome(reason=StopReason.CANCELLED), ExitCode.INTERRUPTED),
        (Outcome("x", error=NoGoFilesError("no", "yes")), ExitCode.NO_GO_FILES),
        (Outcome("x", evidence=Evidence()), ExitCode.OK),
        (Outcome("x", evidence=Evidence((_finding(1, 1, "x"),))), ExitCode.PROBLEMS),
    ],
)
def test_exit_codes(outcome: Outcome, code: ExitCode) -> None:
    assert outcome.exit_code == code


def test_concise_lines() -> None:
    found = replace(_finding(0, 0, "x"), message="two\n  lines")
    assert report.concise([_outcome(_finding(4, 9, "itmes")), Outcome("b", evidence=Evidence((found,)))]) == (
        "a.go:3:16: undefined: cuont [UndeclaredName] fixed\n"
        "a.go:4:9: undefined: itmes [UndeclaredName]\n"
        "a.go: two lines [UndeclaredName]\n"
    )


def test_the_json_document() -> None:
    document = json.loads(report.as_json([_outcome(_finding(4, 9, "itmes"), reason=StopReason.ROUNDS)]))
    (row,) = document["results"]
    assert {k: row[k] for k in ("target", "exit_code", "run", "reason", "solved", "written", "candidates")} == {
        "target": "a.go", "exit_code": 1, "run": "ID", "reason": "rounds", "solved": False, "written": False,
        "candidates": 143,
    }  # fmt: skip
    assert [f["names"] for f in row["fixed"]] == [["cuont"]]
    assert [f["names"] for f in row["remaining"]] == [["itmes"]]
    assert row["steps"][0]["description"] == "line 3, b: use another name"
    assert row["files"][0]["path"] == "a.go"
    assert row["files"][0]["hunks"] == [{"first": 3, "last": 3, "lines": ["var ä, b = 1, count"]}]
    assert row["files"][0]["diff"].startswith("--- a/a.go\n+++ b/a.go\n")


def test_github_commands_escape_what_they_carry() -> None:
    found = replace(_finding(1, 2, "x"), message="100%\nsure", path=Path("x,y:z.go").absolute())
    text = report.github([Outcome("x", evidence=Evidence((found,))), Outcome("y", error=NoGoFilesError("no", "do"))])
    assert text == (
        "::error file=x%2Cy%3Az.go,line=1,col=2,title=hrgc UndeclaredName::100%25%0Asure\n::error title=hrgc::no (do)\n"
    )
    assert report.github([_outcome()]).startswith(
        "::notice file=a.go,line=3,col=16,title=hrgc UndeclaredName::repaired"
    )


def test_sarif_carries_findings_rules_and_the_fix() -> None:
    log = json.loads(sarif([_outcome(_finding(4, 9, "itmes"), reason=StopReason.ROUNDS)]))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["tool"]["driver"]["rules"] == [{"id": "UndeclaredName", "properties": {"stage": "types"}}]
    fixed, left = run["results"]
    place = fixed["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "a.go"}
    assert place["region"] == {"startLine": 3, "startColumn": 15}  # bytes become characters behind the umlaut
    (change,) = fixed["fixes"][0]["artifactChanges"]
    assert change["replacements"] == [
        {
            "deletedRegion": {"startLine": 3, "startColumn": 1, "endLine": 4, "endColumn": 1},
            "insertedContent": {"text": "var ä, b = 1, count\n"},
        }
    ]
    assert "fixes" not in left
    assert run["invocations"] == [
        {"executionSuccessful": True, "exitCode": 1, "toolExecutionNotifications": []},
    ]


def test_sarif_of_errors() -> None:
    log = json.loads(sarif([Outcome("x", error=NoGoFilesError("no files", "look"))]))
    (invocation,) = log["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["exitCode"] == 5
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "no files (look)"


def test_sarif_quotes_paths() -> None:
    found = replace(_finding(0, 0, "x"), path=Path("a b%.go").absolute())
    row = json.loads(sarif([Outcome("x", evidence=Evidence((found,)))]))["runs"][0]["results"][0]
    location = row["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "a%20b%25.go"}}


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        (Evidence(complete=False), "not judged to the end"),
        (Evidence(reached=Stage.TYPES, complete=False), "builds, not judged to the end"),
    ],
)
def test_what_was_not_judged_is_not_called_good(evidence: Evidence, text: str) -> None:
    """A check that ran out of time says so, and its exit code does."""
    outcome = Outcome("a.go", evidence=evidence)
    assert report.summary(outcome) == f"a.go: {text}"
    assert outcome.exit_code == ExitCode.TIMEOUT
    unknown = _outcome(reason=StopReason.SECONDS, results=(), before=evidence, after=evidence)
    assert report.summary(unknown).startswith("a.go could not be judged to the end (2 rounds, ")


def test_a_part_of_a_repair_gives_no_reason_to_stop() -> None:
    """What a person left is no reason of the run."""
    text = report.summary(_outcome(_finding(4, 9, "itmes")))
    assert text == "fixed 1 of 2 problems in a.go, 1 problem left (2 rounds, 143 candidates, 0.4 s)"
