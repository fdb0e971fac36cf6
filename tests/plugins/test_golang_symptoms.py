"""What is read off the messages of failing tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Stage
from plugins.golang import symptoms, testlog


@pytest.mark.parametrize(
    ("message", "got", "want"),
    [
        ("TestQueue: q_test.go:24: got 2, want 1", "2", "1"),
        ("TestSum: a_test.go:3: Sum([1 2]) = 4, want 3", "4", "3"),
        ('Error:      \tNot equal:\nexpected: "abc"\nactual  : "abcd"', '"abcd"', '"abc"'),
        ("x_test.go:9: expected 3 but got 5", "5", "3"),
        ("Expected: [1 2 3], got: [1 3 2]", "[1 3 2]", "[1 2 3]"),
        ("PageBar(25, 10, 1) = [1 0 2], want [1 2]", "[1 0 2]", "[1 2]"),
        ('got "a,b" want "a, b"', '"a,b"', '"a, b"'),
        ("got: 1\nwant: 2", "1", "2"),
        ("fib(3): expected 2, actual 3.", "3", "2"),
        ("f(1) returned 3; expected 4", "3", "4"),
        ("3 != 4", "3", "4"),
    ],
)
def test_values_are_found_in_many_words(message: str, got: str, want: str) -> None:
    assert symptoms.values(message) == (got, want)


@pytest.mark.parametrize("message", ["step 0 at 0: false", 'Last(2) = "login query"', "no error", "", "got 3, want 3"])
def test_what_is_not_understood_gives_nothing(message: str) -> None:
    assert symptoms.values(message) is None


@pytest.mark.parametrize(
    ("got", "want", "kinds"),
    [
        ("4", "3", {"number more", "number by one"}),
        ("-2", "2", {"number less", "number sign"}),
        ("0", "2.5", {"number less", "number zero", "number float"}),
        ("2, <nil>", "1", {"number more", "number by one", "number twice"}),
        ("+Inf", "2", {"text longer"}),
        ("true", "false", {"bool true"}),
        ('""', '"abc"', {"empty"}),
        ("[1]", "[]", {"not empty"}),
        ("[1 2]", "[1 2 3]", {"list shorter", "list by one", "list end"}),
        ("[2 3]", "[1 2 3]", {"list shorter", "list by one", "list start"}),
        ("[3 2 1]", "[1 2 3]", {"list as long", "list backwards"}),
        ("[]int{1, 3, 2}", "[]int{1, 2, 3}", {"list as long", "list order"}),
        ('"abd"', '"abc"', {"text as long", "text one place"}),
        ('"ABC"', '"abc"', {"text as long", "text case"}),
        ('"a b"', '"ab"', {"text longer", "text by one", "text blanks"}),
    ],
)
def test_values_are_compared(got: str, want: str, kinds: set[str]) -> None:
    assert set(symptoms.compared(got, want)) == kinds


def _failing(code: str, message: str, stage: Stage = Stage.TEST) -> Diagnostic:
    return Diagnostic(Path("/a/b_test.go"), 3, 0, stage, code, message, ("TestA",))


def test_panics_are_told_apart() -> None:
    last = symptoms.of([_failing("Panic", "panic: runtime error: index out of range [3] with length 3")])
    assert last.kinds == ("Panic", "panic index", "panic index last")
    empty = symptoms.of([_failing("Panic", "panic: runtime error: index out of range [0] with length 0")])
    assert "panic index empty" in empty.kinds
    assert symptoms.of([_failing("Panic", "panic: queue is closed")]).kinds == ("Panic", "panic own")


def test_symptoms_are_of_failing_tests_alone() -> None:
    found = [_failing("UnusedVar", "got 1, want 2", Stage.TYPES), _failing("TestFail", "got 5, want 6")]
    assert symptoms.of(found) == symptoms.Symptoms(("TestFail", "number less", "number by one"), "5", "6")
    assert symptoms.of([]) == symptoms.NONE


def test_testifys_reports_are_kept_to_their_end() -> None:
    """Its lines about places would push what was got out of the message."""
    said = (
        "    a_test.go:9: \n        \tError Trace:\t/tmp/x/a_test.go:9\n        \tError:      \tNot equal: \n"
        "        \t            \texpected: 1\n        \t            \tactual  : 2\n        \tTest:       \tTestA\n"
    )
    short = testlog.shorten(said)
    assert "Trace" not in short
    assert symptoms.values(short) == ("2", "1")
    assert testlog.shorten("a_test.go:9:") == "a_test.go:9:", "nothing else was said"
