"""The ``hrgc`` command: version, help, and the table of commands, each imported only when it is used."""

from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from hrgc import __version__
from hrgc.errors import ExitCode


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command lives, and its line in the help (so that listing imports nothing)."""

    module: str
    name: str
    help: str


COMMANDS: dict[str, Entry] = {
    "fix": Entry("hrgc.cli.fix", "fix", "Repair Go code: plan, edit, validate; prints a diff."),
    "plan": Entry("hrgc.cli.plan", "plan", "Say what would be done, without doing it."),
    "apply": Entry("hrgc.cli.plan", "apply", "Carry out a saved or edited plan."),
    "check": Entry("hrgc.cli.check", "check", "Run the validators only."),
    "undo": Entry("hrgc.cli.history", "undo", "Take back what a run wrote."),
    "redo": Entry("hrgc.cli.history", "redo", "Write again what was undone."),
    "sessions": Entry("hrgc.cli.history", "sessions", "List the runs of the past."),
    "replay": Entry("hrgc.cli.history", "replay", "Show a past run again, without model or Go."),
    "resume": Entry("hrgc.cli.history", "resume", "Run again what an earlier run was asked to do."),
    "doctor": Entry("hrgc.cli.doctor", "doctor", "Check Go, model, plugins and folders."),
    "model": Entry("hrgc.cli.model", "model", "List, describe and verify models."),
    "config": Entry("hrgc.cli.settings", "config", "Show the settings and where they come from."),
    "tui": Entry("hrgc.cli.tui", "tui", "Open the full-screen interface (as does plain hrgc, or hrgc PATH)."),
    "completion": Entry("hrgc.cli.completion", "completion", "Print the completion script of a shell."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command = getattr(importlib.import_module(entry.module), entry.name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take a path in place of a command for the interface on it."""
        if args and args[0] not in COMMANDS and Path(args[0]).exists():
            args = ["tui", *args]
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table without importing the commands."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


EPILOG = """\b
Examples:
  hrgc fix stack.go            show plan, diff and verdict; the file stays as it is
  hrgc fix -w ./...            repair every package below here, and write
  hrgc fix --problem "Pop returns the wrong element" stack.go
  hrgc check .                 what the validators say
  hrgc undo                    take the last write back

\b
Exit codes: 0 clean or repaired, 1 problems remain, 2 usage, 3 Go or model missing,
4 time is up, 5 no Go files, 70 bug, 130 and 143 signals."""


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="hrgc %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Repair and edit Go code on your own machine, offline, with a small model and the Go toolchain as the judge.

    Without a command on a terminal, hrgc opens its full-screen interface.
    """
    if ctx.invoked_subcommand is not None:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        click.echo(ctx.get_help(), err=True)
        ctx.exit(ExitCode.USAGE)
    command = ctx.command
    assert isinstance(command, click.Group)
    interface = command.get_command(ctx, "tui")
    assert interface is not None
    ctx.invoke(interface)
