"""Opening packages and files: the workers that read and judge them behind the screen, and what is shown of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual import on, work

from hrgc import files
from tui import messages, story, text
from tui.colours import coloured
from tui.phase import Phase
from tui.screens.base import Base
from tui.trouble import trouble
from tui.widgets.code import CodeView
from tui.widgets.top import TopBar


class Opening(Base):
    """Opens."""

    _line = 0
    """Where the cursor goes in the file that is being read, 0 for its first finding."""

    def open_target(self, target: Path) -> None:
        """Turn to *target*: open its package and judge it."""
        self.stop()
        if target != self.target:
            self.packages = ()
        self.target = target
        self.opened, self.review, self.story, self.plan = None, None, story.Story(), replace(self.plan, steps=())
        self.contents = {}
        self.plan_past = ()
        self.notice = text.plain(f"opening {text.short_path(target)} …", text.MUTED)
        self.view("notice")
        self.reopen()

    def reopen(self, phase: Phase = Phase.CHECKING) -> None:
        """Judge the target as it is on the disk now."""
        self.number += 1
        self.set_phase(phase)
        self.call_after_refresh(self._open, self.number, self.target)

    @work(thread=True, exclusive=True, exit_on_error=False, group="open")
    def _open(self, number: int, target: Path) -> None:
        """Open a package."""
        try:
            self.post_message(messages.PackageOpened(number, self.engine.open(target)))
        except Exception as error:  # noqa: BLE001 - door two of three: a worker never takes the screen down
            self.post_message(messages.Failed(number, "open", trouble(error, f"opening {target}")))

    @work(thread=True, exclusive=True, exit_on_error=False, group="model")
    def _prepare(self, target: Path) -> None:
        """Look for packages and load the model, behind the first screen."""
        try:
            self.post_message(messages.PackagesFound(target, self.engine.packages(target)))
            self.post_message(messages.ModelLoaded(self.engine.load_model()))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(0, "model", trouble(error, "loading the model")))

    @work(thread=True, exclusive=True, exit_on_error=False, group="read")
    def _read(self, path: Path, content: bytes | None) -> None:
        """Colour a file, read from the disk unless its *content* is known."""
        try:
            data = files.read(path)[1] if content is None else content
            self.post_message(messages.FileRead(path, data, coloured(data, path.name)))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(0, "read", trouble(error, f"reading {path}")))

    def stop(self) -> None:
        """End the current run, if any, at once."""
        if self.fix is not None:
            self.fix.stop()
            self.fix = None

    def settle(self) -> None:
        """Go back to what is known of the files."""
        clean = self.evidence is not None and self.evidence.clean
        self.set_phase(Phase.CLEAN if clean else Phase.READY)
        self.view("code")
        self.part("code", CodeView).focus()

    def action_check(self) -> None:
        """Judge the files again."""
        self.open_target(self.target)

    @on(messages.PackageOpened)
    def _package_opened(self, message: messages.PackageOpened) -> None:
        """Show an opened package."""
        if message.number != self.number:
            return
        first = self.opened is None
        self.opened = message.opened
        self.contents = dict(message.opened.contents)
        for note in dict.fromkeys((*message.opened.notes, *message.opened.evidence.notes)):
            if (self.target, note) not in self._noted:
                self._noted.add((self.target, note))
                self.inform(note)
        path = self._first_file()
        if path is not None:
            self.show_file(path)
        if self.phase == Phase.CHECKING:
            self.settle()
        self.redraw()
        if first:
            self._prepare(self.target)

    def _first_file(self) -> Path | None:
        """Return the file to look at first: the target, the first root finding's, or the first one."""
        assert self.opened is not None
        shown = self.part("code", CodeView).path
        if shown in self.contents:
            return shown
        found = self.opened.evidence.roots()
        wrong = next((d.path for d in found if d.path in self.contents), None)
        return self.target if self.target in self.contents else wrong or next(iter(self.contents), None)

    def show_file(self, path: Path, line: int = 0) -> None:
        """Show a file, with the cursor on *line* (or on its first finding)."""
        code = self.part("code", CodeView)
        self._line = line
        if code.path == path and line:
            code.go_to(line)
        self._read(path, self.contents.get(path))

    @on(messages.FileRead)
    def _file_read(self, message: messages.FileRead) -> None:
        """Show a coloured file."""
        code = self.part("code", CodeView)
        same = code.path == message.path
        code.show(message.path, message.lines)
        found = self.evidence.roots() if self.evidence is not None else ()
        wrong = next((d.line for d in found if d.path == message.path and d.line), 0)
        line = self._line or (0 if same else wrong)
        if line:
            code.go_to(line)
        self._line = 0
        self.redraw()

    @on(messages.PackagesFound)
    def _packages_found(self, message: messages.PackagesFound) -> None:
        """Show the packages."""
        if message.target == self.target:
            self.packages = message.packages
            self.redraw()

    @on(messages.ModelLoaded)
    def _model_loaded(self, message: messages.ModelLoaded) -> None:
        """Name the model."""
        name = "no model: catalogue only" if message.name == "none" else f"model {message.name}"
        self.part("top", TopBar).model = name
