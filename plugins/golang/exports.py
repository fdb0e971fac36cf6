"""Export data: the compiled interface of imported packages, fetched with ``go list -export`` and remembered on disk.

The standard library's never changes under one toolchain, so its paths are cached per toolchain and settings; everything
else is asked for each time a package is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hrgc.locations import cache_dir
from hrgc.plugin import Cancel
from plugins.golang.toolchain import Toolchain

COLD_TIMEOUT = 300.0
"""Seconds that compiling imports may take; a cold build cache needs up to a minute for the standard library."""
COMMON = (
    "bufio", "bytes", "cmp", "container/heap", "container/list", "context", "encoding/json", "errors", "fmt", "io",
    "iter", "maps", "math", "math/bits", "math/rand", "os", "path", "path/filepath", "reflect", "regexp", "slices",
    "sort", "strconv", "strings", "sync", "sync/atomic", "time", "unicode", "unicode/utf8",
)  # fmt: skip
"""Standard packages that repairs import most; always loaded."""
_NOT_STD = frozenset(("internal", "vendor", "cmd", "testdata", "builtin"))
_BUILD_VARIABLES = ("GOEXPERIMENT", "GOAMD64", "GOARM", "GOFIPS140", "CC", "CGO_CFLAGS")
"""Variables that change what a build produces."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """An import without export data."""

    path: str
    message: str
    """The go command's words."""
    position: str = ""
    """``file:line:col`` when it said one."""


@dataclass(frozen=True, slots=True)
class _Listed:
    """One listed package: its export file, and whether it is of the standard library."""

    file: str
    standard: bool


@dataclass(frozen=True, slots=True)
class Exports:
    """Export data of a set of imports."""

    files: Mapping[str, str]
    """Import path -> file with export data."""
    unresolved: tuple[Unresolved, ...] = ()


class ExportCache:
    """Fetches export data through one toolchain for one set of flags and variables."""

    def __init__(
        self, toolchain: Toolchain, *, flags: Sequence[str] = (), extra: Mapping[str, str] | None = None
    ) -> None:
        """Use *toolchain* with build *flags* (tags) and *extra* environment variables (GOOS, GOARCH)."""
        self._toolchain, self._flags, self._extra = toolchain, tuple(flags), dict(extra or {})
        self._known: dict[str, str] | None = None
        self._std: tuple[str, ...] | None = None

    def std(self) -> tuple[str, ...]:
        """Return the import paths of the standard library that a user may import."""
        if self._std is None:
            settings = self._toolchain.settings
            digest = hashlib.sha256(f"{settings.root}|{settings.version_text}".encode()).hexdigest()[:16]
            file = cache_dir() / "go" / f"std-{digest}.json"
            stored = _stored(file)
            if not isinstance(stored, list):
                stored = list(_std_packages(settings.root / "src"))
                _store(file, stored)
            self._std = tuple(map(str, stored))
        return self._std

    def fetch(
        self, paths: Iterable[str], *, cwd: Path, flags: Sequence[str] = (), cancel: Cancel | None = None
    ) -> Exports:
        """Return the export data of *paths*, resolved as seen from the directory *cwd* with more *flags*.

        The answer is closed under dependencies, so that no type is met both in export data and in source; it may hold
        more of the standard library than was asked for. Packages that cannot be resolved or do not compile are
        reported, not raised. Raises GoToolError.
        """
        wanted = {path for path in paths if path not in {"C", "unsafe", ""}}
        known = self._load()
        missing = sorted(wanted - known.keys())
        if not missing:
            return Exports(dict(known))
        listed, unresolved = self._list(missing, cwd, flags, cancel)
        fresh = {path: entry.file for path, entry in listed.items() if entry.standard}
        if fresh.keys() - known.keys():
            self._known = known = {**known, **fresh}
            _store(self._file(), known)
        return Exports({**known, **{path: entry.file for path, entry in listed.items()}}, unresolved)

    def _list(
        self, paths: Sequence[str], cwd: Path, flags: Sequence[str], cancel: Cancel | None
    ) -> tuple[dict[str, _Listed], tuple[Unresolved, ...]]:
        """Ask the go command for packages and their dependencies."""
        fields = "-json=ImportPath,Export,Error,DepsErrors,Standard,DepOnly"
        command = ("list", "-e", "-export", "-deps", fields, *self._flags, *flags)
        answer = self._toolchain.run(
            (*command, "--", *paths), cwd=cwd, timeout=COLD_TIMEOUT, extra=self._extra, cancel=cancel
        )
        files: dict[str, _Listed] = {}
        unresolved: dict[str, Unresolved] = {}
        for package in json_stream(answer.stdout):
            path = str(package.get("ImportPath", ""))
            if package.get("Export"):
                files[path] = _Listed(str(package["Export"]), bool(package.get("Standard")))
            elif path != "unsafe":
                error = package.get("Error") or next(iter(package.get("DepsErrors") or ()), None) or {}
                words = str(error.get("Err", "")).strip() or answer.stderr
                message = _compile_error(path, words) if not error or words.startswith("# ") else words
                unresolved[path] = Unresolved(path, message, str(error.get("Pos", "")))
        for path in paths:
            if path not in files and path not in unresolved:
                unresolved[path] = Unresolved(path, answer.stderr.strip()[:400] or "the go command said nothing of it")
        return files, tuple(unresolved.values())

    def _file(self) -> Path:
        """Return the cache file for this toolchain, flags and variables."""
        settings = self._toolchain.settings
        parts = (
            str(self._toolchain.go), settings.version_text, str(self._toolchain.cache), settings.os, settings.arch,
            str(settings.cgo), *settings.flags, *self._flags, *(f"{k}={v}" for k, v in sorted(self._extra.items())),
            *(os.environ.get(name, "") for name in _BUILD_VARIABLES),
        )  # fmt: skip
        return cache_dir() / "go" / f"exports-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:16]}.json"

    def _load(self) -> dict[str, str]:
        """Return what is remembered of earlier runs; all of it is forgotten once Go has trimmed a file of it."""
        if self._known is None:
            self._known = {}
            stored = _stored(self._file())
            if isinstance(stored, dict) and all(os.path.exists(str(v)) for v in stored.values()):  # noqa: PTH110 - hot
                self._known = {str(k): str(v) for k, v in stored.items()}
        return self._known


def _stored(path: Path) -> Any:
    """Return the JSON in *path*, None when there is none."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _store(path: Path, value: Any) -> None:
    """Write *value* as JSON, at once or not at all; a cache that cannot be written is only slower."""
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(value, file)
        Path(file.name).replace(path)


def json_stream(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects that follow each other in *text*, as ``go list -json`` prints them."""
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            break
        if isinstance(value, dict):
            found.append(value)
        at = text.find("{", end)
    return found


def _compile_error(path: str, words: str) -> str:
    """Return the first thing the compiler said about package *path*."""
    lines = words.splitlines()
    for index, line in enumerate(lines):
        if line == f"# {path}" and index + 1 < len(lines):
            return f"it does not build: {lines[index + 1]}"
    return "it does not build"


def _std_packages(source: Path) -> tuple[str, ...]:
    """Return the importable packages below GOROOT/src: neither internal, vendored, commands nor test data."""
    found: list[str] = []
    for folder, names, files in os.walk(source):
        names[:] = sorted(
            n for n in names if n not in {"internal", "vendor", "cmd", "testdata", "builtin"} and n[0] not in "._"
        )
        path = Path(folder)
        if path != source and any(f.endswith(".go") and not f.endswith("_test.go") for f in files):
            found.append(path.relative_to(source).as_posix())
    return tuple(found)
