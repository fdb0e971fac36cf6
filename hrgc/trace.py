"""The record of a run: JSON lines, one event each, flushed as they come; reading them back to equal events.

Owns the traces' format and folder. Reading needs neither a model nor Go.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TextIO, get_args

from hrgc import __version__, codec, locations
from hrgc.errors import HrgcError, InputError
from hrgc.events import Event, Finished
from hrgc.plan import Plan

FORMAT = "hrgc.trace/1"
KEEP = 200
"""Traces that are kept; older ones are removed when a new one is begun."""
_SUFFIX = ".jsonl"
_EVENTS: dict[str, type] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True)
class Header:
    """First line of a trace: what was asked of which version."""

    id: str
    """Name of the run, sortable by time."""
    target: str
    """What was to be repaired, as the person wrote it."""
    model: str
    """The model as asked for, '' for the default one; ``Started.model`` has the loaded one."""
    seed: int
    request: Mapping[str, object] = field(default_factory=dict)
    """The encoded request, for ``hrgc resume``."""
    digest: str = ""
    """SHA-256 of the target when it is a file: edits that failed are only known to fail on the same contents."""
    version: str = __version__
    started: float = 0.0
    """Seconds since the epoch."""
    format: str = FORMAT


@dataclass(frozen=True, slots=True)
class End:
    """Last line of a trace; missing when the process was killed."""

    outcome: str
    """``finished``, ``closed`` (given up by the consumer), or the name of the exception that ended the run."""
    message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Trace:
    """A trace that was read."""

    path: Path
    header: Header
    events: tuple[Event, ...]
    end: End | None

    @property
    def finished(self) -> Finished | None:
        """The run's last event, None when it died before."""
        last = self.events[-1] if self.events else None
        return last if isinstance(last, Finished) else None


def new_id() -> str:
    """Return a fresh run id: local time and four random digits."""
    return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"


def path_of(run_id: str) -> Path:
    """Return where the trace of a run is kept."""
    return locations.traces_dir() / (run_id + _SUFFIX)


class Writer:
    """Writes one trace; a context manager whose end line says how the run ended.

    A disk that fills up ends the trace, not the run: ``problem`` then says so.
    """

    def __init__(self, path: Path, header: Header) -> None:
        """Begin the trace at *path*; raises ConfigError when its folder cannot be made."""
        self.path = path
        self.problem = ""
        self._began = time.monotonic()
        self._file: TextIO | None = None
        locations.ensure_dir(path.parent)
        prune(path.parent, KEEP - 1)
        try:
            self._file = path.open("x", encoding="ascii", newline="\n")
        except OSError as error:
            self.problem = f"no trace is kept: {error}"
        self._line({"header": codec.encode(header)})

    def write(self, event: Event) -> None:
        """Append one event and flush it."""
        self._line({"event": type(event).__name__, **codec.encode(event)})

    def close(self, outcome: str, message: str = "") -> None:
        """Append the end line and close the file; does nothing the second time."""
        end = End(outcome, message, round(time.monotonic() - self._began, 3))
        self._line({"end": codec.encode(end)})
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Writer:  # noqa: PYI034 - typing.Self needs Python 3.11
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the trace with what ended the run."""
        if kind is None:
            self.close("finished")
        elif kind is GeneratorExit:
            self.close("closed")
        else:
            self.close(kind.__name__, str(error))

    def _line(self, data: Mapping[str, object]) -> None:
        """Write one line and flush it."""
        if self._file is None:
            return
        try:
            self._file.write(json.dumps(data, separators=(",", ":"), allow_nan=False) + "\n")
            self._file.flush()
        except OSError as error:
            self.problem = f"the trace {self.path} is incomplete: {error}"
            self._abandon()

    def _abandon(self) -> None:
        """Close the file without another write error."""
        file, self._file = self._file, None
        if file is not None:
            try:
                file.close()
            except OSError as error:
                self.problem = f"the trace {self.path} is incomplete: {error}"


def record(run: Generator[Event, Plan | None, Finished], writer: Writer) -> Generator[Event, Plan | None, Finished]:
    """Pass a run's events (and the answers to them) through, writing each to *writer* on the way."""
    event: Event | None = None
    with writer:
        try:
            event = next(run)
            while True:
                writer.write(event)
                event = run.send((yield event))
        except StopIteration as stop:
            finished: Finished = stop.value
            if not isinstance(event, Finished):
                writer.write(finished)
            return finished
        finally:
            run.close()


