"""Runs one case of ``tests/cases``: a broken package is repaired in a copy, and tests the engine never saw judge it.

A case is a txtar file. Its comment holds ``key: value`` lines: ``target`` (file to repair, the package's directory by
default), ``problem``, ``class`` (the error class), ``status`` (``known-gap`` for one that no rule repairs yet). Files
under ``hidden/`` are put beside the package only after the repair.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from hrgc.events import Finished
from hrgc.process import run as run_process
from hrgc.session import Request, Toolbox, run
from trainer import txtar

CASES = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class CaseResult:
    """What became of one case."""

    name: str
    kind: str
    finished: Finished
    """The run's last event."""
    right: bool
    """True when the hidden tests pass on the repaired package."""
    output: str
    """What ``go test`` printed."""
    seconds: float
    """Wall time of the repair alone."""


def names() -> list[str]:
    """Return the names of all cases."""
    return sorted(str(path.relative_to(CASES).with_suffix("")) for path in CASES.rglob("*.txtar"))


def unpack(name: str, folder: Path, *, hidden: bool = False) -> txtar.Archive:
    """Write a case's visible files (or only its hidden ones) below *folder*."""
    archive = txtar.read(CASES / f"{name}.txtar")
    for file, text in archive.files.items():
        if file.startswith("hidden/") != hidden:
            continue
        path = folder / file.removeprefix("hidden/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return archive


def solve(name: str, folder: Path, toolbox: Toolbox, *, go: str, seconds: float = 60.0) -> CaseResult:
    """Repair a case in *folder*, write the result there, and let its hidden tests judge."""
    archive = unpack(name, folder)
    settings = archive.settings()
    target = folder / settings.get("target", ".")
    started = time.monotonic()
    finished = None
    for event in run(Request(target.resolve(), settings.get("problem", ""), seconds=seconds), toolbox):
        if isinstance(event, Finished):
            finished = event
    spent = time.monotonic() - started
    assert finished is not None
    for result in finished.results:
        result.path.write_bytes(result.after)
    unpack(name, folder, hidden=True)
    judged = run_process([go, "test", "./..."], cwd=folder, env=dict(os.environ), timeout=120)
    return CaseResult(
        name, settings.get("class", ""), finished, judged.returncode == 0, judged.stdout + judged.stderr, spent
    )
