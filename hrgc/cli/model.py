"""``hrgc model``: which models there are, what they say about themselves, and whether they are intact."""

from __future__ import annotations

import json

import click

from hrgc import codec, model_choice
from hrgc.cli.app import write_product
from hrgc.errors import ModelError
from hrgc.model_file import ModelFacts

_FORMAT = click.option("-o", "--output-format", type=click.Choice(("text", "json")), default="text", help="Form.")


@click.group(
    no_args_is_help=False,
    epilog="\b\nExamples:\n  hrgc model list\n  hrgc model info\n  hrgc model verify path/to/model.gguf",
)
def model() -> None:
    """List, describe and verify models."""


@model.command("list")
@_FORMAT
def list_models(output_format: str) -> None:
    """List the models that are there, the default one first."""
    found = model_choice.available()
    if output_format == "json":
        write_product(json.dumps([codec.encode(m) for m in found], indent=2) + "\n")
        return
    if not found:
        click.echo("no models; hrgc works with the catalogue alone", err=True)
    for number, item in enumerate(found):
        mark = "*" if number == 0 else " "
        write_product(f"{mark} {item.name}  {item.size / 1e6:.1f} MB  {item.path}  {item.description}".rstrip() + "\n")


@model.command()
@click.argument("name", required=False, default="", metavar="[NAME|PATH]")
@_FORMAT
def info(name: str, output_format: str) -> None:
    """Say what a model's file says about itself (the default model without a name)."""
    path = model_choice.resolve(name)
    if path is None:
        raise ModelError("there is no model to describe", "name a .gguf file")
    _show(model_choice.describe(path), output_format)


@model.command()
@click.argument("name", required=False, default="", metavar="[NAME|PATH]")
@_FORMAT
def verify(name: str, output_format: str) -> None:
    """Check a model's structure, vocabulary and SHA-256 against the manifest; exit 3 when anything is wrong."""
    path = model_choice.resolve(name)
    if path is None:
        raise ModelError("there is no model to verify", "name a .gguf file")
    facts = model_choice.verify(path)
    if output_format == "json":
        _show(facts, output_format)
        return
    published = "as published" if model_choice.published(path) else "no manifest names it; the structure is sound"
    write_product(f"{path}: ok ({published})\nsha256 {facts.sha256}\n")


def _show(facts: ModelFacts, output_format: str) -> None:
    """Print a model's facts."""
    row = codec.encode(facts)
    if output_format == "json":
        write_product(json.dumps(row | {"metadata": dict(facts.metadata)}, indent=2) + "\n")
        return
    for key, value in row.items():
        if key != "metadata":
            write_product(f"{key:13} {value}\n")
    for key, value in facts.metadata:
        write_product(f"  {key} = {value}\n")
