"""One repair from request to outcome: run it, record it, let the talk follow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from hrgc import recording
from hrgc.cli.talk import Talk
from hrgc.discovery import display
from hrgc.errors import InputError
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
    run = recording.start(request, toolbox, cancel := Cancel(), name=name, model=model)
    if run.note:
        talk.say(f"note: {run.note}")
    finished: Finished | None = None
    with talk.progress_line(), closing(run.events):
        try:
            for event in run.events:
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
    if not run.note and run.problem:
        talk.say(f"note: {run.problem}")
    return Outcome(name, finished, run_id=run.run_id)
