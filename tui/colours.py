"""Source code as coloured lines; colours are theme variables, and tabs are four cells wide."""

from __future__ import annotations

import re

from pygments.token import Token
from textual.content import Content
from textual.highlight import HighlightTheme, TokenType, highlight

from hrgc.safe import visible

TAB = 4
_SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""What ``str.splitlines`` takes for line ends and Go does not."""


class CodeTheme(HighlightTheme):
    """What each kind of token looks like."""

    STYLES: dict[TokenType, str] = {  # noqa: RUF012 - declared so by its base
        Token.Comment: "italic $foreground 55%",
        Token.Keyword: "$text-accent",
        Token.Keyword.Constant: "$text-warning",
        Token.Keyword.Type: "$text-primary",
        Token.Literal.Number: "$text-warning",
        Token.Literal.String: "$text-success",
        Token.Name.Builtin: "$text-primary",
        Token.Name.Function: "bold",
        Token.Operator: "$text-secondary",
        Token.Punctuation: "$text-secondary",
    }


def coloured(content: bytes, name: str) -> tuple[Content, ...]:
    """Return the lines of a file; *name* decides the language, controls are made visible."""
    text = visible(content.decode("utf-8", "replace").replace("\r\n", "\n"))
    rows = text.split("\n")
    if rows and not rows[-1]:
        rows = rows[:-1]
    if not rows:
        return ()
    joined = "\n".join(_SEPARATORS.sub(" ", row.expandtabs(TAB)) for row in rows)
    language = "go" if name.endswith(".go") else "text"
    made = highlight(joined, language=language, theme=CodeTheme)
    found = made.split("\n", allow_blank=True)[: len(rows)]
    return tuple(found)
