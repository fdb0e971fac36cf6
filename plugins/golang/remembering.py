"""A helper that remembers what it said of candidates on the current state, so that two stages may ask the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hrgc.diagnostics import Diagnostic
from hrgc.edits import Overlay, TextEdit
from hrgc.plugin import Budget
from plugins.golang.helper import Edits, Helper

_Key = tuple[tuple[Path, tuple[TextEdit, ...]], ...]


class RememberingHelper(Helper):
    """A ``Helper`` whose ``check`` answers a repeated question without asking."""

    _state: dict[Path, bytes] | None = None
    _known: dict[_Key, tuple[Diagnostic, ...]]

    def check(
        self, overlay: Overlay, candidates: Sequence[Edits], budget: Budget | None = None
    ) -> list[tuple[Diagnostic, ...]]:
        """Return the findings of each candidate on top of *overlay*; raises what ``load`` raises."""
        with self._lock:
            if self._state is None or self._state != overlay:
                self._state, self._known = dict(overlay), {}
            keys = [tuple((path, tuple(edits)) for path, edits in edits_of.items()) for edits_of in candidates]
            new = {key: edits for key, edits in zip(keys, candidates, strict=True) if key not in self._known}
            if new:
                found = super().check(overlay, list(new.values()), budget)
                self._known.update(zip(new, found, strict=True))
            return [self._known[key] for key in keys]
