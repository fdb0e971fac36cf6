"""One line of progress on a terminal: rewritten in place, ticking by itself, gone when something else is printed."""

from __future__ import annotations

import shutil
import threading
import time
from types import TracebackType
from typing import TextIO

_TICK = 0.1
_CLEAR = "\r\x1b[K"


class Progress:
    """Shows a text and the seconds since it began; does nothing when *stream* is no terminal or *on* is False."""

    def __init__(self, stream: TextIO, *, on: bool) -> None:
        """Prepare; nothing is shown before ``update``."""
        self._stream = stream
        self._on = on and stream.isatty()
        self._text = ""
        self._began = time.monotonic()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def update(self, text: str) -> None:
        """Show *text* from now on."""
        if not self._on:
            return
        with self._lock:
            self._text = text
        if self._thread is None:
            self._thread = threading.Thread(target=self._tick, name="hrgc-progress", daemon=True)
            self._thread.start()
        self._draw()

    def clear(self) -> None:
        """Remove the line until the next ``update``."""
        with self._lock:
            if self._text:
                self._text = ""
                self._stream.write(_CLEAR)
                self._stream.flush()

    def __enter__(self) -> Progress:  # noqa: PYI034 - typing.Self needs Python 3.11
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the line and end the ticking."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(1.0)
        self.clear()

    def _tick(self) -> None:
        """Redraw until the end."""
        while not self._stop.wait(_TICK):
            self._draw()

    def _draw(self) -> None:
        """Draw the line, cut to the terminal's width."""
        with self._lock:
            if self._text:
                width = shutil.get_terminal_size().columns - 1
                line = f"{self._text}  {time.monotonic() - self._began:.1f} s"
                self._stream.write(_CLEAR + line[:width])
                self._stream.flush()
