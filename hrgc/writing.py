"""Writing an outcome to the user's files, through the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hrgc.events import FileResult
from hrgc.journal import Change, Journal
from hrgc.report import Outcome, summary


def write(outcome: Outcome, results: Sequence[FileResult]) -> Outcome:
    """Write *results* and return the outcome as written; raises FileChangedError, InputError or ConfigError."""
    if not results:
        return outcome
    changes = [Change(result.path, result.before, result.after) for result in results]
    Journal().commit(outcome.run_id, changes, summary(outcome))
    return replace(outcome, written=True)
