"""Settings: one table of keys, read from flags, environment, project and user files, in that order; data only.

A project's ``.hrgc.toml`` may not name programs or models: opening somebody's repository must not choose what runs.
"""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from hrgc import locations
from hrgc.discovery import project_folders
from hrgc.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # type: ignore[import-not-found, unused-ignore]

PROJECT_FILE = ".hrgc.toml"
COLORS = ("auto", "always", "never")
_PERSONAL = ("model", "go")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
_LONGEST = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting with its default."""

    model: str = ""
    """Path or name of a GGUF, ``none`` for the catalogue alone, '' for the default model."""
    go: str = ""
    """The ``go`` binary, '' to search for it."""
    max_rounds: int = 5
    timeout: float | None = 60.0
    """Seconds for each target, None without limit."""
    candidates: int = 400
    """Candidates judged in one round."""
    test: bool = True
    """Tests of the package are evidence."""
    tags: tuple[str, ...] = ()
    """Build tags."""
    seed: int = 0
    color: str = "auto"
    theme: str = ""
    """Theme of the TUI, '' for its own."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """Keys of the TUI: action to key."""


@dataclass(frozen=True, slots=True)
class Effective:
    """The settings that apply, and where each comes from."""

    settings: Settings
    origins: Mapping[str, str]
    """``default``, a file, ``HRGC_...`` or ``flag``, by key."""


def load(target: Path | None = None, flags: Mapping[str, object] | None = None) -> Effective:
    """Return the settings for *target*; *flags* (None values are skipped) win; raises ConfigError."""
    values: dict[str, object] = {}
    origins = {f.name: "default" for f in fields(Settings)}
    project = project_file(target or Path.cwd())
    for path, personal in ((locations.config_file(), True), (project, False)):
        if path is not None and path.is_file():
            found = _read(path, personal=personal)
            _merge(values, found)
            origins.update(dict.fromkeys(found, str(path)))
    for key in _READERS:
        name = f"HRGC_{key.upper()}"
        if key != "keys" and (text := os.environ.get(name)):
            values[key] = check(key, text, f"the environment variable {name}")
            origins[key] = name
    for key, value in (flags or {}).items():
        if value is not None:
            values[key] = value
            origins[key] = "flag"
    return Effective(Settings(**cast("dict[str, Any]", values)), origins)


def project_file(start: Path) -> Path | None:
    """Return the project's settings file: upward from *start* to the module's root, None when there is none."""
    inside = project_folders(start)
    return next((f / PROJECT_FILE for f in inside if (f / PROJECT_FILE).is_file()), None)


def seconds(text: str) -> float | None:
    """Read a duration (``60s``, ``1m30s``, ``500ms``, plain seconds, ``none``); raises ValueError."""
    text = text.strip().lower()
    if text in ("none", "off"):
        return None
    if re.fullmatch(r"\d+(\.\d+)?", text):
        total = float(text)
    elif text and not _DURATION.sub("", text):
        total = sum(float(number) * _UNITS[unit] for number, unit in _DURATION.findall(text))
    else:
        raise ValueError("not a duration such as 60s, 1m30s, 500ms or none")
    if not 0 < total <= _LONGEST:
        raise ValueError("must be more than 0 and at most 24h (none = no limit)")
    return total


def show_value(value: object) -> str:
    """Return a setting's value as TOML."""
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "[" + ", ".join(map(show_value, value)) + "]"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {show_value(item)}" for key, item in value.items()) + " }" if value else "{}"
    if isinstance(value, float):
        return f'"{value:g}s"'  # the only float is a duration
    return f'"{_escape(value)}"' if isinstance(value, str) else str(value)


def _escape(text: str) -> str:
    """Escape a TOML basic string."""
    return "".join(f"\\u{ord(c):04x}" if c < " " or c == "\x7f" else "\\" + c if c in '"\\' else c for c in text)


