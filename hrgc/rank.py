"""One ranking for all candidates: the model's log p(plan) + log p(code | plan), the proposers' priors, and suspicion.

Also turns a ranking into the plan people read, since a plan is the ranking's best (line, operation) pairs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hrgc import prompt as prompts
from hrgc import suspicion
from hrgc.diagnostics import Stage
from hrgc.model import Choice, Control, Decision, Model, ModelInfo, PlanChoice
from hrgc.plan import Plan, Step, Window
from hrgc.plugin import Budget, Candidate, Workspace
from hrgc.shares import place, shares
from hrgc.state import State
from hrgc.tokens import Op, Segment

UNPLANNED = -12.0
"""Log-probability of a (line, operation) pair outside the model's list."""
SURE = 0.05
"""Least probability of an edit where nothing is wrong and a request is all there is: below, it is but a guess."""
MAX_TRIED = 8
"""Failed attempts shown to the model."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each opinion counts in the score."""

    plan: float = 1.0
    code: float = 1.0
    choice: float = 0.0
    """Of a candidate's log share among those that carry out the same plan (``shares``)."""
    prior: float = 1.0
    hot: float = suspicion.SHARPNESS
    """Of the log suspicion of a candidate's lines."""
    edit: float = 0.0
    """Of the edit scorer's rating, where tests fail."""
    build: float = 0.0
    """The same where code does not build."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its place in the ranking."""

    candidate: Candidate
    score: float
    """Weighted sum of log-probabilities; only differences mean anything."""
    model: float | None = None
    """The model's part, None when it had no say."""
    plan: float | None = None
    """log p(window) + log p(plan), None when the model had no say."""
    code: float | None = None
    """log p(code | plan), None when it was not computed."""

    @property
    def sure(self) -> bool:
        """Tell whether the model gives the plan, and its code when scored, enough to offer them for clean code."""
        return self.plan is not None and self.plan + (self.code or 0.0) >= math.log(SURE)


