"""``hrgc tui`` and plain ``hrgc``: the full-screen interface, loaded only when it is shown."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from contextlib import nullcontext

import click

from hrgc.cli.options import engine_options, setting_flags

EPILOG = """\b
Examples:
  hrgc                      on the package in this directory
  hrgc ./store              on another one; a file limits the change to it
  hrgc tui -p "Pop returns the wrong element" stack.go
  hrgc tui --replay last    look at the last run again"""


def check_terminal() -> None:
    """Raise UsageError unless there is a terminal to draw on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise click.UsageError("the interface needs a terminal; hrgc fix works without one")


@click.command(epilog=EPILOG)
@click.argument("path", required=False, default="")
@click.option("-p", "--problem", default="", help="What is wrong or wanted, in words.")
@click.option("--replay", default="", metavar="FILE|ID", help="Show a past run again ('last' for the last one).")
@click.option("--inline", is_flag=True, help="Below the prompt instead of on the whole terminal.")
@click.option("--mouse/--no-mouse", default=True, help="Use the mouse, or leave it to the terminal.")
@click.option("--theme", help="dark, light, contrast, or safe for colour blindness.")
@engine_options
@click.pass_context
def tui(context: click.Context, /, path: str, **values: object) -> None:
    """Open the full-screen interface on PATH, a Go file or package (the working directory by default).

    Read the plan, change it, watch the loop, and take the hunks you want; nothing is written before you say so.
    """
    check_terminal()
    from tui import curtain  # noqa: PLC0415 - the interface is loaded only when it is shown

    flags = setting_flags(values) | ({"theme": values["theme"]} if values["theme"] else {})
    inline = bool(values["inline"])
    with nullcontext() if inline else curtain.drawn(path):
        code = _loaded()(
            path,
            problem=str(values["problem"]),
            replay=str(values["replay"]),
            inline=inline,
            mouse=bool(values["mouse"]),
            flags=flags,
        )
    context.exit(code)


def _loaded() -> Callable[..., int]:
    """Load the interface; nothing that loading makes is garbage, so collecting waits, which saves a tenth of it."""
    gc.disable()
    try:
        from tui.app import run  # noqa: PLC0415 - the interface is loaded only when it is shown
    finally:
        gc.freeze()
        gc.enable()
    return run
