"""Flags that several commands share, checked by the one table of settings."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hrgc import config
from hrgc.config import Settings
from hrgc.plugin import OpenOptions

_Command = TypeVar("_Command", bound=Callable[..., Any])

FORMATS = ("text", "concise", "json", "jsonl", "sarif", "github")
SETTING_FLAGS = ("model", "max_rounds", "timeout", "candidates", "test", "tags", "seed", "color")
"""Settings that have a flag of the same name."""


if TYPE_CHECKING:
    _ParamType = click.ParamType[object]
else:
    _ParamType = click.ParamType  # generic in the type checker's eyes only, and not in every click


class Setting(_ParamType):
    """The value of a flag that is also a setting; raises ConfigError naming the flag."""

    def __init__(self, key: str, metavar: str) -> None:
        """Read the setting *key*, shown as *metavar* in the help."""
        self.key = key
        self.name = metavar.lower()

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Return the setting's value."""
        del ctx
        flag = param.opts[-1] if param is not None else self.key
        return config.check(self.key, value, flag) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Shown:
    """How a command shows its result."""

    format: str
    quiet: bool
    verbose: bool


def engine_options(command: _Command) -> _Command:
    """Add the flags that say how a repair works."""
    for option in reversed(
        (
            click.option("-n", "--max-rounds", type=Setting("max_rounds", "N"), help="Rounds at most (5)."),
            click.option(
                "--timeout", type=Setting("timeout", "DURATION"), help="Time for each target: 60s, 2m, none (60s)."
            ),
            click.option("--candidates", type=Setting("candidates", "K"), help="Candidates judged in one round (400)."),
            click.option("--model", metavar="NAME|PATH", help="Model to use; 'none' for the catalogue alone."),
            click.option("--seed", type=Setting("seed", "N"), help="Seed of everything that is drawn by chance (0)."),
        )
    ):
        command = option(command)
    return command


def package_options(command: _Command) -> _Command:
    """Add the flags that say how a package is opened."""
    for option in reversed(
        (
            click.option("--test/--no-test", default=None, help="The package's tests are evidence (default) or not."),
            click.option("--run", "run_tests", metavar="REGEX", default="", help="Only tests that match."),
            click.option("--tags", type=Setting("tags", "LIST"), help="Build tags, separated by commas."),
            click.option("--race", is_flag=True, help="Run the tests with the race detector."),
        )
    ):
        command = option(command)
    return command


def shown_options(*formats: str) -> Callable[[_Command], _Command]:
    """Return a decorator that adds ``-o``, ``-q``, ``-v`` and ``--color``; the first format is the default."""

    def add(command: _Command) -> _Command:
        for option in reversed(
            (
                click.option(
                    "-o", "--output-format", type=click.Choice(formats), default=formats[0], help="Form of the result."
                ),
                click.option("-q", "--quiet", is_flag=True, help="Nothing on stderr but errors."),
                click.option("-v", "--verbose", is_flag=True, help="Say every attempt."),
                click.option("--color", type=click.Choice(config.COLORS), help="When to use colours (auto)."),
            )
        ):
            command = option(command)
        return command

    return add


def setting_flags(values: Mapping[str, object]) -> dict[str, object]:
    """Return those of a command's parameters that are settings."""
    return {key: values[key] for key in SETTING_FLAGS if values.get(key) is not None}


def open_options(settings: Settings, *, run_tests: str, race: bool) -> OpenOptions:
    """Return how packages are opened; raises UsageError for a test pattern that is no regular expression."""
    _check_pattern(run_tests)
    return OpenOptions(tests=settings.test, run=run_tests, tags=settings.tags, race=race, tool=settings.go)


def _check_pattern(pattern: str) -> None:
    """Refuse what is no regular expression in any dialect; the rest is for ``go test`` to judge."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except re.error as error:
        if any(word in error.msg for word in ("unterminated", "unbalanced", "nothing to repeat")):
            raise click.UsageError(f"--run {pattern!r} is not a regular expression: {error.msg}") from None
