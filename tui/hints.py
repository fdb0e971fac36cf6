"""What to do next, in one line a phase; key names come from the table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from textual.content import Content

from hrgc.diagnostics import Evidence
from hrgc.events import Finished
from hrgc.report import REASONS, counted
from tui import keys, text
from tui.phase import Phase
from tui.queue import Queue, State
from tui.review import Review


@dataclass(frozen=True, slots=True)
class View:
    """What a hint is about."""

    phase: Phase
    evidence: Evidence | None = None
    steps: int = 0
    """Steps of the plan."""
    edited: bool = False
    """A person changed the plan."""
    problems: tuple[str, ...] = ()
    """What is wrong with the plan."""
    review: Review | None = None
    finished: Finished | None = None
    queue: Queue = field(default_factory=Queue)
    paused: bool = False


class Hints:
    """Words for every phase."""

    def __init__(self, remapped: Mapping[str, str]) -> None:
        """Use the keys as *remapped* by the settings."""
        self._keys = {key.id: keys.display(key.keys) for key in keys.effective(remapped)}

    def line(self, view: View) -> Content:
        """Return the hint for *view*."""
        parts = [self._said(view), *self._advice(view)]
        if ready := view.queue.count(State.READY):
            parts.append(self._key("queue.next", f"{ready} ready"))
        elif view.queue.items:
            parts.append(self._key("queue.next", f"next of {len(view.queue.items)} marked"))
        return Content("  ").join(part for part in parts if part)

    def _said(self, view: View) -> Content:
        """Return where things stand."""
        if view.phase in (Phase.REVIEW, Phase.WRITTEN) and view.review is not None:
            return self._review(view.review, written=view.phase == Phase.WRITTEN)
        if view.phase == Phase.PLANNED:
            return self._plan(view)
        if view.phase == Phase.DONE and view.finished is not None:
            return text.plain(f"no better state was found: {REASONS[view.finished.reason]}", "$text-warning")
        if view.phase == Phase.REPLAY:
            how = "at its end" if view.finished is not None else "paused" if view.paused else ""
            word = text.plain(f"replay, {how}  " if how else "replay  ", "bold $text-accent")
            return word if view.review is None else word + self._review(view.review, written=False)
        if view.evidence is not None and not view.phase.busy:
            return text.verdict_of(view.evidence)
        return Content("")

    def _plan(self, view: View) -> Content:
        """Return what is to be said of the plan."""
        if view.problems:
            return text.plain(f"✗ {view.problems[0]}", "$text-error")
        changed = ", changed by you" if view.edited else ""
        return text.plain(f"plan of {counted(view.steps, 'step')}{changed}", "bold $text-accent")

    def _review(self, review: Review, *, written: bool) -> Content:
        """Return the verdict on the hunks that are in use."""
        count = text.plain(f"{review.taken} of {counted(len(review.choices), 'hunk')}: ", "bold")
        judged = review.evidence
        word = text.plain("judging…", text.MUTED) if judged is None else text.verdict_of(judged)
        state = text.plain(" written" if written and not review.pending else "", "$text-success")
        return Content("").join([count, word, state])

    def _advice(self, view: View) -> list[Content]:
        """Return what can be done."""
        made: dict[Phase, tuple[tuple[str, str], ...]] = {
            Phase.READY: (("plan", "makes a plan"), ("problem", "says what is wrong")),
            Phase.CLEAN: (("problem", "says what should change"), ("open", "opens another")),
            Phase.PLANNED: (("run", "runs it"), ("step.edit", "changes a step"), ("cancel", "leaves it")),
            Phase.CHECKING: (("cancel", "stops"),),
            Phase.PLANNING: (("cancel", "stops"),),
            Phase.RUNNING: (("cancel", "stops"),),
            Phase.REVIEW: (("hunk.yes", "takes"), ("hunk.no", "leaves"), ("write", "writes"), ("reject", "rejects")),
            Phase.WRITTEN: (("undo", "takes it back"), ("plan", "plans on")),
            Phase.DONE: (("candidates", "shows what was tried"), ("plan", "tries again"), ("problem", "says more")),
            Phase.FAILED: (("check", "tries again"), ("open", "opens another")),
            Phase.REPLAY: (("replay.pause", "pauses"), ("replay.step", "steps"), ("cancel", "leaves")),
        }
        if view.phase == Phase.REPLAY and view.finished is not None:
            made[Phase.REPLAY] = (("candidates", "shows what was tried"), ("cancel", "leaves"))
        return [self._key(name, words) for name, words in made.get(view.phase, ())]

    def _key(self, name: str, words: str) -> Content:
        """Return a key and what it does."""
        return text.joined(
            (f" {self._keys[name]} ", "bold $footer-key-foreground on $panel"), (f" {words}", text.MUTED)
        )
