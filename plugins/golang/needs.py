"""Which packages a repair may need to import, guessed from the text before anything is type-checked."""

from __future__ import annotations

import difflib
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from plugins.golang.exports import COMMON
from plugins.golang.golist import Module, Package
from plugins.golang.sources import code_only, is_go_file

_QUALIFIER = re.compile(rb"(?<![\w.)\]])([a-z]\w*)\.[A-Z]")
_ALONE = re.compile(rb"(?<![\w.])([a-z]\w*)\b(?!\s*\.\w)")
_REQUIRED = re.compile(r"(?m)^\s*(?:require\s+)?([\w.~-]+\.[\w.~-]+(?:/[\w.~-]+)*)\s+v\d")
_SKIPPED = frozenset(("vendor", "testdata", "node_modules"))
MOST_LIKE = 3
"""Packages tried for one name that is close to theirs."""
MOST_FOLDERS = 3000
"""Folders of a module that are looked at."""


def wanted_imports(package: Package, contents: Mapping[Path, bytes], standard: Sequence[str]) -> tuple[str, ...]:
    """Return the imports of *package*, those its qualifiers suggest, and the packages repairs use most.

    ``rand.Intn`` suggests every standard package named rand, ``strngs.ToUpper`` the one it is a typo of, ``cart.New``
    a package ``cart`` of the module, its vendor folder or its requirements.
    """
    named = _by_name(standard)
    known = set(standard)
    wanted = {*package.imports, *COMMON}
    code = [code_only(text) for text in contents.values()]
    used = {match.decode("utf-8", "replace") for text in code for match in _QUALIFIER.findall(text)}
    wanted.update(path for name in used & named.keys() for path in named[name])
    # a variable stands alone somewhere, if only in its declaration; a package's name never does
    alone = {match.decode("utf-8", "replace") for text in code for match in _ALONE.findall(text)}
    strange = used - named.keys() - alone - {package_name(path) for path in package.imports}
    wanted.update(_suggested(strange, named))
    doubtful = [path for path in package.imports if path not in known]
    for path in doubtful:
        if "." not in path.split("/", 1)[0]:
            wanted.update(difflib.get_close_matches(path, standard, MOST_LIKE, 0.7))
            wanted.update(named.get(package_name(path), ()))
    if package.module is not None and (strange or doubtful):
        local = _by_name(_local_packages(package.module))
        wanted.update(_suggested(strange, local))
        paths = [path for found in local.values() for path in found]
        for path in doubtful:
            if path not in paths:
                wanted.update(difflib.get_close_matches(path, paths, MOST_LIKE, 0.8))
    return tuple(sorted(wanted - {package.import_path}))


def package_name(path: str) -> str:
    """Return the name that a package of import *path* most likely has (``math/rand/v2`` gives ``rand``)."""
    parts = path.split("/")
    if len(parts) > 1 and re.fullmatch(r"v\d+", parts[-1]):
        parts.pop()
    name = re.sub(r"\.v\d+$", "", parts[-1])
    return name.removeprefix("go-").removesuffix("-go").replace("-", "_")


def _by_name(paths: Iterable[str]) -> dict[str, list[str]]:
    """Return import paths by the name their packages most likely have."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[package_name(path)].append(path)
    return found


def _suggested(names: Iterable[str], known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the packages with one of the *names*, or with a name that is close to one."""
    candidates = list(known)
    for name in names:
        if name in known:
            yield from known[name]
        elif len(name) > 3:
            for close in difflib.get_close_matches(name, candidates, MOST_LIKE, 0.8):
                yield from known[close]


def _local_packages(module: Module) -> Iterator[str]:
    """Yield the packages of *module*, those it vendors, and the root packages of what it requires."""
    root = module.directory
    for count, (folder, names, files) in enumerate(os.walk(root)):
        if count >= MOST_FOLDERS:
            break
        names[:] = [
            name
            for name in names
            if name not in _SKIPPED and name[0] not in "._" and not (Path(folder) / name / "go.mod").is_file()
        ]
        if any(is_go_file(name) for name in files):
            inside = Path(folder).relative_to(root).as_posix()
            yield module.path if inside == "." else f"{module.path}/{inside}"
    listed = _text(root / "vendor" / "modules.txt")
    yield from (line.strip() for line in listed.splitlines() if line.strip() and not line.startswith("#"))
    if module.go_mod is not None:
        yield from _REQUIRED.findall(_text(module.go_mod))


def _text(path: Path) -> str:
    """Return a file's text, '' when it cannot be read."""
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
