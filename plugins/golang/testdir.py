"""Where tests run: private copies of the package's directory, one a worker, put right after every run.

Tests read ``testdata`` and some write beside it. A run in the user's tree could dirty it, and one candidate's leftovers
could change the next one's verdict. So every worker has a copy of the module, or of the package's directory where the
module is large; what is around it can be read through links. Only a directory too large to copy is used in place, which
is noted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

FILES_LIMIT = 1500
MODULE_FILES_LIMIT = 200
BYTES_LIMIT = 48 << 20
"""Most files (of a package, of a module) and bytes that are copied for a worker, since each run is followed by a look
at all of them."""
_SKIPPED = {".git", ".hg", ".svn", "node_modules"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What is copied for a package."""

    directory: Path
    """The package's directory."""
    root: Path | None
    """Top of the tree that is copied; None for a run in place."""
    anchor: Path | None
    """Top of the module, whose other entries are linked to; None when it is the root itself or there is none."""
    note: str = ""


def plan(directory: Path, module: Path | None) -> Plan:
    """Decide how *directory*, a package of the module at *module*, is copied."""
    if module is not None and directory.is_relative_to(module) and _small(module, MODULE_FILES_LIMIT):
        return Plan(directory, module, None)
    if _small(directory, FILES_LIMIT):
        return Plan(directory, directory, module if module is not None and directory.is_relative_to(module) else None)
    return Plan(directory, None, None, "the package's directory is too large to copy: its tests run in place")


def _small(top: Path, limit: int) -> bool:
    """Tell whether a tree is small enough to copy."""
    size = 0
    for files, entry in enumerate(_walk(top), 1):
        size += entry.stat(follow_symlinks=False).st_size
        if files > limit or size > BYTES_LIMIT:
            return False
    return True


def _walk(top: Path | str) -> list[os.DirEntry[str]]:
    """Return everything below *top*, parents first, without what is skipped; unreadable places are left out."""
    found: list[os.DirEntry[str]] = []
    queue = [os.fspath(top)]
    for folder in queue:
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.name in _SKIPPED:
                        continue
                    found.append(entry)
                    if entry.is_dir(follow_symlinks=False):
                        queue.append(entry.path)
        except OSError:
            continue
        if len(found) > FILES_LIMIT * 2:
            break
    return found


class Place:
    """One worker's directories: a copy to run in, a home and a folder for temporary files."""

    def __init__(self, chosen: Plan, base: Path) -> None:
        """Copy what *chosen* says to below *base*, an empty directory."""
        self._plan = chosen
        self._tree = base / "tree"
        self.home, self.temporary = base / "home", base / "tmp"
        for folder in (self.home, self.temporary):
            folder.mkdir(parents=True)
        self.cwd = chosen.directory
        self._manifest: dict[str, tuple[int, int, int]] = {}
        if chosen.root is not None:
            self._copy(chosen.root)

    def environment(self) -> dict[str, str]:
        """Return the variables that point a child at this place."""
        home = str(self.home)
        return {
            "PWD": str(self.cwd),
            "HOME": home,
            "TMPDIR": str(self.temporary),
            "XDG_CACHE_HOME": f"{home}/.cache",
            "XDG_CONFIG_HOME": f"{home}/.config",
            "XDG_DATA_HOME": f"{home}/.local/share",
            "XDG_STATE_HOME": f"{home}/.local/state",
        }

    def _copy(self, root: Path) -> None:
        """Make the copy and remember what it holds."""
        inside = self._tree / root.relative_to(self._plan.anchor) if self._plan.anchor is not None else self._tree
        self._root = inside
        inside.mkdir(parents=True)
        self._link_around(inside)
        for entry in _walk(root):
            self._restore(os.path.relpath(entry.path, root))
        self.cwd = inside / self._plan.directory.relative_to(root)
        self._manifest = self._state()

    def _link_around(self, inside: Path) -> None:
        """Link to what surrounds the copied directory inside its module."""
        here, there = inside, self._plan.root
        while self._plan.anchor is not None and there is not None and there != self._plan.anchor:
            here, there, skipped = here.parent, there.parent, there.name
            with contextlib.suppress(OSError), os.scandir(there) as entries:
                for entry in entries:
                    if entry.name != skipped and entry.name not in _SKIPPED:
                        (here / entry.name).symlink_to(entry.path)

    def _restore(self, name: str) -> None:
        """Copy one entry of the original tree, in place of what has its name."""
        assert self._plan.root is not None
        source, target = self._plan.root / name, self._root / name
        _remove(target)
        with contextlib.suppress(OSError):  # unreadable, or gone meanwhile: the test will not find it either
            if source.is_symlink():
                target.symlink_to(source.readlink())
            elif source.is_dir():
                target.mkdir(exist_ok=True)
            elif source.is_file():
                shutil.copy2(source, target)

    def _state(self) -> dict[str, tuple[int, int, int]]:
        """Return what identifies every entry of the copy: mode, size and time of change (of directories the mode)."""
        found: dict[str, tuple[int, int, int]] = {}
        for entry in _walk(self._root):
            with contextlib.suppress(OSError):
                said = entry.stat(follow_symlinks=False)
                whole = stat.S_ISDIR(said.st_mode)
                found[entry.path] = (said.st_mode, 0 if whole else said.st_size, 0 if whole else said.st_mtime_ns)
        return found

    def clean(self) -> None:
        """Remove what a run left behind and put back what it changed."""
        for folder in (self.home, self.temporary):
            if folder.is_symlink() or not folder.is_dir():
                _remove(folder)
                with contextlib.suppress(FileNotFoundError):  # the workspace was closed meanwhile
                    folder.mkdir()
                continue
            for left in folder.iterdir():
                _remove(left)
        if self._plan.root is None or not self._root.is_dir():
            return
        now = self._state()
        if now == self._manifest:
            return
        for path in sorted(now.keys() - self._manifest.keys(), reverse=True):
            _remove(Path(path))
        for path, was in sorted(self._manifest.items()):
            if now.get(path) != was:
                self._restore(os.path.relpath(path, self._root))
        self._manifest = self._state()


def _remove(path: Path) -> None:
    """Remove a file or a tree, also one made unwritable."""
    with contextlib.suppress(OSError):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, onerror=_force)
        else:
            path.unlink(missing_ok=True)


def _force(function: object, path: str, _: object) -> None:
    """Make the parent of *path* writable and try to remove it again."""
    del function
    with contextlib.suppress(OSError):
        Path(path).parent.chmod(0o700)
        Path(path).chmod(0o700)
        if Path(path).is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            Path(path).unlink()
