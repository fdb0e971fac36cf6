"""The door of the command line: runs a command, and turns whatever ends it into words and an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TYPE_CHECKING

import click

from hrgc import crash
from hrgc.errors import ExitCode, HrgcError

if TYPE_CHECKING:
    from hrgc.cli.app import App

COMPLETING = "_HRGC_COMPLETE"
"""Set by the completion scripts of ``hrgc completion``."""
BROKEN_PIPE = 128 + 13
"""What a shell reports for a program whose reader went away."""


class TerminatedError(BaseException):
    """SIGTERM arrived; every ``finally`` runs on the way out, so children end and the trace is closed."""


def main(args: Sequence[str] | None = None, app: App | None = None) -> int:
    """Run ``hrgc`` with *args* (the process's own by default) and return the exit code."""
    _forgive_output()
    with _sigterm_raises():
        try:
            return _run(args, app)
        except HrgcError as error:
            return _say(error.message, error.hint, error.exit_code)
        except click.ClickException as error:
            return _say(error.format_message(), _usage_hint(error), ExitCode.USAGE)
        except (KeyboardInterrupt, click.Abort, TerminatedError, BrokenPipeError) as error:
            return _stopped(error)
        except Exception as error:  # noqa: BLE001 - door one of three: anything else is a bug
            return _bug(error, sys.argv[1:] if args is None else args)


def _run(args: Sequence[str] | None, app: App | None) -> int:
    """Run the command and return what it hands to ``ctx.exit``."""
    from hrgc.cli.group import cli  # noqa: PLC0415 - behind the door, so that a broken import is reported, too

    if COMPLETING in os.environ:
        return int(cli.main(prog_name="hrgc", complete_var=COMPLETING, standalone_mode=False) or 0)
    words = sys.argv[1:] if args is None else list(args)
    try:
        with cli.make_context("hrgc", words, obj=app) as context:
            cli.invoke(context)
    except click.exceptions.Exit as end:
        sys.stdout.flush()
        return end.exit_code
    sys.stdout.flush()
    return ExitCode.OK


def _stopped(error: BaseException) -> int:
    """End for a reason from outside."""
    if isinstance(error, BrokenPipeError):
        return _pipe_closed()
    if isinstance(error, TerminatedError):
        return _say("terminated", "", ExitCode.TERMINATED)
    return _say("interrupted", "", ExitCode.INTERRUPTED)


def _say(message: str, hint: str, code: int) -> int:
    """Print one error with its hint on stderr."""
    click.echo(f"hrgc: {message}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)
    return code


def _usage_hint(error: click.ClickException) -> str:
    """Return which help to read."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{context.command_path} --help" if context is not None else "hrgc --help"


def _pipe_closed() -> int:
    """End quietly when the reader of stdout went away."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter flushes once more at exit
    return BROKEN_PIPE


def _bug(error: Exception, args: Sequence[str]) -> int:
    """Write a report of a bug into the log file and one line about it on stderr."""
    what = crash.title(error)
    report = crash.report(error, f"hrgc {' '.join(args)}")
    try:
        path = crash.log(report)
    except HrgcError as trouble:
        click.echo(report, err=True)
        return _say(f"a bug in hrgc: {what}", f"no report could be written ({trouble}); it is above", ExitCode.BUG)
    return _say(f"a bug in hrgc: {what}", f"nothing was changed; the report is in {path}", ExitCode.BUG)


@contextlib.contextmanager
def _sigterm_raises() -> Iterator[None]:
    """Raise TerminatedError on SIGTERM inside the block; a no-op outside the main thread."""
    try:
        before = signal.signal(signal.SIGTERM, _terminated)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminated(number: int, frame: FrameType | None) -> None:
    """Handle SIGTERM."""
    del number, frame
    raise TerminatedError


def _forgive_output() -> None:
    """Let file names that are no text, and characters the terminal lacks, through instead of failing on them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            utf8 = stream.encoding.lower().replace("-", "") == "utf8"
            stream.reconfigure(errors="surrogateescape" if utf8 else "backslashreplace")


if __name__ == "__main__":
    sys.exit(main())
