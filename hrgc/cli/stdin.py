"""``hrgc fix -``: the repaired file on stdout, always a whole file, so that an editor may take it as it is."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from hrgc.cli import app as apps
from hrgc.cli import runner
from hrgc.cli.output import Output
from hrgc.cli.talk import Talk
from hrgc.diagnostics import Diagnostic, Evidence
from hrgc.discovery import absolute, patch_name
from hrgc.edits import unified
from hrgc.errors import InputError
from hrgc.events import FileResult
from hrgc.plan import Step
from hrgc.report import Outcome
from hrgc.session import Request, Toolbox

MAX_BYTES = 4 << 20
_Placed = TypeVar("_Placed", Diagnostic, FileResult, Step)


def repair(
    toolbox: Toolbox, base: Request, talk: Talk, output: Output, name: Path | None, *, mode: tuple[bool, bool]
) -> int:
    """Repair what stdin holds as the file *name* and print it; *mode* is (diff only, check only).

    Returns the exit code; raises InputError and the language's errors, with nothing printed.
    """
    content = sys.stdin.buffer.read(MAX_BYTES + 1)
    shown = str(name) if name is not None else "stdin"
    if not content.strip():
        raise InputError(f"{shown} is empty", "pipe the file in: hrgc fix - < a.go")
    if len(content) > MAX_BYTES:
        raise InputError(f"{shown} has more than {MAX_BYTES >> 20} MiB", "split the file")
    try:
        with _place(toolbox, name, content) as target:
            request = replace(base, target=target, overlay={target: content})
            outcome = runner.repair(request, toolbox, talk, name=shown, listener=output.event)
            outcome = _moved(outcome, target, absolute(Path(shown)))
    finally:
        toolbox.close()
    _print(outcome, output, content, absolute(Path(shown)), mode)
    talk.verdict(outcome)
    talk.summary(outcome)
    output.close([outcome])
    return apps.exit_code([outcome], changes_count=any(mode))


def _moved(outcome: Outcome, place: Path, path: Path) -> Outcome:
    """Return the outcome with *path*, as the person knows the file, where it says *place*, where the file was put."""
    assert outcome.finished is not None

    def moved(row: _Placed) -> _Placed:
        return replace(row, path=path) if row.path == place else row

    def judged(evidence: Evidence) -> Evidence:
        return replace(evidence, diagnostics=tuple(map(moved, evidence.diagnostics)))

    old = outcome.finished
    steps, results = tuple(map(moved, old.steps)), tuple(map(moved, old.results))
    finished = replace(old, steps=steps, results=results, before=judged(old.before), after=judged(old.after))
    return replace(outcome, finished=finished)


def _print(outcome: Outcome, output: Output, content: bytes, path: Path, mode: tuple[bool, bool]) -> None:
    """Print the repaired file (text form), or its diff."""
    diff_only, check_only = mode
    if output.form != "text" or check_only or outcome.finished is None:
        return
    after = next((r.after for r in outcome.finished.results if r.path == path), content)
    if diff_only:
        output.text_diff(unified(patch_name(path), content, after))
    else:
        apps.write_product(after)


@contextmanager
def _place(toolbox: Toolbox, name: Path | None, content: bytes) -> Iterator[Path]:
    """Yield the file that stdin stands for: the one on disk, or one alone in a temporary directory."""
    path = absolute(name) if name is not None else Path("stdin" + toolbox.languages[0].suffixes[0])
    if name is not None and path.is_file():
        yield path
        return
    if name is not None and any(_siblings(path, toolbox)):
        raise InputError(
            f"{name} is not on disk, so its package does not know it", "save it once, or leave out --stdin-filename"
        )
    with tempfile.TemporaryDirectory(prefix="hrgc-stdin-") as folder:
        alone = Path(folder).resolve() / "stdin" / path.name
        alone.parent.mkdir()
        alone.write_bytes(content)
        yield alone


def _siblings(path: Path, toolbox: Toolbox) -> Iterator[Path]:
    """Return the source files beside *path*."""
    suffixes = {suffix for language in toolbox.languages for suffix in language.suffixes}
    if path.parent.is_dir():
        yield from (p for p in path.parent.iterdir() if p.suffix in suffixes)
