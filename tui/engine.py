"""The engine as the interface uses it: tools loaded once, a package kept open for judging, runs that wait for a plan.

Every call blocks, so workers call it; nothing here knows a widget.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hrgc import discovery
from hrgc.config import Settings
from hrgc.diagnostics import Evidence
from hrgc.errors import CancelledError, HrgcError
from hrgc.events import Event, FileResult, Planned
from hrgc.plan import Plan
from hrgc.plugin import Budget, Cancel, OpenOptions, Workspace
from tui.runs import Run

if TYPE_CHECKING:
    from hrgc.journal import Record
    from hrgc.report import Outcome
    from hrgc.session import Request, Toolbox

ToolboxMaker = Callable[[str], "Toolbox"]
"""Makes the tools for a model spec; raises PluginError or ModelError."""


def load_toolbox(model: str) -> Toolbox:
    """Load the plugins and find *model*; raises PluginError or ModelError."""
    from hrgc import model_choice  # noqa: PLC0415 - the first screen does not wait for the engine
    from hrgc.session import Toolbox  # noqa: PLC0415 - likewise

    return Toolbox.load(model_choice.loader(model))


@dataclass(frozen=True, slots=True)
class Opened:
    """A package that was opened and judged."""

    target: Path
    contents: Mapping[Path, bytes]
    """The files that may be edited, as they are on the disk."""
    notes: tuple[str, ...]
    evidence: Evidence
    seconds: float

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that may be edited."""
        return tuple(self.contents)


