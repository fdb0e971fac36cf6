"""The colours: the themes, and the only place where a colour is written down."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="hrgc-dark",
    primary="#7AA2F7",
    secondary="#9AA5CE",
    accent="#BB9AF7",
    warning="#E0AF68",
    error="#F7768E",
    success="#9ECE6A",
    foreground="#D5DAF0",
    background="#16161E",
    surface="#1A1B26",
    panel="#24283B",
    dark=True,
    variables={
        "border": "#3B4261",
        "border-blurred": "#2A2F45",
        "footer-key-foreground": "#7AA2F7",
        "footer-background": "#1F2335",
        "block-cursor-background": "#33467C",
        "block-cursor-foreground": "#E8ECFF",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#292E42",
        "input-selection-background": "#7AA2F7 35%",
        "scrollbar": "#3B4261",
        "scrollbar-background": "#1A1B26",
    },
)
LIGHT = Theme(
    name="hrgc-light",
    primary="#2E5AAC",
    secondary="#5A6478",
    accent="#7A3FB0",
    warning="#9A6200",
    error="#B3263A",
    success="#2F7D32",
    foreground="#22252E",
    background="#F7F7FA",
    surface="#FFFFFF",
    panel="#E9EBF2",
    dark=False,
    variables={
        "border": "#B8BECC",
        "border-blurred": "#D5D9E3",
        "footer-key-foreground": "#2E5AAC",
        "footer-background": "#E9EBF2",
        "block-cursor-background": "#CCDAF5",
        "block-cursor-foreground": "#16213A",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#E3E8F3",
        "scrollbar": "#B8BECC",
        "scrollbar-background": "#F1F2F6",
    },
)
CONTRAST = Theme(
    name="hrgc-contrast",
    primary="#00D7FF",
    secondary="#FFFFFF",
    accent="#FFD700",
    warning="#FFD700",
    error="#FF5F5F",
    success="#5FFF5F",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1C1C1C",
    dark=True,
    text_alpha=1.0,
    variables={
        "border": "#FFFFFF",
        "border-blurred": "#8A8A8A",
        "footer-key-foreground": "#FFD700",
        "footer-background": "#1C1C1C",
        "block-cursor-background": "#0B3D91",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#303030",
        "scrollbar": "#FFFFFF",
        "scrollbar-background": "#1C1C1C",
    },
)
SAFE = Theme(
    name="hrgc-safe",
    primary="#8FB8DE",
    secondary="#B0B7C3",
    accent="#CC79A7",
    warning="#F0E442",
    error="#F28E2B",
    success="#56B4E9",
    foreground="#E3E6EC",
    background="#15181D",
    surface="#1A1E24",
    panel="#262C35",
    dark=True,
    variables={
        "border": "#4A5361",
        "border-blurred": "#313844",
        "footer-key-foreground": "#8FB8DE",
        "footer-background": "#21262E",
        "block-cursor-background": "#2F4A66",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#2B323C",
        "scrollbar": "#4A5361",
        "scrollbar-background": "#1A1E24",
    },
)
"""Blue for good and orange for bad, which people who confuse red and green tell apart."""
TITLES = {
    DARK.name: "dark",
    LIGHT.name: "light",
    CONTRAST.name: "high contrast",
    SAFE.name: "safe for colour blindness",
}
THEMES = (DARK, LIGHT, CONTRAST, SAFE)
SHORT = {
    "dark": DARK.name,
    "light": LIGHT.name,
    "contrast": CONTRAST.name,
    "high-contrast": CONTRAST.name,
    "safe": SAFE.name,
    "colour-blind": SAFE.name,
    "color-blind": SAFE.name,
}
"""Names a person may write in the settings."""


def following(name: str) -> str:
    """Return the theme behind *name*, the first one behind the last or a foreign one."""
    names = [theme.name for theme in THEMES]
    return names[(names.index(name) + 1) % len(names)] if name in names else names[0]
