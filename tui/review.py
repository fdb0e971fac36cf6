"""The review of a repair: which hunks are taken, with undo, and the files a choice makes; touches nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Evidence, added
from hrgc.edits import line_of
from hrgc.events import FileResult
from hrgc.pieces import Piece, chosen_results, pieces


@dataclass(frozen=True, slots=True)
class Choice:
    """One hunk and whether it is taken; None when that was not decided (it counts as taken)."""

    piece: Piece
    taken: bool | None = None

    @property
    def in_use(self) -> bool:
        """True unless it was left out."""
        return self.taken is not False

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line of the old file that are replaced."""
        start, end = self.piece.range
        content = self.piece.result.before
        return line_of(content, start), line_of(content, max(start, end - 1))


@dataclass(frozen=True, slots=True)
class Review:
    """All hunks of a repair, what was chosen, and what was chosen before."""

    results: tuple[FileResult, ...]
    """The whole repair; ``before`` are the contents on the disk."""
    choices: tuple[Choice, ...]
    evidence: Evidence | None = None
    """The validators' word on the current choice, None while it is not known."""
    past: tuple[tuple[Choice, ...], ...] = ()
    future: tuple[tuple[Choice, ...], ...] = ()
    origin: Evidence | None = None
    """The validators' word on the files before the repair."""
    written: Mapping[Path, bytes] = field(default_factory=dict)
    """Contents as this review wrote them last."""

    @property
    def taken(self) -> int:
        """How many hunks are in use."""
        return sum(choice.in_use for choice in self.choices)

    @property
    def whole(self) -> bool:
        """True when every hunk is in use as it was offered."""
        return self.chosen == self.results

    @property
    def chosen(self) -> tuple[FileResult, ...]:
        """The files with the hunks in use; unchanged files are left out."""
        return chosen_results(self.results, [c.piece for c in self.choices if c.in_use])

    @property
    def overlay(self) -> dict[Path, bytes]:
        """Contents of every file of the repair under the current choice."""
        return {result.path: result.before for result in self.results} | {r.path: r.after for r in self.chosen}

    @property
    def new_problems(self) -> tuple[Diagnostic, ...]:
        """Findings of the current choice that were not there; behind a stage that passes now, all are old."""
        before, after = self.origin, self.evidence
        if before is None or after is None:
            return ()
        first, now = before.failing_stage, after.failing_stage
        return () if now is None or (first is not None and now > first) else added(after, before)

    @property
    def fixed(self) -> tuple[Diagnostic, ...]:
        """Findings that the current choice resolves."""
        return added(self.origin, self.evidence) if self.origin is not None and self.evidence is not None else ()

    @property
    def pending(self) -> tuple[FileResult, ...]:
        """What writing would change: the current choice against what is on the disk."""
        wanted = self.overlay
        rows = ((r.path, self.written.get(r.path, r.before)) for r in self.results)
        return tuple(FileResult(path, old, wanted[path]) for path, old in rows if old != wanted[path])

    def undecided(self, start: int) -> int | None:
        """Return the first hunk behind *start* that was not decided, None when there is none."""
        order = (*range(start + 1, len(self.choices)), *range(start + 1))
        return next((at for at in order if at < len(self.choices) and self.choices[at].taken is None), None)

    def decide(self, at: int, *, taken: bool, rest: bool = False) -> Review:
        """Return the review with hunk *at* (and with *rest* all behind it) taken or left."""
        last = len(self.choices) if rest else at + 1
        changed = tuple(replace(c, taken=taken) if at <= n < last else c for n, c in enumerate(self.choices))
        return self._with(changed)

    def split(self, at: int) -> Review:
        """Return the review with hunk *at* in its parts; the same review when it has only one."""
        parts = self.choices[at].piece.split
        if len(parts) < 2:
            return self
        made = tuple(Choice(part, self.choices[at].taken) for part in parts)
        return self._with((*self.choices[:at], *made, *self.choices[at + 1 :]))

    def edit(self, at: int, text: str) -> Review:
        """Return the review with *text* as hunk *at*'s new text, taken."""
        choice = Choice(self.choices[at].piece.edited(text), taken=True)
        return self._with((*self.choices[:at], choice, *self.choices[at + 1 :]))

    def undo(self) -> Review:
        """Return the review before the last change; the same review when there was none."""
        if not self.past:
            return self
        future = (self.choices, *self.future)
        return replace(self, choices=self.past[-1], past=self.past[:-1], future=future, evidence=None)

    def redo(self) -> Review:
        """Return the review behind the change that was undone last; the same review when there is none."""
        if not self.future:
            return self
        past = (*self.past, self.choices)
        return replace(self, choices=self.future[0], past=past, future=self.future[1:], evidence=None)

    def judged(self, evidence: Evidence) -> Review:
        """Return the review with the validators' word on the current choice."""
        return replace(self, evidence=evidence)

    def saved(self) -> Review:
        """Return the review behind writing the current choice."""
        return replace(self, written=self.overlay)

    def unsaved(self) -> Review:
        """Return the review behind undoing what it wrote."""
        return replace(self, written={})

    def _with(self, choices: tuple[Choice, ...]) -> Review:
        """Return the review with other choices, which undo takes back."""
        if choices == self.choices:
            return self
        same = replace(self, choices=choices).overlay == self.overlay
        evidence = self.evidence if same else None
        return replace(self, choices=choices, past=(*self.past, self.choices), future=(), evidence=evidence)


def begin(
    results: Sequence[FileResult],
    evidence: Evidence,
    disk: Mapping[Path, bytes],
    overlay: Mapping[Path, bytes],
    *,
    origin: Evidence | None = None,
) -> Review:
    """Return the review of a repair with nothing decided.

    A run may have begun with *overlay* in place of the files, whose contents on the disk are *disk*; what was in the
    overlay is part of the repair then.
    """
    after = dict(overlay) | {result.path: result.after for result in results}
    before = {result.path: result.before for result in results} | dict(disk)
    whole = tuple(FileResult(path, before[path], after[path]) for path in sorted(after) if before[path] != after[path])
    choices = tuple(Choice(piece) for result in whole for piece in pieces(result))
    return Review(whole, choices, evidence, origin=origin)
