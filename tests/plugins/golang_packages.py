"""Go packages that the test stage's tests work on, and how they are opened and edited."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hrgc.edits import TextEdit
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, Judgement, OpenOptions
from hrgc.tokens import Op
from plugins.golang.language import GoLanguage
from plugins.golang.test import TestValidator
from plugins.golang.workspace import GoWorkspace

MOD = "module example.org/m\n\ngo 1.22\n"


def write(root: Path, files: dict[str, str]) -> Path:
    """Write *files* and a go.mod below *root*."""
    for name, text in {"go.mod": MOD, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def tree(root: Path) -> dict[str, str]:
    """Return a hash of every file below *root*."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


@contextmanager
def opened(root: Path, **options: object) -> Iterator[GoWorkspace]:
    """Open the package in *root* and prove that nothing in it changes."""
    before = tree(root)
    with GoLanguage().open(root, OpenOptions(**options)) as workspace:  # type: ignore[arg-type]
        assert isinstance(workspace, GoWorkspace)
        yield workspace
    assert tree(root) == before


def budget(seconds: float = 60.0) -> Budget:
    """Return a budget that ends in some seconds."""
    return Budget(time.monotonic() + seconds)


def edit(path: Path, old: str, new: str) -> Candidate:
    """Return the candidate that replaces the only occurrence of *old* in *path*."""
    text = path.read_bytes()
    assert text.count(old.encode()) == 1, old
    at = text.index(old.encode())
    line = text.count(b"\n", 0, at) + 1
    return Candidate(path, (TextEdit(at, at + len(old.encode()), new.encode()),), Step(path, line, Op.REWRITE))


def judged(
    workspace: GoWorkspace, candidates: Sequence[Candidate], seconds: float = 60.0
) -> tuple[list[Judgement], tuple[str, ...]]:
    """Return the verdicts on *candidates*, one each, and the notes of the state."""
    validator = TestValidator()
    limit = budget(seconds)
    found = list(validator.judge(workspace, {}, candidates, limit))
    assert [j.index for j in found] == list(range(len(candidates)))
    return found, validator.session(workspace).state(workspace, {}, limit).notes


def codes(judgement: Judgement) -> list[tuple[str, str]]:
    """Return (code, test) of each finding."""
    return [(d.code, d.names[0]) for d in judgement.diagnostics]
