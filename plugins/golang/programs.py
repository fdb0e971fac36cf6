"""Directories that hold several programs or packages: which files belong to the one that was asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import InputError
from plugins.golang.sources import declares_main, package_clause, top_level_names


@dataclass(frozen=True, slots=True)
class Chosen:
    """Files that make up one program of a directory."""

    arguments: tuple[str, ...]
    """Their names, the one asked for first."""
    note: str


def alone(directory: Path, named: Path | None, sources: Iterable[Path]) -> Chosen | None:
    """Return the files to check with *named*, None when all *sources* of *directory* are one package.

    Raises InputError when no file was named and the directory holds several programs or packages.
    """
    contents = {path: path.read_bytes() for path in sources if path.is_file()}
    clauses = {path: package_clause(content) for path, content in contents.items()}
    names = {name for name in clauses.values() if name}
    mains = [path for path, content in contents.items() if clauses[path] == "main" and declares_main(content)]
    several = len({_meant(name, names) for name in names}) > 1
    if not several and len(mains) < 2:
        return None
    if named is None and len(mains) > 1:
        raise InputError(
            f"{directory} holds several programs: {', '.join(p.name for p in mains)}", "name one of the files"
        )
    if named is None:
        raise InputError(
            f"{directory} holds several packages: {', '.join(sorted(names))}", "name one file, or move them apart"
        )
    if not several and named not in mains:
        return None
    arguments = (named.name, *(path.name for path in _companions(named, contents, clauses, set(mains))))
    kind = "packages" if several else "programs"
    return Chosen(arguments, f"{directory.name} holds several {kind}: {' '.join(arguments)} checked on its own")


def _meant(name: str, names: set[str]) -> str:
    """Return the package name that *name* is a typo of, itself when it is none."""
    for other in sorted(names):
        if other < name and abs(len(other) - len(name)) <= 1 and len(other) > 2 and _distance(other, name) <= 2:
            return other
    return name


def _distance(a: str, b: str) -> int:
    """Return the edit distance of two short names."""
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, right in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (left != right))
    return row[-1]


def _companions(
    named: Path, contents: Mapping[Path, bytes], clauses: Mapping[Path, str], mains: set[Path]
) -> tuple[Path, ...]:
    """Return the files without a main of their own that declare something *named* needs, directly or not."""
    words = _words(contents.get(named, b""))
    declared = {
        path: top_level_names(content)
        for path, content in contents.items()
        if path != named and path not in mains and clauses[path] == clauses.get(named)
    }
    chosen: list[Path] = []
    while needed := [path for path in declared if path not in chosen and declared[path] & words]:
        chosen += needed
        words = words.union(*(_words(contents[path]) for path in needed))
    return tuple(sorted(chosen))


def _words(content: bytes) -> frozenset[str]:
    """Return the identifiers of a file."""
    return frozenset(re.findall(r"[^\W\d]\w*", content.decode("utf-8", "replace")))
