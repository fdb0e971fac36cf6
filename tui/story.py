"""What a run has told so far: events folded into one immutable value that widgets show; the same live and replayed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import singledispatch

from hrgc import events
from hrgc.diagnostics import Evidence, Stage
from hrgc.events import Event
from hrgc.model import Control, Decision
from hrgc.plan import Plan, Step


@dataclass(frozen=True, slots=True)
class StageRow:
    """What one validator did in a round."""

    stage: Stage
    validator: str
    tried: int
    killed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Round:
    """One round as a person reads it."""

    number: int
    control: Control | None = None
    decision: Decision | None = None
    overruled: bool = False
    steps: int = 0
    """Steps of the plan."""
    candidates: int = 0
    sources: tuple[tuple[str, int], ...] = ()
    stages: tuple[StageRow, ...] = ()
    accepted: tuple[Step, ...] = ()
    remaining: int | None = None
    """Findings that are left; None while the round goes on."""
    elapsed: float = 0.0
    """Seconds since the run began."""


@dataclass(frozen=True, slots=True)
class Story:
    """A run so far."""

    started: events.Started | None = None
    evidence: Evidence | None = None
    """Of the state the run began with."""
    planned: events.Planned | None = None
    rounds: tuple[Round, ...] = ()
    judged: tuple[events.Judged, ...] = ()
    attempts: tuple[events.Attempt, ...] = ()
    finished: events.Finished | None = None
    carried: Plan = field(default_factory=Plan)
    """The first round's plan, as carried out."""

    @property
    def round(self) -> Round | None:
        """The round that goes on, or the last one."""
        return self.rounds[-1] if self.rounds else None

    def done(self, step: Step) -> Step | None:
        """Return the accepted step that carried out *step*: it answers the same finding, or is the same edit."""
        accepted = [a.step for a in self.attempts if a.accepted and a.path == step.path]
        if step.answers:
            return next((s for s in accepted if s.answers == step.answers), None)
        return next((s for s in accepted if (s.line, s.op) == (step.line, step.op)), None)


@singledispatch
def after(event: Event, story: Story) -> Story:
    """Return the story behind *event*."""
    del event
    return story


@after.register
def _started(event: events.Started, story: Story) -> Story:
    del story
    return Story(started=event)


@after.register
def _examined(event: events.Examined, story: Story) -> Story:
    return replace(story, evidence=event.evidence) if event.round == 0 else story


@after.register
def _round(event: events.RoundStarted, story: Story) -> Story:
    new = Round(event.round, event.control, event.decision, event.overruled)
    return replace(story, rounds=(*story.rounds, new))


@after.register
def _planned(event: events.Planned, story: Story) -> Story:
    told = replace(story, planned=event, carried=story.carried if story.carried.steps else event.plan)
    return _last(told, steps=len(event.plan.steps))


@after.register
def _ranked(event: events.Ranked, story: Story) -> Story:
    current = story.round
    if current is None:
        return story
    return _last(story, candidates=current.candidates + event.total, sources=_summed(current.sources, event.by_source))


@after.register
def _stage(event: events.StageDone, story: Story) -> Story:
    current = story.round
    if current is None:
        return story
    row = StageRow(event.stage, event.validator, event.tried, event.killed, event.seconds)
    known = next((r for r in current.stages if r.validator == row.validator), None)
    if known is None:
        return _last(story, stages=(*current.stages, row))
    summed = replace(
        known,
        tried=known.tried + row.tried,
        killed=known.killed + row.killed,
        seconds=known.seconds + row.seconds,
    )
    return _last(story, stages=tuple(summed if r is known else r for r in current.stages))


@after.register
def _judged(event: events.Judged, story: Story) -> Story:
    return replace(story, judged=(*story.judged, event))


@after.register
def _attempt(event: events.Attempt, story: Story) -> Story:
    told = replace(story, attempts=(*story.attempts, event))
    current = told.round
    if current is None or not event.accepted:
        return told
    return _last(told, accepted=(*current.accepted, event.step))


@after.register
def _ended(event: events.RoundEnded, story: Story) -> Story:
    return _last(story, remaining=event.remaining, elapsed=event.elapsed)


@after.register
def _finished(event: events.Finished, story: Story) -> Story:
    return replace(story, finished=event)


def _last(story: Story, **changes: object) -> Story:
    """Return the story with its last round changed."""
    if not story.rounds:
        return story
    return replace(story, rounds=(*story.rounds[:-1], replace(story.rounds[-1], **changes)))  # type: ignore[arg-type]


def _summed(old: tuple[tuple[str, int], ...], new: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Return counts by name added up."""
    counts = dict(old)
    for name, number in new:
        counts[name] = counts.get(name, 0) + number
    return tuple(sorted(counts.items()))


def told(run: tuple[Event, ...]) -> Story:
    """Return the story of a whole run."""
    story = Story()
    for event in run:
        story = after(event, story)
    return story
