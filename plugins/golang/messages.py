"""What go build, go vet and go test -c print, as diagnostics."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Stage

_LINE = re.compile(
    r"^(?:vet: )?(?P<path>[^\s:][^:\n]*\.go):(?P<line>\d+)(?::(?P<column>\d+))?: (?P<message>.*?)"
    r"(?: \[go\.dev/e/(?P<code>\w+)\])?$"
)
_SYNTAX = re.compile(
    r"^(?:syntax error: |expected |illegal character|invalid character|string (?:literal )?not terminated)"
)
_QUOTED = re.compile(r"undefined: ([\w.]+)|declared and not used: (\w+)|\"([^\"]+)\" imported and not used")
_CODES = (
    (re.compile(r"^undefined: \w+\.\w+"), "UndeclaredImportedName"),
    (re.compile(r"^undefined: "), "UndeclaredName"),
    (re.compile(r"^declared and not used: "), "UnusedVar"),
    (re.compile(r"imported(?: as \w+)? and not used"), "UnusedImport"),
    (re.compile(r"undefined \(type .* has no field or method"), "MissingFieldOrMethod"),
    (re.compile(r"^missing return"), "MissingReturn"),
    (re.compile(r"mismatched types"), "MismatchedTypes"),
    (re.compile(r"(?:not enough|too many) arguments in call"), "WrongArgCount"),
    (re.compile(r"(?:not enough|too many) return values"), "WrongResultCount"),
    (re.compile(r"^cannot use "), "IncompatibleAssign"),
    (re.compile(r"^no new variables"), "NoNewVar"),
    (re.compile(r"redeclared in this block"), "DuplicateDecl"),
    (re.compile(r"^(?:package .* is not in std|cannot find|could not import|no required module)"), "BrokenImport"),
)
"""Codes for toolchains that do not print them."""


def compile_diagnostics(output: str, directory: Path) -> tuple[Diagnostic, ...]:
    """Return the compiler's findings in *output*, paths relative to *directory*; doubles are dropped."""
    found: dict[tuple[Path, int, int, str], Diagnostic] = {}
    for path, line, column, message, code in _lines(output, directory):
        syntax = bool(_SYNTAX.match(message))
        stage = Stage.PARSE if syntax else Stage.TYPES
        named = code or ("Other" if syntax else _code(message))
        names = tuple(name for match in _QUOTED.finditer(message) for name in match.groups() if name)
        found.setdefault((path, line, column, message), Diagnostic(path, line, column, stage, named, message, names))
    return tuple(found.values())


def _lines(output: str, directory: Path) -> Iterator[tuple[Path, int, int, str, str]]:
    """Yield (path, line, column, message, code) of each line that has a position."""
    for text in output.splitlines():
        match = _LINE.match(text.strip("\r"))
        if match is not None and not text.startswith(("\t", "#")):
            path = Path(os.path.normpath(directory / match["path"]))
            yield path, int(match["line"]), int(match["column"] or 0), match["message"], match["code"] or ""


def _code(message: str) -> str:
    """Return the go/types code that fits *message*, 'Other' for none."""
    return next((code for pattern, code in _CODES if pattern.search(message)), "Other")
