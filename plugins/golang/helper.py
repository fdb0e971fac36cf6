"""The client of the resident Go helper: typed questions about one package, answered in memory.

Every question names the overlay it is about, so no answer depends on what was asked before. The helper process is
started on the first question, started again when it dies, and given everything it had been told: a death loses no
answer. One lock makes a ``Helper`` safe to share between threads.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from hrgc import process
from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay
from hrgc.plugin import Budget
from plugins.golang import symptoms
from plugins.golang.helper_build import HelperUnavailable, binary
from plugins.golang.helper_types import (
    Declaration,
    Edits,
    Examined,
    Loaded,
    Outline,
    PackageSpec,
    Proposal,
    ScopeName,
    SourceFile,
    candidate,
    diagnostics,
    proposals,
    texts,
)
from plugins.golang.toolchain import Toolchain

REPLY_TIMEOUT = 30.0
"""Seconds one answer may take, whatever the budget says."""
MEMORY_LIMIT = 3 << 30
"""Bytes of resident memory at which the helper is started afresh."""
DEATHS = 2
"""How often the helper may die of one question by itself (a crash, no answer in time)."""
KILLS = 25
"""How often it may be killed from outside while one question is answered."""

__all__ = [
    "Edits",
    "Helper",
    "HelperRefused",
    "HelperStopped",
    "HelperUnavailable",
    "PackageSpec",
    "SourceFile",
]

NOTHING = Evidence()
"""Stands for no evidence."""


class HelperStopped(Exception):  # noqa: N818 - it names a condition, not a fault
    """The budget ended before the answer came."""


class HelperRefused(Exception):  # noqa: N818 - likewise
    """The helper answered that it cannot do what was asked; the argument is its reason."""


class Helper:
    """A resident checker of one package."""

    def __init__(
        self,
        toolchain: Toolchain,
        spec: PackageSpec,
        *,
        resolve: Callable[[Sequence[str]], Mapping[str, str]] | None = None,
    ) -> None:
        """Check the package *spec* with *toolchain*; *resolve* finds export data of more import paths."""
        self._toolchain, self._spec, self._resolve = toolchain, spec, resolve
        self._lock = threading.RLock()
        self._child: process.Child | None = None
        self._binary: Path | None = None
        self._sent: dict[Path, bytes] | None = None
        self._loaded: Loaded | None = None
        self._serial = 0
        self._wanted: tuple[str, ...] = ()
        self._tried: set[str] = set()
        self._due = 0.0
        self.restarts = 0
        """How often a helper that died was replaced."""

    def load(self, budget: Budget | None = None) -> Loaded:
        """Start the helper and load the package; raises HelperUnavailable, HelperStopped or HelperRefused."""
        with self._lock:
            self._ready(budget or Budget())
            assert self._loaded is not None
            return self._loaded

    def reload(self, spec: PackageSpec) -> None:
        """Check another package, or the same with other files, from the next question on."""
        with self._lock:
            self._spec, self._loaded, self._sent = spec, None, None

    def examine(self, overlay: Overlay, budget: Budget | None = None) -> Examined:
        """Return the parse and type findings of *overlay*; raises what ``load`` raises."""
        answer = self.request("examine", {}, overlay=overlay, budget=budget)
        return Examined(diagnostics(answer["diags"]), tuple(answer.get("notes") or ()))

    def check(
        self, overlay: Overlay, candidates: Sequence[Edits], budget: Budget | None = None
    ) -> list[tuple[Diagnostic, ...]]:
        """Return the findings of each candidate on top of *overlay*; raises what ``load`` raises.

        A candidate that kills the helper again and again gets a finding of its own instead of an answer.
        """
        return self._check([candidate(c) for c in candidates], overlay, budget or Budget())

    def _check(self, wire: list[dict[str, Any]], overlay: Overlay, budget: Budget) -> list[tuple[Diagnostic, ...]]:
        """Check encoded candidates, halving a batch that the helper dies of."""
        if not wire:
            return []
        try:
            answer = self.request("check", {"candidates": wire}, overlay=overlay, budget=budget)
        except HelperRefused as error:
            if len(wire) == 1:
                path = wire[0]["files"][0]["path"] if wire[0]["files"] else str(self._spec.dir)
                return [(Diagnostic(Path(path), 0, 0, Stage.TYPES, "Panic", f"the checker failed: {error}"),)]
            half = len(wire) // 2
            return self._check(wire[:half], overlay, budget) + self._check(wire[half:], overlay, budget)
        return [diagnostics(found) for found in answer["results"]]

    def outline(self, path: Path, overlay: Overlay, budget: Budget | None = None) -> Outline:
        """Return the declarations of *path*; raises what ``load`` raises."""
        answer = self.request("outline", {"path": str(path)}, overlay=overlay, budget=budget)
        return Outline(
            answer["package"],
            tuple(answer.get("imports") or ()),
            tuple(
                Declaration(d["name"], d["kind"], d.get("recv", ""), d["first"], d["last"], d["start"], d["end"])
                for d in answer.get("decls") or ()
            ),
        )

    def context(
        self, path: Path, first: int, last: int, overlay: Overlay, budget: Budget | None = None
    ) -> tuple[str, ...]:
        """Return what lines *first*..*last* refer to, one symbol a string, most telling first."""
        params = {"path": str(path), "first": first, "last": last}
        return tuple(self.request("context", params, overlay=overlay, budget=budget)["symbols"] or ())

    def scope(self, path: Path, offset: int, overlay: Overlay, budget: Budget | None = None) -> tuple[ScopeName, ...]:
        """Return the names visible at byte *offset* of *path*, innermost first."""
        answer = self.request("scope", {"path": str(path), "offset": offset}, overlay=overlay, budget=budget)
        return tuple(ScopeName(n["name"], n["kind"], n["type"]) for n in answer["names"] or ())

    def fixes(self, overlay: Overlay, limit: int, budget: Budget | None = None) -> tuple[Proposal, ...]:
        """Return at most *limit* repairs of the build errors of *overlay*; raises what ``load`` raises."""
        return proposals(self.request("fixes", {"limit": limit}, overlay=overlay, budget=budget)["candidates"])

    def enumerate(
        self,
        path: Path,
        lines: tuple[int, int],
        overlay: Overlay,
        budget: Budget | None = None,
        *,
        ops: Sequence[str] = (),
        limit: int = 0,
        evidence: Evidence = NOTHING,
    ) -> tuple[Proposal, ...]:
        """Return at most *limit* (0: all) behaviour edits of *lines* (first, last) of *path*, of classes *ops* if any.

        What the failing tests of *evidence* say counts in what the edits' scorer sees; edits of conditions that cannot
        matter to one of them come last. Raises what ``load`` raises.
        """
        params = {
            "path": str(path),
            "first": lines[0],
            "last": lines[1],
            "ops": list(ops),
            "limit": limit,
            "symptoms": asdict(symptoms.of(evidence.diagnostics)),
            "conditions": [
                {"start": c.start, "end": c.end, "order": c.order, "seen": c.seen}
                for c in evidence.conditions
                if c.path == path
            ],
        }
        return proposals(self.request("enumerate", params, overlay=overlay, budget=budget)["candidates"])

    def format(self, content: bytes, budget: Budget | None = None) -> bytes | None:
        """Return *content* as gofmt writes it, None when it does not parse."""
        try:
            answer = self.request("format", {"content": content.decode("utf-8")}, budget=budget)
        except (HelperRefused, UnicodeDecodeError):
            return None
        return str(answer["content"]).encode()

    def request(
        self, method: str, params: Mapping[str, Any], *, overlay: Overlay | None = None, budget: Budget | None = None
    ) -> Any:
        """Ask any *method* about *overlay* (None: about no state) and return its result as decoded JSON.

        Raises HelperUnavailable (it cannot be built or started), HelperStopped (the budget is over) or HelperRefused
        (its own words, also when it died of the question repeatedly).
        """
        budget = budget or Budget()
        with self._lock:
            ready, deaths, kills = False, 0, 0
            while True:
                try:
                    self._ready(budget)
                    if overlay is not None:
                        self._base(overlay, budget)
                    ready = True
                    answer = self._ask(method, params, budget)
                    if self._find_wanted():
                        answer = self._ask(method, params, budget)
                except process.ChildError as error:
                    words, killed = self._buried(error)
                    if budget.over:
                        raise HelperStopped from error
                    deaths, kills = deaths + (not killed), kills + killed
                    if deaths >= DEATHS or kills >= KILLS:
                        if ready:
                            raise HelperRefused(words) from error
                        raise HelperUnavailable(f"the Go helper does not run: {words}", "run hrgc doctor") from error
                    continue
                self._watch_memory()
                return answer

    def close(self) -> None:
        """End the helper; a later question starts it again."""
        with self._lock:
            if self._child is not None:
                self._child.close()
            self._forget()

    def _ready(self, budget: Budget) -> None:
        """Have a running helper with the package loaded."""
        if self._child is not None and not self._child.alive:
            self._child.close()
            self._forget()
            self.restarts += 1
        if self._child is None:
            self._start(budget)
        if self._loaded is None:
            self._load(budget)

    def _start(self, budget: Budget) -> None:
        """Start the process."""
        if self._binary is None or not self._binary.is_file():
            self._binary = binary(self._toolchain, budget.cancel)
        env = self._toolchain.env({"GOMEMLIMIT": str(MEMORY_LIMIT // 2), "GOTRACEBACK": "single"})
        try:
            self._child = process.Child((str(self._binary),), cwd=self._spec.dir, env=env)
        except OSError as error:
            raise HelperUnavailable(f"the Go helper cannot be started: {error}", "run hrgc doctor") from error

    def _load(self, budget: Budget) -> None:
        """Send the package."""
        answer = self._ask("load", self._spec.params(self._toolchain.settings.root), budget)
        self._tried.update(self._wanted)  # whoever made the spec has looked for these
        self._sent = {}
        self._loaded = Loaded(answer["name"], tuple(answer.get("notes") or ()))

    def _base(self, overlay: Overlay, budget: Budget) -> None:
        """Make *overlay* the helper's base state."""
        if self._sent is not None and self._sent == dict(overlay):
            return
        self._sent = None
        self._ask("base", texts(overlay, "files"), budget)
        self._sent = dict(overlay)

    def _find_wanted(self) -> bool:
        """Send export data of imports the last answer wanted; True when there is some, so that asking again pays."""
        fresh = [path for path in self._wanted if path not in self._tried]
        self._tried.update(fresh)
        found = self._resolve(fresh) if fresh and self._resolve is not None else {}
        if not found:
            return False
        self._spec = replace(self._spec, exports={**self._spec.exports, **found})
        self._ask("exports", {"files": dict(found)}, Budget())
        return True

    def _ask(self, method: str, params: Mapping[str, Any], budget: Budget) -> Any:
        """Exchange one frame; raises ChildError, HelperRefused or HelperStopped."""
        if budget.over:
            raise HelperStopped
        assert self._child is not None
        self._serial += 1
        frame = json.dumps({"id": self._serial, "method": method, "params": params}).encode()
        timeout = min(REPLY_TIMEOUT, budget.left)
        self._due = time.monotonic() + timeout
        reply = self._child.ask(frame, timeout=timeout, cancel=budget.cancel)
        try:
            answer = json.loads(reply)
        except ValueError as error:
            raise process.ChildError("the helper's answer is not JSON") from error
        if answer.get("id") != self._serial:
            raise process.ChildError("the helper answered another question")
        self._wanted = tuple(answer.get("wanted") or ())
        if answer.get("error"):
            raise HelperRefused(answer["error"])
        return answer.get("result")

    def _buried(self, error: process.ChildError) -> tuple[str, bool]:
        """Forget a dead helper; returns what is known of its death, and whether it was killed from outside."""
        words, killed = str(error), False
        if self._child is not None:
            words = "\n".join((words, *self._child.errors.splitlines()[:3])).strip()
            late = time.monotonic() >= self._due
            self._child.close()
            killed = self._child.returncode in {-signal.SIGKILL, -signal.SIGTERM} and not late
        self._forget()
        self.restarts += 1
        return words, killed

    def _forget(self) -> None:
        """Drop what a new process would not know."""
        self._child, self._sent, self._loaded = None, None, None

    def _watch_memory(self) -> None:
        """End a helper that has grown too large; the next question starts a small one."""
        if self._serial % 64 == 0 and self._child is not None and self._child.memory > MEMORY_LIMIT:
            self.close()
