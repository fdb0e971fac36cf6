"""The contract between the engine and its plugins, and their loading by entry point.

Groups: ``hrgc.languages`` (a ``Language``), ``hrgc.proposers`` (a ``Proposer``), ``hrgc.validators`` (a ``Validator``);
each entry point names a callable without arguments. See ``plugins/README.md`` for writing one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, TypeVar, runtime_checkable

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay, TextEdit
from hrgc.errors import PluginError
from hrgc.plan import Step, Window


class Cancel:
    """Ask a run to stop from another thread; callbacks end what cannot be asked (processes, a decode)."""

    def __init__(self) -> None:
        """Start uncancelled."""
        self._event = threading.Event()
        self._callbacks: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    @property
    def cancelled(self) -> bool:
        """True once ``cancel`` was called."""
        return self._event.is_set()

    def cancel(self) -> None:
        """Stop the run: set the flag, then call every callback once."""
        self._event.set()
        with self._lock:
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def add(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call *callback* on cancel (at once when already cancelled); returns a function that forgets it."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)


@dataclass(frozen=True, slots=True)
class Budget:
    """How long and how hard a call may work, and who may stop it."""

    deadline: float = float("inf")
    """``time.monotonic()`` value at which to return what there is."""
    cancel: Cancel = field(default_factory=Cancel)

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - time.monotonic())

    @property
    def over(self) -> bool:
        """True when time is up or the run was cancelled."""
        return self.cancel.cancelled or time.monotonic() >= self.deadline


@dataclass(frozen=True, slots=True)
class OpenOptions:
    """How to open a package."""

    tests: bool = True
    """Use the package's tests as evidence when it has some."""
    run: str = ""
    """Only tests matching this regular expression (``go test -run``)."""
    tags: tuple[str, ...] = ()
    """Build tags."""
    race: bool = False
    """Run tests with the race detector."""
    tool: str = ""
    """Path of the language's own tool (the ``go`` binary), '' to search for it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible edit of one file, relative to the state it was proposed for."""

    path: Path
    edits: tuple[TextEdit, ...]
    step: Step
    """The plan step it carries out (operation class and file lines)."""
    code: tuple[str, ...] = ()
    """The new text of the planned lines, indentation stripped; what the model scores."""
    insert: bool = False
    """True when *code* goes after ``step.line`` instead of replacing lines."""
    source: str = "catalogue"
    """Name of the proposer."""
    rule: str = ""
    """The proposer's rule, for traces and ablations."""
    prior: float = 0.0
    """The proposer's own log-prior; higher is more likely."""
    also: tuple[Step, ...] = ()
    """Further steps the same edit carries out, for candidates made of two."""
    signs: bytes = field(default=b"", repr=False, compare=False)
    """Features of the edit for a model's edit scorer (``hrgc.edit_scorer``); empty for none."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one validator says of one candidate."""

    index: int
    """Position of the candidate in the list that was handed in."""
    diagnostics: tuple[Diagnostic, ...]
    """All findings of this stage with the candidate applied; empty when it passes."""
    passed: tuple[str, ...] = ()
    """Tests that pass (test stage only)."""


class Workspace(Protocol):
    """One opened package: what may be edited, and what the language knows about it."""

    @property
    def root(self) -> Path:
        """Directory of the package."""

    @property
    def files(self) -> tuple[Path, ...]:
        """Files that may be edited, absolute; test files are never among them."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What is special about this package, in words for people (no module, cgo, vendored ...)."""

    def read(self, path: Path) -> bytes:
        """Return the file's contents as read when the package was opened."""

    def window(self, overlay: Overlay, path: Path, line: int, *, tokens: Callable[[str], int]) -> Window:
        """Return the declaration around *line* (sliced around it when long); *tokens* counts a line's tokens."""

    def context(self, overlay: Overlay, window: Window) -> tuple[str, ...]:
        """Return what the window refers to (imports, fields, signatures, close names), most telling first."""

    def format(self, path: Path, content: bytes) -> bytes | None:
        """Return the canonical format of *content* (gofmt), None when it does not parse."""

    def close(self) -> None:
        """End everything that serves this package alone, now: helper processes, worker threads, temporary files.

        That is also what validators and proposers keep for it. May be called again; afterwards nothing is asked of it.
        """


class Language(Protocol):
    """What opens packages of one programming language."""

    name: str
    suffixes: tuple[str, ...]

    def open(
        self, target: Path, options: OpenOptions, cancel: Cancel | None = None
    ) -> AbstractContextManager[Workspace]:
        """Open the package of *target* (a file limits the edits to it, a directory allows all its files).

        A *cancel* from another thread ends the opening at once, child processes included, with CancelledError; once
        the package is open it means nothing more. Raises InputError, NoGoFilesError, GoToolError or CancelledError.
        """

    def packages(self, pattern: Path, *, recursive: bool) -> tuple[Path, ...]:
        """Return the package directories at or below *pattern*."""


class Validator(Protocol):
    """One judge of one stage."""

    name: str
    stage: Stage

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Judge one state of the files; ``reached`` is this validator's stage when it ran to its end."""

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Judge candidates on top of *overlay*, lazily and in order; ends early when the budget is over."""


class Proposer(Protocol):
    """A source of candidate edits."""

    name: str

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield candidates for *evidence*; with *steps*, only edits that carry out one of them."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that ``hrgc doctor`` looked at."""

    name: str
    value: str
    ok: bool = True
    """False when hrgc cannot work like this."""
    hint: str = ""
    """What to do, '' when nothing needs to be done."""


@runtime_checkable
class SelfChecking(Protocol):
    """A plugin that can tell ``hrgc doctor`` whether its tools are there; the method is optional."""

    def doctor(self, options: OpenOptions) -> Iterable[Fact]:
        """Yield what was found; raises nothing."""


_Plugin = TypeVar("_Plugin")


def load(group: str, kind: type[_Plugin]) -> tuple[_Plugin, ...]:
    """Load every plugin of an entry point *group*, by name; raises PluginError naming the one that fails."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - costly, and commands that load nothing import this file

    found: list[_Plugin] = []
    for entry in sorted(entry_points(group=group), key=lambda e: e.name):
        try:
            plugin = entry.load()()
        except Exception as error:  # a plugin is foreign code: door three of three
            raise PluginError(
                f"plugin {entry.name} ({entry.value}) cannot be loaded: {error}",
                "reinstall or remove the package that provides it",
            ) from error
        missing = [name for name in getattr(kind, "__annotations__", {}) if not hasattr(plugin, name)]
        if missing:
            raise PluginError(
                f"plugin {entry.name} lacks {', '.join(missing)}", f"see the {kind.__name__} protocol in hrgc.plugin"
            )
        found.append(plugin)
    return tuple(found)
