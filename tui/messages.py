"""What workers tell the screens; the only way they do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message

if TYPE_CHECKING:
    from hrgc.diagnostics import Evidence
    from hrgc.events import Event
    from hrgc.history import Row
    from hrgc.journal import Record
    from hrgc.report import Outcome
    from hrgc.trace import Trace
    from tui.engine import Opened
    from tui.runs import Run
    from tui.trouble import Trouble


@dataclass
class PackageOpened(Message):
    """A package was opened and judged."""

    number: int
    """Which opening; answers to older ones are dropped."""
    opened: Opened


@dataclass
class PackagesFound(Message):
    """The packages at and below a folder."""

    target: Path
    packages: tuple[Path, ...]


@dataclass
class ModelLoaded(Message):
    """The model is ready; its name."""

    name: str


@dataclass
class Failed(Message):
    """Something could not be done."""

    number: int
    what: str
    """``open``, ``run``, ``judge``, ``model``, ``read`` or ``history``."""
    trouble: Trouble


@dataclass
class EngineEvent(Message):
    """An event of a run."""

    run: Run
    event: Event


@dataclass
class RunEnded(Message):
    """A run is over; its last event was told before."""

    run: Run


@dataclass
class Stuck(Message):
    """A run behind the screen could not be carried out."""

    run: Run
    trouble: Trouble


@dataclass
class ChoiceJudged(Message):
    """The validators' word on a choice of hunks."""

    number: int
    evidence: Evidence


@dataclass
class FileRead(Message):
    """A file's contents, coloured line by line."""

    path: Path
    content: bytes
    lines: tuple[Content, ...]


@dataclass
class HistoryRead(Message):
    """The runs of the past."""

    rows: tuple[Row, ...]


@dataclass
class TraceRead(Message):
    """A trace that is to be shown again."""

    trace: Trace


@dataclass
class Wrote(Message):
    """Files were written."""

    outcome: Outcome


@dataclass
class Turned(Message):
    """A write was taken back, or done again."""

    record: Record
    undone: bool
