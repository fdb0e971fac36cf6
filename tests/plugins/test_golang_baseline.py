"""What runs of a test binary make of its tests, from the text they print; the runs themselves are played."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hrgc.plugin import Budget
from hrgc.process import Result
from plugins.golang import testlog
from plugins.golang.baseline import Baseline, Measure, Where
from plugins.golang.testrun import Job, TestRun

OVERFLOW = """runtime: goroutine stack exceeds 1000000000-byte limit
fatal error: stack overflow

goroutine 7 [running]:
m.Recursive(0x1)
	/m/calc.go:3 +0x1d
"""


def ended(stdout: str, stderr: str = "", *, status: int = 0, late: bool = False) -> TestRun:
    """Return a run that printed this, its marks as test2json wants them."""
    stdout = re.sub("^(=== |--- )", "\x16\\1", stdout, flags=re.MULTILINE)
    result = Result(status, stdout, stderr, 0.1, timed_out=late, killed="timeout" if late else "")
    return TestRun(result, testlog.parse(stdout, stderr))


def baseline(runs: Iterator[TestRun]) -> Baseline:
    """Return what is made of *runs*, each asked for once."""

    def play(_job: Job) -> TestRun:
        return next(runs)

    where = Where(Path("/m"), (Path("/m/calc.go"),))
    return Measure(play, Path("/m/m.test"), where, Budget(), "").baseline(lambda _job: None)


def test_a_crash_that_ends_otherwise_the_next_time_is_no_flaky_test() -> None:
    """An endless recursion fills its stack once in time and once not: both are failures of the same test."""
    begun = "=== RUN   TestDeep\n=== RUN   TestDeep/one\n"
    found = baseline(
        iter(
            (
                ended(begun, OVERFLOW, status=2),
                ended("PASS\n"),
                ended("=== RUN   TestDeep\n", status=-9, late=True),
            )
        )
    )
    assert not found.flaky
    assert [f.top for f in found.failures] == ["TestDeep"]


def test_a_crash_that_does_not_come_back_is_a_flaky_test() -> None:
    """A test that ends the process once and passes alone counts neither way."""
    found = baseline(
        iter(
            (
                ended("=== RUN   TestDeep\n", OVERFLOW, status=2),
                ended("PASS\n"),
                ended("=== RUN   TestDeep\n--- PASS: TestDeep (0.00s)\nPASS\n"),
            )
        )
    )
    assert found.flaky == {"TestDeep"}
    assert not found.failures
