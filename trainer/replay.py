"""Score rankings of judged candidates without running anything: what would have been solved within how many calls.

The engine judges candidates in order and takes the first that nothing it sees objects to; a task counts as solved when
the hidden tests agree. Only the first round is replayed: no second edit, no text of the model's own, no vet.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import mean
from typing import Any

import numpy as np
import numpy.typing as npt

from hrgc.rank import Weights
from hrgc.shares import place, shares
from hrgc.tokens import Op
from trainer.intervals import wilson
from trainer.judge_set import JudgedTask, counts

NO_MODEL = Weights(0.0, 0.0, 0.0)
"""Prior and suspicion alone."""
BUDGETS = (1, 10, 50, 200)
SHUFFLES = 20
"""Random orders whose results are averaged."""

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Opinion:
    """What a model says of one task's candidates: log-probabilities, not-a-number where it has none, and ratings."""

    plan: Values
    code: Values
    edit: Values
    """The edit scorer's rating; 0 where it has none."""


@dataclass(frozen=True)
class Replay:
    """A judged task as arrays over its candidates, in the order without a model."""

    task: JudgedTask
    opinion: Opinion | None = None

    @property
    def asked(self) -> bool:
        """Tell whether the network has an opinion of any candidate."""
        return self.opinion is not None and not bool(np.isnan(self.opinion.plan).all())

    @cached_property
    def base(self) -> Values:
        """Prior and suspicion."""
        hot = NO_MODEL.hot
        return np.array([c.candidate.prior + hot * c.heat for c in self.task.candidates], np.float64)

    @cached_property
    def calls(self) -> npt.NDArray[np.bool_]:
        """Which candidates cost a call."""
        return np.array([counts(self.task, c) for c in self.task.candidates], np.bool_)

    @cached_property
    def plausible(self) -> npt.NDArray[np.bool_]:
        """Which candidates the engine would take."""
        return np.array([c.plausible for c in self.task.candidates], np.bool_)

    @cached_property
    def shares(self) -> Values:
        """Return the log shares of the candidates whose code was scored, not-a-number for the others."""
        assert self.opinion is not None  # asked for by ``scores`` alone
        out = np.full(len(self.base), np.nan)
        known = np.flatnonzero(~np.isnan(self.opinion.code))
        found = [self.task.candidates[at].candidate for at in known]
        out[known] = shares([place(c) for c in found], list(self.opinion.code[known]))
        return out

    def scores(self, weights: Weights) -> Values:
        """Return the engine's scores under some weights, as ``hrgc.rank`` mixes them.

        Code that was not scored counts as the worst that was; a candidate without an opinion ranks behind the others,
        or with the best when it is an import.
        """
        if self.opinion is None or not len(self.base):
            return self.base
        base: Values = self.base + weights.edit * self.opinion.edit
        known = ~np.isnan(self.opinion.plan)
        if not (weights.plan or weights.code or weights.choice) or not known.any():
            return base
        scored = known & ~np.isnan(self.opinion.code)
        texts = weights.code * self.opinion.code + weights.choice * self.shares
        texts = np.where(scored, texts, texts[scored].min() if scored.any() else 0.0)
        worth = np.where(known, weights.plan * self.opinion.plan + texts, 0.0)
        imports = np.array([c.candidate.step.op == Op.IMPORT for c in self.task.candidates], np.bool_)
        worth = np.where(known, worth, np.where(imports, worth[known].max(), worth[known].min() - 1.0))
        mixed: Values = base + worth
        return mixed

    def calls_until(self, scores: Values) -> tuple[float, bool]:
        """Return the calls until the first plausible candidate (infinite when there is none), and whether it is right.

        Equal scores keep their order.
        """
        if not self.plausible.any():
            return math.inf, False
        order = np.argsort(-scores, kind="stable")
        first = int(np.argmax(self.plausible[order]))
        calls = int(self.calls[order[: first + 1]].sum())
        return float(calls), self.task.candidates[int(order[first])].right

    def reciprocal(self, weights: Weights) -> float:
        """Return one over the calls of a right first answer, 0 for a wrong one or none."""
        calls, right = self.calls_until(self.scores(weights))
        return 1.0 / calls if right else 0.0


def table(tasks: Sequence[Replay], weights: Weights) -> dict[str, Any]:
    """Return how many tasks a ranking solves within each budget, with intervals, and its mean reciprocal rank."""
    return _table([[task.calls_until(task.scores(weights)) for task in tasks]])


def shuffled(tasks: Sequence[Replay], seed: int) -> dict[str, Any]:
    """Return the same for random orders, averaged over several."""
    return _table([[task.calls_until(_random(task, f"{seed}:{at}")) for task in tasks] for at in range(SHUFFLES)])


def _random(task: Replay, seed: str) -> Values:
    """Return random scores of a task's candidates."""
    chance = random.Random(f"{seed}:{task.task.name}")
    return np.array([chance.random() for _ in task.task.candidates], np.float64)


def _table(runs: Sequence[Sequence[tuple[float, bool]]]) -> dict[str, Any]:
    """Return the averages over runs on the same tasks."""
    total = len(runs[0])
    out: dict[str, Any] = {"tasks": total}
    for budget in (*BUDGETS, math.inf):
        hits = mean(sum(right and calls <= budget for calls, right in run) for run in runs)
        low, high = wilson(round(hits), total)
        name = "all" if budget == math.inf else str(budget)
        out[name] = {"solved": round(hits, 2), "share": round(hits / max(1, total), 4), "low": low, "high": high}
    out["plausible"] = mean(sum(calls < math.inf for calls, _ in run) for run in runs)
    out["plausible_but_wrong"] = mean(sum(calls < math.inf and not right for calls, right in run) for run in runs)
    worth = [1.0 / calls if right else 0.0 for run in runs for calls, right in run]
    out["reciprocal_rank"] = mean(worth) if worth else 0.0
    return out
