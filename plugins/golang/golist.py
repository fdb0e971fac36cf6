"""One package as ``go list`` sees it, also when it neither compiles nor parses."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from hrgc.errors import GoToolError
from hrgc.plugin import Cancel
from plugins.golang.exports import json_stream
from plugins.golang.toolchain import INSTALL_HINT, Toolchain

FIELDS = (
    "Dir,ImportPath,Name,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,InvalidGoFiles,EmbedPatterns,Module,"
    "Error,ImportMap,SFiles,CFiles"
)


class Role(str, Enum):
    """What a file is in its package."""

    SOURCE = "go"
    CGO = "cgo"
    """Imports "C"."""
    TEST = "test"
    """A ``_test.go`` file of the package itself."""
    XTEST = "xtest"
    """A ``_test.go`` file of the external test package."""


@dataclass(frozen=True, slots=True)
class GoFile:
    """One file of a package."""

    path: Path
    """Absolute."""
    role: Role
    invalid: bool = False
    """True when the go command could not read its package clause or imports."""

    @property
    def test(self) -> bool:
        """True for test files, which are evidence and never edited."""
        return self.role in {Role.TEST, Role.XTEST}


@dataclass(frozen=True, slots=True)
class Module:
    """The module a package belongs to."""

    path: str
    directory: Path
    go_mod: Path | None
    go_version: str
    """The go directive, '' when there is none."""
    main: bool


@dataclass(frozen=True, slots=True)
class Package:
    """One package, test variants included."""

    directory: Path
    import_path: str
    name: str
    files: tuple[GoFile, ...]
    ignored: tuple[Path, ...]
    """Go files that build constraints exclude."""
    imports: tuple[str, ...]
    """Import paths of the package and its tests, without itself and "C"."""
    import_map: Mapping[str, str]
    """Import path as written -> import path it resolves to, where they differ."""
    module: Module | None
    error: str = ""
    """What the go command says is wrong with the package as a whole, '' for nothing."""
    error_position: str = ""
    embeds: tuple[str, ...] = ()
    """Patterns of ``//go:embed``."""
    foreign: tuple[str, ...] = ()
    """Assembly and C files that belong to it."""

    @property
    def uses_cgo(self) -> bool:
        """True when a file imports "C"."""
        return any(file.role is Role.CGO for file in self.files)

    @property
    def sources(self) -> tuple[Path, ...]:
        """Files that are built into the package itself."""
        return tuple(file.path for file in self.files if not file.test)

    @property
    def tests(self) -> tuple[Path, ...]:
        """Test files."""
        return tuple(file.path for file in self.files if file.test)


class ListError(GoToolError):
    """The go command says nothing of a directory; ``words`` is what it printed instead."""

    def __init__(self, directory: Path, words: str) -> None:
        """Keep all *words*; the message has the first line."""
        first = words.splitlines()[0] if words else "no reason given"
        super().__init__(
            f"go list says nothing of {directory}: {first}",
            "run `go build` there for the whole message" if words else INSTALL_HINT,
        )
        self.words = words


def list_package(  # noqa: PLR0913 - each is a part of one command line
    toolchain: Toolchain,
    *,
    cwd: Path,
    arguments: Sequence[str] = (".",),
    flags: Sequence[str] = (),
    extra: Mapping[str, str] | None = None,
    cancel: Cancel | None = None,
) -> Package:
    """Return the package that *arguments* name (``.`` or file names) as seen from *cwd*.

    *flags* are build flags (``-tags``, ``-overlay``), *extra* environment variables. Imports are read from the files
    leniently: the go command would resolve each one first, at five times the cost, and gives none of a broken head.
    Raises ListError when the go command says nothing of the package.
    """
    answer = toolchain.run(
        ("list", "-e", "-find", f"-json={FIELDS}", *flags, "--", *arguments),
        cwd=cwd,
        extra=extra,
        timeout=60,
        cancel=cancel,
    )
    found = json_stream(answer.stdout)
    if not found:
        raise ListError(cwd, answer.stderr.strip() or answer.killed)
    return _package(found[0], cwd)


def _package(said: Mapping[str, Any], cwd: Path) -> Package:
    """Turn one object of ``go list -json`` into a Package."""
    directory = Path(said.get("Dir") or cwd)
    invalid = set(said.get("InvalidGoFiles") or ())
    files = [
        GoFile(_absolute(directory, name), role, name in invalid)
        for key, role in (
            ("GoFiles", Role.SOURCE),
            ("CgoFiles", Role.CGO),
            ("TestGoFiles", Role.TEST),
            ("XTestGoFiles", Role.XTEST),
        )
        for name in said.get(key) or ()
    ]
    error = said.get("Error") or {}
    import_path = str(said.get("ImportPath", ""))
    imports = frozenset[str]().union(*(lenient_imports(_read(file.path)) for file in files))
    return Package(
        directory=directory,
        import_path=import_path,
        name=str(said.get("Name", "")),
        files=tuple(sorted(files, key=lambda file: file.path)),
        ignored=tuple(_absolute(directory, name) for name in said.get("IgnoredGoFiles") or ()),
        imports=tuple(sorted(imports - {import_path, "C", ""})),
        import_map=dict(said.get("ImportMap") or {}),
        module=_module(said.get("Module")),
        error=str(error.get("Err", "")).strip(),
        error_position=str(error.get("Pos", "")),
        embeds=tuple(said.get("EmbedPatterns") or ()),
        foreign=tuple(name for key in ("SFiles", "CFiles") for name in said.get(key) or ()),
    )


def _module(said: Mapping[str, Any] | None) -> Module | None:
    """Turn the Module object of ``go list -json`` into a Module."""
    if not said:
        return None
    replaced = said.get("Replace") or said
    go_mod = replaced.get("GoMod")
    return Module(
        path=str(said.get("Path", "")),
        directory=Path(replaced.get("Dir") or os.curdir),
        go_mod=Path(go_mod) if go_mod else None,
        go_version=str(said.get("GoVersion", "")),
        main=bool(said.get("Main")),
    )


def _absolute(directory: Path, name: str) -> Path:
    """Return a listed file name as an absolute path."""
    return Path(os.path.normpath(directory / name))


def _read(path: Path) -> bytes:
    """Return a file's bytes, b'' when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


_COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.DOTALL)
_DECLARATION = re.compile(rb"^\s*(?:func|type|var|const)\b", re.MULTILINE)
_SPEC = re.compile(rb"""(?m)^\s*(?:i?m?port\w*\s*)?\(?\s*(?:[\w.]+\s+)?["`]([^"`\s\n]+)["`\n]?""")


def lenient_imports(content: bytes) -> frozenset[str]:
    """Return what looks like imports at the head of a file, which need not parse."""
    head = _COMMENT.sub(b"", content)
    first = _DECLARATION.search(head)
    head = head[: first.start()] if first else head[:20_000]
    return frozenset(
        match[1].decode("utf-8", "replace") for part in re.split(rb"[;\n]", head) for match in _SPEC.finditer(part)
    )
