"""The picture of the application in the README: a past run, replayed to its end.

Run: ``python -m tui.screenshot TRACE SVG``.
"""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path

from hrgc.config import Settings
from tui.app import HrgcApp, Start
from tui.screens.main import MainScreen

SIZE = (112, 34)
_FONTS = re.compile(r"@font-face\s*\{[^}]*\}\s*", re.DOTALL)
_FAMILY = re.compile(r"font-family:\s*[^;]*;")


async def picture(trace: Path) -> str:
    """Return the screen at the end of *trace* as SVG that refers to nothing outside itself."""
    app = HrgcApp(Start(Path("/"), replay=str(trace)), Settings())
    async with app.run_test(size=SIZE) as pilot:
        screen = app.screen
        assert isinstance(screen, MainScreen)
        screen.action_replay_end()
        await pilot.pause()
        await pilot.pause()
        drawn = app.export_screenshot(title="hrgc")
    plain = _FAMILY.sub(
        "font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace;", _FONTS.sub("", drawn)
    )
    return re.sub(r"terminal-\d+", "hrgc", plain)


def main(trace: str, target: str) -> None:
    """Write the picture of *trace* to *target*."""
    Path(target).write_text(asyncio.run(picture(Path(trace))), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
