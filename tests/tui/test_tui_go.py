"""The application over the real Go plugin and the real model: a broken package is repaired by keys."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hrgc import model_choice
from hrgc.config import Settings
from hrgc.model import ModelInfo, ScriptedModel
from hrgc.session import ModelLoader, Toolbox
from hrgc.tokens import Intent
from tests import case_runner
from tests.cli_door import write
from tests.tui_door import BROKEN, SIZE, Stagehand, reach, shown, until
from tui import screenshot
from tui.app import HrgcApp, Start
from tui.phase import Phase

TRACE = Path(__file__).parent / "stack.jsonl"


@pytest.fixture
def model() -> ModelLoader:
    """Return what loads the model that is used by default; skips where there is none."""
    if not model_choice.available():
        pytest.skip("no model is installed")
    return model_choice.loader("")


async def test_a_broken_package_is_repaired_hunk_by_hunk(go: str, tmp_path: Path, model: ModelLoader) -> None:
    case_runner.unpack("demo/stack", tmp_path)
    path = tmp_path / "stack.go"
    before = path.read_text()
    settings = Settings(go=go, test=False)
    app = HrgcApp(Start(tmp_path), settings, toolbox=lambda _: Toolbox.load(model))
    async with app.run_test(size=SIZE) as pilot:
        screen = await reach(pilot, Phase.READY, seconds=120)
        await until(pilot, lambda: "imported and not used" in shown(pilot))
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED, seconds=60)
        assert "plan of 3 steps" in shown(pilot)
        first = screen.plan.steps[0]
        await pilot.press("e")
        await until(pilot, lambda: "Change the step" in shown(pilot))
        key, intent = ("home", Intent.FIX) if first.intent != Intent.FIX else ("end", Intent.PRESERVE)
        await pilot.press("tab", "tab", "enter", key, "enter", "ctrl+s")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert screen.plan.steps[0] == replace(first, intent=intent, probability=None)
        assert "changed by you" in shown(pilot)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW, seconds=60)
        assert "3 of 3 hunks: ✓ builds" in shown(pilot)
        await pilot.press("n")
        await until(pilot, lambda: screen.review is not None and screen.review.evidence is not None, seconds=60)
        assert "2 of 3 hunks: ✗ does not build: 1 error" in shown(pilot)
        assert path.read_text() == before
        await pilot.press("y", "y", "w")
        await reach(pilot, Phase.WRITTEN, seconds=60)
        assert '"os"' in path.read_text()
        assert "return v, nil" in path.read_text()
        await until(pilot, lambda: screen.opened is not None and len(screen.opened.evidence.diagnostics) == 1)
        await pilot.press("u")
        await until(pilot, lambda: path.read_text() == before, seconds=60)
        await reach(pilot, Phase.REVIEW, seconds=60)
    app.engine.close()


async def test_the_model_is_named_and_ranks(tmp_path: Path) -> None:
    del tmp_path
    path = write("a.go", BROKEN).absolute()
    model = ScriptedModel(info=replace(ModelInfo("none"), name="scripted-27m"))
    async with Stagehand(model=lambda: model).app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: "scripted-27m" in shown(pilot))
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        assert model.prompts
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)


async def test_the_readme_picture_is_made_from_a_trace() -> None:
    drawn = await screenshot.picture(TRACE)
    for words in ("hunk", "3 kept, 0 left", "change the imports", "return", "replay"):
        assert words.replace(" ", "&#160;") in drawn, words
    assert len(drawn.encode()) < 200_000
    assert "@font-face" not in drawn
