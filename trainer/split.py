"""Which organisations training never sees, and which nothing is taken from at all."""

from __future__ import annotations

HELD_OUT = frozenset(
    (
        "thealgorithms", "emirpasic", "burntsushi", "yuin", "urfave", "google",
        "zyedidia", "liyue201", "gammazero", "hbollon", "dustin", "gobwas", "kljensen",
    )
)  # fmt: skip
"""Owners whose repositories make the evaluation sets."""
REFUSED_OWNERS = frozenset(("go-chi", "junegunn", "caddyserver", "gorilla", "uber-go", "restic"))
REFUSED = frozenset(("golang/tools",))
"""Repositories that outside judges may use."""
TRAIN, HELD = "train", "heldout"


def refused(repository: str) -> bool:
    """Tell whether nothing may be taken from ``owner/name``."""
    name = repository.lower()
    return name in REFUSED or name.partition("/")[0] in REFUSED_OWNERS or "humaneval" in name


def of(repository: str) -> str:
    """Return the split of everything made from ``owner/name``."""
    return HELD if repository.lower().partition("/")[0] in HELD_OUT else TRAIN
