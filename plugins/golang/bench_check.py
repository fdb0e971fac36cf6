"""Measures the resident check against ``go build -overlay`` on the same candidates, and lists where they disagree.

Part of ``make bench``; nothing of the running tool imports it.
"""

from __future__ import annotations

import os
import random
import re
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.edits import TextEdit, line_of, splice
from hrgc.plugin import Budget, OpenOptions
from plugins.golang.helper import Helper
from plugins.golang.toolchain import Toolchain, find
from plugins.golang.workspace import GoWorkspace

CANDIDATES = 200
ROUNDS = 5
"""How often the resident check is timed; the median counts."""
_TOKEN = re.compile(rb'"[^"\n]*"|\w+|<=|>=|==|!=|\+\+|--|\+=|-=|:=|&&|\|\||[-+*/%<>=]')
_KEYWORDS = frozenset((b"type", b"struct", b"func", b"return", b"if", b"for", b"range", b"var"))
_KINDS = (
    (b"+", b"-", b"*", b"/", b"%"), (b"<", b"<=", b">", b">=", b"==", b"!="), (b"&&", b"||"), (b"++", b"--"),
    (b"=", b":=", b"+=", b"-="), (b"0", b"1", b"2", b"3", b"-1"),
)  # fmt: skip
"""Operators and numbers that take each other's place."""
_SOURCE = b"""// Package bench is a ring buffer with statistics.
package bench

import (
	"errors"
	"fmt"
	"strings"
)

// Ring keeps the newest values.
type Ring struct {
	values []int
	next   int
	full   bool
}

var errSize = errors.New("size must be positive")

// New returns a ring of size values.
func New(size int) (*Ring, error) {
	if size <= 0 {
		return nil, errSize
	}
	return &Ring{values: make([]int, size)}, nil
}

// Add puts v in place of the oldest value.
func (r *Ring) Add(v int) {
	r.values[r.next] = v
	r.next++
	if r.next == len(r.values) {
		r.next, r.full = 0, true
	}
}

// Values returns what is kept, oldest first.
func (r *Ring) Values() []int {
	if !r.full {
		return append([]int(nil), r.values[:r.next]...)
	}
	return append(append([]int(nil), r.values[r.next:]...), r.values[:r.next]...)
}

// Mean returns the average, 0 when nothing is kept.
func (r *Ring) Mean() float64 {
	kept, total := r.Values(), 0
	for _, v := range kept {
		total += v
	}
	if len(kept) == 0 {
		return 0
	}
	return float64(total) / float64(len(kept))
}

func (r *Ring) String() string {
	return fmt.Sprintf("%s (%.1f)", strings.Repeat("#", len(r.Values())), r.Mean())
}
"""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A candidate on which the two judges differ."""

    edit: TextEdit
    line: int
    resident: str
    """First finding of the resident check, '' for none."""
    build: str
    """First finding of the go command, '' for none."""


@dataclass(frozen=True, slots=True)
class CheckBench:
    """What one run measured."""

    candidates: int
    passed: int
    """Candidates that both judges let pass."""
    resident_ms: float
    """Milliseconds a candidate by the resident check, transport included."""
    build_ms: float
    """Milliseconds a candidate by ``go build -overlay``."""
    load_ms: float
    """Milliseconds to start the helper and load the package, paid once."""
    disagreements: tuple[Disagreement, ...]

    @property
    def ratio(self) -> float:
        """How many times faster the resident check is."""
        return self.build_ms / self.resident_ms

    @property
    def per_second(self) -> float:
        """Candidates judged in a second."""
        return 1000.0 / self.resident_ms


def measure(
    *, candidates: int = CANDIDATES, builds: int | None = None, seed: int = 1, toolchain: Toolchain | None = None
) -> CheckBench:
    """Judge the same *candidates* both ways; *builds* limits how many the go command judges (None: all)."""
    with tempfile.TemporaryDirectory(prefix="hrgc-bench-") as folder:
        root = Path(folder)
        (root / "go.mod").write_text("module example.org/bench\n\ngo 1.22\n", encoding="utf-8")
        path = root / "ring.go"
        path.write_bytes(_SOURCE)
        workspace = GoWorkspace(root, OpenOptions(), toolchain or find())
        try:
            return _measure(workspace, path, mutations(_SOURCE, candidates, seed), builds)
        finally:
            workspace.close()


def mutations(source: bytes, count: int, seed: int) -> tuple[TextEdit, ...]:
    """Return *count* different edits of one token each, operators for operators and names for names, as in a search."""
    rng = random.Random(seed)
    start = source.index(b"type ")
    tokens = [m for m in _TOKEN.finditer(source, start) if not _in_comment(source, m.start())]
    tokens = [m for m in tokens if m.group() not in _KEYWORDS]
    words = [m.group() for m in tokens if m.group()[:1].isalnum()]
    signs = [m for m in tokens if not m.group()[:1].isalpha()]
    found: dict[TextEdit, None] = {}
    while len(found) < count:
        token = rng.choice(tokens if rng.random() < 0.5 else signs)
        kinds = [kind for kind in _KINDS if token.group() in kind]
        new = rng.choice(kinds[0] if kinds else words)
        if new != token.group():
            found[TextEdit(token.start(), token.end(), new)] = None
    return tuple(found)


def _in_comment(source: bytes, at: int) -> bool:
    """Tell whether byte *at* is in or behind ``//`` on its line."""
    return b"//" in source[source.rfind(b"\n", 0, at) + 1 : at + 2]


def _measure(workspace: GoWorkspace, path: Path, edits: Sequence[TextEdit], builds: int | None) -> CheckBench:
    """Time both judges on *edits*."""
    begun = time.perf_counter()
    workspace.helper.examine({})
    load = time.perf_counter() - begun
    wanted = [{path: (edit,)} for edit in edits]
    judged = Helper.check(workspace.helper, {}, wanted)  # not the workspace's own, which remembers answers
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        judged = Helper.check(workspace.helper, {}, wanted)
        times.append(time.perf_counter() - begun)
    chosen = edits if builds is None else edits[:builds]
    command = ("build", "-gcflags=-e", "-o", os.devnull)
    workspace.go(command, {}, Budget())  # the first build compiles what the others find in the cache
    built: list[str] = []
    begun = time.perf_counter()
    for edit in chosen:
        answer = workspace.go(command, {path: splice(_SOURCE, (edit,))}, Budget())
        lines = [line for line in answer.stderr.splitlines() if not line.startswith("#")]
        built.append("" if answer.returncode == 0 else (lines or ["failed"])[0])
    spent = time.perf_counter() - begun
    resident = [found[0].message if found else "" for found in judged]
    differing = tuple(
        Disagreement(edit, line_of(_SOURCE, edit.start), mine, theirs)
        for edit, mine, theirs in zip(chosen, resident, built, strict=False)
        if bool(mine) != bool(theirs)
    )
    return CheckBench(
        candidates=len(edits),
        passed=sum(not mine and not theirs for mine, theirs in zip(resident, built, strict=False)),
        resident_ms=1000 * statistics.median(times) / len(edits),
        build_ms=1000 * spent / max(1, len(chosen)),
        load_ms=1000 * load,
        disagreements=differing,
    )
