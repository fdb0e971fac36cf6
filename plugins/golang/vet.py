"""The vet stage: ``go vet`` on a state that builds, asked once about a winner.

Only analyzers that find mistakes rather than habits count as evidence; the rest become notes. What vet said of the
files before they were changed is never held against a candidate.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay, hunks, splice
from hrgc.plugin import Budget, Candidate, Judgement, Workspace
from plugins.golang.exports import json_stream
from plugins.golang.workspace import GoWorkspace

TIMEOUT = 120.0
"""Seconds one run of vet may take."""
DECISIVE = frozenset((
    "appends", "assign", "atomic", "bools", "copylocks", "defers", "errorsas", "httpresponse", "ifaceassert",
    "loopclosure", "lostcancel", "nilfunc", "printf", "shift", "sigchanyzer", "stringintconv", "timeformat",
    "unmarshal", "unreachable", "unusedresult", "waitgroup",
))  # fmt: skip
"""Analyzers whose findings are mistakes in the code itself. The others judge tags, comments, assembly, literals without
field names and the like, which a repair neither causes nor is asked to mend."""
_NOTES = 5
"""Findings of other analyzers that are mentioned."""


class VetValidator:
    """Judges what compiles but is certainly not meant."""

    name = "go_vet"
    stage = Stage.VET

    def __init__(self) -> None:
        """Remember what vet says of each workspace's own files."""
        self._before: WeakKeyDictionary[GoWorkspace, tuple[Diagnostic, ...] | None] = WeakKeyDictionary()

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Return the findings that *overlay* brings; of the unchanged files, all of them."""
        if not isinstance(workspace, GoWorkspace):
            return Evidence(reached=Stage.VET, notes=("vet: this workspace is no Go package",))
        found, note = self._run(workspace, overlay, budget)
        if found is None:
            return Evidence(reached=Stage.TYPES, notes=(note,))
        changed = {path: content for path, content in overlay.items() if content != workspace.read(path)}
        if changed:
            found = self._new(workspace, found, changed, budget)
        decisive = tuple(d for d in found if d.code in DECISIVE and d.path not in workspace.package.tests)
        others = [d for d in found if d.code not in DECISIVE]
        notes = tuple(f"vet: {d.path.name}:{d.line}: {d.message} [{d.code}]" for d in others[:_NOTES])
        return Evidence(decisive, reached=Stage.VET, notes=notes)

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Judge candidates one process each: for few."""
        for index, candidate in enumerate(candidates):
            if budget.over:
                return
            before = overlay.get(candidate.path)
            content = splice(workspace.read(candidate.path) if before is None else before, candidate.edits)
            found = self.examine(workspace, {**overlay, candidate.path: content}, budget)
            if found.reached is not Stage.VET:
                return
            yield Judgement(index, found.diagnostics)

    def _new(
        self, workspace: GoWorkspace, found: Sequence[Diagnostic], changed: Overlay, budget: Budget
    ) -> tuple[Diagnostic, ...]:
        """Return the findings that were not there before.

        Where vet could judge the files before, its findings are subtracted. Where it could not, since they did not
        build, a finding is new when it lies on a changed line.
        """
        if not found:
            return ()
        if workspace not in self._before:
            self._before[workspace] = self._run(workspace, {}, budget)[0]
        before = self._before[workspace]
        if before is None:
            lines = {path: _changed_lines(workspace.read(path), content) for path, content in changed.items()}
            return tuple(d for d in found if d.line in lines.get(d.path, ()))
        left = Counter(d.key for d in before)
        fresh: list[Diagnostic] = []
        for finding in found:
            if left[finding.key] > 0:
                left[finding.key] -= 1
            else:
                fresh.append(finding)
        return tuple(fresh)

    def _run(
        self, workspace: GoWorkspace, overlay: Overlay, budget: Budget
    ) -> tuple[tuple[Diagnostic, ...] | None, str]:
        """Run vet; None with the reason when it could not judge."""
        answer = workspace.go(("vet", "-json"), overlay, budget, timeout=TIMEOUT)
        text = workspace.store.restore(answer.stdout, overlay)
        errors = workspace.store.restore(answer.stderr, overlay)
        if answer.killed:
            return None, f"vet: stopped: {answer.killed}"
        objects = json_stream(text) or json_stream(errors[errors.find("\n{") + 1 :])
        if not objects and answer.returncode != 0:
            words = [line for line in errors.splitlines() if line and not line.startswith("#")]
            return None, f"vet: not run: {words[0] if words else 'go vet failed'}"
        places = {path.name: path for path in (*workspace.package.sources, *workspace.package.tests)}
        findings = _findings(objects, workspace.root, places)
        return tuple(sorted(findings, key=lambda d: (str(d.path), d.line, d.column, d.code))), ""


def _findings(objects: Sequence[Mapping[str, Any]], root: Path, places: Mapping[str, Path]) -> Iterator[Diagnostic]:
    """Yield the findings of ``go vet -json``, each once although a package is vetted with and without its tests."""
    seen: set[tuple[str, str, str]] = set()
    for by_package in objects:
        for by_analyzer in by_package.values():
            for analyzer, found in by_analyzer.items() if isinstance(by_analyzer, dict) else ():
                for entry in found if isinstance(found, list) else ():
                    key = (analyzer, str(entry.get("posn", "")), str(entry.get("message", "")))
                    if key not in seen:
                        seen.add(key)
                        yield _finding(*key, root, places)


def _finding(analyzer: str, position: str, message: str, root: Path, places: Mapping[str, Path]) -> Diagnostic:
    """Turn one finding into a diagnostic.

    Go keeps vet's answers by content, so the path may be that of an overlay of an earlier run: the name behind its
    first dash tells which file it stood for.
    """
    path, _, rest = position.partition(".go:")
    line, _, column = rest.partition(":")
    place = Path(os.path.normpath(root / f"{path}.go"))
    if place not in places.values():
        place = places.get(place.name.partition("-")[2], place)
    return Diagnostic(
        place,
        int(line) if line.isdigit() else 0,
        int(column) if column.isdigit() else 0,
        Stage.VET,
        analyzer,
        message,
    )


def _changed_lines(before: bytes, after: bytes) -> frozenset[int]:
    """Return the lines of *after* that *before* does not have."""
    return frozenset(line for hunk in hunks(after, before) for line in range(hunk.first, hunk.last + 1))
