"""The Go language plugin: opens packages and finds them below a directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hrgc.errors import CancelledError, HrgcError, InputError, NoGoFilesError
from hrgc.plugin import Cancel, Fact, OpenOptions, Workspace
from plugins.golang.doctor import facts
from plugins.golang.sources import absolute, is_go_file
from plugins.golang.toolchain import Toolchain, find
from plugins.golang.workspace import GoWorkspace

_SKIPPED = frozenset(("vendor", "testdata", "node_modules"))


class GoLanguage:
    """Go packages."""

    name = "go"
    suffixes: tuple[str, ...] = (".go",)

    def __init__(self, toolchain: Toolchain | None = None) -> None:
        """Use *toolchain*, or the one ``find`` gives when a package is opened."""
        self._toolchain = toolchain

    @contextmanager
    def open(self, target: Path, options: OpenOptions, cancel: Cancel | None = None) -> Iterator[Workspace]:
        """Open the package of *target*; raises InputError, NoGoFilesError, GoToolError or CancelledError."""
        workspace = self._opened(target, options, cancel or Cancel())
        try:
            yield workspace
        finally:
            workspace.close()

    def _opened(self, target: Path, options: OpenOptions, cancel: Cancel) -> GoWorkspace:
        """Return the open workspace; whatever a *cancel* made of the opening is a CancelledError."""
        workspace: GoWorkspace | None = None
        try:
            workspace = GoWorkspace(target, options, self._toolchain or find(options.tool), cancel)
            workspace.warm(cancel)
        except HrgcError:
            if not cancel.cancelled:
                raise
        if workspace is not None and not cancel.cancelled:
            return workspace
        if workspace is not None:
            workspace.close()
        raise CancelledError(f"stopped before {target} was open", "run it again")

    def packages(self, pattern: Path, *, recursive: bool) -> tuple[Path, ...]:
        """Return the directories with Go files at or, when *recursive*, below *pattern*.

        As ``./...`` does, vendor, testdata, names that begin with ``.`` or ``_`` and nested modules are left out.
        Raises InputError when *pattern* is no directory and NoGoFilesError when nothing is found.
        """
        root = absolute(pattern)
        if not root.is_dir():
            raise InputError(f"{root} is not a directory", "name a directory, or one of its files")
        found = tuple(_walk(root)) if recursive else tuple(p for p in (root,) if _holds_go(os.listdir(root)))  # noqa: PTH208
        if not found:
            below = " or below it" if recursive else ""
            raise NoGoFilesError(
                f"no Go files in {root}{below}",
                "name a directory with .go files" if recursive else "try ./... for all below",
            )
        return found

    def doctor(self, options: OpenOptions) -> Iterator[Fact]:
        """Yield what ``hrgc doctor`` shows about Go."""
        return facts(options)


def _walk(root: Path) -> Iterator[Path]:
    """Yield the package directories at and below *root*, in order."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(
            name
            for name in names
            if name not in _SKIPPED and name[0] not in "._" and not (Path(folder) / name / "go.mod").is_file()
        )
        if _holds_go(files):
            yield Path(folder)


def _holds_go(names: list[str]) -> bool:
    """Tell whether a directory with these file names is a package."""
    return any(is_go_file(name) for name in names)
