"""How fast tests judge candidates: from a shared binary, next to one ``go test -overlay`` each, same candidates.

Candidates that run away are left out of the comparison, since it would then measure how long ``go test`` may wait.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.edits import Overlay, TextEdit, splice
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, OpenOptions
from hrgc.tokens import Op
from plugins.golang import toolchain as toolchains
from plugins.golang.test import TestValidator
from plugins.golang.types import TypesValidator
from plugins.golang.workspace import GoWorkspace

CANDIDATES = 100
SLOW = 2.0
"""Seconds from which on a candidate that fails by timeout counts as running away."""
_MODULE = "module example.org/bench\n\ngo 1.22\n"
_SOURCE = """package bench

import (
	"fmt"
	"strings"
)

// Entry is one line of a ledger.
type Entry struct {
	Account string
	Cents   int
}

// Ledger keeps balances by account.
type Ledger struct {
	balance map[string]int
	order   []string
}

// Apply books entries and returns how many accounts are overdrawn.
func (l *Ledger) Apply(entries []Entry, limit int) (overdrawn int, err error) {
	if l.balance == nil {
		l.balance = make(map[string]int)
	}
	for i, e := range entries {
		if e.Account == "" {
			return 0, fmt.Errorf("entry %d has no account", i)
		}
		if _, known := l.balance[e.Account]; !known {
			l.order = append(l.order, e.Account)
		}
		next := l.balance[e.Account] - e.Cents
		if next < -limit && e.Cents < 0 {
			return 0, fmt.Errorf("%s: limit of %d passed", e.Account, limit)
		}
		l.balance[e.Account] = next
	}
	for _, account := range l.order {
		if l.balance[account] < 0 {
			overdrawn++
		}
	}
	return overdrawn, nil
}

// Report renders all balances, in the order the accounts came up.
func (l *Ledger) Report() string {
	var b strings.Builder
	for _, account := range l.order {
		cents := l.balance[account]
		sign := ""
		if cents < 0 {
			sign, cents = "-", -cents
		}
		fmt.Fprintf(&b, "%s %s%d.%02d\\n", account, sign, cents/100, cents%100)
	}
	return b.String()
}
"""
_TESTS = """package bench

import "testing"

func TestApply(t *testing.T) {
	var l Ledger
	n, err := l.Apply([]Entry{{"rent", -500}, {"pay", 1000}, {"rent", -20}, {"food", 30}, {"food", -30}}, 600)
	if n != 1 || err != nil {
		t.Fatalf("overdrawn %d, %v", n, err)
	}
	if got, want := l.Report(), "rent -5.20\\npay 10.00\\nfood 0.00\\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLimit(t *testing.T) {
	var l Ledger
	if _, err := l.Apply([]Entry{{"a", -10}, {"a", -91}}, 100); err == nil {
		t.Error("limit passed without an error")
	}
	if n, err := l.Apply([]Entry{{"a", -90}}, 100); n != 1 || err != nil {
		t.Error(n, err)
	}
}

func TestNoAccount(t *testing.T) {
	var l Ledger
	if _, err := l.Apply([]Entry{{"", 1}}, 0); err == nil || err.Error() != "entry 0 has no account" {
		t.Error(err)
	}
}

