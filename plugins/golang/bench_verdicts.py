"""Whether both ways of testing candidates agree on real packages: shared binaries, and one ``go test -overlay`` each.

In every package one edit that some test notices is kept as the fault, and edits on top of it are judged both ways, as
a repair would meet them. Packages whose tests fail, take long or notice nothing are passed over.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hrgc.edits import Overlay, splice
from hrgc.errors import HrgcError
from hrgc.plugin import Budget, Candidate, OpenOptions
from plugins.golang import bench_schemata
from plugins.golang import toolchain as toolchains
from plugins.golang.bench_schemata import SchemataBench
from plugins.golang.test import TestValidator
from plugins.golang.workspace import GoWorkspace

SLOW_TESTS = 3.0
"""Seconds; packages whose tests take longer are passed over."""
FAULTS = 40
"""Edits that are tried as the fault of a package."""


@dataclass(frozen=True, slots=True)
class PackageBench:
    """One package's candidates both ways."""

    folder: Path
    bench: SchemataBench

    def lines(self) -> tuple[str, ...]:
        """Return the figures for people, one a line."""
        found = self.bench
        head = f"{found.candidates:4d} candidates, {found.passing:3d} pass, {found.ratio:5.1f} x, "
        return (
            f"{head}{len(found.disagreements)} disagreements  {self.folder.parent.name}/{self.folder.name}",
            *(f"  {line}" for line in found.disagreements),
        )


def packages(folders: Iterable[Path]) -> list[Path]:
    """Return the folders with Go tests at or below *folders*, in random but fixed order."""
    found = {path.parent.resolve() for top in folders for path in top.rglob("*_test.go")}
    chosen = sorted(folder for folder in found if not {"vendor", "testdata"} & set(folder.parts))
    random.Random(7).shuffle(chosen)
    return chosen


def measure(folders: Iterable[Path], *, wanted: int, each: int, seed: int = 1) -> Iterator[PackageBench]:
    """Judge up to *each* candidates of *wanted* packages both ways; raises GoToolError without a toolchain."""
    toolchain = toolchains.find()
    made = filter(None, (_package(folder, each, seed, toolchain) for folder in packages(folders)))
    return itertools.islice(made, wanted)


def _package(folder: Path, each: int, seed: int, toolchain: toolchains.Toolchain) -> PackageBench | None:
    """Compare one package, None when it is passed over."""
    try:
        workspace = GoWorkspace(folder, OpenOptions(), toolchain)
    except HrgcError:
        return None
    with contextlib.closing(workspace):
        started = time.monotonic()
        before = TestValidator().examine(workspace, {}, Budget(time.monotonic() + 10 * SLOW_TESTS))
        spent = time.monotonic() - started
        if not before.clean or not before.passed or spent > SLOW_TESTS:
            return None
        broken = _broken(workspace, seed)
        if broken is None:
            return None
        path, overlay, repair = broken
        found = bench_schemata.checked(workspace, overlay, path, seed)
        found.sort(key=lambda c: splice(overlay[path], c.edits) != repair)
        chosen = bench_schemata.calm(workspace, overlay, found, each)
        if len(chosen) < each // 4:
            return None
        return PackageBench(folder, bench_schemata.compare(workspace, overlay, chosen, patience=10 * SLOW_TESTS))


def _broken(workspace: GoWorkspace, seed: int) -> tuple[Path, Overlay, bytes] | None:
    """Return a file, an overlay in which some test fails because of it, and its right text; None without one."""
    sources = [path for path in workspace.files if not path.name.endswith("_test.go")]
    for path in random.Random(seed).sample(sources, len(sources)):
        right = workspace.read(path)
        tried: list[Candidate] = bench_schemata.checked(workspace, {}, path, seed + 1)[:FAULTS]
        for judged in TestValidator().judge(workspace, {}, tried, Budget()):
            if judged.diagnostics and not any(d.code == "Timeout" for d in judged.diagnostics):
                return path, {path: splice(right, tried[judged.index].edits)}, right
    return None
