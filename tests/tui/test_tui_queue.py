"""The queue: what is marked is repaired behind the screen without taking the focus, and is reviewed when asked for."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from textual.pilot import Pilot

from hrgc.config import Settings
from hrgc.errors import HrgcError
from hrgc.events import Event, Finished, Planned
from tests.cli_door import write
from tests.tui_door import BROKEN, Stagehand, reach, shown, until
from tui.engine import Engine
from tui.phase import Phase
from tui.queue import State
from tui.runs import Run
from tui.screens.main import MainScreen

WIDE = (160, 40)


async def _opened(pilot: Pilot[int], *packages: Path) -> MainScreen:
    """Wait for the first package, and list *packages* with the list in focus."""
    screen = await reach(pilot, Phase.READY)
    await until(pilot, lambda: bool(screen.packages))
    screen.packages = packages
    screen.redraw()
    await pilot.press("f", "f")
    await until(pilot, lambda: screen.query_one("#files").has_focus)
    return screen


def _packages(*texts: str) -> list[Path]:
    return [write(f"pkg{n}/a.go", text).absolute().parent for n, text in enumerate(texts)]


async def test_what_is_marked_is_repaired_behind_the_screen_and_reviewed_when_asked_for() -> None:
    first, second, third = _packages(BROKEN, BROKEN, "package a\n")
    path = second / "a.go"
    async with Stagehand().app(first).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot, first, second, third)
        await pilot.press("end", "space", "up", "space")
        await until(pilot, lambda: screen.queue.states == {third: State.FINE, second: State.READY})
        assert "1 ready, 1 done" in shown(pilot)
        assert screen.query_one("#files").has_focus
        assert (screen.phase, screen.target) == (Phase.READY, first)
        assert path.read_text() == BROKEN
        await pilot.press("N")
        await reach(pilot, Phase.REVIEW)
        assert screen.target == second
        assert "2 of 2 hunks: ✓" in shown(pilot)
        await pilot.press("n")
        await until(pilot, lambda: "1 of 2 hunks: ✗ does not build" in shown(pilot))
        await pilot.press("w")
        await reach(pilot, Phase.WRITTEN)
        assert path.read_text() == BROKEN.replace("cuont", "count")
        assert screen.queue.states == {third: State.FINE}


async def test_one_that_fails_does_not_hold_up_the_next() -> None:
    first, bad, good = _packages(BROKEN, "package a\0", BROKEN)
    async with Stagehand().app(first).run_test(size=WIDE, notifications=True) as pilot:
        screen = await _opened(pilot, first, bad, good)
        await pilot.press("end", "up", "space", "down", "space")
        await until(pilot, lambda: screen.queue.states == {bad: State.FAILED, good: State.READY})
        await until(pilot, lambda: "a.go is a binary file" in shown(pilot))
        await pilot.press("up", "space")
        await until(pilot, lambda: screen.queue.states == {good: State.READY})


async def test_a_review_is_not_disturbed_by_what_becomes_ready() -> None:
    first, second = _packages(BROKEN, BROKEN)
    async with Stagehand().app(first).run_test(size=WIDE) as pilot:
        screen = await _opened(pilot, first, second)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("1", "r")
        await reach(pilot, Phase.REVIEW)
        screen.query_one("#files").focus()
        await pilot.press("end", "space")
        await until(pilot, lambda: screen.queue.states == {second: State.READY})
        assert screen.phase == Phase.REVIEW
        assert screen.target == first


async def test_files_that_changed_meanwhile_are_planned_again() -> None:
    first, second = _packages(BROKEN, BROKEN)
    async with Stagehand().app(first).run_test(size=WIDE, notifications=True) as pilot:
        screen = await _opened(pilot, first, second)
        await pilot.press("end", "space")
        await until(pilot, lambda: screen.queue.states == {second: State.READY})
        (second / "a.go").write_text(BROKEN + "// mine\n")
        await pilot.press("N")
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: "the files changed since" in shown(pilot))
        assert screen.review is None


def _carry_out(engine: Engine, run: Run, seen: list[Event]) -> None:
    for event in engine.run(run):
        seen.append(event)
        if isinstance(event, Planned):
            run.gate.answer(None)


def test_a_run_behind_waits_for_the_run_in_front() -> None:
    first, second = _packages(BROKEN, BROKEN)
    engine = Engine(Settings(), Stagehand().toolbox)
    front = Run(1, engine.request(first, ""), "first")
    behind = Run(2, engine.request(second, ""), "second", behind=True)
    in_front = engine.run(front)
    next(in_front)
    seen: list[Event] = []
    worker = threading.Thread(target=_carry_out, args=(engine, behind, seen))
    worker.start()
    worker.join(0.2)
    assert seen == []
    while not isinstance(next(in_front), Planned):
        pass
    waiting = threading.Thread(target=next, args=(in_front,))
    waiting.start()
    worker.join(20)
    assert isinstance(seen[-1], Finished)
    front.stop()
    waiting.join(20)
    list(in_front)
    engine.close()


def test_a_run_behind_that_waits_is_ended_at_once() -> None:
    first, second = _packages(BROKEN, BROKEN)
    engine = Engine(Settings(), Stagehand().toolbox)
    in_front = engine.run(Run(1, engine.request(first, ""), "first"))
    next(in_front)
    behind = Run(2, engine.request(second, ""), "second", behind=True)
    worker = threading.Thread(target=_swallowed, args=(engine, behind))
    worker.start()
    worker.join(0.1)
    assert worker.is_alive()
    behind.stop()
    worker.join(20)
    assert not worker.is_alive()
    in_front.close()
    engine.close()


def _swallowed(engine: Engine, run: Run) -> None:
    with pytest.raises(HrgcError):
        _carry_out(engine, run, [])