def _merge(values: dict[str, object], found: Mapping[str, object]) -> None:
    """Put *found* over *values*; tables of keys are joined."""
    for key, value in found.items():
        old = values.get(key)
        values[key] = {**old, **value} if isinstance(old, dict) and isinstance(value, dict) else value


def _read(path: Path, *, personal: bool) -> dict[str, object]:
    """Read one file; raises ConfigError naming file and key."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot read the settings {path}: {error}", "correct or remove the file") from None
    found: dict[str, object] = {}
    for key, value in rows.items():
        name = key.replace("-", "_")
        if name not in _READERS:
            close = difflib.get_close_matches(name, _READERS, 1)
            hint = f"did you mean {close[0]}?" if close else f"the keys are {', '.join(_READERS)}"
            raise ConfigError(f"{path}: unknown key {key}", hint)
        if name in _PERSONAL and not personal:
            raise ConfigError(
                f"{path}: {key} may not be set by a project",
                f"set it in {locations.config_file()} or with HRGC_{name.upper()}",
            )
        found[name] = check(name, value, f"{path}: {key}")
    return found


def check(key: str, value: object, where: str) -> object:
    """Return *value* (of a file, variable or flag) as the setting *key*; raises ConfigError beginning with *where*."""
    try:
        return _READERS[key](value)
    except ValueError as error:
        raise ConfigError(f"{where} cannot be {_short(value)}: {error}", _HINTS[key]) from None


def _short(value: object) -> str:
    """Return a value for a message."""
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _text(value: object) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise ValueError("not a text")  # noqa: TRY004 - readers have one error
    return value


def _whole(low: int, high: int) -> Callable[[object], int]:
    """Return a reader of whole numbers in a range."""

    def read(value: object) -> int:
        if isinstance(value, str) and re.fullmatch(r"-?\d+", value.strip()):
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("not a whole number")  # noqa: TRY004 - readers have one error
        if not low <= value <= high:
            raise ValueError(f"not in {low}..{high}")
        return value

    return read


def _truth(value: object) -> bool:
    """Read a truth value."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    found = value if isinstance(value, bool) else words.get(value.strip().lower()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("not true or false")
    return found


def _duration(value: object) -> float | None:
    """Read a duration; numbers are seconds."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("not a duration")  # noqa: TRY004 - readers have one error
    return seconds(str(value))


def _tags(value: object) -> tuple[str, ...]:
    """Read build tags: a list, or words split at commas and blanks."""
    words = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("not a list of words")
    tags = tuple(str(word) for word in words if word)
    for tag in tags:
        if not re.fullmatch(r"[\w.]+", tag):
            raise ValueError(f"{tag!r} is not a build tag")
    return tags


def _color(value: object) -> str:
    """Read when to colour."""
    if value not in COLORS:
        raise ValueError(f"not one of {', '.join(COLORS)}")
    return str(value)


def _keys(value: object) -> dict[str, str]:
    """Read the TUI's key table."""
    if not isinstance(value, dict) or not all(isinstance(item, str) and item for item in value.values()):
        raise ValueError("not a table of action = key")
    return {str(action): str(key) for action, key in value.items()}


_READERS: dict[str, Callable[[object], object]] = {
    "model": _text,
    "go": _text,
    "max_rounds": _whole(1, 100),
    "timeout": _duration,
    "candidates": _whole(1, 100_000),
    "test": _truth,
    "tags": _tags,
    "seed": _whole(0, 2**32 - 1),
    "color": _color,
    "theme": _text,
    "keys": _keys,
}
_HINTS: dict[str, str] = {
    "model": 'write a path, a name from "hrgc model list", or "none"',
    "go": "write the path of the go binary",
    "max_rounds": "write a number such as 5",
    "timeout": 'write for example "60s", or "none"',
    "candidates": "write a number such as 400",
    "test": "write true or false",
    "tags": 'write for example ["integration"]',
    "seed": "write a number such as 0",
    "color": 'write "auto", "always" or "never"',
    "theme": "write the name of a theme",
    "keys": 'write for example [keys] and below it accept = "a"',
}
