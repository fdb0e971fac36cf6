"""``hrgc check``: findings on stdout, the verdict on stderr."""

from __future__ import annotations

import json

from hrgc.errors import ExitCode
from tests.cli_door import Door, write


def test_findings_are_lines_a_tool_can_read() -> None:
    write("a.go", "use itmes\nhopeless\n")
    done = Door()("check", "a.go")
    assert done.code == ExitCode.PROBLEMS
    assert done.out == ("a.go:1:1: undefined: itmes [UndeclaredName]\na.go:2:1: undefined: hopeless [UndeclaredName]\n")
    assert done.err == "a.go: does not build: 2 errors\n"


def test_clean_code_is_exit_0() -> None:
    write("a.go", "fine\n")
    assert Door()("check", "-q", ".") == Door()("check", "-q", "a.go")
    done = Door()("check", ".")
    assert (done.code, done.out, done.err) == (0, "", ".: builds\n")


def test_no_model_is_asked_for() -> None:
    write("a.go", "fine\n")
    door = Door()
    door("check", "a.go")
    assert door.models == ["none"]


def test_errors_of_targets_are_in_the_document() -> None:
    write("a.go", "itmes\n")
    done = Door()("check", "a.go", "gone.go", "-o", "json")
    assert done.code == ExitCode.USAGE
    document = json.loads(done.out)
    assert document["format"] == "hrgc.report/1"
    first, second = document["results"]
    assert (first["target"], first["exit_code"], first["verdict"]) == ("a.go", 1, "does not build: 1 error")
    assert first["findings"][0]["message"] == "undefined: itmes"
    assert first["findings"][0]["stage"] == "types"
    assert (second["exit_code"], second["error"]["message"]) == (2, "gone.go does not exist")


def test_annotations_for_github() -> None:
    write("a.go", "itmes\n")
    done = Door()("check", "-q", "-o", "github", "a.go")
    assert done.out == "::error file=a.go,line=1,col=1,title=hrgc UndeclaredName::undefined: itmes\n"
