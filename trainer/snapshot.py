"""A Go package as it was at a commit, written out with what it needs of its own module; git itself checks nothing out.

Taken are the module file, the package's folder with its test data, and the Go files of every package of the same module
that it imports, tests included. What lies outside the module stays missing: such packages do not build here.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from trainer.git_process import Objects

MAX_FOLDERS = 60
MAX_BYTES = 8_000_000
"""Larger packages are left out, with what they import."""
DATA_FOLDERS = ("testdata", "_test")
_MODULE = re.compile(r"^module\s+\"?([^\s\"]+)", re.MULTILINE)
_QUOTED = re.compile(r'"([\w./~-]+)"')
_GO = "1.20"
"""Language version of packages from before modules."""
_REQUIREMENTS = re.compile(r"^(?:require|replace|exclude)\s*(?:\([^)]*\)|[^(\n]*)$\n?", re.MULTILINE)
_LANGUAGE = re.compile(r"^go\s+1\.(\d+)", re.MULTILINE)
_PRUNED = 17
"""From Go 1.17 on, packages that import nothing of another module build without its go.mod."""


def write(objects: Objects, commit: str, folder: str, repository: str, out: Path) -> bool:
    """Write package *folder* of *repository* at *commit* below *out*; False when it is too large or has no Go files."""
    root, module_file = _module(objects, commit, folder)
    if not module_file:
        module_file = f"module github.com/{repository}\n\ngo {_GO}\n"
    found = _MODULE.search(module_file)
    if found is None:
        return False
    files = {posixpath.join(root, "go.mod"): standing_alone(module_file).encode()}
    files |= _whole(objects, commit, folder)
    names = {folder}
    queue = [folder]
    while queue:
        here = queue.pop()
        sources = _sources(objects, commit, here, tests=here == folder)
        files |= sources
        for imported in _imports(sources, found[1]):
            place = posixpath.normpath(posixpath.join(root, imported)).removeprefix("./")
            if place not in names:
                names.add(place)
                queue.append(place)
        if len(names) > MAX_FOLDERS or sum(map(len, files.values())) > MAX_BYTES:
            return False
    if not any(name.endswith(".go") for name in files):
        return False
    for name, content in files.items():
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return True


def standing_alone(module_file: str) -> str:
    """Return an old module file without its requirements: all of them would have to be at hand to build anything."""
    language = _LANGUAGE.search(module_file)
    if language is not None and int(language[1]) >= _PRUNED:
        return module_file
    return _REQUIREMENTS.sub("", module_file)


def _module(objects: Objects, commit: str, folder: str) -> tuple[str, str]:
    """Return the folder and text of the module file above *folder*, ('', '') when there is none."""
    here = folder
    while True:
        content = objects.get(f"{commit}:{posixpath.join(here, 'go.mod')}")
        if content is not None:
            return here, content.decode("utf-8", "replace")
        if not here:
            return "", ""
        here = posixpath.dirname(here)


def _entries(objects: Objects, commit: str, folder: str) -> dict[str, tuple[str, str]]:
    """Return the entries of a folder whose names are safe to write."""
    found = objects.tree(f"{commit}:{folder}")
    return {name: entry for name, entry in found.items() if name not in {".", "..", ".git"} and "\\" not in name}


def _sources(objects: Objects, commit: str, folder: str, *, tests: bool) -> dict[str, bytes]:
    """Return the Go files of one folder."""
    out: dict[str, bytes] = {}
    for name, (kind, oid) in _entries(objects, commit, folder).items():
        if kind == "blob" and name.endswith(".go") and (tests or not name.endswith("_test.go")):
            content = objects.get(oid)
            if content is not None:
                out[posixpath.join(folder, name)] = content
    return out


def _whole(objects: Objects, commit: str, folder: str) -> dict[str, bytes]:
    """Return every file of a package's folder, and of its folders of test data."""
    out: dict[str, bytes] = {}
    queue = [folder]
    while queue and len(out) < 1000:
        here = queue.pop()
        for name, (kind, oid) in _entries(objects, commit, here).items():
            path = posixpath.join(here, name)
            if kind == "tree" and (here != folder or name in DATA_FOLDERS):
                queue.append(path)
            elif kind == "blob" and (content := objects.get(oid)) is not None:
                out[path] = content
    return out


def _imports(sources: dict[str, bytes], module: str) -> set[str]:
    """Return the folders of *module*, relative to it, that Go files name in any string: more than they import."""
    out: set[str] = set()
    for content in sources.values():
        head = content[: content.find(b"\nfunc ")] if b"\nfunc " in content else content
        for path in _QUOTED.findall(head.decode("utf-8", "replace")):
            if path == module or path.startswith(module + "/"):
                out.add(path[len(module) :].strip("/"))
    return out
