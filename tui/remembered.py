"""What the application remembers from one start to the next: the theme. Kept beside the traces, not in the settings."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from hrgc import files, locations
from hrgc.errors import HrgcError


def theme() -> str:
    """Return the name of the theme that was chosen last, '' when none is known."""
    try:
        known = json.loads(_path().read_bytes())
    except (OSError, ValueError, HrgcError):
        return ""
    name = known.get("theme") if isinstance(known, dict) else None
    return name if isinstance(name, str) else ""


def keep_theme(name: str) -> None:
    """Remember *name*; where nothing can be written the next start begins with the settings' theme again."""
    with contextlib.suppress(OSError, HrgcError):
        locations.ensure_dir(locations.state_dir())
        files.write_atomic(_path(), json.dumps({"theme": name}).encode("ascii"))


def _path() -> Path:
    """Return the file."""
    return locations.state_dir() / "interface.json"
