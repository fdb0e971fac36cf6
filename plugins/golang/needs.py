"""Which packages a repair may need to import, guessed from the text before anything is type-checked."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from plugins.golang.exports import COMMON
from plugins.golang.golist import Package

_QUALIFIER = re.compile(rb"(?<![\w.\"'`)\]])([a-z]\w*)\.[A-Z]")
MOST_LIKE = 3
"""Standard packages tried for one name that is close to theirs."""


def wanted_imports(package: Package, contents: Mapping[Path, bytes], standard: Sequence[str]) -> tuple[str, ...]:
    """Return the imports of *package*, those its qualifiers suggest, and the packages repairs use most.

    ``rand.Intn`` suggests every standard package named rand, ``strngs.ToUpper`` the one it is a typo of.
    """
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in standard:
        by_name[package_name(path)].append(path)
    wanted = {*package.imports, *COMMON}
    used = {match.decode("utf-8", "replace") for text in contents.values() for match in _QUALIFIER.findall(text)}
    imported = {package_name(path) for path in package.imports}
    names = list(by_name)
    for name in used:
        if name in by_name:
            wanted.update(by_name[name])
        elif len(name) > 3 and name not in imported:
            for close in difflib.get_close_matches(name, names, MOST_LIKE, 0.8):
                wanted.update(by_name[close])
    known = set(standard)
    for path in package.imports:
        if "." not in path.split("/", 1)[0] and path not in known:
            wanted.update(difflib.get_close_matches(path, standard, MOST_LIKE, 0.7))
            wanted.update(by_name.get(package_name(path), ()))
    return tuple(sorted(wanted))


def package_name(path: str) -> str:
    """Return the name that a package of import *path* most likely has (``math/rand/v2`` gives ``rand``)."""
    parts = path.split("/")
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    name = re.sub(r"\.v\d+$", "", parts[-1])
    return name.removeprefix("go-").removesuffix("-go").replace("-", "_")