@dataclass(frozen=True, slots=True)
class View:
    """One window with its prompt, and the prompt ending in the control token the model answers behind."""

    window: Window
    prompt: tuple[Segment, ...]
    answering: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What the model says of one candidate."""

    worth: float
    """Its weighted part of the score."""
    plan: float
    code: float | None


def of_model(info: ModelInfo) -> Weights:
    """Return the weights that were measured for a model."""
    return Weights(
        info.plan_weight, info.code_weight, info.choice_weight, edit=info.edit_weight, build=info.build_weight
    )


class Ranker:
    """Scores candidates of one run; windows and plans are computed once a state."""

    def __init__(
        self,
        model: Model,
        workspace: Workspace,
        problem: str,
        *,
        weights: Weights | None = None,
        depth: int = 128,
        feedback: bool = True,
    ) -> None:
        """Rank by *model* for *workspace*; *depth* candidates a window get their code scored.

        Without *feedback* the model is told no findings, suspected lines or failed attempts.
        """
        self._model = model
        self._workspace = workspace
        self._problem = problem
        self._weights = weights or of_model(model.info)
        self._depth = depth
        self._feedback = feedback
        self._views: list[View] = []
        self._plans: dict[int, tuple[PlanChoice, ...]] = {}
        self._key: tuple[str, int, Decision] | None = None

    @property
    def silent(self) -> bool:
        """True when there is no model to ask."""
        return self._model.info.name == "none"

    def view(self, state: State, candidate_or_step: Candidate | Step, decision: Decision) -> View:
        """Return the view of the declaration around a candidate or step."""
        step = candidate_or_step.step if isinstance(candidate_or_step, Candidate) else candidate_or_step
        key = (state.fingerprint, len(state.failed), decision)
        if key != self._key:
            self._key, self._views, self._plans = key, [], {}
        for known in self._views:
            if known.window.path == step.path and known.window.mark(step.line) is not None:
                return known
        window = self._workspace.window(state.overlay, step.path, step.line, tokens=self._model.count)
        told = state if self._feedback else State(state.overlay)
        packed = prompts.pack(
            self._problem,
            prompts.notes(told.evidence, window),
            self._workspace.context(state.overlay, window),
            window,
            count=self._model.count,
            hot=prompts.hot_marks(told.evidence, window),
            tried=_tried(told, window),
        ).segments
        made = View(window, packed, (*packed, *prompts.control_segments(decision.token)))
        self._views.append(made)
        return made

    def control(self, state: State, step: Step, budget: Budget) -> Control:
        """Return the controller's decision on the declaration around *step*."""
        if self.silent:
            return self._model.control((), budget)
        return self._model.control(self.view(state, step, Decision.CONTINUE).prompt, budget)

    def plans(self, view: View, budget: Budget) -> tuple[PlanChoice, ...]:
        """Return the model's (line, operation) pairs for one window, best first."""
        key = id(view)
        if key not in self._plans:
            marks = range(1, len(view.window.lines) + 1)
            limit = len(view.window.lines) * len(Op)
            self._plans[key] = self._model.plans(view.answering, marks, view.window.target, budget, limit=limit)
        return self._plans[key]

    def rank(
        self, state: State, candidates: Sequence[Candidate], decision: Decision, budget: Budget
    ) -> tuple[Scored, ...]:
        """Return *candidates* best first; ties keep the proposers' order.

        The model sees declarations: of imports it has no opinion and the proposers' prior alone decides; any other
        candidate without an opinion ranks behind those that have one.
        """
        weights = self._mixed(state)
        rated = self._rated(state, candidates)
        base = [
            weights.prior * c.prior + weights.hot * suspicion.heat(state.evidence, c) + worth
            for c, worth in zip(candidates, rated, strict=True)
        ]
        opinions: dict[int, _Opinion] = {}
        if not self.silent and candidates and (weights.plan or weights.code or weights.choice):
            groups = self._grouped(state, candidates, decision)
            parts = suspicion.log_shares(state.evidence, [view.window for view, _ in groups])
            for (view, members), part in zip(groups, parts, strict=True):
                opinions.update(self._opinions(weights, view, candidates, members, base, part, budget))
        known = [o.worth for o in opinions.values()]
        best, floor = (max(known), min(known) - 1.0) if known else (0.0, 0.0)
        scored: list[Scored] = []
        for at, (candidate, prior) in enumerate(zip(candidates, base, strict=True)):
            opinion = opinions.get(at)
            if opinion is None:
                scored.append(Scored(candidate, prior + (best if candidate.step.op == Op.IMPORT else floor)))
            else:
                worth = opinion.worth
                scored.append(Scored(candidate, prior + worth, worth, opinion.plan, opinion.code))
        return tuple(sorted(scored, key=lambda s: -s.score))

    def _mixed(self, state: State) -> Weights:
        """Return the weights for a state: where nothing is wrong and a change is asked for, the network has to tell."""
        weights = self._weights
        if state.evidence.clean and not (weights.plan or weights.code or weights.choice):
            return replace(weights, plan=1.0, code=1.0)
        return weights

    def _rated(self, state: State, candidates: Sequence[Candidate]) -> Sequence[float]:
        """Return the edit scorer's weighted rating of each candidate; of code that does not parse it knows nothing."""
        stage, weight = state.evidence.failing_stage, 0.0
        if stage == Stage.TEST:
            weight = self._weights.edit
        elif stage == Stage.TYPES:
            weight = self._weights.build
        if not weight:
            return (0.0,) * len(candidates)
        return [weight * worth for worth in self._model.rate([candidate.signs for candidate in candidates])]

    def _grouped(
        self, state: State, candidates: Sequence[Candidate], decision: Decision
    ) -> list[tuple[View, list[int]]]:
        """Group candidate positions by the window they are in."""
        groups: list[tuple[View, list[int]]] = []
        for at, candidate in enumerate(candidates):
            if candidate.step.op == Op.IMPORT:
                continue
            view = self.view(state, candidate, decision)
            for known, members in groups:
                if known is view:
                    members.append(at)
                    break
            else:
                groups.append((view, [at]))
        return groups

    def _opinions(  # noqa: PLR0913 - one call site, and each is a different thing
        self,
        weights: Weights,
        view: View,
        candidates: Sequence[Candidate],
        members: Sequence[int],
        base: Sequence[float],
        part: float,
        budget: Budget,
    ) -> dict[int, _Opinion]:
        """Return what the model says of candidates of one window, by their position; *part* is log p(window)."""
        table = {(p.op, p.mark): p.logprob for p in reversed(self.plans(view, budget))}
        planned: list[tuple[float, int, Choice]] = []
        for at in members:
            choice = choice_of(candidates[at], view.window)
            if choice is not None:
                planned.append((part + table.get((choice.op, choice.mark), UNPLANNED), at, choice))
        if not (weights.code or weights.choice):
            return {at: _Opinion(weights.plan * plan, plan, None) for plan, at, _ in planned}
        planned.sort(key=lambda row: -(weights.plan * row[0] + base[row[1]]))
        chosen = planned[: self._depth]
        scores = self._model.score(view.answering, [choice for _, _, choice in chosen], budget)
        known = [(row, score + part - row[0]) for row, score in zip(chosen, scores, strict=True) if score > -math.inf]
        of_place = shares([place(candidates[at]) for (_, at, _), _ in known], [code for _, code in known])
        done = {
            at: _Opinion(weights.plan * plan + weights.code * code + weights.choice * share, plan, code)
            for ((plan, at, _), code), share in zip(known, of_place, strict=True)
        }
        worst = min((opinion.worth for opinion in done.values()), default=0.0)
        for plan, at, _ in planned[self._depth :]:
            done[at] = _Opinion(worst + weights.plan * min(0.0, plan - chosen[-1][0]), plan, None)
        return done