class Engine:
    """Tools, one open package, the run a person looks at, and one behind it.

    A run opens its package for itself, so judging and runs go on beside each other; only loading is done one by one.
    """

    def __init__(self, settings: Settings, toolbox: ToolboxMaker = load_toolbox) -> None:
        """Use *settings*; *toolbox* is called when something is first needed."""
        self.settings = settings
        self._make = toolbox
        self._toolbox: Toolbox | None = None
        self._loading = threading.RLock()
        """Held while tools or the model are loaded."""
        self._lock = threading.Lock()
        """Held while the open package is used."""
        self._bench = ExitStack()
        self._opened: tuple[Path, Workspace] | None = None
        self._opening, self._judging = Cancel(), Cancel()
        self._runs: tuple[Run, ...] = ()
        self._turn = threading.Condition()
        """Told whenever a run ends, waits for an answer or goes on."""
        self._closed = False

    @property
    def options(self) -> OpenOptions:
        """How packages are opened."""
        s = self.settings
        return OpenOptions(tests=s.test, tags=s.tags, tool=s.go)

    def request(self, target: Path, problem: str) -> Request:
        """Return what a repair of *target* asks for."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        return replace(session.request_of(self.settings, self.options, problem=problem), target=target)

    def tools(self) -> Toolbox:
        """Return the tools, loaded now if they were not; raises PluginError or ModelError."""
        with self._loading:
            if self._toolbox is None:
                self._toolbox = self._make(self.settings.model)
            return self._toolbox

    def load_model(self) -> str:
        """Load the model and return its name; raises HrgcError."""
        with self._loading:
            return self.tools().model.info.name

    def packages(self, target: Path) -> tuple[Path, ...]:
        """Return the package directories at and below *target*'s folder, none where there are none."""
        folder = target if target.is_dir() else target.parent
        try:
            found = discovery.targets_of(f"{folder}/{discovery.RECURSIVE}", self.tools().languages)
        except HrgcError:
            return ()
        return found

    def open(self, target: Path) -> Opened:
        """Open *target*'s package and judge it as it is; ends an opening that goes on. Raises HrgcError."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        began = time.monotonic()
        self.stop_opening()
        self._judging.cancel()
        cancel = self._opening = self._new_cancel()
        with self._lock:
            workspace = self._workspace(target, cancel, fresh=True)
            evidence = session.judged(workspace, self.tools(), {}, self._budget(cancel))
            if cancel.cancelled:
                raise CancelledError(f"stopped before {target} was judged", "open it again")
            contents = {path: workspace.read(path) for path in workspace.files}
            return Opened(target, contents, workspace.notes, evidence, time.monotonic() - began)

    def stop_opening(self) -> None:
        """End the opening that goes on, if any, at once."""
        self._opening.cancel()

    def judge(self, target: Path, overlay: Mapping[Path, bytes]) -> Evidence:
        """Judge *overlay* on top of *target*'s files; ends a judging that goes on. Raises HrgcError."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        self._judging.cancel()
        cancel = self._judging = self._new_cancel()
        with self._lock:
            return session.judged(self._workspace(target, cancel), self.tools(), overlay, self._budget(cancel))

    def run(self, run: Run) -> Generator[Event, None, None]:
        """Yield a run's events; behind each ``Planned`` it waits at the run's gate. Raises HrgcError.

        A run behind another one pauses while that one works.
        """
        from hrgc import recording  # noqa: PLC0415 - the first screen does not wait for the engine

        recorded = recording.start(run.request, self.tools(), run.cancel, name=run.name, model=self.settings.model)
        run.id = recorded.run_id
        events = recorded.events
        with self._counted(run):
            try:
                answer: Plan | None = None
                while (event := self._next(run, events, answer)) is not None:
                    yield event
                    answer = self._answer(run) if isinstance(event, Planned) else None
            finally:
                events.close()
                run.note = recorded.problem

    def _next(self, run: Run, events: Generator[Event, Plan | None, object], answer: Plan | None) -> Event | None:
        """Return a run's next event, None behind the last one."""
        if run.behind:
            with self._turn:
                self._turn.wait_for(lambda: run.cancel.cancelled or not any(r.working for r in self._runs))
        try:
            return events.send(answer)
        except StopIteration:
            return None

    def _answer(self, run: Run) -> Plan | None:
        """Wait for the answer to a run's plan; the run behind it may work meanwhile."""
        self._mark(run, working=False)
        answer = run.gate.wait()
        self._mark(run, working=True)
        return answer

    def _mark(self, run: Run, *, working: bool) -> None:
        """Say whether *run* works and a person looks at it."""
        run.working = working and not run.behind
        self._wake()

    def _wake(self) -> None:
        """Let those who wait for another run look again."""
        with self._turn:
            self._turn.notify_all()

    @contextmanager
    def _counted(self, run: Run) -> Iterator[None]:
        """Let ``stop`` reach a run inside the block, and ``close`` wait for it."""
        with self._turn:
            self._runs = (*self._runs, run)
        self._mark(run, working=True)
        forget = run.cancel.add(self._wake)
        if self._closed:
            run.stop()
        try:
            yield
        finally:
            forget()
            with self._turn:
                self._runs = tuple(one for one in self._runs if one is not run)
                self._turn.notify_all()

    def write(self, outcome: Outcome, results: Sequence[FileResult]) -> Outcome:
        """Write *results* through the journal; raises FileChangedError, InputError or ConfigError."""
        from hrgc import writing  # noqa: PLC0415 - the first screen does not wait for the engine

        done = writing.write(outcome, results)
        self.forget()
        return done

    def undo(self, spec: str = "") -> Record:
        """Take back what a run wrote, the last one by default; raises HrgcError."""
        from hrgc.journal import Journal  # noqa: PLC0415 - the first screen does not wait for the engine

        record = Journal().undo(spec)
        self.forget()
        return record

    def redo(self, spec: str = "") -> Record:
        """Write again what was taken back, the last one by default; raises HrgcError."""
        from hrgc.journal import Journal  # noqa: PLC0415 - the first screen does not wait for the engine

        record = Journal().redo(spec)
        self.forget()
        return record

    def forget(self) -> None:
        """Close the open package: its files changed on the disk."""
        with self._lock:
            self._close_bench()

    def stop(self) -> None:
        """End what works; blocks for nothing."""
        self._closed = True
        self.stop_opening()
        self._judging.cancel()
        for run in self._runs:
            run.stop()

    def close(self) -> None:
        """End what works, close the package and free the model; blocks until that is done."""
        self.stop()
        with self._turn:
            self._turn.wait_for(lambda: not self._runs)
        with self._lock, self._loading:
            self._close_bench()
            if self._toolbox is not None:
                self._toolbox.close()
                self._toolbox = None

    def _workspace(self, target: Path, cancel: Cancel, *, fresh: bool = False) -> Workspace:
        """Return *target*'s package, opened now unless it is open; the lock is held."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        if self._opened is not None and self._opened[0] == target and not fresh:
            return self._opened[1]
        self._close_bench()
        workspace = self._bench.enter_context(session.opened(target, self.tools(), self.options, cancel))
        self._opened = (target, workspace)
        return workspace

    def _close_bench(self) -> None:
        """Close the open package, if any; the lock is held."""
        self._opened = None
        self._bench.close()

    def _new_cancel(self) -> Cancel:
        """Return what stops a work that begins now; it is stopped already when everything is."""
        cancel = Cancel()
        if self._closed:
            cancel.cancel()
        return cancel

    def _budget(self, cancel: Cancel) -> Budget:
        """Return the time one judging may take, ended by *cancel*."""
        seconds = self.settings.timeout
        return Budget(float("inf") if seconds is None else time.monotonic() + seconds, cancel)
