"""Where a run looks: root findings, then suspected lines, then the declarations that the problem names."""

from __future__ import annotations

from hrgc.plan import Step
from hrgc.plugin import Workspace
from hrgc.rank import Ranker
from hrgc.state import State, way
from hrgc.tokens import Op

MAX_WINDOWS = 12
"""Declarations looked at when only a problem text says what to do."""


def places(state: State, workspace: Workspace, ranker: Ranker, problem: str) -> list[Step]:
    """Return the places to look at in *state*, most telling first."""
    files = set(workspace.files)
    found = [
        Step(d.path, d.line, Op.REWRITE, answers=d.message)
        for d in state.evidence.roots()
        if d.path in files and d.line > 0
    ]
    found += [Step(h.path, h.line, Op.REWRITE) for h in state.evidence.hot if h.path in files]
    return found or _named(state, workspace, ranker, problem)


def _named(state: State, workspace: Workspace, ranker: Ranker, problem: str) -> list[Step]:
    """Return the declarations, those that share most words with *problem* first."""
    words = {word.strip(".,:;()`'\"").lower() for word in problem.split()}
    ranked: list[tuple[int, Step]] = []
    for path in workspace.files:
        last = state.content(workspace, path).count(b"\n") + 1
        line = 1
        while line <= last and len(ranked) < MAX_WINDOWS * len(workspace.files):
            window = ranker.view(state, Step(path, line, Op.REWRITE), way(state)).window
            if not window.numbers:
                break
            text = " ".join((window.symbol, *window.lines)).lower()
            weight = 10 * (window.symbol.split(".")[-1].lower() in words) + sum(word in text for word in words)
            ranked.append((weight, Step(path, window.numbers[0], Op.REWRITE, symbol=window.symbol)))
            line = max(line, window.numbers[-1]) + 1
    return [step for _, step in sorted(ranked, key=lambda row: -row[0])]
