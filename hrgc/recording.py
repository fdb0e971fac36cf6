"""A run that is recorded: the request's events and its trace, one run id for both and for what is written later."""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass

from hrgc import codec, files, session, trace
from hrgc.errors import ConfigError, InputError
from hrgc.events import Event, Finished
from hrgc.plan import Plan
from hrgc.plugin import Cancel
from hrgc.session import Request, Toolbox


@dataclass(frozen=True, slots=True)
class Recording:
    """A run that is about to begin."""

    run_id: str
    events: Generator[Event, Plan | None, Finished]
    """The run's events, written to the trace as they come; close it when you stop early."""
    writer: trace.Writer | None
    """None when no trace can be kept."""
    note: str = ""
    """Why there is no trace, '' when there is one."""

    @property
    def problem(self) -> str:
        """What kept the trace from being whole, '' when nothing did."""
        return self.writer.problem if self.writer is not None else self.note


def start(request: Request, toolbox: Toolbox, cancel: Cancel, *, name: str, model: str = "") -> Recording:
    """Prepare a recorded run of *request*; *name* is the target as people read it, *model* as it was asked for.

    Nothing runs before the first event is asked for. Without a place for the trace the run goes on and *note* says so.
    """
    run_id = trace.new_id()
    run = session.run(request, toolbox, cancel)
    try:
        digest = files.take(request.target).sha256 if request.target.is_file() else ""
        header = trace.Header(run_id, name, model, request.seed, codec.encode(request), digest, started=time.time())
        writer = trace.Writer(trace.path_of(run_id), header)
    except (ConfigError, InputError) as error:
        return Recording(run_id, run, None, f"no trace is kept: {error.message}")
    return Recording(run_id, trace.record(run, writer), writer)
