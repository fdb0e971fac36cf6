"""``hrgc doctor``: what hrgc needs and whether it is there."""

from __future__ import annotations

import json

import click

from hrgc import codec
from hrgc import doctor as doctors
from hrgc.cli import paint
from hrgc.cli.app import write_product
from hrgc.errors import ExitCode


@click.command(epilog="\b\nExamples:\n  hrgc doctor\n  hrgc doctor -o json --no-load")
@click.option("-o", "--output-format", type=click.Choice(("text", "json")), default="text", help="Form of the report.")
@click.option("--load/--no-load", default=True, help="Load the model, too (default).")
@click.pass_context
def doctor(context: click.Context, /, output_format: str, *, load: bool) -> None:
    """Check versions, folders, plugins, Go and the model; exit 3 when something hrgc needs is missing."""
    report = doctors.examine(load_model=load)
    if output_format == "json":
        facts = [codec.encode(fact) for fact in report.facts]
        write_product(json.dumps({"ok": report.ok, "facts": facts}, indent=2) + "\n")
    else:
        width = max(len(fact.name) for fact in report.facts)
        for fact in report.facts:
            write_product(paint.visible(f"{'ok  ' if fact.ok else 'FAIL'}  {fact.name:{width}}  {fact.value}") + "\n")
            if fact.hint:
                write_product(f"      {'':{width}}  {fact.hint}\n")
    context.exit(ExitCode.OK if report.ok else ExitCode.MISSING)
