"""Keeping secrets and addresses out of the data: e-mail addresses are replaced, anything that looks like a key refused.

Text is scanned by plain substrings first, since almost none of it holds any of them.
"""

from __future__ import annotations

import math
import re
from collections import Counter

PLACEHOLDER = "user@example.com"
_EMAIL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._%+\-]*@(?:[A-Za-z0-9\-]+\.)+[A-Za-z]{2,}")
_RESERVED = re.compile(r"@(?:[\w\-]+\.)*(?:example(?:\.(?:com|org|net))?|test|invalid|localhost)$", re.IGNORECASE)
_TRAILER = re.compile(
    r"^\s*(?:signed-off-by|co-authored-by|reviewed-by|acked-by|tested-by|reported-by|approved-by|cc|change-id|"
    r"reviewed-on|run-trybot|trybot-result|auto-submit|commit-queue|lucitryresult|git-svn-id|pick-to|"
    r"(?:github|gitorigin)-[\w-]+)\s*:.*$",
    re.IGNORECASE | re.MULTILINE,
)
_KEYS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("AKIA", re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b")),
    ("gh", re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36,}\b")),
    ("github_pat_", re.compile(r"\bgithub_pat_\w{40,}")),
    ("glpat-", re.compile(r"\bglpat-[\w\-]{20,}")),
    ("xox", re.compile(r"\bxox[abprs]-[\w\-]{10,}")),
    ("hooks.slack.com", re.compile(r"hooks\.slack\.com/services/\w+/\w+/\w{16,}")),
    ("sk_live_", re.compile(r"\b[sr]k_live_\w{16,}")),
    ("AIza", re.compile(r"\bAIza[\w\-]{35}\b")),
    ("-----BEGIN", re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY")),
    ("npm_", re.compile(r"\bnpm_[A-Za-z0-9]{36}\b")),
    ("SG.", re.compile(r"\bSG\.[\w\-]{16,}\.[\w\-]{16,}")),
    ("eyJ", re.compile(r"\beyJ[\w\-]{10,}\.eyJ[\w\-]{10,}\.[\w\-]{10,}")),
    ("ya29.", re.compile(r"\bya29\.[\w\-]{30,}")),
    ("dop_v1_", re.compile(r"\bdop_v1_[0-9a-f]{64}\b")),
    ("AccountKey=", re.compile(r"AccountKey=[A-Za-z0-9+/]{60,}")),
    ("://", re.compile(r"://[^\s/:@\"'`]+:(?!pass|password|secret|foo|bar|user|pwd|%|\$|\*|x{3}|\{)[^\s/@\"'`]{6,}@")),
)
_LONG_VALUE = re.compile(r"[\"'`]([A-Za-z0-9+/_\-=.]{20,200})[\"'`]")
_NAMED_SECRET = re.compile(
    r"(?i)(?:passw(?:or)?d|secret|token|api_?key|access_?key|private_?key)\w*[\"']?\)?\s*(?::=|[:=,])\s*$"
)
_RANDOM_BITS = 3.7
"""Entropy a character above which an assigned value counts as random."""


def _entropy(text: str) -> float:
    """Return the bits a character of *text* carries by its own letter counts."""
    size = len(text)
    return -sum(count / size * math.log2(count / size) for count in Counter(text).values())


def secret_in(text: str) -> bool:
    """Tell whether *text* holds something that looks like a key, token or password."""
    for hint, pattern in _KEYS:
        if hint in text and pattern.search(text):
            return True
    return any(
        _NAMED_SECRET.search(text, max(0, found.start() - 60), found.start()) and _random(found[1])
        for found in _LONG_VALUE.finditer(text)
    )


def _random(value: str) -> bool:
    """Tell whether a value looks drawn at random rather than written."""
    mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
    return mixed and _entropy(value) > _RANDOM_BITS


def without_addresses(text: str) -> str:
    """Return *text* with every e-mail address replaced by one that nobody has."""
    if "@" not in text:
        return text
    return _EMAIL.sub(lambda found: found[0] if _RESERVED.search(found[0]) else PLACEHOLDER, text)


def clean_prose(text: str) -> str:
    """Return a message without the trailers that name people, and without addresses."""
    return without_addresses(_TRAILER.sub("", text) if ":" in text else text).strip()


def clean_name(text: str) -> str:
    """Return an author's name without any address in it."""
    return _EMAIL.sub("", text).strip(" <>()") or "unknown"
