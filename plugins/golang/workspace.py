"""One opened Go package: its files as read, its resident checker, its windows, and go commands on overlays of it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay
from hrgc.errors import GoToolError, InputError
from hrgc.plan import Window
from hrgc.plugin import Budget, Cancel, OpenOptions
from hrgc.process import Result
from plugins.golang import modules, window
from plugins.golang.exports import ExportCache, Exports
from plugins.golang.golist import Package, Role
from plugins.golang.helper import HelperRefused, HelperStopped, HelperUnavailable, PackageSpec, SourceFile
from plugins.golang.layout import Layout, arrange
from plugins.golang.messages import compile_diagnostics
from plugins.golang.needs import wanted_imports
from plugins.golang.overlay import OverlayStore
from plugins.golang.remembering import RememberingHelper
from plugins.golang.sources import check_target
from plugins.golang.toolchain import Toolchain

CONTEXT_LIMIT = 48
"""Symbols of a window's context; the prompt keeps as many as fit its cap."""
BUILD_TIMEOUT = 300.0
"""Seconds a build may take when the budget sets no earlier end."""


class GoWorkspace:
    """A package under repair; nothing in its directory is ever written."""

    def __init__(self, target: Path, options: OpenOptions, toolchain: Toolchain, cancel: Cancel | None = None) -> None:
        """Open the package of *target*; raises InputError, NoGoFilesError or GoToolError.

        A *cancel* ends the go commands of the opening, which then fails or opens less than there is: whoever gives one
        looks at it afterwards.
        """
        self.toolchain = toolchain
        self.options = options
        self.store = OverlayStore()
        self._closing: list[Callable[[], None]] = []
        try:
            self.layout: Layout = arrange(check_target(target), options, toolchain, self.store, cancel)
            self.package: Package = self.layout.package
            self.root: Path = self.layout.directory
            self.files: tuple[Path, ...] = self.layout.editable
            self._contents = {file.path: _read(file.path) for file in self.package.files}
            self._exports = ExportCache(toolchain, flags=self.layout.flags, extra=self.layout.extra)
            exports = self.exports(wanted_imports(self.package, self._contents, self._exports.std()), cancel)
        except BaseException:
            self.store.close()
            raise
        missing = {entry.path: entry.message for entry in exports.unresolved if entry.path not in exports.files}
        self.missing: tuple[str, ...] = tuple(path for path in self.package.imports if path in missing)
        """Imports that cannot be resolved offline."""
        self.notes: tuple[str, ...] = (
            *self.layout.notes,
            *(modules.missing_note(path, missing[path]) for path in self.missing),
        )
        self.build_tells: bool = self.layout.compiles_c
        self.helper = RememberingHelper(toolchain, self._spec(exports.files), resolve=self._resolve)

    @property
    def tests(self) -> tuple[Path, ...]:
        """Test files that are evidence; empty when tests are not wanted or cannot run here."""
        return self.package.tests if self.layout.runnable else ()

    def read(self, path: Path) -> bytes:
        """Return the file's contents as read when the package was opened; raises InputError for another file."""
        content = self._contents.get(path)
        if content is None:
            raise InputError(f"{path} is not a file of the package in {self.root}", "name a file of this package")
        return content

    def content(self, overlay: Overlay, path: Path) -> bytes:
        """Return the overlay's content of *path*, or the file's as read when the package was opened."""
        found = overlay.get(path)
        return self.read(path) if found is None else found

    def window(self, overlay: Overlay, path: Path, line: int, *, tokens: Callable[[str], int]) -> Window:
        """Return the declaration around *line*, sliced around it when long; *tokens* counts a line's tokens."""
        return window.window_at(path, self.content(overlay, path), line, tokens=tokens)

    def context(self, overlay: Overlay, window: Window) -> tuple[str, ...]:
        """Return what the window refers to, most telling first; empty when the helper cannot say."""
        if not window.numbers:
            return ()
        with contextlib.suppress(HelperStopped, HelperRefused, HelperUnavailable):
            found = self.helper.context(window.path, window.numbers[0], window.numbers[-1], overlay)
            return found[:CONTEXT_LIMIT]
        return ()

    def format(self, path: Path, content: bytes) -> bytes | None:
        """Return *content* as gofmt writes it, None when it does not parse."""
        del path
        try:
            return self.helper.format(content)
        except (HelperStopped, HelperUnavailable):
            return self._gofmt(content)

    def build(self, overlay: Overlay, budget: Budget) -> Evidence:
        """Return what the compiler says of *overlay*, tests included: the slow judge for when there is no helper."""
        flags = ("-gcflags=-e -errorurl", "-o", os.devnull)
        command = ("test", "-c", "-vet=off", *flags) if self.tests else ("build", *flags)
        answer = self.go(command, overlay, budget)
        if answer.killed:
            return Evidence(notes=(f"go build was stopped: {answer.killed}",), complete=False)
        found = compile_diagnostics(self.store.restore(answer.stdout + answer.stderr, overlay), self.root)
        if not found and answer.returncode != 0:
            words = answer.stderr.strip().splitlines() or ["go build failed without a word"]
            found = (Diagnostic(self.files[0], 0, 0, Stage.TYPES, "Other", words[-1]),)
        parse = tuple(d for d in found if d.stage is Stage.PARSE)
        return Evidence(parse or found, reached=Stage.PARSE if found else Stage.TYPES)

    def go(self, command: Sequence[str], overlay: Overlay, budget: Budget, *, timeout: float = BUILD_TIMEOUT) -> Result:
        """Run ``go COMMAND`` on the package as *overlay* has it; raises GoToolError when go cannot be started."""
        return self.toolchain.run(
            (*command, *self.flags(overlay), "--", *self.layout.arguments),
            cwd=self.root,
            timeout=min(timeout, budget.left),
            extra=self.environment(),
            cancel=budget.cancel,
        )

    def flags(self, overlay: Overlay) -> tuple[str, ...]:
        """Return the build flags of every go command on the package as *overlay* has it."""
        return (*self.layout.flags, *self.store.flags(overlay, self.layout.fixed))

    def environment(self) -> dict[str, str]:
        """Return the variables a go command of this package needs on top of the toolchain's."""
        return {**self.layout.extra, "GOTMPDIR": str(self.store.scratch("go"))}

    def exports(self, paths: Sequence[str], cancel: Cancel | None = None) -> Exports:
        """Return export data for import *paths*, seen from this package; raises GoToolError."""
        flags = self.store.flags({}, self.layout.fixed)
        return self._exports.fetch(paths, cwd=self.root, flags=flags, cancel=cancel)

    def warm(self, cancel: Cancel | None = None) -> None:
        """Build and start the helper now, so that no time budget pays for it; without one the go command judges."""
        with contextlib.suppress(HelperUnavailable, HelperStopped, HelperRefused):
            self.helper.load(Budget(cancel=cancel or Cancel()))

    def at_close(self, callback: Callable[[], None]) -> None:
        """Call *callback* once when the workspace is closed: how a validator ends what it keeps for this package."""
        self._closing.append(callback)

    def close(self) -> None:
        """End what validators keep for this package, the helper, and remove temporary files; again is no fault."""
        callbacks, self._closing = self._closing, []
        for callback in callbacks:
            callback()
        self.helper.close()
        self.store.close()

    def _resolve(self, paths: Sequence[str]) -> Mapping[str, str]:
        """Find export data for imports that came up during the repair."""
        try:
            return self.exports(paths).files
        except GoToolError:
            return {}

    def _spec(self, exports: Mapping[str, str]) -> PackageSpec:
        """Describe the package to the helper."""
        module = self.package.module
        return PackageSpec(
            dir=self.root,
            import_path=self.package.import_path,
            files=tuple(
                SourceFile(
                    file.path, test=file.test, external=file.role is Role.XTEST, editable=file.path in self.files
                )
                for file in self.package.files
            ),
            exports=exports,
            import_map=self._import_map(exports),
            go_version=(module.go_version if module else "") or self.toolchain.settings.language,
            cgo=self.package.uses_cgo,
            arch=self.layout.extra.get("GOARCH", ""),
            contents=self._contents,
        )

    def _import_map(self, exports: Mapping[str, str]) -> Mapping[str, str]:
        """Return what imports resolve to: the standard library vendors packages under a path of their own."""
        vendored = {path: f"vendor/{path}" for path in self.package.imports if f"vendor/{path}" in exports}
        standard = self.root.is_relative_to(self.toolchain.settings.root / "src")
        return {**(vendored if standard else {}), **self.package.import_map}

    def _gofmt(self, content: bytes) -> bytes | None:
        """Format with the toolchain's gofmt; None when it does not parse or there is no gofmt."""
        return self.toolchain.gofmt(content, cwd=self.root)


def _read(path: Path) -> bytes:
    """Return a file's bytes, b'' when it cannot be read: the checker says so with a position."""
    try:
        return path.read_bytes()
    except OSError:
        return b""
