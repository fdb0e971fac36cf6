"""The queue: what is marked is repaired behind the screen, and what is ready is shown when a person asks for it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import on, work

from hrgc.discovery import display
from hrgc.events import Planned
from hrgc.report import counted
from tui import messages, story
from tui.phase import Phase
from tui.queue import Item, State
from tui.runs import Run
from tui.screens.reviewing import Reviewing
from tui.trouble import trouble
from tui.widgets.code import CodeView
from tui.widgets.files import FileList


class Queueing(Reviewing):
    """Queues."""

    _wanted: Item | None = None
    """What is shown as soon as its package is open."""

    def action_mark(self) -> None:
        """Mark the highlighted file or package, or unmark it; what is marked is worked on at once."""
        files = self.part("files", FileList)
        path = files.path if files.has_focus else self.part("code", CodeView).path
        if path is None:
            return
        item = self.queue.of(path)
        if item is None:
            self.queue = self.queue.added(path)
        else:
            self._drop(item)
        self._work_on()
        self.redraw()

    def _drop(self, item: Item) -> None:
        """Take an item out, its run ended."""
        if item.run is not None and item.state == State.WORKING:
            item.run.stop()
        self.queue = self.queue.without(item)

    def _work_on(self) -> None:
        """Begin with the next item unless one is being worked on."""
        item = self.queue.first(State.WAITING)
        if item is None or self.queue.first(State.WORKING) is not None:
            return
        request = replace(self.engine.request(item.target, ""), seconds=None)  # it waits for the run in front
        run = Run(0, request, display(item.target), behind=True)
        self.queue = self.queue.changed(item, run=run)
        self._carry_out(run)

    @work(thread=True, exit_on_error=False, group="queue")
    def _carry_out(self, run: Run) -> None:
        """Carry out a run behind the screen."""
        try:
            for event in self.engine.run(run):
                self.post_message(messages.EngineEvent(run, event))
            self.post_message(messages.RunEnded(run))
        except Exception as error:  # noqa: BLE001 - door two of three
            self.post_message(messages.Stuck(run, trouble(error, f"a run on {run.name}")))

    @on(messages.EngineEvent)
    def _queue_event(self, message: messages.EngineEvent) -> None:
        """Follow a run behind the screen; its plans approve themselves, since nothing is written."""
        item = self.queue.by(message.run)
        if isinstance(message.event, Planned) and message.run.behind:
            message.run.gate.answer(None)
        if item is not None:
            self.queue = self.queue.changed(item, story=story.after(message.event, item.story))

    @on(messages.RunEnded)
    def _queue_ended(self, message: messages.RunEnded) -> None:
        """Say what is ready, and go on."""
        item = self.queue.by(message.run)
        if item is not None and item.state == State.READY and item.story.finished is not None:
            fixed = len(item.story.finished.before.diagnostics) - len(item.story.finished.after.diagnostics)
            self.inform(f"{message.run.name} is ready: {counted(fixed, 'problem')} fixed")
        self._work_on()
        self.redraw()

    @on(messages.Stuck)
    def _queue_stuck(self, message: messages.Stuck) -> None:
        """Say what could not be worked on, and go on."""
        item = self.queue.by(message.run)
        if item is not None:
            self.queue = self.queue.changed(item, failed=True)
            self.warn(f"{message.run.name}: {message.trouble.message}", hint=message.trouble.hint)
        self._work_on()
        self.redraw()

    def action_next_target(self) -> None:
        """Turn to what is ready, else to the next one that is marked."""
        item = self.queue.first(State.READY) or next(iter(self.queue.items), None)
        if item is None:
            self.inform("nothing is marked; space marks a file or package")
            return
        self.unless_waiting("Go on", partial(self._turn_to, item))

    def _turn_to(self, item: Item) -> None:
        """Open an item's target; its hunks are shown once it is open."""
        self._drop(item)
        self._work_on()
        self.open_target(item.target)
        self._wanted = item if item.state == State.READY else None

    def open_target(self, target: Path) -> None:
        """Turn to *target*; what was to be shown of another one is not."""
        self._wanted = None
        super().open_target(target)

    def settle(self) -> None:
        """Show the hunks that were wanted, if the files are still what they were made for."""
        item, self._wanted = self._wanted, None
        if item is None or item.run is None or item.story.finished is None or self.phase != Phase.CHECKING:
            super().settle()
            return
        results = item.story.finished.results
        if any(self.contents.get(result.path) != result.before for result in results):
            self.inform("the files changed since; make a new plan")
            super().settle()
            return
        item.run.request = replace(item.run.request, seconds=self.engine.settings.timeout)
        self.fix, self.story, self.plan = item.run, item.story, item.story.carried
        self.finish(item.run, item.story.finished)
