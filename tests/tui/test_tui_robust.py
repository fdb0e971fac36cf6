"""Foreign text, bugs, cancelling, fast keys and resizes: the terminal stays sane and the files untouched."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading

import pytest
from textual.errors import NoWidget
from textual.geometry import Size
from textual.pilot import OutOfBounds
from textual.widgets import Static

from hrgc import locations
from hrgc.config import Settings
from hrgc.errors import ConfigError, GoToolError, ModelError
from hrgc.model import Model
from tests.cli_door import write
from tests.tui_door import BROKEN, SIZE, SlowToy, Stagehand, StuckToy, main, reach, shown, tree, until
from tui import keys
from tui.commands import Palette
from tui.phase import Phase

EVIL = 'package a\n\n// [/b] [bold]x[/] [@click=app.quit]y[/] \x1b[31m \u202e $error\nvar itmes = "[link=http://x]"\n'


async def test_foreign_text_is_never_markup() -> None:
    path = write("a.go", EVIL).absolute()
    async with Stagehand().app(path).run_test(size=(180, 40)) as pilot:
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: "var itmes" in shown(pilot))
        seen = shown(pilot)
        assert "// [/b] [bold]x[/] [@click=app.quit]y[/] \\x1b[31m \\u202e $error" in seen
        assert "\x1b" not in seen
        await pilot.press("i", *"[/b", "enter")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)
        assert "[link=http://x]" in shown(pilot)
        await pilot.press("c")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        assert "[link=http://x]" in shown(pilot)


async def test_a_bug_of_a_plugin_is_logged_and_the_screen_lives() -> None:
    def crash() -> None:
        raise ZeroDivisionError("a bug [/b] in a plugin")

    path = write("a.go", BROKEN).absolute()
    async with Stagehand(language=SlowToy(crash)).app(path).run_test(size=(300, 40)) as pilot:
        await reach(pilot, Phase.FAILED)
        await until(pilot, lambda: "This is a bug" in shown(pilot))
        assert "a bug [/b] in a plugin" in shown(pilot)
        assert "hrgc.log" in shown(pilot)
    assert "ZeroDivisionError" in locations.log_file().read_text()
    assert path.read_text() == BROKEN


async def test_a_bug_of_the_screen_ends_it_and_is_kept_for_the_door() -> None:
    path = write("a.go", BROKEN).absolute()
    app = Stagehand().app(path)

    def broken() -> None:
        raise RuntimeError("broken")

    async def work() -> None:
        async with app.run_test(size=SIZE) as pilot:
            await reach(pilot, Phase.READY)
            main(pilot).call_later(broken)
            await pilot.pause()

    with pytest.raises(RuntimeError, match="broken"):
        await work()
    assert isinstance(app.bug, RuntimeError)
    assert path.read_text() == BROKEN


async def test_no_go_says_what_to_do() -> None:
    def missing() -> None:
        raise GoToolError("go was not found", "install it from go.dev")

    path = write("a.go", BROKEN).absolute()
    async with Stagehand(language=SlowToy(missing)).app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.FAILED)
        assert "go was not found" in shown(pilot)
        assert "install it from go.dev" in shown(pilot)
        await pilot.press("k")
        await reach(pilot, Phase.FAILED)


async def test_a_model_that_cannot_be_loaded_is_named_and_checking_still_works() -> None:
    def no_model() -> Model:
        raise ModelError("the model is damaged", "hrgc model verify")

    path = write("a.go", BROKEN).absolute()
    async with Stagehand(model=no_model).app(path).run_test(size=SIZE, notifications=True) as pilot:
        await reach(pilot, Phase.READY)
        await until(pilot, lambda: "the model is damaged" in shown(pilot))
        await pilot.press("p")
        await reach(pilot, Phase.FAILED)
        assert "hrgc model verify" in shown(pilot)


async def test_the_first_screen_does_not_wait_for_go() -> None:
    gate = threading.Event()
    path = write("a.go", BROKEN).absolute()
    async with Stagehand(language=SlowToy(lambda: bool(gate.wait(20)))).app(path).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "opening and checking" in shown(pilot))
        await pilot.press("f1")
        await until(pilot, lambda: "Keys" in shown(pilot))
        await pilot.press("escape")
        gate.set()
        await reach(pilot, Phase.READY)


async def test_an_opening_is_stopped_and_tried_again() -> None:
    path = write("a.go", BROKEN).absolute()
    stuck = StuckToy()
    async with Stagehand(language=stuck).app(path).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "opening and checking" in shown(pilot))
        assert " esc  stops" in shown(pilot)
        await pilot.press("escape")
        await reach(pilot, Phase.FAILED)
        await until(pilot, lambda: "Stopped before it was open" in shown(pilot))
        await until(pilot, lambda: stuck.stopped == [path])
        await pilot.press("k")
        await reach(pilot, Phase.READY)


async def test_another_file_is_opened_while_one_is_being_opened() -> None:
    path, other = write("a.go", BROKEN).absolute(), write("other/b.go", "package a\n").absolute()
    stuck = StuckToy()
    async with Stagehand(language=stuck).app(path).run_test(size=SIZE) as pilot:
        await until(pilot, lambda: "opening and checking" in shown(pilot))
        await pilot.press("ctrl+o")
        await until(pilot, lambda: len(pilot.app.screen_stack) == 2)
        await pilot.press(*"other", "slash", *"b.go", "enter")
        screen = await reach(pilot, Phase.CLEAN)
        assert screen.target == other
        assert stuck.stopped == [path]


@pytest.mark.parametrize("key", ["q", "ctrl+q"])
async def test_quitting_asks_when_hunks_were_taken_but_not_written(key: str) -> None:
    path = write("a.go", BROKEN).absolute()
    app = Stagehand().app(path)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("p")
        await reach(pilot, Phase.PLANNED)
        await pilot.press("r")
        await reach(pilot, Phase.REVIEW)
        await pilot.press("y", key)
        await until(pilot, lambda: "Hunks you took are not written" in shown(pilot))
        await pilot.press("n")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        assert not app._exit
        await pilot.press(key, "y")
    assert app.return_value == 0
    assert path.read_text() == BROKEN


@pytest.mark.parametrize("behind", [0, 1, 3, 6])
async def test_keys_behind_the_one_that_quits_do_no_harm(behind: int) -> None:
    path = write("a.go", BROKEN).absolute()
    app = Stagehand().app(path)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        app.simulate_key("ctrl+q")
        for _ in range(behind):
            await asyncio.sleep(0)
        for key in ("3", "4", "f", "right_square_bracket", "space", "p", "t"):
            app.simulate_key(key)
            await asyncio.sleep(0)
        for _ in range(2000):
            if app.return_value is not None:
                break
            await asyncio.sleep(0.01)
    assert app.bug is None
    assert app.return_value == 0


async def test_a_palette_that_was_closed_is_left_alone() -> None:
    path = write("a.go", BROKEN).absolute()
    app = Stagehand().app(path)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await pilot.press("ctrl+p")
        await until(pilot, lambda: len(app.screen_stack) == 2)
        palette = app.screen
        assert isinstance(palette, Palette)
        await palette.query("*").remove()
        palette._show_busy = True
        palette._list_visible = not palette._list_visible
        await pilot.pause()
        assert app.bug is None


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_keys_and_clicks_change_no_file_and_raise_nothing(seed: int) -> None:
    folder = write("work/a.go", BROKEN).absolute().parent
    write("work/b.go", "package a\n")
    before = tree(folder)
    chance = random.Random(seed)
    harmless = [k for key in keys.TABLE for k in key.keys.split(",") if key.id not in ("write", "quit", "plan.save")]
    presses = [*harmless, "tab", "shift+tab", "up", "down", "left", "right", "enter", "x", "1", "pageup", "end", "home"]
    app = Stagehand().app(folder)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        for number in range(1000):
            if number % 150 == 149:
                size = chance.choice([(1, 1), (40, 12), (80, 24), (120, 40), SIZE])
                await pilot.resize_terminal(*size)
            app.simulate_key(chance.choice(presses))
            if chance.random() < 0.02:
                await pilot.pause(0.02)
            if chance.random() < 0.01:
                above_footer = max(1, app.size.height - 1)
                place = (chance.randrange(app.size.width), chance.randrange(above_footer))
                with contextlib.suppress(NoWidget, OutOfBounds):  # the pilot's own: the screen follows a resize later
                    await pilot.click(offset=place)
        await pilot.pause()
        assert app.bug is None
        assert app.screen_stack
    assert tree(folder) == before


class _Late(Static):
    """Presses keys while the screens are being closed."""

    def on_unmount(self) -> None:
        for key in ("down", "question_mark", "escape") * 20:
            self.app.simulate_key(key)


async def test_keys_behind_the_end_raise_nothing() -> None:
    app = Stagehand().app(write("a.go", BROKEN).absolute())
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        await app.screen.mount(_Late())
    assert app.bug is None


async def test_every_size_shows_problem_and_verdict() -> None:
    path = write("a.go", BROKEN).absolute()
    async with Stagehand().app(path).run_test(size=(80, 24)) as pilot:
        await reach(pilot, Phase.READY)
        for width, height in ((80, 24), (100, 32), (120, 40), (200, 60)):
            await pilot.resize_terminal(width, height)
            await until(pilot, lambda w=width, h=height: pilot.app.size == Size(w, h))  # type: ignore[misc]
            seen = shown(pilot)
            assert "what is wrong" in seen
            assert "does not build: 2 errors" in seen
            assert "undefined: itmes" in seen
            assert max(map(len, seen.splitlines())) <= width


def test_unknown_keys_and_themes_are_refused() -> None:
    path = write("a.go", BROKEN).absolute()
    with pytest.raises(ConfigError, match="no theme"):
        Stagehand(settings=Settings(theme="pink")).app(path)
    with pytest.raises(ConfigError, match="no action"):
        Stagehand(settings=Settings(keys={"frobnicate": "g"})).app(path)


async def test_keys_are_remapped_in_bindings_hints_and_help() -> None:
    path = write("a.go", BROKEN).absolute()
    stage = Stagehand(settings=Settings(keys={"plan": "g", "run": "ctrl+g"}))
    async with stage.app(path).run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        assert " g  makes a plan" in shown(pilot)
        await pilot.press("p")
        assert main(pilot).phase == Phase.READY
        await pilot.press("g")
        await reach(pilot, Phase.PLANNED)
        assert " ^g  runs it" in shown(pilot)
        await pilot.press("ctrl+g")
        await reach(pilot, Phase.REVIEW)
