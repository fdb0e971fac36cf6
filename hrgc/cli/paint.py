"""Colours of the terminal, and foreign text made safe to show on one."""

from __future__ import annotations

import os
from typing import TextIO

import click

from hrgc.safe import visible

__all__ = ["diff", "enabled", "visible"]


def enabled(setting: str, stream: TextIO) -> bool:
    """Tell whether to colour *stream*: ``always``, ``never``, or ``auto``: on a terminal unless NO_COLOR is set."""
    if setting != "auto":
        return setting == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def diff(text: str) -> str:
    """Return a unified diff with the usual colours."""
    return "".join(_diff_line(line) for line in visible(text).splitlines(keepends=True))


def _diff_line(line: str) -> str:
    """Colour one line of a diff; the line end stays outside, so that a pager's colours do not run on."""
    body = line.rstrip("\n")
    end = line[len(body) :]
    if body.startswith(("--- ", "+++ ")):
        return click.style(body, bold=True) + end
    color = {"+": "green", "-": "red", "@": "cyan"}.get(body[:1])
    return (click.style(body, fg=color) if color else body) + end
