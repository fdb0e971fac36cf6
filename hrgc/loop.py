"""The loop: plan, propose, rank, validate, accept what strictly shrinks the evidence, and go round again.

``refine`` is a generator of events. It never prints and never touches a file; CLI, TUI, evaluator and trace consume it.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from pathlib import Path

from hrgc import events
from hrgc.attempt import Search, Tools
from hrgc.diagnostics import Stage, better
from hrgc.edits import Overlay
from hrgc.events import Event, FileResult, Finished, StopReason
from hrgc.model import Control, Decision
from hrgc.plan import Plan
from hrgc.plugin import Budget, Workspace
from hrgc.rank import Scored, plan_of
from hrgc.state import FailedEdit, State


@dataclass(frozen=True, slots=True)
class Job:
    """What one run is asked to do."""

    workspace: Workspace
    target: Path
    problem: str = ""
    plan: Plan | None = None
    """A plan to carry out instead of the ranking's own."""
    max_rounds: int = 5
    candidates: int = 400
    """Candidates judged a round."""
    test_runs: int | None = None
    """Candidates a round whose tests are run, None for no limit of its own."""
    seed: int = 0
    plan_only: bool = False
    """Stop behind the first plan."""
    avoid: tuple[FailedEdit, ...] = ()
    """Edits that were refused before."""
    overlay: Overlay = field(default_factory=dict)
    """Contents to begin with in place of those on disk (an editor's buffer)."""
    seconds: float | None = None
    """Time budget as shown to people; the deadline itself is in *budget*."""
    budget: Budget = field(default_factory=Budget)


def refine(job: Job, tools: Tools) -> Generator[Event, Plan | None, Finished]:
    """Run the loop; yields events, takes an edited plan behind ``Planned``, and returns the last event."""
    started = time.monotonic()
    search = Search(job.workspace, tools, job.problem, job.budget, seed=job.seed)
    yield events.Started(
        job.target,
        job.workspace.files,
        job.problem,
        tools.model.info.name,
        job.max_rounds,
        job.seconds,
        job.workspace.notes,
    )
    evidence = tools.cascade.examine(job.workspace, job.overlay, job.budget)
    state = State(job.overlay, evidence, job.avoid)
    first = solid = state
    yield events.Examined(0, state.evidence, time.monotonic() - started)
    rounds, reason = 0, _at_start(job, state)
    seen = {state.fingerprint}
    while reason is None:
        rounds += 1
        ranked = search.ranked(state, rounds, job.plan)
        control, decision, overruled = _decide(search, state, ranked, asked=job.plan is not None)
        yield events.RoundStarted(rounds, control, decision, overruled=overruled)
        if decision == Decision.DONE:
            reason = StopReason.CONTROLLER
            break
        plan, others = (job.plan, ()) if job.plan else plan_of(ranked, job.problem)
        asked = time.monotonic()
        answer = yield events.Planned(rounds, plan, search.plan_tokens(state, plan), others)
        waited = time.monotonic() - asked
        started, job = started + waited, replace(job, budget=search.prolong(waited))
        if job.plan_only:
            reason = StopReason.PLAN_DONE
            break
        given = answer if answer is not None and answer != plan else job.plan
        if given is not job.plan:
            ranked = search.ranked(state, rounds, given)
        state, good, accepted = yield from _carry_out(job, search, state, ranked, rounds, given)
        solid = good or solid
        if not accepted:
            state = replace(state, failed=(*job.avoid, *search.failed))
        yield events.RoundEnded(rounds, accepted, len(state.evidence.diagnostics), time.monotonic() - started)
        reason = _after_round(job, state, rounds, accepted, search, seen)
    final = solid if _offered(solid, first) else first
    finished = Finished(
        reason,
        _results(job, final),
        first.evidence,
        final.evidence,
        rounds,
        search.judged,
        time.monotonic() - started,
        final.steps,
    )
    yield finished
    return finished


def _carry_out(  # noqa: PLR0913 - one call site, and each is a different thing
    job: Job, search: Search, state: State, ranked: tuple[Scored, ...], rounds: int, given: Plan | None
) -> Generator[Event, Plan | None, tuple[State, State | None, int]]:
    """Take one round's steps; returns the state behind them, the last one that may be offered, and how many they were.

    What is left of a *given* plan moves with the lines that its earlier steps insert and remove.
    """
    solid: State | None = None
    accepted, left = 0, _steps(given, state)
    while left and ranked and not job.budget.over:
        new = yield from search.step(state, ranked, rounds, job.candidates, job.test_runs)
        if new is None:
            break
        accepted, left = accepted + 1, left - 1
        if new.evidence.clean or not _guessing(state):
            solid = new
        old, state = state, new
        if state.evidence.clean:
            break
        if given is not None:
            given = search.rest(given, old, new)
            left = len(given.steps)
        ranked = search.ranked(state, rounds, given) if left else ()
    return state, solid, accepted


def _at_start(job: Job, state: State) -> StopReason | None:
    """Return the reason to stop before the first round, if any."""
    if job.budget.cancel.cancelled:
        return StopReason.CANCELLED
    if state.evidence.clean and not job.problem and job.plan is None:
        return StopReason.CLEAN
    return StopReason.SECONDS if job.budget.over else None


def _decide(search: Search, state: State, ranked: tuple[Scored, ...], *, asked: bool) -> tuple[Control, Decision, bool]:
    """Return the controller's probabilities, what is done, and whether the validators overruled it.

    The validators know whether something is wrong, so a ``DONE`` on a broken state is not followed; nor is one when
    a person gave the plan.
    """
    control = search.control(state, ranked)
    decision = control.decision
    if decision == Decision.DONE and (asked or not state.evidence.clean):
        return control, Decision.REFINE if state.failed else Decision.CONTINUE, True
    return control, decision, False


def _steps(given: Plan | None, state: State) -> int:
    """Return how many steps one round may take: those of a given plan, else one for each finding that was there."""
    return len(given.steps) if given is not None else max(1, min(8, len(state.evidence.diagnostics) + 1))


def _after_round(
    job: Job, state: State, rounds: int, accepted: int, search: Search, seen: set[str]
) -> StopReason | None:
    """Return the reason to stop behind a round, None to go on."""
    reasons = (
        (job.budget.cancel.cancelled, StopReason.CANCELLED),
        (state.evidence.clean and bool(accepted), StopReason.DONE),
        (job.budget.over, StopReason.SECONDS),
        (job.plan is not None, StopReason.PLAN_DONE),
        (not accepted and search.exhausted, StopReason.EXHAUSTED),
        (rounds >= job.max_rounds, StopReason.ROUNDS),
        (bool(accepted) and state.fingerprint in seen, StopReason.SAME_STATE),
    )
    seen.add(state.fingerprint)
    return next((reason for holds, reason in reasons if holds), None)


def _offered(state: State, first: State) -> bool:
    """Tell whether a state may be offered: strictly better than the first, or a clean change that was asked for."""
    if first.evidence.clean:
        return state.evidence.clean and bool(state.steps)
    return better(state.evidence, first.evidence)


def _guessing(state: State) -> bool:
    """Tell whether a step from *state* is a guess until all tests pass: half a behaviour repair is no repair."""
    return state.evidence.failing_stage == Stage.TEST


def _results(job: Job, state: State) -> tuple[FileResult, ...]:
    """Return the changed files of a state, against the contents the job began with."""
    before = State(job.overlay)
    rows = ((path, before.content(job.workspace, path), after) for path, after in sorted(state.overlay.items()))
    return tuple(FileResult(path, old, after) for path, old, after in rows if old != after)
