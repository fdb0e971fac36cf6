"""Past runs: listed, shown again event by event, run again, undone."""

from __future__ import annotations

from pathlib import Path

from hrgc import trace
from tests.cli_door import write
from tests.tui_door import BROKEN, SIZE, Stagehand, reach, shown, until
from tui.phase import Phase


def _file(name: str = "a.go") -> Path:
    return write(name, BROKEN).absolute()


async def _run(path: Path) -> None:
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)
        await pilot.press("w")
        await reach(pilot, Phase.WRITTEN)


async def test_a_run_is_shown_again_without_go_and_left() -> None:
    path = _file()
    await _run(path)
    async with Stagehand().app(path, replay="last").run_test(size=SIZE) as pilot:
        screen = await reach(pilot, Phase.REPLAY)
        await pilot.press("space")
        await until(pilot, lambda: "replay, paused" in shown(pilot))
        await pilot.press("right", "right", "right")
        assert screen.story.started is not None
        await pilot.press("end")
        await until(pilot, lambda: screen.story.finished is not None)
        assert "hunk 1 of 2" in shown(pilot)
        assert "round 1" in shown(pilot)
        await pilot.press("w", "y")
        assert screen.phase == Phase.REPLAY
        await pilot.press("escape")
        await reach(pilot, Phase.CLEAN)


async def test_history_replays_undoes_and_runs_again() -> None:
    path = _file()
    await _run(path)
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.CLEAN)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Past runs" in shown(pilot))
        assert "fixed 2 of 2" in shown(pilot)
        assert "written" in shown(pilot)
        await pilot.press("u")
        await until(pilot, lambda: path.read_text() == BROKEN)
        await reach(pilot, Phase.READY)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "undone" in shown(pilot))
        await pilot.press("r")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("escape")
        await reach(pilot, Phase.READY)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Past runs" in shown(pilot))
        await pilot.press("down", "enter")
        await reach(pilot, Phase.REPLAY)


async def test_a_cancelled_run_has_a_whole_trace() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("escape")
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: trace.read(trace.find("last")).end is not None)
    got = trace.read(trace.find("last"))
    assert got.finished is not None
    assert got.finished.reason.value == "cancelled"


async def test_a_folder_without_go_files_offers_the_packages_below() -> None:
    path = _file("root/deep/a.go")
    write("root/readme.txt", "no Go here")
    async with Stagehand().app(path.parent.parent).run_test(size=SIZE) as pilot:
        screen = await reach(pilot, Phase.FAILED)
        await until(pilot, lambda: screen.packages == (path.parent,))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: "root/deep" in shown(pilot))
        await pilot.press("enter")
        await reach(pilot, Phase.READY)
        assert screen.target == path.parent


async def test_another_candidate_is_browsed_and_used() -> None:
    path = _file()
    stage = Stagehand()
    stage.proposer.table[b"itmes"] = ((b"items", -0.1), (b"elements", -1.0))  # type: ignore[attr-defined]
    async with stage.app(path).run_test(size=(140, 40)) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        screen = await reach(pilot, Phase.REVIEW)
        await pilot.press("c")
        await until(pilot, lambda: "candidates: " in shown(pilot))
        assert "round 1, step 1" in shown(pilot)
        rows = [tried.code for judged in screen.story.judged for tried in judged.tried]
        await pilot.press("home", *["down"] * rows.index(("var elements = 1",)), "enter")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert screen.review is not None
        await until(pilot, lambda: screen.review is not None and screen.review.evidence is not None)
        assert screen.review.overlay[path].startswith(b"package a\n\nvar elements = 1\n")
        assert "elements" in shown(pilot)
