"""The past: ``undo`` and ``redo`` of writes, ``sessions``, ``replay`` and ``resume`` of runs."""

from __future__ import annotations

import json

import click

from hrgc import codec, trace
from hrgc.cli import app as apps
from hrgc.cli.app import write_product
from hrgc.discovery import display
from hrgc.journal import Journal, Record
from hrgc.report import Outcome, summary

LISTED = 20


@click.command(epilog="\b\nExamples:\n  hrgc undo              the last write\n  hrgc undo 20260101-120000-ab12")
@click.argument("run", required=False, default="", metavar="[ID]")
@click.option("--force", is_flag=True, help="Also when a file changed since; your own changes to it are lost.")
def undo(run: str, *, force: bool) -> None:
    """Take back what a run wrote: the last one, or the run ID. Refused when a file changed since."""
    _told(Journal().undo(run, force=force), "undone", "redo")


@click.command(epilog="\b\nExamples:\n  hrgc redo              the write that was undone last")
@click.argument("run", required=False, default="", metavar="[ID]")
@click.option("--force", is_flag=True, help="Also when a file changed since; your own changes to it are lost.")
def redo(run: str, *, force: bool) -> None:
    """Write again what was undone: the last one, or the run ID. Refused when a file changed since."""
    _told(Journal().redo(run, force=force), "written again", "undo")


def _told(record: Record, what: str, back: str) -> None:
    """List the files on stdout and say how to go back."""
    write_product("".join(f"{display(entry.path)}\n" for entry in record.entries))
    click.echo(f"{what}: {record.summary}", err=True)
    click.echo(f"take it back with: hrgc {back} {record.id}", err=True)


@click.command(epilog="\b\nExamples:\n  hrgc sessions -n 5\n  hrgc sessions -o json")
@click.option("-n", "--limit", type=click.IntRange(1, trace.KEEP), default=LISTED, help="How many, newest first (20).")
@click.option("-o", "--output-format", type=click.Choice(("text", "json")), default="text", help="Form of the list.")
def sessions(limit: int, output_format: str) -> None:
    """List the runs of the past: id, time, target, verdict, and whether it was written."""
    from hrgc import history  # noqa: PLC0415 - undo must not pay for the engine

    rows = history.rows(limit)
    if output_format == "json":
        write_product(json.dumps([codec.encode(row) for row in rows], indent=2) + "\n")
        return
    if not rows:
        click.echo("no runs yet", err=True)
    for row in rows:
        write_product(f"{row.id}  {row.started}  {row.target}  {row.verdict}  {row.written}".rstrip() + "\n")


@click.command(epilog="\b\nExamples:\n  hrgc replay last\n  hrgc replay -v run.jsonl")
@click.argument("run", metavar="FILE|ID")
@click.option("-v", "--verbose", is_flag=True, help="Say every attempt.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colours.")
def replay(run: str, *, verbose: bool, color: str) -> None:
    """Show a past run again from its trace: a file, an id, a part of one, or 'last'. Needs no model and no Go."""
    from hrgc import history  # noqa: PLC0415 - undo must not pay for the engine
    from hrgc.cli.output import Output  # noqa: PLC0415 - nor for the renderer
    from hrgc.cli.talk import Talk  # noqa: PLC0415 - likewise

    got = trace.read(trace.find(run))
    talk = Talk(verbose=verbose, color=color, live=False)
    talk.begin(got.header.target)
    for event in got.events:
        talk.event(event)
    finished = got.finished
    if finished is None:
        why = f" ({got.end.message})" if got.end and got.end.message else ""
        talk.say(f"the run did not end: {history.ending(got)}{why}")
        return
    outcome = Outcome(got.header.target, finished, run_id=got.header.id)
    talk.verdict(outcome)
    Output("text", color).diff(outcome)
    talk.say(summary(outcome))


@click.command(epilog="\b\nExamples:\n  hrgc resume last\n  hrgc resume -w last")
@click.argument("run", metavar="ID")
@click.option("-w", "--write", is_flag=True, help="Write the repaired files.")
@click.option("-v", "--verbose", is_flag=True, help="Say every attempt.")
@click.pass_context
def resume(context: click.Context, /, run: str, *, write: bool, verbose: bool) -> None:
    """Run again what an earlier run was asked to do, leaving out the edits that failed there."""
    from hrgc import history  # noqa: PLC0415 - undo must not pay for the engine
    from hrgc.cli.fix import Mode, Work  # noqa: PLC0415 - likewise

    got = trace.read(trace.find(run))
    request = history.again(got)
    settings = apps.settings_for((str(request.target),), {"model": got.header.model or None})
    values: dict[str, object] = {"quiet": False, "verbose": verbose, "output_format": "text"}
    work = Work(apps.app_of(context), Mode(write=write), settings, values)
    context.exit(work.run((str(request.target),), request))
