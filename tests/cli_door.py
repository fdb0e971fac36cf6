"""Runs ``hrgc`` as people meet it, through its one door, over a toy language that needs no tool."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

from hrgc.__main__ import main
from hrgc.cli.app import App
from hrgc.diagnostics import Stage
from hrgc.errors import InputError, NoGoFilesError
from hrgc.plugin import Cancel, OpenOptions, Workspace
from hrgc.session import Toolbox
from tests.fakes import Replacements, ToyWorkspace, WordValidator

TABLE: dict[bytes, tuple[tuple[bytes, float], ...]] = {b"itmes": ((b"items", -0.1),), b"cuont": ((b"count", -0.1),)}
WORDS = (b"itmes", b"cuont", b"hopeless")
"""What the toy validator objects to; ``hopeless`` has no repair."""


@dataclass(frozen=True)
class Done:
    """How a call ended."""

    code: int
    out: str
    err: str


class DiskToy:
    """Opens the ``.go`` file it is given, or the first one of a directory, as a toy workspace."""

    name = "toy"
    suffixes: tuple[str, ...] = (".go",)

    def __init__(self, during: Callable[[Path], None] | None = None) -> None:
        """Call *during* with the file behind every opening (to change it, or to interrupt the run)."""
        self._during = during

    @contextmanager
    def open(self, target: Path, options: OpenOptions, cancel: Cancel | None = None) -> Iterator[Workspace]:
        """Read the file."""
        del options, cancel
        path = min(target.glob("*.go")) if target.is_dir() else target
        if b"\0" in path.read_bytes():
            raise InputError(f"{path.name} is a binary file", "name a Go source file")
        workspace = ToyWorkspace(path, path.read_bytes())
        if self._during is not None:
            self._during(path)
        yield workspace

    def packages(self, pattern: Path, *, recursive: bool) -> tuple[Path, ...]:
        """Return the directories that hold a ``.go`` file."""
        found = {p.parent for p in (pattern.rglob("*.go") if recursive else pattern.glob("*.go"))}
        if not found:
            raise NoGoFilesError(f"no Go files in {pattern}", "try ./... for all below")
        return tuple(sorted(found))


@dataclass
class Door:
    """One person at a terminal that is none."""

    during: Callable[[Path], None] | None = None
    edit: Callable[..., str | None] = field(default=lambda text: text)
    models: list[str] = field(default_factory=list)
    """Model specs that were asked for."""

    def __call__(self, *args: str, stdin: str | bytes = "") -> Done:
        """Run ``hrgc`` with *args* and return what it printed and its exit code."""
        with CliRunner().isolation(input=stdin) as streams:
            code = main(args, App(self._toolbox, self.edit))
        out, err = (stream.getvalue().decode("utf-8", "surrogateescape") for stream in streams[:2])
        return Done(code, out, err)

    def _toolbox(self, model: str) -> Toolbox:
        self.models.append(model)
        judge = WordValidator("words", Stage.TYPES, WORDS, hot=True)
        return Toolbox((DiskToy(self.during),), (Replacements(TABLE),), (judge,))


def write(name: str, text: str) -> Path:
    """Write a file below the working directory."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, newline="")
    return path
