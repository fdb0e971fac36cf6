"""Candidates told as events: how they rank, what became of the best ones, and each that was judged to the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from hrgc import events
from hrgc.acceptance import Row
from hrgc.diagnostics import Evidence
from hrgc.edits import TextEdit, minimal_edit
from hrgc.plugin import Workspace
from hrgc.rank import Scored
from hrgc.state import State

SHOWN = 50
"""Candidates of a step that are told."""


def ranking(rounds: int, chosen: Sequence[Scored]) -> events.Ranked:
    """Return the event of a ranking."""
    counts = Counter(scored.candidate.source for scored in chosen)
    best = chosen[0].candidate.step if chosen else None
    return events.Ranked(rounds, best, len(chosen), tuple(sorted(counts.items())))


def attempt(rounds: int, row: Row, *, accepted: bool) -> events.Attempt:
    """Return the event of one candidate that was judged to the end."""
    c, score = row.scored.candidate, row.scored.score
    return events.Attempt(
        rounds, c.path, c.step, c.edits, c.source, c.rule, score, row.rank, row.evidence, accepted=accepted
    )


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
