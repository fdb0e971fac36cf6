"""Targets in a folder of their own, opened with proof that nothing in it changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hrgc.plugin import Budget, OpenOptions
from plugins.golang.language import GoLanguage
from plugins.golang.workspace import GoWorkspace

MOD = "module example.org/m\n\ngo 1.24\n"
BAD = "package m\n\nfunc F() int { return undefinedName }\n"


def write(root: Path, files: dict[str, str]) -> Path:
    """Write *files* below *root* and return it."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def tree(root: Path) -> dict[str, str]:
    """Return a hash of everything below *root*."""
    return {
        str(path.relative_to(root)): (
            f"-> {path.readlink()}" if path.is_symlink() else hashlib.sha256(path.read_bytes()).hexdigest()
        )
        for path in sorted(root.rglob("*"))
        if path.is_symlink() or path.is_file()
    }


@contextmanager
def opened(target: Path, root: Path | None = None, **options: object) -> Iterator[GoWorkspace]:
    """Open *target* and prove that nothing below *root* changes."""
    root = root or (target if target.is_dir() else target.parent)
    before = tree(root)
    with GoLanguage().open(target, OpenOptions(**options)) as workspace:  # type: ignore[arg-type]
        assert isinstance(workspace, GoWorkspace)
        yield workspace
        folder = workspace.store.folder
    assert not folder.exists()
    assert tree(root) == before


def codes(workspace: GoWorkspace) -> list[tuple[str, int, str]]:
    """Return what the helper says, and see that the go command says it too."""
    found = workspace.helper.examine({}).diagnostics
    built = workspace.build({}, Budget()).diagnostics
    assert bool(found) == bool(built), f"helper: {found}\ngo build: {built}"
    return [(d.path.name, d.line, d.code) for d in found]
