"""On a real terminal: the first frame comes at once, and whatever ends the application leaves it as it was."""

from __future__ import annotations

import signal
import subprocess
import sys
from itertools import pairwise

import pytest

from hrgc import locations
from hrgc.errors import ExitCode
from tests.cli_door import write
from tests.terminal_door import ENTER, LEAVE, session
from tests.tui_door import BROKEN
from tui import curtain

BUG = """
import sys
from tui.screens.main import MainScreen
def broken(self):
    raise RuntimeError("a bug [/b] of the screen")
MainScreen.action_toggle_files = broken
from hrgc.__main__ import main
sys.exit(main(["tui", "--model", "none", "a.go"]))
"""


@pytest.fixture(autouse=True)
def _broken_file() -> None:
    write("a.go", BROKEN)


@pytest.mark.parametrize(("width", "height"), [(80, 24), (120, 40), (200, 60), (20, 5), (1, 1)])
def test_the_first_frame_fits(width: int, height: int) -> None:
    drawn = curtain.frame("folder/\x1b[31mevil.go" + "x" * 60, width, height)
    cells = drawn.split("\x1b[")[1:]
    rows = [int(cell.partition(";")[0]) for cell in cells if "H" in cell]
    texts = [cell.rpartition("m")[2].rpartition("H")[2] for cell in cells]
    assert all(1 <= row <= height for row in rows)
    assert all(a <= b for a, b in pairwise(rows))
    assert all(len(text) <= width for text in texts)
    assert "\x1b[31m" not in drawn


def test_the_first_frame_needs_no_toolkit() -> None:
    code = "import sys, hrgc.cli.tui, tui.curtain\nprint([m for m in ('textual', 'rich', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_first_frame_comes_before_the_application_and_quitting_restores_the_terminal() -> None:
    with session(["-m", "hrgc", "tui", "--model", "none", "a.go"]) as terminal:
        before = terminal.mode
        terminal.wait_for("what is wrong")
        first = terminal.drawn.index(b"opening a.go")
        assert first < terminal.drawn.index(b"what is wrong")
        assert terminal.drawn.index(ENTER) < first
        terminal.press("\x11")
        assert terminal.ended() == ExitCode.OK
        assert terminal.drawn.rindex(LEAVE) > terminal.drawn.rindex(ENTER)
        assert terminal.mode == before


def test_a_bug_of_the_screen_is_told_on_a_sane_terminal() -> None:
    with session(["-c", BUG]) as terminal:
        before = terminal.mode
        terminal.wait_for("what is wrong")
        terminal.press("f")
        assert terminal.ended() == ExitCode.BUG
        told = terminal.drawn[terminal.drawn.rindex(LEAVE) :]
        assert b"a bug [/b] of the screen" in told
        assert b"Traceback" not in terminal.drawn
        assert terminal.mode == before
    assert "RuntimeError: a bug [/b] of the screen" in locations.log_file().read_text()


def test_a_polite_end_from_outside_restores_the_terminal() -> None:
    with session(["-m", "hrgc", "tui", "--model", "none", "a.go"]) as terminal:
        before = terminal.mode
        terminal.wait_for("what is wrong")
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.ended() == ExitCode.TERMINATED
        assert LEAVE in terminal.drawn
        assert terminal.mode == before


def test_what_fails_before_the_first_screen_is_told_on_the_terminal_as_it_was() -> None:
    with session(["-m", "hrgc", "tui", "--theme", "pink", "a.go"]) as terminal:
        assert terminal.ended() == ExitCode.USAGE
        assert b"no theme is named pink" in terminal.drawn[terminal.drawn.rindex(LEAVE) :]
