"""The door and the terminal: signals, closed pipes, kills, progress, colours."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hrgc import trace
from hrgc.__main__ import BROKEN_PIPE
from hrgc.cli import paint
from hrgc.cli.progress import Progress
from hrgc.errors import ExitCode
from tests.cli_door import Door, write

ROOT = Path(__file__).resolve().parents[2]
SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with it ignored
sys.path.insert(0, {root!r})
from tests.cli_door import DiskToy, Door
from hrgc.__main__ import main
from hrgc.cli.app import App

def during(path):
    print("opened", flush=True)
    time.sleep(60)

sys.exit(main(["fix", "-w", "a.go"], App(Door(during=during)._toolbox)))
"""


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def _slow() -> subprocess.Popen[str]:
    """Start a repair that takes a minute, and return when it has begun."""
    write("a.go", "use itmes\n")
    child = subprocess.Popen(
        [sys.executable, "-c", SLOW.format(root=str(ROOT))],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stdout.readline() == "opened\n"
    return child


@pytest.mark.parametrize(
    ("number", "code", "said", "outcome"),
    [
        (signal.SIGINT, ExitCode.INTERRUPTED, "hrgc: interrupted\n", "KeyboardInterrupt"),
        (signal.SIGTERM, ExitCode.TERMINATED, "hrgc: terminated\n", "TerminatedError"),
    ],
)
def test_signals_end_a_run_in_order(number: signal.Signals, code: ExitCode, said: str, outcome: str) -> None:
    child = _slow()
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (code, said)
    assert Path("a.go").read_text() == "use itmes\n"
    end = trace.read(trace.listing()[0]).end
    assert end is not None
    assert end.outcome == outcome


def test_a_killed_run_leaves_a_trace_that_can_be_read() -> None:
    child = _slow()
    child.kill()
    child.communicate(timeout=20)
    got = trace.read(trace.listing()[0])
    assert got.end is None
    assert got.header.target == "a.go"
    assert "killed" in Door()("sessions").out


def test_a_reader_that_went_away_is_no_bug() -> None:
    write("a.go", "use itmes\n")
    Door()("fix", "a.go")
    read, out = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "hrgc", "sessions"], stdout=out, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(out)
    assert (done.returncode, done.stderr) == (BROKEN_PIPE, "")


def test_file_names_that_are_no_text_are_printed_as_they_are() -> None:
    name = os.fsdecode(b"b\xff.go")
    write(name, "hopeless\n")
    script = (
        SLOW.replace("time.sleep(60)", "").replace('print("opened", flush=True)', "pass").replace('"a.go"', repr(name))
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", script.format(root=str(ROOT))], capture_output=True, check=False
    )
    assert done.returncode == ExitCode.PROBLEMS
    assert b"b\xff.go:1:1: undefined: hopeless" in done.stderr


def test_the_progress_line_ticks_and_goes_away() -> None:
    screen = Screen()
    with Progress(screen, on=True) as progress:
        progress.update("round 1")
        time.sleep(0.25)
        progress.clear()
        shown = screen.getvalue()
        progress.update("round 2")
    assert shown.count("round 1") >= 2
    assert shown.endswith("\r\x1b[K")
    assert "\n" not in screen.getvalue()
    assert screen.getvalue().endswith("\r\x1b[K")


def test_no_progress_into_a_pipe_or_when_quiet() -> None:
    for stream, on in ((io.StringIO(), True), (Screen(), False)):
        with Progress(stream, on=on) as progress:
            progress.update("round 1")
        assert stream.getvalue() == ""


def test_when_to_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert paint.enabled("auto", Screen())
    assert not paint.enabled("auto", io.StringIO())
    assert paint.enabled("always", io.StringIO())
    assert not paint.enabled("never", Screen())
    monkeypatch.setenv("NO_COLOR", "1")
    assert not paint.enabled("auto", Screen())
    assert paint.enabled("always", Screen())


def test_a_painted_diff_is_the_same_without_its_colours() -> None:
    text = "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-old\n+new \x1b[31mred\n same\n"
    painted = paint.diff(text)
    assert painted.splitlines()[3:5] == ["\x1b[31m-old\x1b[0m", "\x1b[32m+new \\x1b[31mred\x1b[0m"]
    assert painted.count("\n") == text.count("\n")
