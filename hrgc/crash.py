"""Reports of bugs: what happened, where and on which system, appended to the log file."""

from __future__ import annotations

import platform
import time
import traceback
from pathlib import Path

from hrgc import __version__, locations
from hrgc.errors import ConfigError


def title(error: BaseException) -> str:
    """Return an exception in one short line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:200]


def report(error: BaseException, during: str) -> str:
    """Return the full report of a bug; *during* says what was being done."""
    system = f"Python {platform.python_version()}, {platform.platform()}"
    return (
        f"==== {time.strftime('%Y-%m-%d %H:%M:%S')} hrgc {__version__}, {system}\n"
        f"command: {during}\n{''.join(traceback.format_exception(error))}\n"
    )


def log(text: str) -> Path:
    """Append *text* to the log file and return its path; raises ConfigError when it cannot be written."""
    path = locations.log_file()
    locations.ensure_dir(path.parent)
    try:
        with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise ConfigError(
            f"cannot write {path}: {error.strerror or error}", "choose another place with HRGC_STATE_DIR"
        ) from None
    return path
