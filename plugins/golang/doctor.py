"""What ``hrgc doctor`` is told about Go: the toolchain, its build cache, and whether the resident helper runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from hrgc.errors import HrgcError
from hrgc.plugin import Fact, OpenOptions
from plugins.golang import helper_build
from plugins.golang.toolchain import Toolchain, find


def facts(options: OpenOptions) -> Iterator[Fact]:
    """Yield what was found; a missing helper is no fault, since ``go build`` judges in its place."""
    try:
        toolchain = find(options.tool)
    except HrgcError as error:
        yield Fact("go", error.message, ok=False, hint=error.hint)
        return
    yield Fact("go", f"{toolchain.go} ({toolchain.settings.version_text})")
    yield _cache(toolchain)
    try:
        yield Fact("go helper", str(helper_build.binary(toolchain)))
    except HrgcError as error:
        yield Fact("go helper", f"{error.message}; judging with go build, which is slower", hint=error.hint)


def _cache(toolchain: Toolchain) -> Fact:
    """Tell where Go keeps what it built; without a writable cache every first check is slow."""
    place = Path(toolchain.settings.cache)
    if place.is_dir() and not os.access(place, os.W_OK):
        return Fact("go build cache", f"{place} is not writable; a private one is used", hint="make it writable")
    return Fact("go build cache", str(place))
