"""What became of the best candidates of a step, told as one event, so that people can browse them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from hrgc import events
from hrgc.diagnostics import Evidence
from hrgc.edits import TextEdit, minimal_edit
from hrgc.plugin import Workspace
from hrgc.rank import Scored
from hrgc.state import State

SHOWN = 50
"""Candidates of a step that are told."""


def judged(
    rounds: int, state: State, workspace: Workspace, chosen: Sequence[Scored], verdicts: Mapping[int, Evidence]
) -> events.Judged:
    """Return the event of the best of *chosen*; *verdicts* by position in it."""
    tried = tuple(
        events.Tried(
            rank,
            s.candidate.path,
            s.candidate.step,
            s.candidate.edits,
            s.candidate.code,
            s.candidate.source,
            s.candidate.rule,
            s.score,
            verdicts.get(rank - 1),
        )
        for rank, s in enumerate(chosen[:SHOWN], start=1)
    )
    return events.Judged(rounds, _changed(state, workspace), tried)


def _changed(state: State, workspace: Workspace) -> tuple[tuple[Path, tuple[TextEdit, ...]], ...]:
    """Return a state as edits of the files as they were opened."""
    rows = ((path, minimal_edit(workspace.read(path), content)) for path, content in sorted(state.overlay.items()))
    return tuple((path, (edit,)) for path, edit in rows if edit is not None)
