"""The past: a list of runs, showing one again event by event, and running one again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual import on, work
from textual.timer import Timer

from hrgc import events
from hrgc.errors import HrgcError
from hrgc.events import Event
from tui import messages, review, story
from tui.colours import coloured
from tui.phase import Phase
from tui.screens.queueing import Queueing
from tui.trouble import trouble
from tui.widgets.code import CodeView
from tui.widgets.diff import DiffView
from tui.widgets.top import TopBar

if TYPE_CHECKING:
    from hrgc.session import Request
    from hrgc.trace import Trace
    from tui.screens.history import Action

STEP = 0.25
"""Seconds between two events of a replay."""


class Replaying(Queueing):
    """Replays."""

    _left: tuple[Event, ...] = ()
    _timer: Timer | None = None
    _before: Path | None = None

    def action_history(self) -> None:
        """Show the runs of the past."""
        self._list_runs()

    @work(thread=True, exclusive=True, exit_on_error=False, group="history")
    def _list_runs(self) -> None:
        """Read the list of runs."""
        from hrgc import history  # noqa: PLC0415 - the first screen does not wait for the engine

        try:
            self.post_message(messages.HistoryRead(history.rows()))
        except Exception as error:  # noqa: BLE001 - door two of three
            self.post_message(messages.Failed(0, "history", trouble(error, "listing runs")))

    @work(thread=True, exclusive=True, exit_on_error=False, group="history")
    def _read_trace(self, spec: str) -> None:
        """Read one run."""
        from hrgc import trace  # noqa: PLC0415 - the first screen does not wait for the engine

        try:
            self.post_message(messages.TraceRead(trace.read(trace.find(spec))))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(0, "history", trouble(error, f"reading the run {spec}")))

    @on(messages.HistoryRead)
    def _history_read(self, message: messages.HistoryRead) -> None:
        """Let a person choose a run."""
        from tui.screens.history import History  # noqa: PLC0415 - the first screen does not wait for the engine

        def done(chosen: Action | None) -> None:
            if chosen is None:
                return
            if chosen.verb == "undo":
                self._turn(chosen.run, undo=True)
            else:
                self._again = chosen.verb == "resume"
                self._read_trace(chosen.run)

        self.app.push_screen(History(message.rows), done)

    _again = False

    @on(messages.TraceRead)
    def _trace_read(self, message: messages.TraceRead) -> None:
        """Show a run again, or run it again."""
        from hrgc import history  # noqa: PLC0415 - the first screen does not wait for the engine

        if not self._again:
            self.replay(message.trace)
            return
        try:
            request = history.again(message.trace)
        except HrgcError as error:
            self.warn(error.message, hint=error.hint)
            return
        self.resume(request)

    def resume(self, request: Request) -> None:
        """Run *request* again; its package is opened first when it is another one."""
        if request.target != self.target:
            self.open_target(request.target)
        self.start(request)

    def replay(self, run: Trace) -> None:
        """Show *run* from its beginning."""
        from hrgc.codec import decode  # noqa: PLC0415 - the first screen does not wait for the engine
        from hrgc.session import Request  # noqa: PLC0415 - likewise

        self.stop()
        self.number += 1
        self._before = self._before or self.target
        self._left = run.events
        self.story, self.review, self.opened = story.Story(), None, None
        self.plan = type(self.plan)()
        self.paused = False
        request = decode(Request, dict(run.header.request)) if run.header.request else None
        self.target = request.target if request is not None else Path(run.header.target)
        finished = run.finished
        self.contents = {r.path: r.before for r in finished.results} if finished is not None else {}
        self.set_phase(Phase.REPLAY)
        first = next(iter(self.contents.items()), None)
        if first is not None:
            path, content = first
            self.part("code", CodeView).show(path, coloured(content, path.name))
        self.view("code")
        self.part("top", TopBar).busy = ""
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_interval(STEP, self._tick)

    def _tick(self) -> None:
        """Show the next event unless it is paused."""
        if not self.paused:
            self._advance()

    def _advance(self) -> None:
        """Show the next event."""
        if not self._left or self.phase != Phase.REPLAY:
            return
        event, self._left = self._left[0], self._left[1:]
        self.story = story.after(event, self.story)
        if isinstance(event, events.Planned):
            self.plan = event.plan
        if isinstance(event, events.Finished):
            begun = review.begin(event.results, event.after, {}, {}, origin=event.before)
            if begun.choices:
                self.review = begun
                self.part("diff", DiffView).show(begun)
                self.view("diff")
        self.redraw()

    def action_replay_pause(self) -> None:
        """Pause, or go on."""
        self.paused = not self.paused
        self.redraw()

    def action_replay_step(self) -> None:
        """Show the next event and stop there."""
        self.paused = True
        self._advance()

    def action_replay_end(self) -> None:
        """Show all events that are left."""
        while self._left:
            self._advance()

    def action_cancel(self) -> None:
        """Leave a replay; else as elsewhere."""
        if self.phase != Phase.REPLAY:
            super().action_cancel()
            return
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        back, self._before = self._before, None
        self.open_target(back or self.target)
