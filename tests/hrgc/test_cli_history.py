"""``undo``, ``redo``, ``sessions``, ``replay`` and ``resume`` as people use them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from hrgc import trace
from hrgc.diagnostics import Evidence
from hrgc.edits import TextEdit
from hrgc.errors import ExitCode
from hrgc.events import Attempt
from hrgc.plan import Step
from hrgc.tokens import Op
from tests.cli_door import Door, write

BROKEN, FIXED = "use itmes\n", "use items\n"


def _last() -> str:
    return trace.listing()[0].stem


def test_undo_and_redo() -> None:
    path = write("a.go", BROKEN)
    Door()("fix", "-w", "a.go")
    done = Door()("undo")
    assert (done.code, done.out, path.read_text()) == (0, "a.go\n", BROKEN)
    assert done.err.startswith("undone: fixed 1 of 1 problem in a.go (")
    assert done.err.endswith(f"take it back with: hrgc redo {_last()}\n")
    done = Door()("redo", _last())
    assert (done.code, done.out, path.read_text()) == (0, "a.go\n", FIXED)


def test_undo_refuses_a_file_that_changed() -> None:
    path = write("a.go", BROKEN)
    Door()("fix", "-w", "a.go")
    path.write_text("mine\n")
    done = Door()("undo")
    assert (done.code, done.out, path.read_text()) == (ExitCode.PROBLEMS, "", "mine\n")
    assert "a.go changed since hrgc wrote it; nothing was changed" in done.err
    assert Door()("undo", "--force").code == 0
    assert path.read_text() == BROKEN


@pytest.mark.parametrize("command", ["undo", "redo"])
def test_nothing_to_do(command: str) -> None:
    done = Door()(command)
    assert (done.code, done.err.splitlines()[0]) == (ExitCode.USAGE, f"hrgc: there is nothing to {command}")


def test_sessions_lists_runs_with_verdict_and_what_became_of_them() -> None:
    assert Door()("sessions").err == "no runs yet\n"
    write("a.go", BROKEN)
    write("b.go", "hopeless\n")
    Door()("fix", "-w", "a.go")
    written = _last()
    Door()("fix", "b.go")
    out = Door()("sessions", "-o", "json").out
    rows = {row["id"]: (row["target"], row["verdict"], row["written"]) for row in json.loads(out)}
    assert rows[written] == ("a.go", "fixed 1 of 1", "written")
    assert ("b.go", "1 left of 1", "") in rows.values()
    Door()("undo")
    lines = Door()("sessions").out.splitlines()
    assert len(lines) == 2
    assert any(re.fullmatch(rf"{written}  \S+ \S+  a.go  fixed 1 of 1  undone", line) for line in lines)
    assert len(Door()("sessions", "-n", "1").out.splitlines()) == 1


def test_replay_says_what_the_run_said() -> None:
    write("a.go", BROKEN)
    live = Door()("fix", "a.go")
    Path("a.go").unlink()
    for spec in ("last", _last(), str(trace.listing()[0])):
        again = Door()("replay", spec)
        assert (again.code, again.out, again.err) == (0, live.out, live.err)


def test_replay_of_a_run_that_died() -> None:
    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    write("a.go", BROKEN)
    Door(during=interrupt)("fix", "a.go")
    done = Door()("replay", "last")
    assert (done.code, done.err) == (0, "the run did not end: ended by KeyboardInterrupt\n")
    assert "ended by KeyboardInterrupt" in Door()("sessions").out


def test_replay_of_nothing() -> None:
    done = Door()("replay", "nothing")
    assert done.code == ExitCode.USAGE
    assert done.err.startswith("hrgc: no run or trace file is named nothing\n  hint: hrgc sessions")


def test_resume_runs_the_same_request_again() -> None:
    path = write("a.go", BROKEN)
    door = Door()
    door("fix", "--model", "none", "--seed", "7", "-n", "3", "a.go")
    first = trace.read(trace.listing()[0]).header
    done = door("resume", "-w", "last")
    assert (done.code, path.read_text()) == (0, FIXED)
    assert door.models == ["none", "none"]
    headers = [trace.read_header(p) for p in trace.listing()]
    again = next(h for h in headers if h.id != first.id)
    assert again.request == first.request
    assert again.seed == 7


def test_resume_leaves_out_what_failed_on_the_same_contents() -> None:
    path = write("a.go", "use itmes\n")
    Door()("fix", "a.go")
    got = trace.read(trace.listing()[0])
    step = Step(path.absolute(), 1, Op.NAME)
    failing = Attempt(
        1, path.absolute(), step, (TextEdit(4, 9, b"items"),), "toy", "", 0.0, 1, Evidence(), accepted=False
    )
    trace.listing()[0].unlink()
    writer = trace.Writer(trace.path_of("run"), replace(got.header, id="run"))
    writer.write(failing)
    writer.close("KeyboardInterrupt")
    done = Door()("resume", "run")
    assert (done.code, done.out) == (ExitCode.PROBLEMS, "")
    path.write_text("use  itmes\n")  # other contents: nothing is known of them
    assert Door()("resume", "run").code == 0


def test_stdin_cannot_be_resumed() -> None:
    Door()("fix", "-", stdin=BROKEN)
    done = Door()("resume", "last")
    assert done.code == ExitCode.USAGE
    assert "read its file from stdin" in done.err
