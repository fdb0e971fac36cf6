"""Foreign text made safe to show on a terminal."""

from __future__ import annotations

import re

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """Return foreign *text* with controls (but tab and line feed) written out, so that none acts or hides another."""
    return _CONTROLS.sub(_written, text)


def _written(match: re.Match[str]) -> str:
    """Return one control character as Go would write it."""
    number = ord(match.group())
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
