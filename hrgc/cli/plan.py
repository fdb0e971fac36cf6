"""``hrgc plan`` says what would be done; ``hrgc apply`` carries out a plan that was saved or edited."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path

import click

from hrgc import discovery, session
from hrgc import plan_file as plan_files
from hrgc.cli import app as apps
from hrgc.cli.fix import Mode, Work, base_request
from hrgc.cli.options import FORMATS, engine_options, package_options, setting_flags, shown_options
from hrgc.cli.talk import Talk
from hrgc.errors import ExitCode, InputError
from hrgc.events import Finished, Planned
from hrgc.plan import Plan, to_json
from hrgc.report import verdict
from hrgc.session import Request, Toolbox

PLAN_EPILOG = """\b
Examples:
  hrgc plan stack.go                      numbered steps and other places to look
  hrgc plan stack.go -o json > plan.json  save it; edit it; then: hrgc apply plan.json
  hrgc plan stack.go -o tokens            as the model reads it"""
APPLY_EPILOG = """\b
Examples:
  hrgc apply plan.json       carry it out, show the diff
  hrgc apply -w plan.json    and write it"""
ALTERNATIVES = 5


@click.command(epilog=PLAN_EPILOG)
@click.argument("path")
@click.option("-p", "--problem", default="", help="What is wrong or wanted, in words.")
@engine_options
@package_options
@shown_options("text", "json", "tokens")
@click.pass_context
def plan(context: click.Context, /, path: str, **values: object) -> None:
    """Say what would be done to PATH, as sentences, JSON or tokens; nothing is tried or written."""
    settings = apps.settings_for((path,), setting_flags(values))
    toolbox = apps.app_of(context).toolbox(settings.model)
    talk = Talk(quiet=bool(values["quiet"]), verbose=bool(values["verbose"]), color=settings.color)
    base = base_request(settings, values, problem=str(values["problem"]))
    try:
        targets = discovery.targets_of(path, toolbox.languages)
        if len(targets) != 1:
            raise InputError(f"{path} holds {len(targets)} packages; a plan is for one", "name one of them")
        planned, finished = _plan(replace(base, target=targets[0], plan_only=True), toolbox, talk)
    finally:
        toolbox.close()
    if planned is None:
        talk.say(f"nothing to do: {verdict(finished.after)}" if finished.solved else "no step was found")
        context.exit(ExitCode.OK if finished.solved else ExitCode.PROBLEMS)
    apps.write_product(_text(planned, str(values["output_format"])))


def _plan(request: Request, toolbox: Toolbox, talk: Talk) -> tuple[Planned | None, Finished]:
    """Run up to the first plan."""
    planned: Planned | None = None
    talk.begin(discovery.display(request.target))
    with talk.progress_line(), closing(session.run(request, toolbox)) as run:
        for event in run:
            if isinstance(event, Planned):
                planned = event if event.plan.steps else None
            elif isinstance(event, Finished):
                return planned, event
            else:
                talk.event(event)
    raise InputError("the run ended without a result", "report this as a bug")


def _text(planned: Planned, form: str) -> str:
    """Return a plan in one of its three forms."""
    if form == "json":
        return to_json(planned.plan) + "\n"
    if form == "tokens":
        return " ".join(planned.tokens) + "\n"
    steps = planned.plan.steps
    sentences = Plan((*steps, *planned.alternatives[:ALTERNATIVES])).sentences()
    lines = [f"{number}. {sentence}" for number, sentence in enumerate(sentences[: len(steps)], start=1)]
    if others := sentences[len(steps) :]:
        lines += ["or else:", *(f"   {sentence}" for sentence in others)]
    return "".join(line + "\n" for line in lines)


@click.command(epilog=APPLY_EPILOG)
@click.argument("plan_file", metavar="PLAN", type=click.Path(path_type=Path))
@click.option("-w", "--write", is_flag=True, help="Write the repaired files.")
@click.option("-d", "--diff", is_flag=True, help="Only the diff; exit 1 when there is one.")
@click.option("--check", is_flag=True, help="Only tell by the exit code whether something would change.")
@click.option("-i", "--interactive", is_flag=True, help="Ask about each hunk, then write those taken.")
@engine_options
@package_options
@shown_options(*FORMATS)
@click.pass_context
def apply(context: click.Context, /, plan_file: Path, **values: object) -> None:
    """Carry out the steps of PLAN, a document of hrgc plan -o json, step by step, each one validated."""
    given = plan_files.read(plan_file)
    target = plan_files.target_of(given)
    mode = Mode(*(bool(values[k]) for k in ("write", "diff", "check", "interactive")))
    mode.verify(values)
    settings = apps.settings_for((str(target),), setting_flags(values))
    base = base_request(settings, values, problem=given.problem, given=given)
    work = Work(apps.app_of(context), mode, settings, values)
    context.exit(work.run((str(target),), base))
