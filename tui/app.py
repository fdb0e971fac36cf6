"""The composition root of the terminal application: settings, engine, themes, keys, and the one door for bugs."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

import click
from textual.app import App, ScreenStackError
from textual.command import CommandPalette
from textual.css.query import NoMatches
from textual.filter import Monochrome
from textual.screen import Screen

from hrgc import config
from hrgc.config import Settings
from hrgc.discovery import absolute
from hrgc.errors import ConfigError, ExitCode, InputError
from tui import keys, remembered, themes
from tui.commands import Commands, Palette
from tui.engine import Engine, ToolboxMaker, load_toolbox
from tui.screens.confirm import Confirm
from tui.screens.main import EditText, MainScreen
from tui.terminal import MOUSE_OFF, MOUSE_ON, quiet_streams

if TYPE_CHECKING:
    from hrgc.trace import Trace


@dataclass(frozen=True, slots=True)
class Start:
    """How the application is opened."""

    target: Path
    problem: str = ""
    replay: str = ""
    """A trace to show again: a file, an id, or ``last``."""
    inline: bool = False
    """Below the prompt instead of on the whole terminal."""
    mouse: bool = True


class HrgcApp(App[int]):
    """The application."""

    TITLE = "hrgc"
    CSS_PATH = "hrgc.tcss"
    COMMANDS: ClassVar[set[type[Commands]]] = {Commands}  # type: ignore[assignment]
    ENABLE_COMMAND_PALETTE = True
    AUTO_FOCUS = None

    def __init__(
        self,
        start: Start,
        settings: Settings,
        *,
        toolbox: ToolboxMaker = load_toolbox,
        edit: EditText | None = None,
    ) -> None:
        """Begin with *start* under *settings*; *toolbox* and *edit* are what tests replace."""
        super().__init__()
        self.begin = start
        self.engine = Engine(settings, toolbox)
        self.bug: Exception | None = None
        """What ended the application, None while it is well."""
        self._edit = edit or self._editor
        self._mouse_on = start.mouse
        self._remapped: Mapping[str, str] = keys.keymap(settings.keys)
        for theme in themes.THEMES:
            self.register_theme(theme)
        wanted = themes.SHORT.get(settings.theme, settings.theme)
        if wanted and wanted not in self.available_themes:
            raise ConfigError(f"no theme is named {settings.theme}", f"the themes are {', '.join(themes.SHORT)}")
        last = remembered.theme()
        self.theme = wanted or (last if last in self.available_themes else themes.DARK.name)
        if settings.color == "never" and not self.no_color:
            self.no_color = True
            self._filters.append(Monochrome())
        self.set_keymap(dict(self._remapped))

    def on_mount(self) -> None:
        """Let a polite end from outside leave the terminal as it was."""
        with contextlib.suppress(ValueError, RuntimeError, NotImplementedError):  # not in the main thread
            loop = asyncio.get_running_loop()
            for number, code in ((signal.SIGTERM, ExitCode.TERMINATED), (signal.SIGHUP, ExitCode.TERMINATED)):
                loop.add_signal_handler(number, self.exit, int(code))

    def get_default_screen(self) -> Screen[None]:
        """Return the main screen."""
        shown = _trace(self.begin.replay) if self.begin.replay else None
        return MainScreen(
            self.engine,
            self.begin.target,
            self._remapped,
            edit=self._edit,
            problem=self.begin.problem,
            shown=shown,
        )

    def _editor(self, text: str, suffix: str) -> str | None:
        """Open *text* in the person's editor; the terminal is theirs meanwhile."""
        with self.suspend():
            return click.edit(text, extension=suffix)

    def action_command_palette(self) -> None:
        """Show every command by name."""
        if not CommandPalette.is_open(cast("App[object]", self)):
            self.push_screen(Palette(id="--command-palette"))

    async def action_quit(self) -> None:
        """Quit as the main screen does, which asks when hunks were taken but not written."""
        below = self.screen_stack[0]
        if isinstance(below, MainScreen) and not isinstance(self.screen, Confirm):
            below.action_quit_app()

    def action_cycle_theme(self) -> None:
        """Take the next theme, and begin with it next time."""
        self.theme = themes.following(self.theme)
        remembered.keep_theme(self.theme)
        self.notify(themes.TITLES[self.theme], timeout=2, markup=False)

    def action_toggle_mouse(self) -> None:
        """Give the mouse to the terminal, so that it selects text, or take it."""
        self._mouse_on = not self._mouse_on
        if self._driver is not None:
            self._driver.write(MOUSE_ON if self._mouse_on else MOUSE_OFF)
            self._driver.flush()
        self.notify("the mouse is mine" if self._mouse_on else "the mouse is the terminal's: select text", markup=False)

    def on_unmount(self) -> None:
        """End what works, so that the process can end."""
        self.engine.stop()

    def _handle_exception(self, error: Exception) -> None:
        """Keep what ended the application, so that the command's door can report it."""
        ending = self.return_value is not None or not self.is_running
        if ending and isinstance(error, (NoMatches, ScreenStackError)):
            return  # a key behind the last one finds the panes or the screens gone
        self.bug = self.bug or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """End without a traceback on the terminal: the door writes it into the log."""
        self._close_messages_no_wait()


def _trace(spec: str) -> Trace:
    """Read the run *spec*; raises InputError."""
    from hrgc import trace  # noqa: PLC0415 - rarely asked for

    return trace.read(trace.find(spec))


def run(
    path: str = "",
    *,
    problem: str = "",
    replay: str = "",
    inline: bool = False,
    mouse: bool = True,
    flags: Mapping[str, object] | None = None,
) -> int:
    """Open the application on *path* (the working directory by default) and return the exit code.

    Raises ConfigError or InputError before anything is shown, and what ended the application behind it.
    """
    target = absolute(Path(path) if path else Path.cwd())
    if not target.exists():
        raise InputError(f"{path} does not exist", "name a Go file or a directory")
    settings = config.load(target, flags).settings
    start = Start(target, problem, replay, inline, mouse)
    if replay:
        _trace(replay)
    app = HrgcApp(start, settings)
    with quiet_streams():
        code = app.run(inline=inline, mouse=mouse)
        app.engine.close()
    if app.bug is not None:
        raise app.bug
    return code or 0
