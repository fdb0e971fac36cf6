"""From a change to a plan: intent from its words, targets and operations from its syntax, a step for every hunk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.plan import Step
from hrgc.tokens import Intent, Op, Target
from trainer import intents, regions
from trainer.change import Change, Region
from trainer.commit_helper import Class, CommitHelper
from trainer.regions import State

MAX_HUNKS = 8
"""Hunks of a declaration; one with more is rewritten, not edited."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One hunk of a declaration, in the state in which the hunks above it are done."""

    path: str
    line: int
    """Line of the old file the hunk starts at, or is inserted behind."""
    state: State
    op: Op
    target: Target
    symbol: str
    whole: str
    """``added`` or ``removed`` for a whole declaration, else ''."""
    parses: bool
    """The declaration parses with the hunk carried out."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step with the words that describe it."""

    step: Step
    description: str


@dataclass(frozen=True, slots=True)
class ExtractedPlan:
    """What a change did, as a plan."""

    intent: Intent
    stated: bool
    """The intent comes from the change's words, not from its diff."""
    steps: tuple[PlanStep, ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """Every declaration the plan names, as ``kind:symbol``, once each."""
        named = (f"{s.step.target.value}:{s.step.symbol}".rstrip(":") for s in self.steps)
        return tuple(dict.fromkeys(named))


def bare(region: Region) -> Region:
    """Return the region without the doc comment in front of its declaration."""
    lines = region.lines
    start = 0
    while start < len(lines) and (lines[start][1:2] in {"", "/"} or not lines[start].strip("+- ")):
        if lines[start][1:3] not in {"//", ""}:
            break
        start += 1
    head = lines[:start]
    return Region(
        region.first + sum(line[:1] != "+" for line in head),
        region.new_first + sum(line[:1] != "-" for line in head),
        "\n".join(lines[start:]),
    )


def edits(changes: Sequence[Change], helper: CommitHelper) -> Iterator[tuple[Change, tuple[Edit, ...]]]:
    """Yield each change with its edits; the helper is asked once for all of them."""
    found = [[*_states(item)] for item in changes]
    pairs = [("\n".join(s.lines), "\n".join(s.repaired)) for rows in found for _, _, s in rows]
    classes = iter(helper.classify(pairs))
    for item, rows in zip(changes, found, strict=True):
        yield (
            item,
            tuple(e for (path, line, s), c in zip(rows, classes, strict=False) if (e := _edit(path, line, s, c))),
        )


def _states(item: Change) -> Iterator[tuple[str, int, State]]:
    """Yield (path, old line, state) of every hunk that changes code."""
    for file in item.files:
        for region in map(bare, file.regions):
            if not region.body or regions.only_comments(region):
                continue
            hunks = regions.hunks(region)
            if len(hunks) > MAX_HUNKS:
                continue
            for number, hunk in enumerate(hunks):
                kept = sum(line[:1] != "+" for line in region.lines[: hunk.start])
                replaces = any(line[:1] == "-" for line in region.lines[hunk.start : hunk.end])
                state = regions.state(region, hunk, hunks[:number])
                yield file.path, region.first + kept - (0 if replaces else 1), state


def _edit(path: str, line: int, state: State, found: Class) -> Edit | None:
    """Return a classified hunk, None when its declaration does not parse in either state."""
    if not found.kind or not (found.before or found.after) or not found.op:
        return None
    before, after = any(map(str.strip, state.lines)), any(map(str.strip, state.repaired))
    whole = "" if before and after else "added" if after else "removed"
    return Edit(path, max(1, line), state, Op(found.op), Target(found.kind), found.symbol, whole, found.after)


def extract(item: Change, found: Sequence[Edit]) -> ExtractedPlan:
    """Return the plan of a change from its words and its edits."""
    stated = intents.of_text(item.title, item.body)
    intent = stated or by_shape(found)
    named = intents.actions(item.body)
    steps = tuple(
        PlanStep(
            Step(
                Path(edit.path), edit.line, edit.op, step_intent(intent, edit), edit.target, edit.symbol,
                edit.line + edit.state.last - edit.state.first if edit.state.last > edit.state.first else None,
            ),
            _description(item, edit, named, first=number == 0),
        )
        for number, edit in enumerate(found)
    )  # fmt: skip
    return ExtractedPlan(intent, stated is not None, steps)


def by_shape(found: Sequence[Edit]) -> Intent:
    """Return the intent that edits alone suggest: what only adds, what only removes, else an update."""
    new = sum(len(edit.state.new) for edit in found)
    old = sum(edit.state.last - edit.state.first + 1 for edit in found)
    if found and not old:
        return Intent.ADD
    if found and not new:
        return Intent.REMOVE
    return Intent.UPDATE


def step_intent(intent: Intent, edit: Edit) -> Intent:
    """Return a step's own intent: a whole declaration comes or goes, everything else follows the change."""
    if edit.whole == "added":
        return Intent.ADD
    if edit.whole == "removed":
        return Intent.REMOVE
    return intent


def _description(item: Change, edit: Edit, named: Sequence[str], *, first: bool) -> str:
    """Return words for a step: an action that names its declaration, the subject for the first, else the operation."""
    name = edit.symbol.rsplit(".", 1)[-1]
    if name:
        for text in named:
            if name in text:
                return text
    if first:
        return item.title
    where = f" in {edit.symbol}" if edit.symbol else ""
    return f"{edit.op.meaning}{where}"
