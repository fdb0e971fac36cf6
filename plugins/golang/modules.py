"""Modules: which go.mod or go.work governs a directory, what is wrong with it, and one made up where there is none.

The made-up go.mod exists in an overlay only; nothing is written next to the user's files.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hrgc.errors import GoToolError, HrgcError, InputError
from plugins.golang.golist import lenient_imports
from plugins.golang.overlay import OverlayStore
from plugins.golang.sources import is_go_file
from plugins.golang.toolchain import GoSettings, parse_version

_NEWER = re.compile(r"requires go >= ([\w.]+)")
_PLACE = re.compile(r"(?m)^\s*(\S*go\.(?:mod|work)):(\d+)(?::\d+)?: (.*)$")
_GO_LINE = re.compile(r"(?m)^\s*go\s+([\w.]+)\s*(?://.*)?$")
_NAME = re.compile(r"[^A-Za-z0-9._~-]+")


@dataclass(frozen=True, slots=True)
class ModuleSetting:
    """How the go command is made to see a directory as part of a module."""

    root: Path | None
    """Directory of the go.mod, None in GOPATH mode."""
    fixed: Mapping[Path, Path] = field(default_factory=dict)
    """Overlay replacements (a synthesised go.mod)."""
    extra: Mapping[str, str] = field(default_factory=dict)
    """Environment variables."""
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def locate(directory: Path, settings: GoSettings, store: OverlayStore) -> ModuleSetting:
    """Return the module that governs *directory*, synthesising one in *store* where there is none."""
    if settings.module_mode == "off":
        return ModuleSetting(None, notes=("GO111MODULE=off: packages are found in GOPATH",))
    root = enclosing(directory, "go.mod")
    if root is not None:
        return ModuleSetting(root)
    for place in settings.gopath:
        source = place / "src"
        if directory.is_relative_to(source) and directory != source:
            return ModuleSetting(None, extra={"GO111MODULE": "off"}, notes=("no go.mod: found in GOPATH",))
    root, name = _guess(directory)
    kept = store.keep("go.mod", f"module {name}\n\ngo {settings.language}\n".encode())
    return ModuleSetting(
        root,
        fixed={root / "go.mod": kept},
        extra={"GOWORK": "off"},
        notes=(
            f"no go.mod: checked as module {name}, go {settings.language}; only the standard library can be imported",
        ),
    )


def enclosing(directory: Path, name: str) -> Path | None:
    """Return the nearest directory at or above *directory* that holds a file *name*, None for none."""
    return next((place for place in (directory, *directory.parents) if (place / name).is_file()), None)


def _guess(directory: Path) -> tuple[Path, str]:
    """Return the root and path of a module that *directory* would make sense in.

    An import that ends in the path of an existing directory (``shop/cart`` with a directory ``cart`` beside or below)
    gives both away; otherwise the directory is the module.
    """
    for path in sorted(_imports(directory)):
        first, _, rest = path.partition("/")
        if not rest:
            continue
        parts = path.split("/")
        for cut in range(1, len(parts)):
            inner = Path(*parts[cut:])
            for place in (directory, *list(directory.parents)[:3]):
                if "." in first and cut == 1:
                    continue  # a host name alone is no module
                if place != place.parent and _holds_go(place / inner):
                    return place, "/".join(parts[:cut])
    return directory, _NAME.sub("-", directory.name).strip(".-~_") or "main"


def _imports(directory: Path) -> frozenset[str]:
    """Return the imports of all Go files of *directory*."""
    found: set[str] = set()
    for name in os.listdir(directory):  # noqa: PTH208 - names are enough
        if is_go_file(name) and (directory / name).is_file():
            try:
                found |= lenient_imports((directory / name).read_bytes()[:65536])
            except OSError:
                continue
    return frozenset(found)


def _holds_go(directory: Path) -> bool:
    """Tell whether *directory* holds Go files."""
    try:
        return any(is_go_file(name) for name in os.listdir(directory))  # noqa: PTH208 - names are enough
    except OSError:
        return False


def problem(words: str, directory: Path, settings: GoSettings) -> HrgcError | None:
    """Turn what the go command says of a module into an error the user can act on; None when it is about a package."""
    newer = _NEWER.search(words)
    if newer is not None:
        return GoToolError(
            f"{_file_of(words, directory)} requires Go {newer[1]}; this is {settings.version_text}",
            f"install Go {newer[1]} or newer, or lower the go directive",
        )
    place = _PLACE.search(words)
    if place is not None and "missing go.sum entry" not in words:
        path = Path(os.path.normpath(directory / place[1]))
        return InputError(f"{path}:{place[2]}: {place[3]}", "correct that line; `go mod edit -fmt` checks the file")
    if re.search(r"errors? (?:parsing|reading|loading) go\.(?:mod|work)|invalid go\.mod", words):
        return InputError(f"{_file_of(words, directory)}: {' '.join(words.split())[:200]}", "correct that file")
    return None


def _file_of(words: str, directory: Path) -> str:
    """Return the go.mod or go.work that *words* are about, as a path."""
    name = "go.work" if "go.work" in words else "go.mod"
    place = enclosing(directory, name)
    return str(place / name) if place else name


def outside_workspace(words: str) -> bool:
    """Tell whether the go command refuses because go.work does not list the module."""
    return "go.work" in words and ("not one of the workspace modules" in words or "outside modules listed" in words)


def inconsistent_vendor(words: str) -> bool:
    """Tell whether the go command refuses because vendor/ does not agree with go.mod."""
    return "inconsistent vendoring" in words


def directive_too_new(root: Path | None, settings: GoSettings) -> HrgcError | None:
    """Return the error for a go.mod in *root* that asks for a newer Go than there is, None when it does not."""
    if root is None:
        return None
    try:
        found = _GO_LINE.search((root / "go.mod").read_text("utf-8", "replace"))
    except OSError:
        return None
    asked = parse_version(found[1]) if found else None
    if found is None or asked is None or asked <= settings.version:
        return None
    return problem(f"go.mod requires go >= {found[1]}", root, settings)


def missing_note(path: str, message: str) -> str:
    """Say which import cannot be resolved and what the user can do about it."""
    first = path.split("/", 1)[0]
    if "does not build" in message:
        return f"import {path} {message.removeprefix('it ')}; what uses it is checked leniently"
    if "." in first:
        return f"import {path} is not on this machine: run `go mod download` (or `go get {path}`); checked leniently"
    return f"import {path} cannot be resolved: {message.splitlines()[0] if message else 'no such package'}"


def tag_flags(tags: Sequence[str], settings: GoSettings) -> tuple[str, ...]:
    """Return the ``-tags`` flag for *tags* and those in the user's GOFLAGS, () for none."""
    own = [flag.partition("=")[2].strip("'\"") for flag in settings.flags if flag.lstrip("-").startswith("tags=")]
    merged = dict.fromkeys(tag for value in (*own, *tags) for tag in re.split(r"[,\s]+", value) if tag)
    return (f"-tags={','.join(merged)}",) if merged else ()
