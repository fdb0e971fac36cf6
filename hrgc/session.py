"""What front ends call: load the tools, open a package, run the loop on it, and judge a chosen subset of hunks."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from hrgc.attempt import Tools
from hrgc.config import Settings
from hrgc.diagnostics import Evidence
from hrgc.edits import split_lines
from hrgc.errors import CancelledError, InputError, PluginError
from hrgc.events import Event, Finished
from hrgc.loop import Job, refine
from hrgc.model import Model, NoModel
from hrgc.plan import Plan, lint
from hrgc.plugin import Budget, Cancel, Language, OpenOptions, Proposer, Validator, Workspace, load
from hrgc.rank import Weights
from hrgc.state import FailedEdit
from hrgc.validate import Cascade

ModelLoader = Callable[[], Model]
"""Loads the model when it is first needed; raises ModelError."""


@dataclass(frozen=True, slots=True)
class Request:
    """One repair as a front end asks for it."""

    target: Path
    problem: str = ""
    plan: Plan | None = None
    max_rounds: int = 5
    seconds: float | None = 60.0
    candidates: int = 400
    """Candidates judged a round."""
    test_runs: int | None = None
    """Candidates a round whose tests are run, None for no limit of its own."""
    options: OpenOptions = field(default_factory=OpenOptions)
    seed: int = 0
    plan_only: bool = False
    avoid: tuple[FailedEdit, ...] = ()
    overlay: Mapping[Path, bytes] = field(default_factory=dict)
    """Contents in place of those on disk, for what an editor holds; absolute paths."""


def request_of(settings: Settings, options: OpenOptions, *, problem: str = "", plan: Plan | None = None) -> Request:
    """Return the request that *settings* make, without its target."""
    return Request(
        target=Path(),
        problem=problem,
        plan=plan,
        max_rounds=settings.max_rounds,
        seconds=settings.timeout,
        candidates=settings.candidates,
        options=options,
        seed=settings.seed,
    )


class Toolbox:
    """Plugins and model, loaded once and shared by all runs of a process."""

    def __init__(
        self,
        languages: tuple[Language, ...],
        proposers: tuple[Proposer, ...],
        validators: tuple[Validator, ...],
        model: ModelLoader = NoModel,
        *,
        weights: Weights | None = None,
        feedback: bool = True,
    ) -> None:
        """Keep the plugins; *model* is called when a run first needs it and, without *feedback*, told no evidence."""
        self.languages = languages
        self.proposers = proposers
        self.validators = validators
        self.weights = weights
        self.feedback = feedback
        self._loader = model
        self._model: Model | None = None

    @classmethod
    def load(cls, model: ModelLoader = NoModel, *, weights: Weights | None = None) -> Toolbox:
        """Load every installed plugin; raises PluginError."""
        languages = load("hrgc.languages", Language)  # type: ignore[type-abstract]
        if not languages:
            raise PluginError("no language plugin is installed", "reinstall hrgc: its Go plugin is an entry point")
        return cls(
            languages,
            load("hrgc.proposers", Proposer),  # type: ignore[type-abstract]
            load("hrgc.validators", Validator),  # type: ignore[type-abstract]
            model,
            weights=weights,
        )

    @property
    def model(self) -> Model:
        """The model, loaded now if it was not; raises ModelError."""
        if self._model is None:
            self._model = self._loader()
        return self._model

    def language_of(self, target: Path) -> Language:
        """Return the language that opens *target*: by suffix for a file, the first one for a directory."""
        for language in self.languages:
            if target.is_dir() or target.suffix in language.suffixes:
                return language
        known = ", ".join(suffix for language in self.languages for suffix in language.suffixes)
        raise InputError(f"{target}: not a file hrgc can work on", f"name a {known} file or a directory of them")

    def tools(self) -> Tools:
        """Return what the loop works with."""
        return Tools(self.model, Cascade(self.validators), self.proposers, self.weights, self.feedback)

    def close(self) -> None:
        """Free the model if it was loaded."""
        if self._model is not None:
            self._model.close()
            self._model = None


@contextmanager
def opened(target: Path, toolbox: Toolbox, options: OpenOptions, cancel: Cancel | None = None) -> Iterator[Workspace]:
    """Open *target*'s package and close it behind the block, with all that validators keep for it.

    A *cancel* from another thread ends the opening at once. Raises HrgcError for what cannot be opened.
    """
    cancel = cancel or Cancel()
    if cancel.cancelled:
        raise CancelledError(f"stopped before {target} was open", "run it again")
    with toolbox.language_of(target).open(target, options, cancel) as workspace, closing(workspace):
        yield workspace


def run(request: Request, toolbox: Toolbox, cancel: Cancel | None = None) -> Generator[Event, Plan | None, Finished]:
    """Open the target's package and run the loop on it; the files stay untouched. The clock starts behind opening.

    Raises HrgcError for a target, plan, toolchain or model that cannot be worked with.
    """
    cancel = cancel or Cancel()
    with opened(request.target, toolbox, request.options, cancel) as workspace:
        budget = Budget(_deadline(request.seconds), cancel)
        if request.plan is not None:
            _check_plan(
                request.plan, {path: request.overlay.get(path) or workspace.read(path) for path in workspace.files}
            )
        job = Job(
            workspace=workspace,
            target=request.target,
            problem=request.problem,
            plan=request.plan,
            max_rounds=request.max_rounds,
            candidates=request.candidates,
            test_runs=request.test_runs,
            seed=request.seed,
            plan_only=request.plan_only,
            avoid=request.avoid,
            overlay=request.overlay,
            seconds=request.seconds,
            budget=budget,
        )
        return (yield from refine(job, toolbox.tools()))


def _deadline(seconds: float | None) -> float:
    """Return when *seconds* from now are over."""
    return float("inf") if seconds is None else time.monotonic() + seconds


def _check_plan(plan: Plan, contents: Mapping[Path, bytes]) -> None:
    """Raise InputError naming the first step of *plan* that cannot be carried out."""
    wrong = lint(plan, {path: split_lines(content) for path, content in contents.items()})
    if wrong:
        raise InputError(f"the plan does not fit the files: {wrong[0]}", "make a new one with: hrgc plan FILE")


def check(
    target: Path, toolbox: Toolbox, options: OpenOptions, seconds: float | None = None, cancel: Cancel | None = None
) -> Evidence:
    """Run the validators on *target* as it is; vet findings come behind those of the other stages.

    The clock starts behind opening, as it does for ``run``.
    """
    cancel = cancel or Cancel()
    with opened(target, toolbox, options, cancel) as workspace:
        return judged(workspace, toolbox, {}, Budget(_deadline(seconds), cancel))


def recheck(
    target: Path, toolbox: Toolbox, options: OpenOptions, overlay: Mapping[Path, bytes], budget: Budget
) -> Evidence:
    """Run the validators on *target* with *overlay* in place of the files, as for a chosen subset of hunks."""
    with opened(target, toolbox, options, budget.cancel) as workspace:
        return judged(workspace, toolbox, overlay, budget)


def judged(workspace: Workspace, toolbox: Toolbox, overlay: Mapping[Path, bytes], budget: Budget) -> Evidence:
    """Run the validators on a package that is open, as ``recheck`` does."""
    cascade = Cascade(toolbox.validators)
    evidence = cascade.examine(workspace, overlay, budget)
    if not evidence.clean or budget.over:
        return replace(evidence, notes=(*workspace.notes, *evidence.notes))
    vetted = cascade.vet(workspace, overlay, budget)
    notes = (*workspace.notes, *evidence.notes, *vetted.notes)
    return replace(evidence, diagnostics=vetted.diagnostics, notes=notes)
