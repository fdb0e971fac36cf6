"""What each kind of source token looks like; colours are theme variables."""

from __future__ import annotations

from pygments.token import Token
from textual.highlight import HighlightTheme, TokenType


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
