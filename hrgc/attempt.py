"""One step of a round: candidates proposed and ranked, judged by the cascade, the best one that shrinks accepted."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from hrgc import events
from hrgc.acceptance import Row, acceptable, proved, worth
from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import Overlay, hunks
from hrgc.errors import InputError
from hrgc.events import Event
from hrgc.model import Control, Model
from hrgc.places import places
from hrgc.plan import Plan, Step, shifted
from hrgc.plugin import Budget, Candidate, Proposer, Workspace
from hrgc.propose import gather, pairs, written
from hrgc.rank import Ranker, Scored, View, Weights, matches
from hrgc.state import FailedEdit, State, apply, way
from hrgc.tried import attempt, judged, ranking
from hrgc.validate import Cascade, StageReport, Verdict

WRITTEN_PLANS = 6
"""Plans a window for which the model writes text."""
MODEL_SHARE = 0.25
"""Share of the time left that ranking and writing may take, each time candidates are ranked."""
PAIR_LIMIT = 600
"""Two-edit candidates a round."""
SINGLE_ROUNDS = 3
"""Rounds that judge single edits of one state, as long as there are any left; pairs come behind them."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What a run works with."""

    model: Model
    cascade: Cascade
    proposers: tuple[Proposer, ...]
    weights: Weights | None = None
    """How the ranking mixes opinions, None for what the model was made with."""
    feedback: bool = True
    """Whether the model is told findings, suspected lines and failed attempts."""


