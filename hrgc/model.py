"""The model as the engine sees it, with the model that is none and the one that follows a script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from hrgc import tokens
from hrgc.plugin import Budget
from hrgc.tokens import Intent, Op, Segment, Target


class Decision(str, Enum):
    """The controller's three ways on."""

    CONTINUE = "continue"
    REFINE = "refine"
    DONE = "done"

    @property
    def token(self) -> str:
        """The special token of this decision."""
        return {"continue": tokens.CONTINUE, "refine": tokens.REFINE, "done": tokens.DONE}[self.value]


@dataclass(frozen=True, slots=True)
class Control:
    """The controller's probabilities; they sum to 1."""

    proceed: float
    """Next step (``<CONTINUE>``)."""
    refine: float
    """Plan again (``<REFINE>``)."""
    done: float
    """Stop (``<DONE>``)."""

    @property
    def decision(self) -> Decision:
        """The most probable way on."""
        ways = ((self.proceed, Decision.CONTINUE), (self.refine, Decision.REFINE), (self.done, Decision.DONE))
        return max(ways, key=lambda way: way[0])[1]


@dataclass(frozen=True, slots=True)
class PlanChoice:
    """One (operation, line) pair with its log-probability."""

    op: Op
    mark: int
    """1-based window line."""
    end_mark: int | None
    intent: Intent
    target: Target
    logprob: float


@dataclass(frozen=True, slots=True)
class Written:
    """Text the model wrote for a step."""

    lines: tuple[str, ...]
    """New lines, no indentation."""
    insert: bool
    """True when the lines go after the planned line."""
    logprob: float
    """Sum of the tokens' log-probabilities."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan step with the text it would lead to, for teacher forcing."""

    op: Op
    mark: int
    end_mark: int | None
    intent: Intent
    target: Target
    lines: tuple[str, ...]
    insert: bool


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known of a loaded model."""

    name: str
    architecture: str = ""
    parameters: int = 0
    path: str = ""
    fingerprint: str = ""
    """SHA-256 of the file, '' for none."""
    plan_weight: float = 1.0
    """How much its log p(plan) counts in a ranking beside the proposers' priors, as measured when it was made."""
    code_weight: float = 1.0
    """The same for log p(code | plan)."""
    choice_weight: float = 0.0
    """The same for a candidate's share among those that carry out the same plan."""
    edit_weight: float = 0.0
    """The same for the edit scorer's rating, where tests fail."""
    build_weight: float = 0.0
    """The same where code does not build."""


class Model(Protocol):
    """What ranks and writes. Prompts are segments of ``hrgc.prompt``: ``control`` takes one without a control token."""

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""

    def count(self, text: str) -> int:
        """Return the number of tokens of foreign *text*."""

    def control(self, prompt: Sequence[Segment], budget: Budget) -> Control:
        """Return the three-way decision on the state in *prompt*."""

    def plans(
        self, prompt: Sequence[Segment], marks: Sequence[int], target: Target, budget: Budget, *, limit: int
    ) -> tuple[PlanChoice, ...]:
        """Return the most probable (operation, line) pairs with lines among *marks*, best first."""

    def score(self, prompt: Sequence[Segment], choices: Sequence[Choice], budget: Budget) -> tuple[float, ...]:
        """Return log p(plan) + log p(code | plan) of each choice; -inf for those the budget did not reach."""

    def rate(self, signs: Sequence[bytes]) -> tuple[float, ...]:
        """Return the edit scorer's rating of each edit by its signs, 0 on average and for edits without signs."""

    def write(
        self, prompt: Sequence[Segment], plan: PlanChoice, budget: Budget, *, count: int, seed: int
    ) -> tuple[Written, ...]:
        """Return up to *count* different texts for *plan*, best first."""

    def close(self) -> None:
        """Free the model's memory."""


class NoModel:
    """``--model none``: no opinion; the proposers' own priors rank, and nothing is written."""

    info = ModelInfo("none")

    def count(self, text: str) -> int:
        """Return a rough token count: four bytes a token."""
        return max(1, (len(text) + 3) // 4)

    def control(self, prompt: Sequence[Segment], budget: Budget) -> Control:
        """Say to go on always; the validators decide when to stop."""
        return Control(1.0, 0.0, 0.0)

    def plans(
        self, prompt: Sequence[Segment], marks: Sequence[int], target: Target, budget: Budget, *, limit: int
    ) -> tuple[PlanChoice, ...]:
        """Return no plan of its own."""
        return ()

    def score(self, prompt: Sequence[Segment], choices: Sequence[Choice], budget: Budget) -> tuple[float, ...]:
        """Rate all choices alike."""
        return (0.0,) * len(choices)

    def rate(self, signs: Sequence[bytes]) -> tuple[float, ...]:
        """Rate all edits alike."""
        return (0.0,) * len(signs)

    def write(
        self, prompt: Sequence[Segment], plan: PlanChoice, budget: Budget, *, count: int, seed: int
    ) -> tuple[Written, ...]:
        """Write nothing."""
        return ()

    def close(self) -> None:
        """Nothing to free."""


@dataclass
class ScriptedModel(NoModel):
    """A model that answers from lists, for tests and replays: each call takes the next answer, then none."""

    controls: list[Control] = field(default_factory=list)
    plan_answers: list[tuple[PlanChoice, ...]] = field(default_factory=list)
    texts: list[tuple[Written, ...]] = field(default_factory=list)
    scores: dict[tuple[str, ...], float] = field(default_factory=dict)
    """Log-probability by the choice's lines; 0.0 for lines not named."""
    prompts: list[tuple[Segment, ...]] = field(default_factory=list)
    """Every prompt it was asked about."""
    info: ModelInfo = field(default_factory=lambda: ModelInfo("scripted"))

    def control(self, prompt: Sequence[Segment], budget: Budget) -> Control:
        """Return the next scripted decision."""
        self.prompts.append(tuple(prompt))
        return self.controls.pop(0) if self.controls else super().control(prompt, budget)

    def plans(
        self, prompt: Sequence[Segment], marks: Sequence[int], target: Target, budget: Budget, *, limit: int
    ) -> tuple[PlanChoice, ...]:
        """Return the next scripted plans that use legal marks."""
        self.prompts.append(tuple(prompt))
        if not self.plan_answers:
            return ()
        return tuple(p for p in self.plan_answers.pop(0) if p.mark in marks)[:limit]

    def score(self, prompt: Sequence[Segment], choices: Sequence[Choice], budget: Budget) -> tuple[float, ...]:
        """Return the scripted score of each choice's lines."""
        return tuple(self.scores.get(choice.lines, 0.0) for choice in choices)

    def write(
        self, prompt: Sequence[Segment], plan: PlanChoice, budget: Budget, *, count: int, seed: int
    ) -> tuple[Written, ...]:
        """Return the next scripted texts."""
        return self.texts.pop(0)[:count] if self.texts else ()