func TestEmptyReport(t *testing.T) {
	var l Ledger
	if got := l.Report(); got != "" {
		t.Error(got)
	}
}
"""
"""Booking subtracts where it should add, so two of the four tests fail."""


@dataclass(frozen=True, slots=True)
class SchemataBench:
    """Both ways on the same candidates in one run."""

    candidates: int
    shared: float
    """Seconds from shared binaries, builds included."""
    alone: float
    """Seconds by one ``go test -overlay`` each."""
    passing: int
    """Candidates that pass."""
    disagreements: tuple[str, ...]
    """Candidates on which the two ways differ, one line each."""

    @property
    def ratio(self) -> float:
        """How many times faster the shared binaries are."""
        return self.alone / self.shared

    def lines(self) -> tuple[str, ...]:
        """Return the figures for people, one a line."""
        each = 1000 / self.candidates
        return (
            f"tests, shared binaries   {self.shared * each:8.1f} ms a candidate   ({self.candidates} candidates)",
            f"tests, go test each      {self.alone * each:8.1f} ms a candidate   {self.ratio:.0f} x slower",
            f"verdicts                 {len(self.disagreements)} disagreements, {self.passing} candidates pass",
            *self.disagreements,
        )


def measure(count: int = CANDIDATES, *, seed: int = 1) -> SchemataBench:
    """Judge *count* candidates of one package both ways; raises GoToolError without a toolchain."""
    with tempfile.TemporaryDirectory(prefix="hrgc-bench-") as folder:
        root = Path(folder).resolve()
        (root / "go.mod").write_text(_MODULE)
        (root / "ledger.go").write_text(_SOURCE)
        (root / "ledger_test.go").write_text(_TESTS)
        workspace = GoWorkspace(root, OpenOptions(), toolchains.find())
        try:
            return compare(workspace, {}, calm(workspace, {}, checked(workspace, {}, root / "ledger.go", seed), count))
        finally:
            workspace.close()


def checked(workspace: GoWorkspace, overlay: Overlay, path: Path, seed: int) -> list[Candidate]:
    """Return behaviour edits of *path* that type-check, shuffled, exchanged arithmetic first."""
    answer = workspace.helper.request("enumerate", {"path": str(path)}, overlay=overlay)
    found = [
        Candidate(
            path,
            tuple(TextEdit(e["start"], e["end"], e["new"].encode()) for e in row["edits"]),
            Step(path, row["line"], Op(row["op"])),
            rule=row["rule"],
        )
        for row in answer["candidates"]
    ]
    random.Random(seed).shuffle(found)
    found.sort(key=lambda c: c.rule != "arithmetic")  # the ledger's repair is among these: both verdicts must occur
    return [found[j.index] for j in TypesValidator().judge(workspace, overlay, found, Budget()) if not j.diagnostics]


def calm(workspace: GoWorkspace, overlay: Overlay, candidates: Sequence[Candidate], count: int) -> list[Candidate]:
    """Return the first *count* of the candidates that do not run away."""
    tested = TestValidator().judge(workspace, overlay, candidates[: count * 6 // 5], Budget())
    quiet = [j.index for j in tested if not any(d.code == "Timeout" for d in j.diagnostics)]
    return [candidates[index] for index in quiet[:count]]


def compare(
    workspace: GoWorkspace, overlay: Overlay, candidates: Sequence[Candidate], *, patience: float = SLOW
) -> SchemataBench:
    """Judge the candidates on top of *overlay* both ways; one ``go test`` may take *patience* seconds."""
    validator = TestValidator()
    validator.examine(workspace, overlay, Budget())  # both ways start from a state that has been looked at
    started = time.monotonic()
    verdicts = list(validator.judge(workspace, overlay, candidates, Budget()))
    shared = time.monotonic() - started
    started = time.monotonic()
    alone = [_alone(workspace, overlay, candidate, patience) for candidate in candidates]
    spent = time.monotonic() - started
    different = tuple(
        f"{c.path.name}:{c.step.line}: {c.rule}: shared {not v.diagnostics}, alone {passes}"
        for c, v, passes in zip(candidates, verdicts, alone, strict=True)
        if passes == bool(v.diagnostics)
    )
    return SchemataBench(len(candidates), shared, spent, sum(alone), different)


def _alone(workspace: GoWorkspace, overlay: Overlay, candidate: Candidate, patience: float) -> bool:
    """Return the verdict of one ``go test -overlay``."""
    content = splice(workspace.content(overlay, candidate.path), candidate.edits)
    command = ("test", "-vet=off", f"-timeout={patience:.0f}s")
    return workspace.go(command, {**overlay, candidate.path: content}, Budget()).ok
