"""Colours of the terminal, and foreign text made safe to show on one."""

from __future__ import annotations

import os
import re
from typing import TextIO

import click

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def enabled(setting: str, stream: TextIO) -> bool:
    """Tell whether to colour *stream*: ``always``, ``never``, or ``auto``: on a terminal unless NO_COLOR is set."""
    if setting != "auto":
        return setting == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """Return foreign *text* with control characters (but tab and line feed) written out in hex, so that none acts."""
    return _CONTROLS.sub(lambda match: f"\\x{ord(match.group()):02x}", text)


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
