"""The runs of the past: the list people choose from, how each ended, and asking for one again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hrgc import codec, files, trace
from hrgc.discovery import display
from hrgc.errors import HrgcError, InputError
from hrgc.events import Attempt
from hrgc.journal import Journal, Record, State

if TYPE_CHECKING:
    from hrgc.session import Request
    from hrgc.state import FailedEdit


@dataclass(frozen=True, slots=True)
class Row:
    """One run of the list."""

    id: str
    started: str
    target: str
    verdict: str
    written: str
    """``written``, ``undone``, or ''."""


def rows(limit: int | None = None) -> tuple[Row, ...]:
    """Return the runs that have a trace, newest first; files that are none are left out."""
    records = {record.id.partition(".")[0]: record for record in reversed(Journal().records())}
    found = (_row(path, records) for path in trace.listing(limit))
    return tuple(row for row in found if row is not None)


def _row(path: Path, records: Mapping[str, Record]) -> Row | None:
    """Return one run's line, None for a file that is no trace."""
    try:
        got = trace.read_ends(path)
    except HrgcError:
        return None
    header, record = got.header, records.get(got.header.id)
    words = {State.APPLIED: "written", State.PENDING: "written", State.UNDONE: "undone", State.FAILED: ""}
    return Row(
        header.id,
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(header.started)),
        display(Path(str(header.request.get("target", header.target)))),
        ending(got),
        words[record.state] if record is not None else "",
    )


def ending(got: trace.Trace) -> str:
    """Return how a run ended, in a few words."""
    finished = got.finished
    if finished is None:
        return f"ended by {got.end.outcome}" if got.end is not None else "killed"
    before, after = len(finished.before.diagnostics), len(finished.after.diagnostics)
    if finished.solved:
        return f"fixed {before} of {before}" if before else "clean"
    return f"{after} left of {before}"


def again(got: trace.Trace) -> Request:
    """Return what a run was asked to do, without the edits that failed in it; raises InputError for a run on stdin."""
    from hrgc.session import Request  # noqa: PLC0415 - listing must not pay for the engine

    request = codec.decode(Request, dict(got.header.request))
    if request.overlay:
        raise InputError(f"{got.header.id} read its file from stdin, which is gone", "pipe the file in again")
    return replace(request, avoid=(*request.avoid, *_failed(got, request.target)))


def _failed(got: trace.Trace, target: Path) -> tuple[FailedEdit, ...]:
    """Return the edits of *target* that failed on the contents as they still are."""
    from hrgc.state import FailedEdit, code_view  # noqa: PLC0415 - listing must not pay for the engine

    if not got.header.digest or files.take(target).sha256 != got.header.digest:
        return ()
    content = files.read(target)[1]
    tried = [e for e in got.events if isinstance(e, Attempt) and not e.accepted and e.round == 1 and e.path == target]
    return tuple(
        FailedEdit(e.path, e.step, code_view(content, e.edits, e.step.line)[2], "failed in an earlier run")
        for e in tried
    )
