"""``hrgc fix``: repair files, packages or stdin, and show, list or write the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from hrgc import discovery, plan_file, session, writing
from hrgc.cli import app as apps
from hrgc.cli import interactive, runner, stdin
from hrgc.cli.app import App
from hrgc.cli.options import (
    FORMATS,
    engine_options,
    open_options,
    package_options,
    setting_flags,
    shown_options,
)
from hrgc.cli.output import Output
from hrgc.cli.talk import Talk
from hrgc.config import Settings
from hrgc.errors import HrgcError
from hrgc.plan import Plan
from hrgc.report import Outcome
from hrgc.session import Request, Toolbox

EPILOG = """\b
Examples:
  hrgc fix stack.go                   plan, diff and verdict; nothing is written
  hrgc fix -w stack.go                write the repair (hrgc undo takes it back)
  hrgc fix -i .                       ask about each hunk of this package
  hrgc fix --check ./...              exit 1 when anything could be repaired
  hrgc fix -d . | patch -p1           only the diff
  hrgc fix --problem "Pop returns the wrong element" stack.go
  hrgc fix - --stdin-filename a.go < a.go     repaired file on stdout, for editors"""


@dataclass(frozen=True, slots=True)
class Mode:
    """What is done with a repair."""

    write: bool = False
    diff: bool = False
    check: bool = False
    interactive: bool = False
    listing: bool = False

    def verify(self, values: Mapping[str, object]) -> None:
        """Raise UsageError for flags that contradict each other."""
        named = {
            "--write": self.write, "--diff": self.diff, "--check": self.check, "--interactive": self.interactive,
            "--list": self.listing,
        }  # fmt: skip
        chosen = [flag for flag, on in named.items() if on]
        if len(chosen) > 1:
            raise click.UsageError(f"{' and '.join(chosen)} cannot be used together")
        if values["quiet"] and values["verbose"]:
            raise click.UsageError("--quiet and --verbose cannot be used together")
        if self.interactive and values["output_format"] != "text":
            raise click.UsageError("--interactive asks in text; leave out --output-format")


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("-p", "--problem", default="", help="What is wrong or wanted, in words.")
@click.option(
    "--plan", "plan_file", type=click.Path(path_type=Path), help="Carry out this plan (from hrgc plan -o json)."
)
@click.option("-w", "--write", is_flag=True, help="Write the repaired files.")
@click.option("-d", "--diff", is_flag=True, help="Only the diff; exit 1 when there is one.")
@click.option("--check", is_flag=True, help="Only tell by the exit code whether something would change.")
@click.option("-i", "--interactive", is_flag=True, help="Ask about each hunk, then write those taken.")
@click.option("-l", "--list", "listing", is_flag=True, help="List the files that would change.")
@click.option("--stdin-filename", type=click.Path(path_type=Path), help="Name and place of the file read from '-'.")
@engine_options
@package_options
@shown_options(*FORMATS)
@click.pass_context
def fix(context: click.Context, /, paths: tuple[str, ...], **values: object) -> None:
    """Repair Go code: files, package directories, DIR/... or '-' for stdin.

    Code that does not build is repaired until it builds; code that builds is repaired until its tests pass. Every
    candidate is judged by the Go toolchain before it is shown, and nothing is written without -w or a yes in -i.
    """
    app = apps.app_of(context)
    mode = Mode(*(bool(values[k]) for k in ("write", "diff", "check", "interactive", "listing")))
    mode.verify(values)
    _check_stdin(paths, mode, values)
    settings = apps.settings_for(paths, setting_flags(values))
    problem, plan_path = str(values["problem"]), values["plan_file"]
    given = plan_file.read(plan_path) if isinstance(plan_path, Path) else None
    base = base_request(settings, values, problem=problem, given=given)
    work = Work(app, mode, settings, values)
    filename = values["stdin_filename"]
    if paths == ("-",):
        name = filename if isinstance(filename, Path) else None
        context.exit(stdin.repair(work.toolbox, base, work.talk, work.output, name, mode=(mode.diff, mode.check)))
    context.exit(work.run(paths, base))


def base_request(
    settings: Settings, values: Mapping[str, object], *, problem: str = "", given: Plan | None = None
) -> Request:
    """Return the request that flags and settings make, without its target."""
    options = open_options(settings, run_tests=str(values["run_tests"]), race=bool(values["race"]))
    return session.request_of(settings, options, problem=problem, plan=given)


class Work:
    """One call of ``fix`` or ``apply`` over its targets."""

    def __init__(self, app: App, mode: Mode, settings: Settings, values: Mapping[str, object]) -> None:
        """Load the tools; raises PluginError or ModelError."""
        quiet, form = bool(values["quiet"]), str(values["output_format"])
        self.mode = mode
        self.app = app
        self.model = settings.model
        self.talk = Talk(
            quiet=quiet or mode.diff or mode.check or mode.listing or form != "text",
            verbose=bool(values["verbose"]),
            color=settings.color,
        )
        self.output = Output(form, settings.color, quiet=quiet)
        self.toolbox: Toolbox = app.toolbox(settings.model)

    def run(self, paths: Sequence[str], base: Request) -> int:
        """Repair every target and return the exit code."""
        try:
            targets = discovery.expand(paths, self.toolbox.languages)
            outcomes = [self._one(target, base, alone=len(targets) == 1) for target in targets]
            for number, outcome in enumerate(outcomes):
                if _waits(outcome, outcomes):
                    self.talk.say(f"{outcome.target} once more: what it imports may be repaired now")
                    outcomes[number] = self._one(targets[number], base, alone=False)
        finally:
            self.toolbox.close()
        self.output.close(outcomes)
        return apps.exit_code(outcomes, changes_count=self.mode.check or self.mode.diff)

    def _one(self, target: Path | HrgcError, base: Request, *, alone: bool) -> Outcome:
        """Repair one target; among several, its error is said and the next one follows."""
        try:
            if isinstance(target, HrgcError):
                raise target
            return self._repair(replace(base, target=target))
        except HrgcError as error:
            if alone and not self.output.collects:
                raise
            name = discovery.display(target) if isinstance(target, Path) else ""
            self.talk.error(error)
            return Outcome(name, error=error)

    def _repair(self, request: Request) -> Outcome:
        """Repair one target, show the result, and write what was asked for."""
        outcome = runner.repair(request, self.toolbox, self.talk, model=self.model, listener=self.output.event)
        assert outcome.finished is not None
        results = outcome.finished.results
        if self.mode.interactive:
            return interactive.review(outcome, request, self.toolbox, self.talk, self.app.edit)
        self.talk.verdict(outcome)
        if self.mode.write:
            outcome = writing.write(outcome, results)
        if self.mode.listing:
            apps.write_product("".join(f"{discovery.display(r.path)}\n" for r in results))
        elif not self.mode.check:
            self.output.diff(outcome)
            self.talk.elsewhere(results)
        self.talk.summary(outcome)
        return outcome


def _waits(outcome: Outcome, outcomes: Sequence[Outcome]) -> bool:
    """Tell whether a package was held up by an import, and another package has been repaired and written."""
    held_up = any(found.code == "BrokenImport" for found in outcome.remaining)
    return held_up and any(other.written for other in outcomes if other is not outcome)


def _check_stdin(paths: Sequence[str], mode: Mode, values: Mapping[str, object]) -> None:
    """Raise UsageError for flags that do not go with reading stdin, or only with it."""
    if "-" in paths and (len(paths) > 1 or mode.write or mode.interactive or mode.listing):
        raise click.UsageError("'-' stands alone and prints the repaired file; it goes with --diff and --check only")
    if "-" not in paths and values["stdin_filename"] is not None:
        raise click.UsageError("--stdin-filename needs the path '-'")
