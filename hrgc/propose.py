"""Where candidates come from: the proposer plugins, the model's own text, and pairs of single edits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations

from hrgc.diagnostics import Evidence
from hrgc.edits import overlaps
from hrgc.errors import HrgcError, PluginError
from hrgc.model import Model, PlanChoice
from hrgc.plan import Step, Window
from hrgc.plugin import Budget, Candidate, Proposer, Workspace
from hrgc.rank import Scored, View
from hrgc.state import State, lines_edit

PAIR_POOL = 48
"""How many of the best single edits are combined into pairs."""


def gather(
    proposers: Sequence[Proposer], workspace: Workspace, state: State, steps: Sequence[Step], budget: Budget
) -> list[Candidate]:
    """Return the plugins' candidates for *state*, without duplicates; raises PluginError when one breaks."""
    found: list[Candidate] = []
    for proposer in proposers:
        try:
            found.extend(proposer.propose(workspace, state.overlay, state.evidence, steps, budget))
        except HrgcError:
            raise
        except Exception as error:  # a plugin is foreign code: door three of three
            raise PluginError(
                f"proposer {proposer.name} failed: {type(error).__name__}: {error}", "report it to the plugin's author"
            ) from error
    return distinct(found, ())


def distinct(candidates: Iterable[Candidate], known: Iterable[Candidate]) -> list[Candidate]:
    """Return *candidates* without repeated edits and without the *known* ones; the likelier duplicate stays."""
    seen = {(c.path, c.edits) for c in known}
    best: dict[object, Candidate] = {}
    for candidate in candidates:
        key = (candidate.path, candidate.edits)
        if key in seen or not candidate.edits:
            continue
        if key not in best or candidate.prior > best[key].prior:
            best[key] = candidate
    return list(best.values())


def written(
    model: Model,
    workspace: Workspace,
    state: State,
    view: View,
    plans: Sequence[PlanChoice],
    budget: Budget,
    *,
    seed: int,
) -> list[Candidate]:
    """Return the text the model writes for each of *plans* in one window, as candidates."""
    content = state.content(workspace, view.window.path)
    found: list[Candidate] = []
    for number, plan in enumerate(plans):
        if budget.over:
            break
        for text in model.write(view.answering, plan, budget, count=4, seed=seed + number):
            step = step_of(plan, view.window, state.evidence)
            last = step.end_line or step.line
            edit = lines_edit(content, step.line, last, text.lines, insert=text.insert)
            if content[edit.start : edit.end] == edit.new or (text.insert and not text.lines):
                continue
            found.append(
                Candidate(
                    path=view.window.path,
                    edits=(edit,),
                    step=step,
                    code=text.lines,
                    insert=text.insert,
                    source="model",
                    rule="written",
                )
            )
    return distinct(found, ())


def step_of(plan: PlanChoice, window: Window, evidence: Evidence) -> Step:
    """Return the plan choice as a step on file lines."""
    line = window.numbers[plan.mark - 1]
    end = window.numbers[plan.end_mark - 1] if plan.end_mark else None
    near = [d for d in evidence.roots() if d.path == window.path and d.line == line] or list(evidence.roots()[:1])
    return Step(
        path=window.path,
        line=line,
        op=plan.op,
        intent=plan.intent,
        target=plan.target,
        symbol=window.symbol,
        end_line=end,
        answers=near[0].message.splitlines()[0] if near and near[0].message else "",
    )


def pairs(ranked: Sequence[Scored], limit: int) -> list[Candidate]:
    """Return two-edit candidates of the best single ones, likeliest sum first."""
    pool = [s for s in ranked if not s.candidate.also][:PAIR_POOL]
    joined = sorted(combinations(pool, 2), key=lambda two: -(two[0].score + two[1].score))
    found: list[Candidate] = []
    for first, second in joined:
        one, two = first.candidate, second.candidate
        if one.path != two.path or overlaps(one.edits, two.edits):
            continue
        found.append(
            replace(
                one,
                edits=tuple(sorted((*one.edits, *two.edits))),
                source=one.source if one.source == two.source else f"{one.source}+{two.source}",
                rule=f"{one.rule}+{two.rule}",
                prior=first.score + second.score,
                also=(two.step,),
            )
        )
        if len(found) >= limit:
            break
    return found
