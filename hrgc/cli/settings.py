"""``hrgc config``: the settings that apply, and where they are written."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import click

from hrgc import codec, locations
from hrgc import config as settings
from hrgc.cli.app import write_product


@click.group(no_args_is_help=False, epilog="\b\nExamples:\n  hrgc config show\n  $EDITOR $(hrgc config path)")
def config() -> None:
    """Show the settings and where they come from."""


@config.command()
@click.argument("path", required=False, default=".", type=click.Path(path_type=Path))
@click.option("-o", "--output-format", type=click.Choice(("text", "json")), default="text", help="Form.")
def show(path: Path, output_format: str) -> None:
    """Print the settings that apply to PATH (here), each with its origin.

    Flags win over HRGC_* variables, these over the project's .hrgc.toml, that over the user's file, that over the
    defaults.
    """
    effective = settings.load(path)
    values = {field.name: getattr(effective.settings, field.name) for field in fields(effective.settings)}
    if output_format == "json":
        rows = {key: {"value": codec.encode(v), "origin": effective.origins[key]} for key, v in values.items()}
        write_product(json.dumps(rows, indent=2) + "\n")
        return
    lines = {key: f"{key} = {settings.show_value(value)}" for key, value in values.items()}
    width = max(map(len, lines.values()))
    for key, line in lines.items():
        write_product(f"{line:{width}}  # {effective.origins[key]}\n")


@config.command("path")
def path_of() -> None:
    """Print the path of the user's settings file, whether it exists or not."""
    write_product(f"{locations.config_file()}\n")
