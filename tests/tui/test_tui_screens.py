"""What the main screens look like, as text at several sizes; a picture that is missing is made, to be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from hrgc.errors import GoToolError, ModelError
from hrgc.history import Row
from hrgc.model import Model
from tests.cli_door import write
from tests.tui_door import BROKEN, SlowToy, Stagehand, main, reach, shown, until
from tui.phase import Phase
from tui.screens.history import History

PICTURES = Path(__file__).parent / "screens"
TRACE = Path(__file__).parent / "stack.jsonl"
SMALL = (80, 24)
SIZES = [SMALL, (120, 40), (200, 60)]


def _looks_like(pilot: Pilot[int], name: str) -> None:
    """Compare the screen with its picture; a missing one is written, and fails the test until it was looked at."""
    width, height = pilot.app.size
    path = PICTURES / f"{name}-{width}x{height}.txt"
    seen = shown(pilot) + "\n"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen, encoding="utf-8")
        pytest.fail(f"{path.name} was missing and is written now: look at it")
    assert seen.splitlines() == path.read_text(encoding="utf-8").splitlines()


def _file(text: str = BROKEN) -> Path:
    """Return a file below the home, so that its path looks the same everywhere."""
    return write(str(Path.home() / "demo" / "a.go"), text).absolute()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_plan(size: tuple[int, int]) -> None:
    async with Stagehand().app(_file()).run_test(size=size) as pilot:
        screen = await reach(pilot, Phase.READY)
        await until(pilot, lambda: bool(screen.packages) and "catalogue only" in shown(pilot))
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await until(pilot, lambda: "plan of 2 steps" in shown(pilot))
        _looks_like(pilot, "plan")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_review_and_rounds(size: tuple[int, int]) -> None:
    async with Stagehand().app(Path("/"), replay=str(TRACE)).run_test(size=size) as pilot:
        await reach(pilot, Phase.REPLAY)
        await pilot.press("end", "4")
        await until(pilot, lambda: "hunk 1 of 3" in shown(pilot) and "round 1" in shown(pilot))
        _looks_like(pilot, "review")
        if size == SMALL:
            await pilot.press("c")
            await until(pilot, lambda: "candidates: " in shown(pilot) and "hunk 1 of 1" in shown(pilot))
            _looks_like(pilot, "candidates")


async def test_history() -> None:
    rows = (
        Row("b", "2026-11-02 10:11:12", "store", "fixed 3 of 3", "written"),
        Row("a", "2026-11-01 09:08:07", "store/a_very_long_name_of_a_file_in_a_package_of_its_own.go", "nothing", ""),
    )
    async with Stagehand().app(_file("package a\n")).run_test(size=SMALL) as pilot:
        await reach(pilot, Phase.CLEAN)
        pilot.app.push_screen(History(rows))
        await until(pilot, lambda: "fixed 3 of 3" in shown(pilot))
        _looks_like(pilot, "history")


async def test_nothing_wrong() -> None:
    async with Stagehand().app(_file("package a\n\nvar items = 1\n")).run_test(size=SMALL) as pilot:
        screen = await reach(pilot, Phase.CLEAN)
        await until(pilot, lambda: bool(screen.packages) and "catalogue only" in shown(pilot))
        _looks_like(pilot, "clean")


async def test_no_go() -> None:
    def missing() -> None:
        raise GoToolError("go was not found", "install it from go.dev, or name it with --go")

    async with Stagehand(language=SlowToy(missing)).app(_file()).run_test(size=SMALL) as pilot:
        screen = await reach(pilot, Phase.FAILED)
        await until(pilot, lambda: bool(screen.packages) and "catalogue only" in shown(pilot))
        _looks_like(pilot, "no-go")


async def test_no_model() -> None:
    def missing() -> Model:
        raise ModelError("the model hrgc-x is not there", "hrgc model list shows which are; --model none needs none")

    async with Stagehand(model=missing).app(_file()).run_test(size=SMALL) as pilot:
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: "no model" in shown(pilot))
        await pilot.press("p")
        await reach(pilot, Phase.FAILED)
        await until(pilot, lambda: main(pilot).fix is None and "hrgc-x" in shown(pilot))
        _looks_like(pilot, "no-model")
