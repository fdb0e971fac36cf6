"""Schemata: every candidate of a function in one test binary behind a selector, compiled once.

The helper rewrites the package (``schemata.go``); this file compiles what it made, finds out which candidates cannot
share the binary, and checks it against the tests of the unchanged code before any verdict is taken from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hrgc.diagnostics import Diagnostic
from hrgc.edits import Overlay
from hrgc.plugin import Budget, Candidate
from plugins.golang import testlog
from plugins.golang.baseline import Baseline, Failure
from plugins.golang.testbuild import Build, TestBuilder, encoded, errors
from plugins.golang.testlog import Outcome
from plugins.golang.testrun import LARGE_MEMORY_LIMIT, MEMORY_LIMIT, Job, Runner
from plugins.golang.workspace import GoWorkspace

IDENTITY = 1
"""Selector of the variant that is an unchanged copy of every function."""
FUEL = 20_000_000
"""Loop turns and calls a variant may take, more where the unchanged code needs a twentieth of that already.

``go test`` alone would wait ten minutes. Here a candidate that takes more than this, and more than twenty times what
the unchanged code takes, is refused as Timeout though it may end: a repair that makes code so much slower is none. Fuel
counts turns, not seconds, so that a verdict does not hang on the machine.
"""
LITTLE_FUEL = 2_000_000
"""The same where tests of the unchanged code run away, so that most candidates will, too."""
MEASURED_FROM = 125_000
"""Fuel from which on the unchanged code's use is measured."""
SHORTEST = 0.5
"""Seconds a variant may take at least."""
SLACK = 10
"""How many times the unchanged code's time and fuel a variant may take."""
_RETRIES = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run of a variant may take."""

    seconds: float
    fuel: int
    memory: int = MEMORY_LIMIT
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Schema:
    """One binary with many candidates."""

    build: Build
    variants: tuple[int, ...]
    """Selector of each candidate, 0 for one that needs a binary of its own."""
    reasons: tuple[str, ...]
    """Why, for those with selector 0."""
    functions: tuple[tuple[str, ...], ...]
    """Keys of the functions each candidate changes."""
    broken: dict[int, tuple[Diagnostic, ...]]
    """The compiler's findings of candidates that do not compile, by position."""

    def job(self, position: int, limits: Limits, run: str, *, failfast: bool) -> Job:
        """Return the run of the candidate at *position*."""
        return variant_job(self.build, self.variants[position], limits, run, failfast=failfast)


def variant_job(build: Build, variant: int, limits: Limits, run: str, *, failfast: bool = False) -> Job:
    """Return the run of one selector's variant."""
    assert build.path is not None
    variables = {"HRGC_VARIANT": str(variant), "HRGC_FUEL": str(limits.fuel)}
    return Job(build.path, limits.seconds, run=run, failfast=failfast, memory=limits.memory, variables=variables)


def make(
    workspace: GoWorkspace,
    builder: TestBuilder,
    overlay: Overlay,
    candidates: Sequence[Candidate],
    budget: Budget,
) -> Schema:
    """Build one binary for *candidates* on top of *overlay*; raises what ``Helper.request`` raises."""
    wire = [_encode(c) for c in candidates]
    dropped: dict[int, str] = {}
    broken: dict[int, tuple[Diagnostic, ...]] = {}
    for _ in range(_RETRIES):
        answer = _ask(workspace, overlay, wire, dropped, budget)
        variants = list(answer["variants"])
        reasons = [dropped.get(i, reason) for i, reason in enumerate(answer["reasons"])]
        functions = tuple(tuple(keys or ()) for keys in answer["functions"])
        if not any(variants):
            return Schema(
                Build(None, "no candidate can share a binary"), tuple(variants), tuple(reasons), functions, {}
            )
        build = builder.build(workspace, {**overlay, **encoded(answer["files"])}, budget)
        if build.ok or build.killed:
            return Schema(build, tuple(variants), tuple(reasons), functions, broken)
        guilty = _guilty(workspace, builder, overlay, wire, dropped, budget)
        if not guilty:
            break
        for position, found in guilty.items():
            dropped[position] = f"does not compile: {found}"
    reason = f"the shared binary does not build: {' '.join(build.output.split())[:200]}"
    return Schema(build, (0,) * len(wire), (reason,) * len(wire), functions, broken)


