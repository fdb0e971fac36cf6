"""From opening a broken package to writing hunks and taking them back, by keys alone."""

from __future__ import annotations

from pathlib import Path

from hrgc.journal import Journal
from tests.cli_door import write
from tests.tui_door import BROKEN, SIZE, Stagehand, main, reach, shown, until
from tui.phase import Phase


def _file(text: str = BROKEN) -> Path:
    return write("pkg/a.go", text).absolute()


async def test_open_plan_run_leave_one_write_undo_quit() -> None:
    path = _file()
    app = Stagehand().app(path.parent)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        assert "undefined: itmes" in shown(pilot)
        assert "2 errors" in shown(pilot)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        assert "plan of 2 steps" in shown(pilot)
        assert "use another name" in shown(pilot)
        assert path.read_text() == BROKEN
        await pilot.press("r")
        screen = await reach(pilot, Phase.REVIEW)
        assert "hunk 1 of 2" in shown(pilot)
        assert "2 of 2 hunks: ✓" in shown(pilot)
        await pilot.press("n")
        await until(pilot, lambda: screen.review is not None and screen.review.evidence is not None)
        assert "1 of 2 hunks: ✗ does not build: 1 error" in shown(pilot)
        await pilot.press("y", "w")
        await reach(pilot, Phase.WRITTEN)
        assert path.read_text() == BROKEN.replace("cuont", "count")
        assert len(Journal().records()) == 1
        await pilot.press("u")
        await until(pilot, lambda: path.read_text() == BROKEN)
        await reach(pilot, Phase.REVIEW)
        await pilot.press("u", "u")
        await until(pilot, lambda: "2 of 2 hunks: ✓" in shown(pilot))
        await pilot.press("q")
    assert app.return_value == 0
    assert path.read_text() == BROKEN


async def test_one_hunk_is_taken_back_behind_writing() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        screen = await reach(pilot, Phase.REVIEW)
        await pilot.press("w")
        await reach(pilot, Phase.WRITTEN)
        assert path.read_text() == BROKEN.replace("itmes", "items").replace("cuont", "count")
        await pilot.press("n")
        await reach(pilot, Phase.REVIEW)
        await until(pilot, lambda: screen.review is not None and screen.review.evidence is not None)
        await pilot.press("w")
        await until(pilot, lambda: path.read_text() == BROKEN.replace("cuont", "count"))
        await reach(pilot, Phase.WRITTEN)
        assert len(Journal().records()) == 2


async def test_a_rejected_hunk_is_not_offered_again_and_what_was_taken_is_kept() -> None:
    path = _file()
    stage = Stagehand()
    stage.proposer.table[b"itmes"] = ((b"items", -0.1), (b"elements", -1.0))  # type: ignore[attr-defined]
    async with stage.app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)
        await pilot.press("n", "y", "R")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press(*"no", "enter")
        await reach(pilot, Phase.PLANNED)
        assert main(pilot).fix is not None
        assert [f.reason for f in main(pilot).fix.request.avoid] == ["no"]  # type: ignore[union-attr]
        await pilot.press("r")
        screen = await reach(pilot, Phase.REVIEW)
        assert "elements" in shown(pilot)
        assert screen.review is not None
        assert len(screen.review.choices) == 2
        await pilot.press("a", "w")
        await reach(pilot, Phase.WRITTEN)
    assert path.read_text() == BROKEN.replace("itmes", "elements").replace("cuont", "count")


async def test_nothing_wrong_says_so_and_asks_what_should_change() -> None:
    path = _file("package a\n")
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.CLEAN)
        assert "✓ builds" in shown(pilot)
        assert "says what should change" in shown(pilot)


async def test_no_candidate_says_why_and_shows_what_is_left() -> None:
    path = _file("package a\n\nvar x = hopeless\n")
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.DONE)
        assert "no candidate is left to try" in shown(pilot)


async def test_the_problem_is_typed_and_goes_into_the_request() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("i", *"wrong q", "enter")
        screen = await reach(pilot, Phase.PLANNED)
        assert screen.fix is not None
        assert screen.fix.request.problem == "wrong q"
        await pilot.press("escape", "escape")
        await reach(pilot, Phase.READY)
        assert path.read_text() == BROKEN


async def test_a_file_that_changed_meanwhile_is_not_written() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE, notifications=True) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)
        path.write_text("package mine\n")
        await pilot.press("w")
        await until(pilot, lambda: "changed on disk" in shown(pilot))
    assert path.read_text() == "package mine\n"
