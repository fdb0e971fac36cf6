"""From what a person types (files, directories, ``./...``) to targets that can be opened.

Whether a file's contents can be worked on is the language's business, when the target is opened.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hrgc.errors import HrgcError, InputError, NoGoFilesError

if TYPE_CHECKING:
    from hrgc.plugin import Language

RECURSIVE = "..."
_BOUNDARIES = ("go.mod", "go.work", ".git")
"""What lies in the root directory of a project."""


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


def project_folders(start: Path) -> tuple[Path, ...]:
    """Return the folder of *start* and those above it up to the project's root; the folder alone without a project."""
    place = absolute(start)
    first = place if place.is_dir() else place.parent
    inside: list[Path] = []
    for folder in (first, *first.parents):
        inside.append(folder)
        if any((folder / name).exists() for name in _BOUNDARIES):
            return tuple(inside)
    return (first,)


def patch_base(path: Path) -> Path:
    """Return the directory that diffs of *path* are relative to: the working one, or for files elsewhere their root."""
    with contextlib.suppress(OSError):  # the working directory may be gone
        if path.is_relative_to(here := Path.cwd()):
            return here
    return project_folders(path)[-1]


def patch_name(path: Path) -> str:
    """Return *path* as diffs name it, so that ``patch -p1`` in its ``patch_base`` finds it."""
    return path.relative_to(patch_base(path)).as_posix()


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
