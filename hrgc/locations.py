"""Where hrgc keeps its files: the XDG base directories, each movable by an ``HRGC_*`` variable.

Nothing here makes a directory except ``ensure_dir``, which the code that is about to write calls.
"""

from __future__ import annotations

import os
from pathlib import Path

from hrgc.errors import ConfigError

APP = "hrgc"
"""Name of the folder inside each base directory."""


def config_dir() -> Path:
    """Return the directory of ``config.toml`` (``HRGC_CONFIG_DIR``, ``XDG_CONFIG_HOME/hrgc`` or ``~/.config/hrgc``)."""
    return _base("HRGC_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")


def data_dir() -> Path:
    """Return the directory of models added by the user (``HRGC_DATA_DIR`` or ``XDG_DATA_HOME/hrgc``)."""
    return _base("HRGC_DATA_DIR", "XDG_DATA_HOME", ".local/share")


def state_dir() -> Path:
    """Return the directory of traces, journal and log (``HRGC_STATE_DIR`` or ``XDG_STATE_HOME/hrgc``)."""
    return _base("HRGC_STATE_DIR", "XDG_STATE_HOME", ".local/state")


def cache_dir() -> Path:
    """Return the directory of what can be rebuilt (``HRGC_CACHE_DIR`` or ``XDG_CACHE_HOME/hrgc``)."""
    return _base("HRGC_CACHE_DIR", "XDG_CACHE_HOME", ".cache")


def traces_dir() -> Path:
    """Return the directory of the runs' traces."""
    return state_dir() / "runs"


def journal_dir() -> Path:
    """Return the directory of the undo journal."""
    return state_dir() / "journal"


def log_file() -> Path:
    """Return the file that reports of bugs are appended to."""
    return state_dir() / "hrgc.log"


def config_file() -> Path:
    """Return the user's configuration file."""
    return config_dir() / "config.toml"


def model_dirs() -> tuple[Path, ...]:
    """Return the directories searched for models, first wins: the user's own, then the shipped ones."""
    return (data_dir() / "models", Path(__file__).resolve().parent.parent / "models")


def ensure_dir(path: Path) -> Path:
    """Make *path* and its parents, readable by the user only, and return it; raises ConfigError when impossible."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigError(
            f"cannot make the directory {path}: {error.strerror or error}",
            "make it writable, or choose another place with HRGC_STATE_DIR, HRGC_CACHE_DIR or the XDG variables",
        ) from None
    return path


def _base(own: str, xdg: str, fallback: str) -> Path:
    """Return the directory named by *own*, or the app's folder in the *xdg* base or in the home."""
    if value := os.environ.get(own):
        return Path(value).expanduser().absolute()
    base = os.environ.get(xdg, "")
    if base and Path(base).is_absolute():  # the XDG specification says that relative ones are ignored
        return Path(base) / APP
    return _home() / fallback / APP


def _home() -> Path:
    """Return the home directory; raises ConfigError when the system knows none."""
    try:
        return Path.home()
    except RuntimeError:
        raise ConfigError("no home directory is known", "set HOME, or HRGC_STATE_DIR and HRGC_CACHE_DIR") from None