def event_line(event: Event) -> str:
    """Return one event as the JSON line that traces hold."""
    return json.dumps({"event": type(event).__name__, **codec.encode(event)}, separators=(",", ":"), allow_nan=False)


def read(path: Path) -> Trace:
    """Read a trace; a last line cut off by a crash is dropped; raises InputError naming a line that is damaged."""
    whole = _whole_lines(path)
    header = _header(path, whole[0] if whole else "")
    records = [_record(f"{path}:{number}", line) for number, line in enumerate(whole[1:], start=2)]
    ends = [r for r in records if isinstance(r, End)]
    return Trace(path, header, tuple(r for r in records if not isinstance(r, End)), ends[-1] if ends else None)


def read_ends(path: Path) -> Trace:
    """Read a trace's first line and its last ones only: header, ``Finished`` and end; raises as ``read`` does."""
    lines = _whole_lines(path)
    header = _header(path, lines[0] if lines else "")
    records = [_record(str(path), line) for line in lines[1:][-2:]]
    finished = tuple(r for r in records if isinstance(r, Finished))
    return Trace(path, header, finished, next((r for r in records if isinstance(r, End)), None))


def read_header(path: Path) -> Header:
    """Read only the first line of a trace; raises InputError when it is none."""
    try:
        with path.open(encoding="utf-8") as file:
            return _header(path, file.readline())
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the trace {path}: {error}", "hrgc sessions lists the traces there are") from None


def _whole_lines(path: Path) -> list[str]:
    """Return a trace's lines, without one that was cut off while it was written; raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the trace {path}: {error}", "hrgc sessions lists the traces there are") from None
    return text.split("\n")[:-1]


def _record(where: str, line: str) -> Event | End:
    """Read one line behind the first."""
    try:
        data = json.loads(line)
        if "end" in data:
            return codec.decode(End, data["end"])
        event: Event = codec.decode(_EVENTS[data.pop("event")], data)
    except (ValueError, KeyError, TypeError, AttributeError, HrgcError) as error:
        raise InputError(
            f"{where}: not a trace line: {error}", "the file is damaged, or of another version of hrgc"
        ) from None
    return event


def _header(path: Path, line: str) -> Header:
    """Read the first line."""
    try:
        data = json.loads(line)
        header = codec.decode(Header, data["header"])
    except (ValueError, KeyError, TypeError, HrgcError):
        raise InputError(f"{path} is not a trace of hrgc", "hrgc sessions lists the traces there are") from None
    if header.format != FORMAT:
        raise InputError(f"{path} has the format {header.format}, not {FORMAT}", "read it with that version of hrgc")
    return header


def listing(limit: int | None = None) -> tuple[Path, ...]:
    """Return the traces that are kept, newest first."""
    paths = sorted(_traces(locations.traces_dir()), key=lambda p: p.stem, reverse=True)
    return tuple(paths[:limit])


def find(spec: str) -> Path:
    """Return the trace named by a file, an id, a unique part of an id, or ``last``; raises InputError."""
    if (file := Path(spec)).is_file():
        return file
    paths = listing()
    if spec == "last" and paths:
        return paths[0]
    exact = [p for p in paths if p.stem == spec]
    found = exact or [p for p in paths if spec in p.stem]
    if len(found) == 1:
        return found[0]
    problem = f"{len(found)} runs are named {spec}" if found else f"no run or trace file is named {spec}"
    raise InputError(problem, "hrgc sessions lists the runs; give the whole id")


def prune(directory: Path, keep: int) -> None:
    """Remove all but the newest *keep* traces of *directory*."""
    for path in sorted(_traces(directory), key=lambda p: p.stem, reverse=True)[keep:]:
        path.unlink(missing_ok=True)


def _traces(directory: Path) -> Iterable[Path]:
    """Return the trace files of a directory, none when it does not exist."""
    return directory.glob("*" + _SUFFIX) if directory.is_dir() else ()