def _encode(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as the helper takes it."""
    edits = [{"start": e.start, "end": e.end, "new": e.new.decode("utf-8", "replace")} for e in sorted(candidate.edits)]
    return {"path": str(candidate.path), "edits": edits}


def _ask(  # noqa: PLR0913 - one question of the helper
    workspace: GoWorkspace,
    overlay: Overlay,
    wire: Sequence[dict[str, Any]],
    dropped: dict[int, str],
    budget: Budget,
    *,
    plain: bool = False,
) -> Any:
    """Ask the helper for the files; *dropped* candidates keep their position but change nothing."""
    nothing = {"path": "", "edits": []}
    chosen = [nothing if i in dropped else c for i, c in enumerate(wire)]
    return workspace.helper.request("schemata", {"candidates": chosen, "plain": plain}, overlay=overlay, budget=budget)


def _guilty(  # noqa: PLR0913 - as make
    workspace: GoWorkspace,
    builder: TestBuilder,
    overlay: Overlay,
    wire: Sequence[dict[str, Any]],
    dropped: dict[int, str],
    budget: Budget,
) -> dict[int, str]:
    """Return the candidates the compiler objects to, by position, with its words.

    With line directives errors name lines of the user's file, so the files are built once more without them.
    """
    answer = _ask(workspace, overlay, wire, dropped, budget, plain=True)
    build = builder.build(workspace, {**overlay, **encoded(answer["files"])}, budget, ("-gcflags=-e",))
    positions = {variant: i for i, variant in enumerate(answer["variants"]) if variant}
    guilty: dict[int, str] = {}
    for found in errors(build, workspace.root):
        for span in answer["spans"] or ():
            inside = span["path"] == str(found.path) and span["first"] <= found.line <= span["last"]
            if inside and span["variant"] in positions:
                guilty.setdefault(positions[span["variant"]], found.message)
    return guilty


@dataclass(frozen=True, slots=True)
class Check:
    """What the unchanged copy in a shared binary shows."""

    limits: Limits
    differs: tuple[str, ...]
    """Tests that end otherwise than in a binary of their own; with any, the binary's verdicts cannot be used."""


def check(
    build: Build, runner: Runner, baseline: Baseline, passing: Sequence[str], budget: Budget, *, rough: Limits
) -> Check:
    """Run the unchanged copy: it must end as *baseline* did; *passing* are the tests that will be asked about."""
    failing = [f for f in baseline.failures if f.code != "Timeout"]
    stopped = {f.top for f in baseline.failures if f.code == "Timeout"}
    differs: list[str] = []
    seconds, fuel, memory = 0.0, 0, MEMORY_LIMIT
    for group, expected in _groups(failing, stopped, passing):
        job = variant_job(build, IDENTITY, Limits(rough.seconds, MEASURED_FROM), testlog.exact(group))
        job = replace(job, variables={**job.variables, "HRGC_MEASURE": str(1 << 62)})
        for _ in range(2):
            run = runner.run(replace(job, memory=memory), budget.cancel)
            failed = {r.name for r in run.log.leaves(Outcome.FAIL)} | {r.name for r in run.log.culprits()}
            wrong = sorted((failed ^ expected) - baseline.flaky)
            if not wrong:
                break
            if run.result.killed == "memory":
                memory = LARGE_MEMORY_LIMIT
        differs += wrong
        seconds += run.result.seconds
        fuel = max(fuel, run.log.fuel)
    shortest, least = (2 * SHORTEST, LITTLE_FUEL) if stopped else (SHORTEST, FUEL)
    limits = Limits(max(shortest, SLACK * seconds), max(least, SLACK * 2 * fuel), memory)
    return Check(limits, tuple(differs))


def _groups(failing: Sequence[Failure], stopped: set[str], passing: Sequence[str]) -> list[tuple[list[str], set[str]]]:
    """Return groups of tests that can share a process, with the names that fail in each."""
    calm = [f for f in failing if f.code in {"TestFail", "Race"} and not f.name.startswith("(")]
    groups: list[tuple[list[str], set[str]]] = []
    if calm:
        groups.append((list(dict.fromkeys(f.top for f in calm)), {f.name for f in calm}))
    groups += [
        ([f.top], {f.name})
        for f in failing
        if f.code == "Panic" and not f.name.startswith("(") and f.top not in stopped
    ]
    if passing:
        groups.append((list(passing), set()))
    return groups[:6] if len(groups) <= 6 else [*groups[:5], groups[-1]]
