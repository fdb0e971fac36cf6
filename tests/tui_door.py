"""The terminal application as a person meets it, over a toy language that needs no tool; polls, never sleeps long."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from textual.pilot import Pilot

from hrgc.config import Settings
from hrgc.diagnostics import Stage
from hrgc.errors import CancelledError
from hrgc.model import Model, NoModel
from hrgc.plugin import Cancel, OpenOptions, Validator, Workspace
from hrgc.session import Toolbox
from tests.cli_door import TABLE, WORDS, DiskToy
from tests.fakes import Replacements, WordValidator
from tui.app import HrgcApp, Start
from tui.phase import Phase
from tui.screens.main import MainScreen

SIZE = (100, 32)
BROKEN = "package a\n\nvar itmes = 1\n" + "// x\n" * 20 + "var y = cuont\n"
"""Two problems far enough apart to be two hunks."""


class SlowToy(DiskToy):
    """Opens a file only when it is allowed to."""

    def __init__(self, wait: Callable[[], object]) -> None:
        """Call *wait* before every opening."""
        super().__init__()
        self._wait = wait

    @contextmanager
    def open(self, target: Path, options: OpenOptions, cancel: Cancel | None = None) -> Iterator[Workspace]:
        """Wait, then open."""
        self._wait()
        with super().open(target, options, cancel) as workspace:
            yield workspace


class StuckToy(DiskToy):
    """Never opens a file the first time; it waits for the cancel."""

    def __init__(self) -> None:
        """Begin before the first time."""
        super().__init__()
        self.stopped: list[Path] = []

    @contextmanager
    def open(self, target: Path, options: OpenOptions, cancel: Cancel | None = None) -> Iterator[Workspace]:
        """Open, or wait for the cancel and give up."""
        if not self.stopped:
            gate = threading.Event()
            assert cancel is not None
            cancel.add(gate.set)
            assert gate.wait(20), "never cancelled"
            self.stopped.append(target)
            raise CancelledError("stopped", "run it again")
        with super().open(target, options, cancel) as workspace:
            yield workspace


@dataclass
class Stagehand:
    """What an application of the tests is made of."""

    words: tuple[bytes, ...] = WORDS
    model: Callable[[], Model] = NoModel
    language: DiskToy = field(default_factory=DiskToy)
    proposer: object = field(default_factory=lambda: Replacements(TABLE))
    validators: tuple[Validator, ...] = ()
    edit: Callable[[str, str], str | None] = field(default=lambda text, _: text)
    settings: Settings = field(default_factory=Settings)

    def toolbox(self, model: str) -> Toolbox:
        """Make the tools."""
        del model
        judges = self.validators or (WordValidator("words", Stage.TYPES, self.words, hot=True),)
        return Toolbox((self.language,), (self.proposer,), judges, self.model)  # type: ignore[arg-type]

    def app(self, target: Path, **start: object) -> HrgcApp:
        """Make the application."""
        begin = Start(target.absolute(), **start)  # type: ignore[arg-type]
        return HrgcApp(begin, self.settings, toolbox=self.toolbox, edit=self.edit)


def main(pilot: Pilot[int]) -> MainScreen:
    """Return the main screen."""
    screen = pilot.app.screen_stack[0]
    assert isinstance(screen, MainScreen)
    return screen


async def reach(pilot: Pilot[int], *phases: Phase, seconds: float = 20.0) -> MainScreen:
    """Wait until the main screen is in one of *phases*, with everything drawn."""
    await until(pilot, lambda: main(pilot).phase in phases, seconds=seconds)
    await pilot.pause()
    return main(pilot)


async def until(pilot: Pilot[int], holds: Callable[[], bool], *, seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"never came: the phase is {main(pilot).phase}\n{shown(pilot)}"
        await pilot.pause(0.01)
    await pilot.pause()


def shown(pilot: Pilot[int]) -> str:
    """Return the text on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


def tree(folder: Path) -> dict[Path, bytes]:
    """Return all files below *folder* with their contents."""
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
