"""Small line charts as SVG text, for the model card; no library, no script, legible on light and dark paper."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 460, 280
LEFT, RIGHT, TOP, BOTTOM = 52, 130, 30, 42
"""Margins: the legend stands on the right."""
COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#888888")
"""Tol's bright scheme, distinguishable with any colour vision."""
INK = "#808080"


@dataclass(frozen=True)
class Series:
    """One line of a chart."""

    name: str
    points: Sequence[tuple[float, float]]
    """(x, y) from left to right; y is a share."""
    dashed: bool = False


@dataclass(frozen=True)
class Axis:
    """The horizontal axis; the vertical one always goes from 0 to 100 %."""

    label: str
    ticks: Sequence[float]
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where a value stands, 0 at the first tick and 1 at the last."""
        low, high = self.ticks[0], self.ticks[-1]
        if self.logarithmic:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return (value - low) / (high - low) if high > low else 0.5


def chart(title: str, axis: Axis, label: str, series: Sequence[Series]) -> str:
    """Return an SVG document with *series*; *label* names the vertical axis."""
    across, down = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
            f'font-family="sans-serif" font-size="11" fill="{INK}">'
        ),
        f"<title>{escape(title)}</title>",
        _text(LEFT, TOP - 12, title, size=13),
        _text(LEFT + across / 2, HEIGHT - 8, axis.label, anchor="middle"),
        (
            f'<text x="14" y="{TOP + down / 2:.0f}" text-anchor="middle" '
            f'transform="rotate(-90 14 {TOP + down / 2:.0f})">{escape(label)}</text>'
        ),
    ]
    for percent in range(0, 101, 25):
        y = TOP + down * (1 - percent / 100)
        parts.append(_line(LEFT, y, LEFT + across, y))
        parts.append(_text(LEFT - 6, y + 4, f"{percent}", anchor="end"))
    for tick in axis.ticks:
        x = LEFT + across * axis.place(tick)
        parts.append(_line(x, TOP + down, x, TOP + down + 4))
        parts.append(_text(x, TOP + down + 16, f"{tick:g}", anchor="middle"))
    for at, line in enumerate(series):
        colour = COLOURS[at % len(COLOURS)]
        placed = [(LEFT + across * axis.place(x), TOP + down * (1 - y)) for x, y in line.points]
        dash = ' stroke-dasharray="4 3"' if line.dashed else ""
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>')
        if not line.dashed:
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.4" fill="{colour}"/>' for x, y in placed]
        y = TOP + 6 + 16 * at
        parts.append(f'<path d="M{LEFT + across + 12} {y}h16" stroke="{colour}" stroke-width="2"{dash}/>')
        parts.append(_text(LEFT + across + 32, y + 4, line.name))
    return "\n".join((*parts, "</svg>", ""))


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return a thin line."""
    return f'<path d="M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}" stroke="{INK}" stroke-opacity="0.4"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", size: int = 11) -> str:
    """Return one line of text."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(text)}</text>'
