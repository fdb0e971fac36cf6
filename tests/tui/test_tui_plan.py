"""The plan is read, changed from menus, reordered, saved, loaded, edited as text; only then it is carried out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from hrgc.tokens import Op
from tests.cli_door import write
from tests.tui_door import BROKEN, SIZE, Stagehand, main, reach, shown, until
from tui.phase import Phase


def _file(text: str = BROKEN) -> Path:
    return write("a.go", text).absolute()


def _read() -> dict[str, list[dict[str, int]]]:
    document: dict[str, list[dict[str, int]]] = json.loads(Path("plan.json").read_text())
    return document


def _saved() -> bool:
    return Path("plan.json").exists()


async def test_a_step_is_changed_from_its_menus_and_undone() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        await pilot.press("e")
        await until(pilot, lambda: "Change the step" in shown(pilot))
        await pilot.press("tab", "end", "backspace", *"99", "ctrl+s")
        await pilot.pause()
        assert "line 99 is past the end" in shown(pilot)
        await pilot.press("backspace", "backspace", *"4-5")
        assert "lines 4-5, part0: use another name" in shown(pilot)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        assert (screen.plan.steps[0].line, screen.plan.steps[0].end_line) == (4, 5)
        assert "by hand" in shown(pilot)
        assert "changed by you" in shown(pilot)
        await pilot.press("u")
        assert screen.plan.steps[0].line == 3
        assert "changed by you" not in shown(pilot)


async def test_only_the_steps_that_are_left_are_carried_out() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        await pilot.press("J")
        await until(pilot, lambda: [s.line for s in screen.plan.steps] == [24, 3])
        await pilot.press("K")
        await until(pilot, lambda: [s.line for s in screen.plan.steps] == [3, 24])
        screen.ask_each = True
        await pilot.press("x")
        await until(pilot, lambda: [s.line for s in screen.plan.steps] == [24])
        await pilot.press("r")
        await until(pilot, lambda: screen.story.planned is not None and screen.story.planned.round == 2)
        assert [a.step.line for a in screen.story.attempts if a.accepted] == [24]
        assert screen.phase == Phase.PLANNED


async def test_a_step_is_added_at_the_cursor_line() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        await pilot.press("a")
        await until(pilot, lambda: "Change the step" in shown(pilot))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: len(screen.plan.steps) == 3)
        assert screen.plan.steps[1].op == Op.REWRITE
        assert screen.plan.steps[1].line == 3


async def test_a_plan_that_does_not_fit_is_not_run() -> None:
    path = _file()
    stage = Stagehand(edit=lambda text, _: text.replace('"line": 3', '"line": 2'))
    async with stage.app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("E")
        await until(pilot, lambda: "line 2 is blank" in shown(pilot))
        await pilot.press("r")
        await pilot.pause()
        assert main(pilot).phase == Phase.PLANNED


async def test_a_broken_document_leaves_the_plan_as_it_is() -> None:
    path = _file()
    async with Stagehand(edit=lambda *_: "{").app(path).run_test(size=SIZE, notifications=True) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        await pilot.press("E")
        await until(pilot, lambda: "not JSON" in shown(pilot))
        assert len(screen.plan.steps) == 2


async def test_a_plan_that_comes_back_from_the_editor_unchanged_is_not_changed() -> None:
    path = _file()
    seen: list[str] = []

    def look(text: str, suffix: str) -> str:
        seen.append(suffix)
        return text

    async with Stagehand(edit=look).app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        screen.plan = replace(screen.plan, steps=tuple(replace(s, probability=1 / 3) for s in screen.plan.steps))
        before = screen.plan
        await pilot.press("E")
        await until(pilot, lambda: bool(seen))
        assert screen.plan == before
        assert not screen.plan_past


async def test_a_plan_is_saved_and_loaded() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        screen = await reach(pilot, Phase.PLANNED)
        await pilot.press("s", "enter")
        await until(pilot, _saved)
        document = _read()
        assert [step["line"] for step in document["steps"]] == [3, 24]
        document["steps"] = document["steps"][1:]
        write("plan.json", json.dumps(document))
        await until(pilot, lambda: len(pilot.app.screen_stack) == 1)
        await pilot.press("l", "enter")
        await until(pilot, lambda: len(screen.plan.steps) == 1)
        await pilot.press("escape")
        await reach(pilot, Phase.READY)
        await pilot.press("l", "enter")
        await reach(pilot, Phase.PLANNED)
        assert [step.line for step in screen.plan.steps] == [24]


async def test_raw_tokens_on_a_key() -> None:
    path = _file()
    async with Stagehand().app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("t")
        await until(pilot, lambda: "<OP:NAME>" in shown(pilot))
        await pilot.press("t")
        await until(pilot, lambda: "use another name" in shown(pilot))
