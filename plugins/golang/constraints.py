"""Build constraints: why a file is left out of the build, and which tags or platform would bring it in."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

SYSTEMS = frozenset((
    "aix", "android", "darwin", "dragonfly", "freebsd", "hurd", "illumos", "ios", "js", "linux", "nacl", "netbsd",
    "openbsd", "plan9", "solaris", "wasip1", "windows", "zos",
))  # fmt: skip
UNIX = SYSTEMS - {"js", "nacl", "plan9", "wasip1", "windows"}
ARCHITECTURES = frozenset((
    "386", "amd64", "arm", "arm64", "loong64", "mips", "mips64", "mips64le", "mipsle", "ppc64", "ppc64le", "riscv64",
    "s390x", "wasm",
))  # fmt: skip
_LINE = re.compile(rb"^//go:build[ \t]+(.+?)\r?$", re.MULTILINE)
_TOKEN = re.compile(r"\s*(&&|\|\||!|\(|\)|[\w.]+)")
_RELEASE = re.compile(r"go1\.(\d+)$")
_USUAL = (("linux", "amd64"), ("darwin", "arm64"), ("windows", "amd64"), ("freebsd", "amd64"), ("js", "wasm"))
MOST_TAGS = 6
"""Free tags of one constraint that are tried in combination."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A way to build: where for, and with which tags."""

    system: str
    """GOOS."""
    architecture: str
    """GOARCH."""
    cgo: bool = False
    release: int = 27
    """Minor version of Go."""
    tags: tuple[str, ...] = ()

    def satisfied(self, tag: str) -> bool:
        """Tell whether *tag* holds on this platform."""
        if tag in self.tags or tag in {self.system, self.architecture, "gc"}:
            return True
        if tag == "unix":
            return self.system in UNIX
        if tag == "cgo":
            return self.cgo
        implied = {"android": "linux", "illumos": "solaris", "ios": "darwin"}
        release = _RELEASE.match(tag)
        return int(release[1]) <= self.release if release else implied.get(self.system) == tag


def constraint(content: bytes) -> str:
    """Return the ``//go:build`` expression of a file, '' for none."""
    package = re.search(rb"^package\b", content, re.MULTILINE)
    match = _LINE.search(content, 0, package.start() if package else len(content))
    return match[1].decode("utf-8", "replace").strip() if match else ""


def name_tags(name: str) -> tuple[str, ...]:
    """Return the platform tags that a file *name* implies (``x_windows_arm64.go``)."""
    parts = name.removesuffix(".go").removesuffix("_test").split("_")[1:]
    if len(parts) >= 2 and parts[-2] in SYSTEMS and parts[-1] in ARCHITECTURES:
        return (parts[-2], parts[-1])
    return (parts[-1],) if parts and parts[-1] in SYSTEMS | ARCHITECTURES else ()


def includes(name: str, content: bytes, platform: Platform) -> bool:
    """Tell whether a file is built on *platform*; a constraint that does not parse includes it."""
    if not all(platform.satisfied(tag) for tag in name_tags(name)):
        return False
    expression = constraint(content)
    return not expression or evaluate(expression, platform.satisfied)


def including(name: str, content: bytes, host: Platform) -> Platform | None:
    """Return the platform nearest to *host* that builds the file, None when none does.

    ``ignore`` and tags like it are satisfied last: a file that needs one is usually meant to be built alone.
    """
    expression = constraint(content)
    names = set(re.findall(r"[\w.]+", expression)) | set(name_tags(name))
    free = sorted(t for t in names - SYSTEMS - ARCHITECTURES - {"unix", "cgo", "gc"} if not _RELEASE.match(t))[
        :MOST_TAGS
    ]
    systems = sorted(names & SYSTEMS)
    architectures = sorted(names & ARCHITECTURES)
    places = [
        (host.system, host.architecture),
        *((system, host.architecture) for system in systems),
        *((host.system, architecture) for architecture in architectures),
        *itertools.product(systems, architectures),
        *((system, architecture) for system, architecture in _USUAL if system in systems or not systems),
    ]
    for count in range(len(free) + 1):
        for chosen in itertools.combinations(free, count):
            tags = (*host.tags, *chosen)
            for system, architecture in dict.fromkeys(places):
                local = (system, architecture) == (host.system, host.architecture)
                platform = Platform(system, architecture, host.cgo and local, host.release, tags)
                if _PAIRS.get(system, ARCHITECTURES) >= {architecture} and includes(name, content, platform):
                    return platform
    return None


_PAIRS: Mapping[str, frozenset[str]] = {
    "darwin": frozenset(("amd64", "arm64")),
    "ios": frozenset(("amd64", "arm64")),
    "windows": frozenset(("386", "amd64", "arm64")),
    "js": frozenset(("wasm",)),
    "wasip1": frozenset(("wasm",)),
    "plan9": frozenset(("386", "amd64", "arm")),
    "solaris": frozenset(("amd64",)),
    "illumos": frozenset(("amd64",)),
    "dragonfly": frozenset(("amd64",)),
    "aix": frozenset(("ppc64",)),
    "linux": ARCHITECTURES - {"wasm"},
    "freebsd": frozenset(("386", "amd64", "arm", "arm64", "riscv64")),
    "netbsd": frozenset(("386", "amd64", "arm", "arm64")),
    "openbsd": frozenset(("386", "amd64", "arm", "arm64", "ppc64", "riscv64")),
}
"""Architectures that a system exists on; any for a system that is not listed."""


def evaluate(expression: str, satisfied: Callable[[str], bool]) -> bool:
    """Return the value of a ``//go:build`` expression; one that does not parse is true."""
    tokens = _TOKEN.findall(expression)
    if "".join(tokens) != re.sub(r"\s+", "", expression):
        return True
    try:
        value, rest = _either(tokens, satisfied)
    except (IndexError, RecursionError):
        return True
    return value if not rest else True


def _either(tokens: Sequence[str], satisfied: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    """Evaluate ``a || b``; returns the value and the tokens behind it."""
    value, tokens = _both(tokens, satisfied)
    while tokens and tokens[0] == "||":
        other, tokens = _both(tokens[1:], satisfied)
        value = value or other
    return value, tokens


def _both(tokens: Sequence[str], satisfied: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    """Evaluate ``a && b``."""
    value, tokens = _one(tokens, satisfied)
    while tokens and tokens[0] == "&&":
        other, tokens = _one(tokens[1:], satisfied)
        value = value and other
    return value, tokens


def _one(tokens: Sequence[str], satisfied: Callable[[str], bool]) -> tuple[bool, Sequence[str]]:
    """Evaluate a tag, ``!a`` or ``(a)``; raises IndexError when something is missing."""
    if tokens[0] == "!":
        value, rest = _one(tokens[1:], satisfied)
        return not value, rest
    if tokens[0] == "(":
        value, rest = _either(tokens[1:], satisfied)
        if rest[0] != ")":
            raise IndexError
        return value, rest[1:]
    return satisfied(tokens[0]), tokens[1:]
