"""From hunks a person left out to edits the next run must not offer again."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hrgc.edits import splice, split_lines
from hrgc.events import Attempt, Judged, Tried
from hrgc.state import FailedEdit
from tui.review import Choice, Review
from tui.story import Story


def mapped_line(before: bytes, after: bytes, line: int) -> int:
    """Return where 1-based *line* of *before* is in *after*; a changed line maps to the beginning of its change."""
    matcher = difflib.SequenceMatcher(a=split_lines(before), b=split_lines(after), autojunk=False)
    for tag, a1, a2, b1, _ in matcher.get_opcodes():
        if a1 < line <= a2:
            return b1 + (line - a1 if tag == "equal" else 1)
    return max(1, line + len(split_lines(after)) - len(split_lines(before)))


def refused(
    story: Story, review: Review, opened: Mapping[Path, bytes], kept: Mapping[Path, bytes], reason: str
) -> tuple[FailedEdit, ...]:
    """Return the accepted edits of *story* that lie in hunks that were left, with lines as in *kept*.

    *opened* are the files as the run's package was opened, *kept* those the next run begins with.
    """
    found: list[FailedEdit] = []
    for attempt in story.attempts:
        told = _told(story, attempt) if attempt.accepted else None
        if told is None or attempt.path not in opened:
            continue
        judged, tried = told
        original = opened[attempt.path]
        edits = next((edits for path, edits in judged.changed if path == attempt.path), ())
        state = splice(original, edits)
        line = mapped_line(state, original, attempt.step.line)
        if _left(review, attempt.path, line):
            now = mapped_line(original, kept.get(attempt.path, original), line)
            step = replace(attempt.step, line=now, end_line=None)
            found.append(FailedEdit(attempt.path, step, tried.code, reason or "refused by a person"))
    return tuple(found)


def _told(story: Story, attempt: Attempt) -> tuple[Judged, Tried] | None:
    """Return what was told of an attempt's candidate."""
    for judged in story.judged:
        if judged.round != attempt.round:
            continue
        for tried in judged.tried:
            if tried.rank == attempt.rank and tried.path == attempt.path and tried.edits == attempt.edits:
                return judged, tried
    return None


def _left(review: Review, path: Path, line: int) -> bool:
    """Tell whether an edit at old *line* belongs to a hunk that was left: the nearest hunk of its file decides."""
    hunks = [c for c in review.choices if c.piece.result.path == path]
    if not hunks:
        return False
    return min(hunks, key=lambda c: _distance(c, line)).taken is False


def _distance(choice: Choice, line: int) -> int:
    """Return how many lines *line* is away from a hunk."""
    first, last = choice.lines
    return max(first - line, line - max(first, last), 0)
