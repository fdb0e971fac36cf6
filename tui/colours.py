"""Source code as coloured lines; colours are theme variables, and tabs are four cells wide."""

from __future__ import annotations

import re
from functools import lru_cache

from textual.content import Content

from hrgc.safe import visible

TAB = 4
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What ``str.splitlines`` takes for line ends and Go does not."""


@lru_cache(maxsize=16)
def coloured(content: bytes, name: str) -> tuple[Content, ...]:
    """Return the lines of a file; *name* decides the language, controls are made visible."""
    text = visible(content.decode("utf-8", "replace").replace("\r\n", "\n"))
    rows = text.split("\n")
    if rows and not rows[-1]:
        rows = rows[:-1]
    if not rows:
        return ()
    joined = "\n".join(_SEPARATORS.sub(" ", row.expandtabs(TAB)) for row in rows)
    from textual.highlight import highlight  # noqa: PLC0415 - the first screen does not wait for Pygments

    from tui.code_theme import CodeTheme  # noqa: PLC0415 - likewise

    language = "go" if name.endswith(".go") else "text"
    made = highlight(joined, language=language, theme=CodeTheme)
    found = made.split("\n", allow_blank=True)[: len(rows)]
    return tuple(found)