class Search:
    """The search of one run: remembers what was judged, so that the next round goes deeper."""

    def __init__(self, workspace: Workspace, tools: Tools, problem: str, budget: Budget, *, seed: int) -> None:
        """Search in *workspace* with *tools* until *budget* is over."""
        self._workspace = workspace
        self._tools = tools
        self._problem = problem
        self._budget = budget
        self._seed = seed
        self._ranker = Ranker(tools.model, workspace, problem, weights=tools.weights, feedback=tools.feedback)
        self._survivors: dict[str, list[Scored]] = {}
        self._left: dict[str, tuple[Scored, ...]] = {}
        self._visited: set[tuple[str, tuple[Step, ...]]] = set()
        self._taken: Candidate | None = None
        self.judged = 0
        """Candidates judged so far."""
        self.failed: tuple[FailedEdit, ...] = ()
        """Attempts that got as far as the tests and failed."""
        self.exhausted = False
        """True when the last ranking was empty or went as deep as it can."""

    def ranked(self, state: State, rounds: int, plan: Plan | None) -> tuple[Scored, ...]:
        """Return the candidates for *state*, best first; with *plan*, only those that carry out one of its steps.

        The model writes where a plan or problem asks for it or the proposers know nothing; a state that was searched
        before is searched deeper: the model's own text first, then what is left of the ranking, at last pairs of edits.
        """
        steps = plan.steps if plan is not None else ()
        visit = (state.fingerprint, steps)
        again = visit in self._visited
        self._visited.add(visit)
        before = self._survivors.get(state.fingerprint)
        if before is not None and not steps:
            left = self._left.get(state.fingerprint, ()) if rounds <= SINGLE_ROUNDS else ()
            self.exhausted = not left
            return self._deeper(state, before, left, rounds)
        found = [] if again else gather(self._tools.proposers, self._workspace, state, steps, self._budget)
        thinking = self._thinking()
        if steps or again or not found or self._problem:
            found += self._written(state, found, steps, rounds, thinking)
        if steps:
            found = [c for c in found if matches(c, steps)]
        found = _allowed(state, found)
        self.exhausted = not found
        order = self._ranker.rank(state, found, way(state), thinking)
        if state.evidence.clean and not steps:
            return tuple(s for s in order if s.sure)
        return order

    def _deeper(
        self, state: State, before: Sequence[Scored], left: tuple[Scored, ...], rounds: int
    ) -> tuple[Scored, ...]:
        """Return the model's text and what is *left* of the ranking, else pairs of the edits that were tried before."""
        thinking = self._thinking()
        texts = self._written(state, [s.candidate for s in before[:1]], (), rounds, thinking)
        ranked = self._ranker.rank(state, _allowed(state, texts), way(state), thinking)
        return (*ranked, *(left or (Scored(c, c.prior) for c in pairs(before, PAIR_LIMIT))))

    def prolong(self, seconds: float) -> Budget:
        """Move the deadline by the seconds a person took to answer, and return the new budget."""
        self._budget = replace(self._budget, deadline=self._budget.deadline + seconds)
        return self._budget

    def _thinking(self) -> Budget:
        """Return the model's share of the time that is left, so that judging always gets most of it."""
        return Budget(time.monotonic() + MODEL_SHARE * self._budget.left, self._budget.cancel)

    def rest(self, plan: Plan, old: State, new: State) -> Plan:
        """Return what is left of a given *plan* behind the candidate that led from *old* to *new*, on the new lines."""
        taken = self._taken
        assert taken is not None
        left = list(plan.steps)
        for step in (taken.step, *taken.also):
            carried = [s for s in left if matches(replace(taken, step=step), (s,))]
            if carried:
                left.remove(min(carried, key=lambda s: s.op != step.op))
        moved = hunks(old.content(self._workspace, taken.path), new.content(self._workspace, taken.path))
        return shifted(replace(plan, steps=tuple(left)), taken.path, moved)

    def control(self, state: State, ranked: Sequence[Scored]) -> Control:
        """Return the controller's decision, asked about the best candidate's declaration."""
        step = (
            ranked[0].candidate.step
            if ranked
            else next(iter(places(state, self._workspace, self._ranker, self._problem)), None)
        )
        if step is None:
            return Control(1.0, 0.0, 0.0)
        return self._ranker.control(state, step, self._budget)

    def plan_tokens(self, state: State, plan: Plan) -> tuple[str, ...]:
        """Return *plan* as raw tokens, relative to the windows its steps are in."""
        words: list[str] = []
        for step in plan.steps:
            window = self._ranker.view(state, step, way(state)).window
            if window.mark(step.line) is not None:
                whole = step if step.end_line is None or window.mark(step.end_line) else replace(step, end_line=None)
                words.extend(whole.tokens(window))
        return tuple(words)

    def step(
        self, state: State, ranked: Sequence[Scored], rounds: int, limit: int, test_runs: int | None
    ) -> Generator[Event, Plan | None, State | None]:
        """Judge candidates in order and return the state behind the accepted one, None when none is accepted."""
        chosen = list(ranked[:limit])
        yield ranking(rounds, chosen)
        reports: list[StageReport] = []
        passed: list[Row] = []
        seen: dict[int, Evidence] = {}
        new: State | None = None
        runs = 0
        candidates = [s.candidate for s in chosen]
        judging = self._tools.cascade.judge(self._workspace, state.overlay, candidates, self._budget, reports)
        with closing(judging) as verdicts:
            for verdict in verdicts:
                scored, rank = chosen[verdict.index], verdict.index + 1
                seen[verdict.index] = verdict.evidence
                ran = self._note(state, scored, verdict)
                runs += ran
                if acceptable(verdict.evidence, state.evidence):
                    passed.append(Row(scored, rank, verdict.evidence))
                    new = self._commit(state, scored) if proved(verdict.evidence) else None
                elif ran:
                    yield attempt(rounds, Row(scored, rank, verdict.evidence), accepted=False)
                if new is not None or runs == test_runs:
                    break
        self._left[state.fingerprint] = tuple(s for at, s in enumerate(ranked) if at not in seen)
        for r in reports:
            yield events.StageDone(rounds, r.stage, r.validator, r.tried, r.killed, r.seconds)
        yield judged(rounds, state, self._workspace, chosen, seen)
        if new is not None:
            yield attempt(rounds, replace(passed[-1], evidence=new.evidence), accepted=True)
            return new
        for row in sorted(passed, key=lambda p: -worth(p, state.evidence)):
            new = self._commit(state, row.scored)
            final = row if new is None else replace(row, evidence=new.evidence)
            yield attempt(rounds, final, accepted=new is not None)
            if new is not None or self._budget.over:
                return new
        return None

    def _note(self, state: State, scored: Scored, verdict: Verdict) -> bool:
        """Count a candidate and tell whether its tests ran; failing ones are kept for pairs and the model's history."""
        self.judged += 1
        if verdict.evidence.failing_stage != Stage.TEST:
            return proved(verdict.evidence)
        self._survivors.setdefault(state.fingerprint, []).append(scored)
        candidate = scored.candidate
        self.failed = (*self.failed[-15:], FailedEdit(candidate.path, candidate.step, candidate.code))
        return True

    def _commit(self, state: State, scored: Scored) -> State | None:
        """Return the state with a candidate applied and formatted, None when a last look finds it no better."""
        candidate = scored.candidate
        try:
            overlay = apply(state, self._workspace, candidate)
        except InputError:
            return None
        evidence = self._tools.cascade.examine(self._workspace, overlay, self._budget)
        if not acceptable(evidence, state.evidence):
            return None
        if evidence.clean and not self._vetted(state, overlay):
            return None
        self._taken = candidate
        steps = (*state.steps, candidate.step, *candidate.also)
        return State(overlay, evidence, state.failed, steps)

    def _vetted(self, state: State, overlay: Overlay) -> bool:
        """Tell whether vet finds nothing in the new state that it did not find in the files as they were."""
        new = self._tools.cascade.vet(self._workspace, overlay, self._budget)
        if new.clean:
            return True
        old = self._tools.cascade.vet(self._workspace, state.overlay, self._budget)
        known = {d.key for d in old.diagnostics}
        return all(d.key in known for d in new.diagnostics)

    def _written(
        self, state: State, found: Sequence[Candidate], steps: Sequence[Step], rounds: int, budget: Budget
    ) -> list[Candidate]:
        """Return the model's own text for the likeliest windows."""
        if self._ranker.silent:
            return []
        views: list[View] = []
        for place in (
            *steps,
            *places(state, self._workspace, self._ranker, self._problem),
            *(c.step for c in found[:1]),
        ):
            view = self._ranker.view(state, place, way(state))
            if view not in views:
                views.append(view)
            if len(views) >= 2 or budget.over:
                break
        made: list[Candidate] = []
        for view in views:
            plans = self._ranker.plans(view, budget)
            if steps:
                wanted = {(s.op, view.window.mark(s.line)) for s in steps}
                plans = tuple(p for p in plans if (p.op, p.mark) in wanted)
            seed = self._seed + 1000 * rounds
            top = plans[:WRITTEN_PLANS]
            made += written(self._tools.model, self._workspace, state, view, top, budget, seed=seed)
        return made


def _allowed(state: State, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates that nobody refused."""
    refused = {(f.path, f.step.line, f.lines) for f in state.failed if f.reason}
    return [c for c in candidates if (c.path, c.step.line, c.code) not in refused]
