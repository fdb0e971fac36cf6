"""Overlay files: contents the go command is to see instead of what is on disk, kept in a private temporary folder."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hrgc.edits import Overlay


class OverlayStore:
    """A private temporary folder with candidates' contents and the JSON files that name them."""

    def __init__(self) -> None:
        """Start without a folder; the first use makes it."""
        self._folder: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder, made when it is first asked for."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="hrgc-"))
        return self._folder

    def scratch(self, name: str) -> Path:
        """Return the sub-folder *name* of the folder, made when missing."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    def keep(self, name: str, content: bytes) -> Path:
        """Return a file with *content* that ends in *name*; the same content gives the same file."""
        path = self.folder / f"{hashlib.sha256(content).hexdigest()[:16]}-{name}"
        if not path.exists():
            path.write_bytes(content)
        return path

    def flags(self, overlay: Overlay, fixed: Mapping[Path, Path] | None = None) -> tuple[str, ...]:
        """Return the ``-overlay`` flag for *overlay* and the replacements *fixed*, () when there are none."""
        replace = {str(path): str(kept) for path, kept in (fixed or {}).items()}
        replace.update((str(path), str(self.keep(path.name, content))) for path, content in overlay.items())
        if not replace:
            return ()
        text = json.dumps({"Replace": replace}, sort_keys=True).encode()
        return (f"-overlay={self.keep('overlay.json', text)}",)

    def restore(self, text: str, overlay: Overlay) -> str:
        """Return tool output *text* with the paths of kept contents turned back into the user's."""
        if self._folder is None:
            return text
        for path, content in overlay.items():
            kept = self.folder / f"{hashlib.sha256(content).hexdigest()[:16]}-{path.name}"
            text = text.replace(str(kept), str(path))
            if kept.name in text:  # shown relative to the working directory
                text = re.sub(rf"[^\s:]*{re.escape(kept.name)}", str(path).replace("\\", r"\\"), text)
        return text

    def close(self) -> None:
        """Remove the folder."""
        if self._folder is not None:
            _remove(self._folder)
            self._folder = None


def _remove(folder: Path) -> None:
    """Remove *folder*, also what a test made read-only in it."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        for parent, _, _ in os.walk(folder):
            Path(parent).chmod(0o700)
        shutil.rmtree(folder, ignore_errors=True)