def choice_of(candidate: Candidate, window: Window) -> Choice | None:
    """Return the candidate in window terms for teacher forcing, None when it reaches outside the window."""
    step = candidate.step
    mark = window.mark(step.line)
    end = None if step.end_line in (None, step.line) else window.mark(step.end_line)
    if mark is None or (step.end_line not in (None, step.line) and end is None):
        return None
    return Choice(step.op, mark, end, step.intent, window.target, candidate.code, candidate.insert)


def _tried(state: State, window: Window) -> tuple[prompts.Tried, ...]:
    """Return the latest failed attempts that lie in *window*."""
    rows = [(f, window.mark(f.step.line)) for f in state.failed if f.path == window.path]
    return tuple(prompts.Tried(f.step.op, mark, f.lines) for f, mark in rows if mark is not None)[-MAX_TRIED:]


def plan_of(ranked: Sequence[Scored], problem: str, *, others: int = 9) -> tuple[Plan, tuple[Step, ...]]:
    """Return the ranking as a plan, one step a finding in file order, and the next best steps beside it.

    A step's probability is the share of its (line, operation) pair in the softmax of the scores of the
    candidates that answer the same finding.
    """
    by_finding: dict[str, dict[tuple[object, ...], list[Scored]]] = {}
    for scored in ranked:
        step = scored.candidate.step
        key = (step.path, step.line, step.end_line, step.op)
        by_finding.setdefault(step.answers, {}).setdefault(key, []).append(scored)
    steps: list[Step] = []
    rest: list[Step] = []
    for groups in by_finding.values():
        top = max(s.score for members in groups.values() for s in members)
        mass = {key: sum(math.exp(s.score - top) for s in members) for key, members in groups.items()}
        total = sum(mass.values())
        order = sorted(groups, key=lambda key: -mass[key])
        made = [replace(groups[key][0].candidate.step, probability=mass[key] / total) for key in order]
        steps.append(made[0])
        rest.extend(made[1:])
    rest.sort(key=lambda step: -(step.probability or 0.0))
    steps.sort(key=lambda step: (step.path, step.line))
    return Plan(tuple(steps), problem), tuple(rest[:others])


def matches(candidate: Candidate, steps: Sequence[Step]) -> bool:
    """Tell whether a candidate carries out one of *steps*: same file and lines, same operation unless it is REWRITE."""
    mine = candidate.step
    for step in steps:
        first, last = step.line, step.end_line or step.line
        if step.path == mine.path and first <= mine.line <= last and step.op in (mine.op, Op.REWRITE):
            return True
    return False
