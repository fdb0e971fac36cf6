"""How repairs are run: in full, as a baseline, or with one part of the engine taken away; everything else stays equal.

``full`` is the engine as it is; ``random`` judges the same candidates in a random order; ``rules`` keeps only what
goimports and gopls would do; ``no-catalogue`` leaves the model alone; ``no-plan`` gives log p(plan) no weight in the
ranking, ``no-scorer`` the edit scorer none, ``scorer`` only the edit scorer any; ``no-recursion`` ends behind the
first round; ``no-feedback`` tells the model no findings, failing tests, suspected lines or failed attempts.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace

from hrgc.diagnostics import Evidence
from hrgc.edits import Overlay
from hrgc.errors import InputError
from hrgc.model import NoModel
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, Proposer, Workspace
from hrgc.rank import Weights, of_model
from hrgc.session import ModelLoader, Request, Toolbox

MODES = ("full", "random", "rules", "no-catalogue", "no-plan", "no-scorer", "scorer", "no-recursion", "no-feedback")
_ASK_A_MODEL = frozenset(("no-catalogue", "no-plan", "no-scorer", "scorer", "no-feedback"))

RULES = frozenset(
    {
        *("add-import", "remove-import"),  # goimports
        *("blank", "delete-definition", "delete-init", "drop-name", "drop-names", "drop-switch-variable"),  # unused
        *("declare-function", "declare-variable", "range-without-names"),  # undeclaredname, unused again
        "assign",  # nonewvars
        *("add-result", "drop-values", "return-value"),  # fillreturns, noresultvalues
        *("add-method", "implement"),  # stubmethods
    }
)
"""Rules of the catalogue that do what goimports and gopls' quick fixes do; they repair no misspelling."""


class RuleFilter:
    """A proposer of which only some rules are kept."""

    def __init__(self, inner: Proposer, rules: frozenset[str]) -> None:
        """Keep *rules* of *inner*."""
        self.name = inner.name
        self._inner, self._rules = inner, rules

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield the candidates whose rule is kept."""
        found = self._inner.propose(workspace, overlay, evidence, steps, budget)
        return (candidate for candidate in found if candidate.rule in self._rules)


class Shuffled:
    """A proposer whose priors are random, the same for the same edit and seed."""

    def __init__(self, inner: Proposer, seed: int) -> None:
        """Shuffle *inner*."""
        self.name = inner.name
        self._inner, self._seed = inner, seed

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield the same candidates with priors drawn from 0..1."""
        for candidate in self._inner.propose(workspace, overlay, evidence, steps, budget):
            draw = random.Random(f"{self._seed}:{candidate.path.name}:{candidate.edits}").random()
            yield replace(candidate, prior=draw)


def toolbox(mode: str, model: ModelLoader, seed: int) -> Toolbox:
    """Return the engine's tools in *mode*; raises InputError for a mode that is unknown or needs a model."""
    if mode not in MODES:
        raise InputError(f"there is no mode {mode!r}", f"one of {', '.join(MODES)}")
    if mode in _ASK_A_MODEL and model is NoModel:
        raise InputError(f"the mode {mode} needs a model", "name one with --model")
    tools = Toolbox.load(model)
    if mode == "random":
        tools.weights = Weights(plan=0.0, code=0.0, choice=0.0, hot=0.0)
        tools.proposers = tuple(Shuffled(proposer, seed) for proposer in tools.proposers)
    elif mode == "rules":
        tools.proposers = tuple(RuleFilter(proposer, RULES) for proposer in tools.proposers)
    elif mode == "no-catalogue":
        tools.proposers = ()
    elif mode == "no-plan":
        tools.weights = replace(of_model(tools.model.info), plan=0.0)
    elif mode == "no-scorer":
        tools.weights = replace(of_model(tools.model.info), edit=0.0, build=0.0)
    elif mode == "scorer":
        info = tools.model.info
        tools.weights = Weights(0.0, 0.0, 0.0, edit=info.edit_weight, build=info.build_weight)
    tools.feedback = mode != "no-feedback"
    return tools


def limited(mode: str, request: Request) -> Request:
    """Return the request that *mode* makes of one in full."""
    return replace(request, max_rounds=1) if mode == "no-recursion" else request
