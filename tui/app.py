"""The composition root of the terminal application."""

from __future__ import annotations

from textual.app import App


def run() -> int:
    """Open the application on the working directory and return the exit code."""
    app: App[int] = App()
    return app.run() or 0
