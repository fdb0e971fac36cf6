"""Source files as input: what can be worked on, what is refused and why, and the few facts read without parsing."""

from __future__ import annotations

import os
import re
from pathlib import Path

from hrgc.errors import InputError, NoGoFilesError

SIZE_LIMIT = 2 << 20
"""Bytes of the largest file that is repaired; hand-written Go files are a hundred times smaller."""
_GENERATED = re.compile(rb"^// Code generated .* DO NOT EDIT\.\r?$", re.MULTILINE)
_SKIP = re.compile(rb"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
_CLAUSE = re.compile(rb"package[ \t]+([^\W\d]\w*)")
_MAIN = re.compile(rb"^func[ \t]+main[ \t]*\([ \t]*\)", re.MULTILINE)
_TOP_LEVEL = re.compile(
    rb"^(?:func[ \t]+(?:\([^)]*\)[ \t]*)?|type[ \t]+|var[ \t]+|const[ \t]+)([^\W\d]\w*)", re.MULTILINE
)
LITERALS = re.compile(rb"//[^\n]*|/\*.*?\*/|`[^`]*`|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", re.DOTALL)
"""Comments and literals of text: what only looks like code."""


def absolute(path: Path) -> Path:
    """Return *path* as absolute, without ``..`` and without following symbolic links."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve would follow links, Path.absolute keeps ".."


def read_source(path: Path) -> bytes:
    """Return the contents of a Go file that is to be repaired; raises InputError naming what is wrong with it."""
    if path.suffix != ".go":
        raise InputError(f"{path} is not a Go file", "name a .go file or a directory of them")
    try:
        if not path.is_file():
            raise InputError(f"{path} is not a regular file", "name a .go file or a directory of them")
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise InputError(
                f"{path} has {size / (1 << 20):.1f} MiB; files above {SIZE_LIMIT >> 20} MiB are not repaired",
                "split the file, or leave out what is generated",
            )
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror or error}", "check that it exists and that you may read it"
        ) from error
    return check_content(path, content)


def check_content(path: Path, content: bytes) -> bytes:
    """Return *content* when it is text; raises InputError for an empty, binary or non-UTF-8 file."""
    if not content.strip(b"\xef\xbb\xbf \t\r\n"):
        raise InputError(f"{path} is empty", "write at least a package clause")
    if b"\0" in content:
        raise InputError(f"{path} is a binary file", "name a Go source file")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line} is not UTF-8 (byte 0x{content[error.start]:02x})",
            "Go source is UTF-8: convert the file first",
        ) from error
    return content


def check_target(target: Path) -> Path:
    """Return *target* as an absolute path to an existing file or directory; raises InputError or NoGoFilesError."""
    path = absolute(target)
    try:
        if path.is_dir():
            if not any(is_go_file(name) for name in os.listdir(path)):  # noqa: PTH208 - names are enough
                raise NoGoFilesError(
                    f"no Go files in {path}", "name a directory with .go files, or ./... for all below"
                )
            return path
        if not path.exists():
            raise InputError(f"{path} does not exist", "check the spelling of the path")
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror or error}", "check that you may read it") from error
    if path.name.endswith("_test.go"):
        raise InputError(
            f"{path} is a test file; tests are evidence and are never edited",
            f"name the file under test, or the directory {path.parent}",
        )
    read_source(path)
    return path


def is_go_file(name: str) -> bool:
    """Tell whether the go command looks at a file of this *name* that is not a test."""
    return name.endswith(".go") and not name.endswith("_test.go") and name[0] not in "._"


def is_generated(content: bytes) -> bool:
    """Tell whether the file says that it is generated, in the form the Go project defines."""
    clause = _CLAUSE.search(content)
    match = _GENERATED.search(content)
    return match is not None and (clause is None or match.start() < clause.start())


def package_clause(content: bytes) -> str:
    """Return the package name of a file, '' when its head does not parse."""
    at = 3 if content.startswith(b"\xef\xbb\xbf") else 0
    while (skipped := _SKIP.match(content, at)) is not None:
        at = skipped.end()
    match = _CLAUSE.match(content, at)
    return match[1].decode("utf-8", "replace") if match else ""


def declares_main(content: bytes) -> bool:
    """Tell whether the file declares ``func main()``."""
    return _MAIN.search(content) is not None


def top_level_names(content: bytes) -> frozenset[str]:
    """Return the names of declarations that begin a line, methods included; lenient, for files that may not parse."""
    return frozenset(match[1].decode("utf-8", "replace") for match in _TOP_LEVEL.finditer(content))


def code_only(content: bytes) -> bytes:
    """Return a file's text without its comments and literals."""
    return LITERALS.sub(b" ", content)
