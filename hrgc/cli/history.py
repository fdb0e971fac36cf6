"""The past: ``undo`` and ``redo`` of writes, ``sessions``, ``replay`` and ``resume`` of runs."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hrgc import codec, files, trace
from hrgc.cli import app as apps
from hrgc.cli.app import write_product
from hrgc.discovery import display
from hrgc.errors import HrgcError, InputError
from hrgc.events import Attempt
from hrgc.journal import Journal, Record, State
from hrgc.report import Outcome, summary

if TYPE_CHECKING:
    from hrgc.state import FailedEdit

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


@dataclass(frozen=True, slots=True)
class Row:
    """One run of the list."""

    id: str
    started: str
    target: str
    verdict: str
    written: str
    """``written``, ``undone``, or ''."""


@click.command(epilog="\b\nExamples:\n  hrgc sessions -n 5\n  hrgc sessions -o json")
@click.option("-n", "--limit", type=click.IntRange(1, trace.KEEP), default=LISTED, help="How many, newest first (20).")
@click.option("-o", "--output-format", type=click.Choice(("text", "json")), default="text", help="Form of the list.")
def sessions(limit: int, output_format: str) -> None:
    """List the runs of the past: id, time, target, verdict, and whether it was written."""
    records = {record.id.partition(".")[0]: record for record in reversed(Journal().records())}
    rows = [row for path in trace.listing(limit) if (row := _row(path, records)) is not None]
    if output_format == "json":
        write_product(json.dumps([codec.encode(row) for row in rows], indent=2) + "\n")
        return
    if not rows:
        click.echo("no runs yet", err=True)
    for row in rows:
        write_product(f"{row.id}  {row.started}  {row.target}  {row.verdict}  {row.written}".rstrip() + "\n")


def _row(path: Path, records: Mapping[str, Record]) -> Row | None:
    """Return one run's line, None for a file that is no trace."""
    try:
        got = trace.read_ends(path)
    except HrgcError:
        return None
    header, record = got.header, records.get(got.header.id)
    words = {State.APPLIED: "written", State.PENDING: "written", State.UNDONE: "undone", State.FAILED: ""}
    return Row(
        header.id,
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(header.started)),
        display(Path(str(header.request.get("target", header.target)))),
        _verdict(got),
        words[record.state] if record is not None else "",
    )


def _verdict(got: trace.Trace) -> str:
    """Return how a run ended, in a few words."""
    finished = got.finished
    if finished is None:
        return f"ended by {got.end.outcome}" if got.end is not None else "killed"
    before, after = len(finished.before.diagnostics), len(finished.after.diagnostics)
    if finished.solved:
        return f"fixed {before} of {before}" if before else "clean"
    return f"{after} left of {before}"


@click.command(epilog="\b\nExamples:\n  hrgc replay last\n  hrgc replay -v run.jsonl")
@click.argument("run", metavar="FILE|ID")
@click.option("-v", "--verbose", is_flag=True, help="Say every attempt.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto", help="When to use colours.")
def replay(run: str, *, verbose: bool, color: str) -> None:
    """Show a past run again from its trace: a file, an id, a part of one, or 'last'. Needs no model and no Go."""
    from hrgc.cli.output import Output  # noqa: PLC0415 - undo must not pay for the renderer
    from hrgc.cli.talk import Talk  # noqa: PLC0415 - likewise

    got = trace.read(trace.find(run))
    talk = Talk(verbose=verbose, color=color, live=False)
    talk.begin(got.header.target)
    for event in got.events:
        talk.event(event)
    finished = got.finished
    if finished is None:
        talk.say(
            f"the run did not end: {_verdict(got)}{f' ({got.end.message})' if got.end and got.end.message else ''}"
        )
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
    from hrgc.cli.fix import Mode, Work  # noqa: PLC0415 - undo must not pay for the engine
    from hrgc.session import Request  # noqa: PLC0415 - likewise

    got = trace.read(trace.find(run))
    request = codec.decode(Request, dict(got.header.request))
    if request.overlay:
        raise InputError(f"{got.header.id} read its file from stdin, which is gone", "pipe the file in again")
    settings = apps.settings_for((str(request.target),), {"model": got.header.model or None})
    values: dict[str, object] = {"quiet": False, "verbose": verbose, "output_format": "text"}
    work = Work(apps.app_of(context), Mode(write=write), settings, values)
    again = replace(request, avoid=(*request.avoid, *_failed(got, request.target)))
    context.exit(work.run((str(request.target),), again))


def _failed(got: trace.Trace, target: Path) -> tuple[FailedEdit, ...]:
    """Return the edits of *target* that failed on the contents as they still are."""
    from hrgc.state import FailedEdit, code_view  # noqa: PLC0415 - undo must not pay for the engine

    if not got.header.digest or files.take(target).sha256 != got.header.digest:
        return ()
    content = files.read(target)[1]
    tried = [e for e in got.events if isinstance(e, Attempt) and not e.accepted and e.round == 1 and e.path == target]
    return tuple(
        FailedEdit(e.path, e.step, code_view(content, e.edits, e.step.line)[2], "failed in an earlier run")
        for e in tried
    )
