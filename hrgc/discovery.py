"""From what a person types (files, directories, ``./...``) to targets that can be opened.

Whether a file's contents can be worked on is the language's business, when the target is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from hrgc.errors import HrgcError, InputError, NoGoFilesError
from hrgc.plugin import Language

RECURSIVE = "..."


def expand(names: Iterable[str], languages: Sequence[Language]) -> tuple[Path | HrgcError, ...]:
    """Return the targets of *names* in order, each once; a name that has none gives its error in its place."""
    found: dict[Path, None] = {}
    rows: list[Path | HrgcError] = []
    for name in names:
        try:
            targets = targets_of(name, languages)
        except HrgcError as error:
            rows.append(error)
            continue
        for target in targets:
            if target not in found:
                found[target] = None
                rows.append(target)
    return tuple(rows)


def targets_of(name: str, languages: Sequence[Language]) -> tuple[Path, ...]:
    """Return the targets of one name: a file, a package directory, or all packages below ``DIR/...``.

    Raises InputError or NoGoFilesError.
    """
    if name == RECURSIVE or name.endswith("/" + RECURSIVE):
        folder = Path(name[: -len(RECURSIVE)] or ".")
        if not folder.is_dir():
            raise InputError(f"{folder} is not a directory", f"write DIR/{RECURSIVE}")
        return _packages(folder, languages, recursive=True)
    path = Path(name)
    if path.is_dir():
        return _packages(path, languages, recursive=False)
    if not path.exists():
        raise InputError(f"{path} does not exist", "check the name; a directory or ./... works, too")
    return (absolute(path),)


def absolute(path: Path) -> Path:
    """Return *path* as absolute and without ``..``; symbolic links are kept, as people named them."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links, Path.absolute keeps ".."


def display(path: Path) -> str:
    """Return *path* for people: relative to the working directory when it is below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _packages(path: Path, languages: Sequence[Language], *, recursive: bool) -> tuple[Path, ...]:
    """Return the packages of any language at, or at and below, a directory; raises NoGoFilesError when none has one."""
    found: list[Path] = []
    missing: HrgcError | None = None
    for language in languages:
        try:
            found += language.packages(absolute(path), recursive=recursive)
        except NoGoFilesError as error:
            missing = error
    if not found:
        raise missing or NoGoFilesError(
            f"nothing to work on in {path}", f"for the packages below it: {path}/{RECURSIVE}"
        )
    return tuple(found)
