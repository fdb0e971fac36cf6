"""One repair from request to outcome: run it, record it, let the talk follow."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing

from hrgc import codec, files, session, trace
from hrgc.cli.talk import Talk
from hrgc.discovery import display
from hrgc.errors import ConfigError, InputError
from hrgc.events import Event, Finished
from hrgc.plugin import Cancel
from hrgc.report import Outcome
from hrgc.session import Request, Toolbox

Listener = Callable[[Event], None]


def repair(
    request: Request, toolbox: Toolbox, talk: Talk, *, name: str = "", model: str = "", listener: Listener | None = None
) -> Outcome:
    """Run *request* to its end and return what became of it; *listener* sees every event.

    *name* is the target as people read it. Raises HrgcError; Ctrl-C ends the run's children before it goes on up.
    """
    name = name or display(request.target)
    talk.begin(name)
    run_id = trace.new_id()
    writer = _writer(run_id, request, name, model, talk)
    run = session.run(request, toolbox, cancel := Cancel())
    recorded = trace.record(run, writer) if writer is not None else run
    finished: Finished | None = None
    with talk.progress_line(), closing(recorded):
        try:
            for event in recorded:
                talk.event(event)
                if listener is not None:
                    listener(event)
                if isinstance(event, Finished):
                    finished = event
        except BaseException:
            cancel.cancel()
            raise
    if finished is None:
        raise InputError(f"the run on {name} ended without a result", "report this as a bug: hrgc replay last")
    if writer is not None and writer.problem:
        talk.say(f"note: {writer.problem}")
    return Outcome(name, finished, run_id=run_id)


def _writer(run_id: str, request: Request, name: str, model: str, talk: Talk) -> trace.Writer | None:
    """Begin the trace; without a place for it the run goes on, and says so."""
    try:
        digest = files.take(request.target).sha256 if request.target.is_file() else ""
        header = trace.Header(run_id, name, model, request.seed, codec.encode(request), digest, started=time.time())
        return trace.Writer(trace.path_of(run_id), header)
    except (ConfigError, InputError) as error:
        talk.say(f"note: no trace is kept: {error.message}")
        return None
