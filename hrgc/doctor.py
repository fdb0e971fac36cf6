"""Looks at the machine: version, folders, plugins, tools and model; each finding is data, nothing is repaired.

A plugin may take part by having a method ``doctor(options)`` that yields ``hrgc.plugin.Fact``s.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from hrgc import __version__, config, locations, model_choice
from hrgc.errors import HrgcError
from hrgc.plugin import Fact, Language, OpenOptions, Proposer, SelfChecking, Validator, load

GROUPS: dict[str, type] = {"hrgc.languages": Language, "hrgc.proposers": Proposer, "hrgc.validators": Validator}


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was looked at."""

    facts: tuple[Fact, ...]

    @property
    def ok(self) -> bool:
        """True when nothing that hrgc needs is missing."""
        return all(fact.ok for fact in self.facts)


def examine(*, load_model: bool = True) -> Report:
    """Look at everything; *load_model* also loads the model and runs one step. Never raises HrgcError."""
    return Report(tuple(_facts(load_model=load_model)))


def _facts(*, load_model: bool) -> Iterator[Fact]:
    """Yield the findings in the order they are shown."""
    yield Fact("hrgc", __version__)
    yield Fact("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield Fact("processors", str(os.cpu_count() or 1))
    try:
        effective = config.load()
    except HrgcError as error:
        yield Fact("settings", error.message, ok=False, hint=error.hint)
        effective = config.Effective(config.Settings(), {})
    else:
        files = sorted({origin for origin in effective.origins.values() if os.sep in origin})
        yield Fact("settings", ", ".join(files) or "defaults")
    yield from (_folder(name, path) for name, path in _folders())
    yield from _plugins(OpenOptions(tool=effective.settings.go))
    yield from _model(effective.settings.model, load_model=load_model)


def _folders() -> Iterator[tuple[str, Path]]:
    """Yield the folders hrgc writes to."""
    yield "state folder", locations.state_dir()
    yield "cache folder", locations.cache_dir()


def _folder(name: str, path: Path) -> Fact:
    """Try to write into a folder."""
    try:
        locations.ensure_dir(path)
        with tempfile.NamedTemporaryFile(dir=path):
            return Fact(name, str(path))
    except (HrgcError, OSError) as error:
        hint = error.hint if isinstance(error, HrgcError) else "make it writable"
        return Fact(name, f"{path}: {error}", ok=False, hint=hint)


def _plugins(options: OpenOptions) -> Iterator[Fact]:
    """Load every plugin and let it speak for itself."""
    for group, kind in GROUPS.items():
        names = ", ".join(sorted(entry.name for entry in entry_points(group=group)))
        try:
            loaded: tuple[object, ...] = load(group, kind)
        except HrgcError as error:
            yield Fact(group.removeprefix("hrgc."), error.message, ok=False, hint=error.hint)
            continue
        missing = group == "hrgc.languages" and not loaded
        hint = "reinstall hrgc: its Go plugin is an entry point" if missing else ""
        yield Fact(group.removeprefix("hrgc."), names or "none", ok=not missing, hint=hint)
        for plugin in loaded:
            if isinstance(plugin, SelfChecking):
                yield from plugin.doctor(options)


def _model(spec: str, *, load_model: bool) -> Iterator[Fact]:
    """Find, verify and load the model."""
    try:
        path = model_choice.resolve(spec)
        if path is None:
            why = "none, as the settings say" if spec == model_choice.NONE else "none found: the catalogue works alone"
            yield Fact("model", why)
            return
        facts = model_choice.verify(path)
        size = f"{facts.parameters / 1e6:.1f}M parameters, {facts.architecture}, {facts.weights}"
        yield Fact("model", f"{path} ({size})")
        if load_model:
            model_choice.loader(str(path))().close()
            yield Fact("model runs", "yes")
    except HrgcError as error:
        yield Fact("model", error.message, ok=False, hint=error.hint)
