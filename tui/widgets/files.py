"""The files pane: the open package's files with their findings, then the other packages, with marks of the queue."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from textual.content import Content

from tui import text
from tui.queue import State
from tui.text import MUTED
from tui.widgets.choices import Choices


class FileList(Choices):
    """Shows files and packages."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        """Begin empty."""
        super().__init__(id=id, empty="nothing open")
        self._paths: tuple[Path, ...] = ()

    @property
    def path(self) -> Path | None:
        """The highlighted file or package."""
        at = self.index
        return self._paths[at] if at is not None and at < len(self._paths) else None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Everything that is shown."""
        return self._paths

    def point_at(self, path: Path | None) -> None:
        """Highlight *path* where it is listed."""
        if path in self._paths:
            self.highlighted = self._paths.index(path)

    def show_files(
        self,
        root: Path,
        files: Sequence[Path],
        packages: Sequence[Path],
        *,
        findings: Mapping[Path, int],
        marks: Mapping[Path, State],
        changed: Collection[Path] = (),
    ) -> None:
        """Show the *files* of the package in *root* and the other *packages*."""
        others = tuple(p for p in packages if p != root)
        self._paths = (*files, *others)
        rows = [_file(path, findings.get(path, 0), marks.get(path), path in changed) for path in files]
        rows += [_package(path, root, marks.get(path)) for path in others]
        self.show(rows)


_MARKS = {
    None: (" ", ""),
    State.WAITING: ("◆", MUTED),
    State.WORKING: ("▸", "$text-accent"),
    State.READY: ("●", "$text-success"),
    State.FINE: ("✓", "$text-success"),
    State.NOTHING: ("✗", "$text-warning"),
    State.FAILED: ("!", "$text-error"),
}


def _file(path: Path, number: int, state: State | None, changed: bool) -> Content:  # noqa: FBT001 - a row's four facts
    """Return a file's row."""
    mark = _MARKS[state]
    count = (f" {number}", "bold $text-error") if number else (" ●", "$text-success") if changed else ("", "")
    return text.joined(mark, (path.name, "$foreground"), count)


def _package(path: Path, root: Path, state: State | None) -> Content:
    """Return a package's row."""
    mark = _MARKS[state]
    name = os.path.relpath(path, root)
    return text.joined(mark, (f"{name}/", "$text-primary"))
