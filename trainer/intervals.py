"""Statistics of shares: Wilson's interval and the exact McNemar test."""

from __future__ import annotations

import math

Z = 1.96
"""Standard deviations of a 95 % interval."""


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return Wilson's (1927) 95 % score interval of a share; (0, 1) for no trials."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    below = 1 + Z * Z / total
    centre = (share + Z * Z / (2 * total)) / below
    spread = Z * math.sqrt(share * (1 - share) / total + Z * Z / (4 * total * total)) / below
    return max(0.0, centre - spread), min(1.0, centre + spread)


def mcnemar(only_a: int, only_b: int) -> float:
    """Return the two-sided p value of the exact McNemar test from the two discordant counts."""
    n, k = only_a + only_b, min(only_a, only_b)
    return min(1.0, 2.0 * sum(math.comb(n, i) for i in range(k + 1)) / 2.0**n) if n else 1.0


def share(hits: int, total: int) -> str:
    """Return a share with its interval as people read it: ``3/20 = 15% (5%-36%)``."""
    low, high = wilson(hits, total)
    return f"{hits}/{total} = {hits / max(1, total):.0%} ({low:.0%}-{high:.0%})"
