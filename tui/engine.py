"""The engine as the interface uses it: tools loaded once, a package kept open for judging, runs that wait for a plan.

Every call blocks, so workers call it; nothing here knows a widget.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hrgc import crash, discovery
from hrgc.config import Settings
from hrgc.diagnostics import Evidence
from hrgc.errors import HrgcError
from hrgc.events import Event, FileResult, Planned
from hrgc.plan import Plan
from hrgc.plugin import Budget, Cancel, OpenOptions, Workspace

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


class Gate:
    """Where a run waits until a person answers its plan."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._ready = threading.Event()
        self._answer: Plan | None = None

    def answer(self, plan: Plan | None) -> None:
        """Let the run go on with *plan*, or with its own for None."""
        self._answer = plan
        self._ready.set()

    def wait(self) -> Plan | None:
        """Block until there is an answer and return it."""
        self._ready.wait()
        self._ready.clear()
        return self._answer


@dataclass
class Run:
    """One run the interface started."""

    number: int
    request: Request
    name: str
    """The target as people read it."""
    cancel: Cancel = field(default_factory=Cancel)
    gate: Gate = field(default_factory=Gate)
    id: str = ""
    """Id of the trace, '' until the run began."""
    note: str = ""
    """Why there is no whole trace, '' when there is one."""

    def stop(self) -> None:
        """End the run at once: the model, child processes, and the wait for an answer."""
        self.cancel.cancel()
        self.gate.answer(None)


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


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be done, for people."""

    message: str
    hint: str
    bug: bool = False
    """True when it is hrgc's fault and was logged."""


def trouble(error: BaseException, during: str) -> Trouble:
    """Return what to say of an error; a bug is written to the log file first."""
    if isinstance(error, HrgcError):
        return Trouble(error.message, error.hint)
    try:
        path = crash.log(crash.report(error, during))
    except HrgcError as second:
        return Trouble(f"a bug in hrgc: {crash.title(error)}", second.message, bug=True)
    return Trouble(
        f"a bug in hrgc: {crash.title(error)}", f"your files are untouched; the report is in {path}", bug=True
    )


class Engine:
    """Tools, one open package, and one run at a time."""

    def __init__(self, settings: Settings, toolbox: ToolboxMaker = load_toolbox) -> None:
        """Use *settings*; *toolbox* is called when something is first needed."""
        self.settings = settings
        self._make = toolbox
        self._toolbox: Toolbox | None = None
        self._lock = threading.Lock()
        self._bench = ExitStack()
        self._opened: tuple[Path, Workspace] | None = None
        self._judging = Cancel()
        self._running: Run | None = None
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
        if self._toolbox is None:
            self._toolbox = self._make(self.settings.model)
        return self._toolbox

    def load_model(self) -> str:
        """Load the model and return its name; raises HrgcError."""
        with self._lock:
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
        """Open *target*'s package and judge it as it is; raises HrgcError."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        began = time.monotonic()
        with self._lock:
            workspace = self._workspace(target, fresh=True)
            evidence = session.judged(workspace, self.tools(), {}, self._budget())
            contents = {path: workspace.read(path) for path in workspace.files}
            return Opened(target, contents, workspace.notes, evidence, time.monotonic() - began)

    def judge(self, target: Path, overlay: Mapping[Path, bytes]) -> Evidence:
        """Judge *overlay* on top of *target*'s files; raises HrgcError."""
        from hrgc import session  # noqa: PLC0415 - the first screen does not wait for the engine

        self._judging.cancel()
        with self._lock:
            self._judging = Cancel()
            return session.judged(self._workspace(target), self.tools(), overlay, self._budget())

    def run(self, run: Run) -> Iterator[Event]:
        """Yield a run's events; behind each ``Planned`` it waits at the run's gate. Raises HrgcError."""
        from hrgc import recording  # noqa: PLC0415 - the first screen does not wait for the engine

        self._judging.cancel()
        with self._lock:
            self._running = run
            recorded = recording.start(run.request, self.tools(), run.cancel, name=run.name, model=self.settings.model)
            run.id = recorded.run_id
            events = recorded.events
            try:
                answer: Plan | None = None
                while True:
                    try:
                        event = events.send(answer)
                    except StopIteration:
                        break
                    yield event
                    answer = run.gate.wait() if isinstance(event, Planned) else None
            finally:
                self._running = None
                events.close()
                run.note = recorded.problem

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
        self._judging.cancel()
        if self._running is not None:
            self._running.stop()

    def close(self) -> None:
        """End what works, close the package and free the model; blocks until that is done."""
        self.stop()
        with self._lock:
            self._close_bench()
            if self._toolbox is not None:
                self._toolbox.close()
                self._toolbox = None

    def _workspace(self, target: Path, *, fresh: bool = False) -> Workspace:
        """Return *target*'s package, opened now unless it is open; the lock is held."""
        if self._opened is not None and self._opened[0] == target and not fresh:
            return self._opened[1]
        self._close_bench()
        workspace = self._bench.enter_context(self.tools().language_of(target).open(target, self.options))
        self._opened = (target, workspace)
        return workspace

    def _close_bench(self) -> None:
        """Close the open package, if any; the lock is held."""
        self._opened = None
        self._bench.close()

    def _budget(self) -> Budget:
        """Return the time one judging may take."""
        seconds = self.settings.timeout
        if self._judging.cancelled and not self._closed:
            self._judging = Cancel()
        return Budget(float("inf") if seconds is None else time.monotonic() + seconds, self._judging)
