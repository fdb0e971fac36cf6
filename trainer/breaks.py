"""All lexical ways to break a window of Go lines, each returning the break together with its repair.

A rule takes lines without indentation and returns None when it finds nothing to break. Operation classes name the
repair.
"""

from __future__ import annotations

from trainer import breaks_line, breaks_token
from trainer.lexemes import Broken, Rule

RULES: dict[str, tuple[float, Rule]] = {**breaks_token.RULES, **breaks_line.RULES}
"""Rule -> (share, function)."""

__all__ = ["RULES", "Broken", "Rule"]
