"""``hrgc check``: the validators' word on files and packages; nothing is proposed."""

from __future__ import annotations

from pathlib import Path

import click

from hrgc import discovery, session
from hrgc.cli import app as apps
from hrgc.cli.options import Setting, open_options, package_options, setting_flags, shown_options
from hrgc.cli.output import Output
from hrgc.cli.talk import Talk
from hrgc.errors import HrgcError
from hrgc.plugin import OpenOptions
from hrgc.report import Outcome, summary
from hrgc.session import Toolbox

EPILOG = """\b
Examples:
  hrgc check .                      path:line:col: message [code]
  hrgc check ./... -o github        annotations in a workflow
  hrgc check --no-test -o sarif .   build and vet only, for code scanning"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--timeout", type=Setting("timeout", "DURATION"), help="Time for each target: 60s, 2m, none (60s).")
@package_options
@shown_options("concise", "json", "sarif", "github")
@click.pass_context
def check(context: click.Context, /, paths: tuple[str, ...], **values: object) -> None:
    """Run the validators: parse, build, vet and tests; exit 1 when any of them objects."""
    settings = apps.settings_for(paths, setting_flags(values))
    talk = Talk(quiet=bool(values["quiet"]), verbose=bool(values["verbose"]), color=settings.color)
    output = Output(str(values["output_format"]), settings.color)
    options = open_options(settings, run_tests=str(values["run_tests"]), race=bool(values["race"]))
    toolbox = apps.app_of(context).toolbox("none")
    try:
        targets = discovery.expand(paths, toolbox.languages)
        alone = len(targets) == 1 and not output.collects
        outcomes = [_one(target, toolbox, options, settings.timeout, talk, alone=alone) for target in targets]
    finally:
        toolbox.close()
    output.close(outcomes)
    context.exit(apps.exit_code(outcomes))


def _one(  # noqa: PLR0913 - one call site, and each is a different thing
    target: Path | HrgcError, toolbox: Toolbox, options: OpenOptions, seconds: float | None, talk: Talk, *, alone: bool
) -> Outcome:
    """Check one target; among several, its error is said and the next one follows."""
    try:
        if isinstance(target, HrgcError):
            raise target
        return _check(target, toolbox, options, seconds, talk)
    except HrgcError as error:
        if alone:
            raise
        talk.error(error)
        return Outcome(discovery.display(target) if isinstance(target, Path) else "", error=error)


def _check(target: Path, toolbox: Toolbox, options: OpenOptions, seconds: float | None, talk: Talk) -> Outcome:
    """Check one target and say the verdict."""
    name = discovery.display(target)
    talk.begin(name)
    with talk.progress_line() as progress:
        progress.update(f"{name}: checking")
        evidence = session.check(target, toolbox, options, seconds)
    outcome = Outcome(name, evidence=evidence)
    talk.notes(evidence.notes)
    talk.say(summary(outcome), style="green" if evidence.clean else "red")
    return outcome
