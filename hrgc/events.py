"""What a run says while it works. CLI, TUI, evaluator and trace consume the same events.

A consumer may answer ``Planned`` through the generator's ``send`` with the plan to carry out instead; a plain ``for``
loop takes the plan as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import TextEdit
from hrgc.model import Control, Decision
from hrgc.plan import Plan, Step


class StopReason(str, Enum):
    """Why a run ended."""

    DONE = "done"
    """Everything that was wrong is repaired and validated."""
    CLEAN = "clean"
    """Nothing was wrong and nothing was asked for."""
    EXHAUSTED = "exhausted"
    """No candidate is left to try."""
    ROUNDS = "rounds"
    """The rounds are used up."""
    SECONDS = "seconds"
    """The time budget is used up."""
    SAME_STATE = "same-state"
    """The same state came twice."""
    CONTROLLER = "controller"
    """The model says done and the validators agree."""
    CANCELLED = "cancelled"
    """A person stopped it."""
    PLAN_DONE = "plan-done"
    """The given plan has been carried out."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run begins."""

    target: Path
    files: tuple[Path, ...]
    problem: str
    model: str
    max_rounds: int
    seconds: float | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """The current state was judged by every validator that applies."""

    round: int
    """0 for the state before the first round."""
    evidence: Evidence
    elapsed: float
    """Seconds since the run began."""


@dataclass(frozen=True, slots=True)
class RoundStarted:
    """A round begins with the controller's decision."""

    round: int
    control: Control
    decision: Decision
    """What is done: the model's decision, overruled by the validators where they know better."""
    overruled: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan of this round; may be answered with another ``Plan``."""

    round: int
    plan: Plan
    tokens: tuple[str, ...]
    """The plan as raw tokens."""
    alternatives: tuple[Step, ...] = ()
    """Other (line, operation) pairs the ranking would try next, best first."""


@dataclass(frozen=True, slots=True)
class StageDone:
    """A validator judged this round's candidates for one step."""

    round: int
    stage: Stage
    validator: str
    tried: int
    killed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates of one step were proposed, scored and ordered."""

    round: int
    step: Step | None
    """The best candidate's step."""
    total: int
    by_source: tuple[tuple[str, int], ...]
    """(proposer, candidates), by name."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One of the best-ranked candidates of a step, with what became of it."""

    rank: int
    """1-based position in the ranking."""
    path: Path
    step: Step
    edits: tuple[TextEdit, ...]
    """Edits relative to the state of the step."""
    code: tuple[str, ...]
    """The new text of the planned lines, indentation stripped."""
    source: str
    rule: str
    score: float
    evidence: Evidence | None
    """What the validators say of it; None when it was not judged to the end."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The best-ranked candidates of a step, in order of rank."""

    round: int
    changed: tuple[tuple[Path, tuple[TextEdit, ...]], ...]
    """The state of the step: edits of the files as they were when the package was opened."""
    tried: tuple[Tried, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One candidate that was judged to the end, accepted or not."""

    round: int
    path: Path
    step: Step
    edits: tuple[TextEdit, ...]
    """Edits relative to the state of the round."""
    source: str
    rule: str
    score: float
    rank: int
    """1-based position in the ranking."""
    evidence: Evidence
    accepted: bool


@dataclass(frozen=True, slots=True)
class RoundEnded:
    """A round is over."""

    round: int
    accepted: int
    """How many steps were accepted."""
    remaining: int
    """Findings that are left."""
    elapsed: float


@dataclass(frozen=True, slots=True)
class FileResult:
    """The offered contents of one file."""

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Finished:
    """The run is over; the files are still untouched."""

    reason: StopReason
    results: tuple[FileResult, ...]
    """Changed files, empty when nothing better was found."""
    before: Evidence
    after: Evidence
    rounds: int
    judged: int
    """Candidates judged by any validator."""
    elapsed: float
    steps: tuple[Step, ...]
    """The accepted steps, in order, with lines of the state they were applied to."""

    @property
    def solved(self) -> bool:
        """True when the final state is clean."""
        return self.after.clean


Event = Started | Examined | RoundStarted | Planned | Ranked | StageDone | Judged | Attempt | RoundEnded | Finished
