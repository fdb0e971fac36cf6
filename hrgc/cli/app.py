"""What commands share: the composition root, the settings of one call, and the exit code of several targets."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hrgc import config
from hrgc.errors import ExitCode

if TYPE_CHECKING:
    from hrgc.config import Settings
    from hrgc.report import Outcome
    from hrgc.session import Toolbox


def load_toolbox(model: str) -> Toolbox:
    """Load the plugins and find *model*; raises PluginError or ModelError."""
    from hrgc import model_choice  # noqa: PLC0415 - the engine is loaded only by commands that use it
    from hrgc.session import Toolbox  # noqa: PLC0415 - likewise

    return Toolbox.load(model_choice.loader(model))


@dataclass(frozen=True, slots=True)
class App:
    """What commands take from outside; tests give a scripted one."""

    toolbox: Callable[[str], Toolbox] = load_toolbox
    """Makes the tools for a model spec."""
    edit: Callable[..., str | None] = click.edit
    """Opens a text in the person's editor."""


def app_of(context: click.Context) -> App:
    """Return the application of a call."""
    found = context.find_object(App)
    return found if found is not None else App()


def settings_for(paths: Iterable[str], flags: Mapping[str, object]) -> Settings:
    """Return the settings that apply to the first of *paths*."""
    first = next((Path(p.removesuffix("...") or ".") for p in paths if p != "-"), Path.cwd())
    return config.load(first, flags).settings


def exit_code(outcomes: Iterable[Outcome], *, changes_count: bool = False) -> ExitCode:
    """Return the code of several targets: the highest one; with *changes_count* an offered change is a problem, too."""
    code = ExitCode.OK
    for outcome in outcomes:
        code = max(code, outcome.exit_code)
        if changes_count and outcome.changed:
            code = max(code, ExitCode.PROBLEMS)
    return code


def write_product(text: str | bytes) -> None:
    """Write the product to stdout and flush it, so that it keeps its place among the talk on stderr."""
    if isinstance(text, bytes):
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
