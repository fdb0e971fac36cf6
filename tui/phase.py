"""Where a session stands; keys and hints depend on it."""

from __future__ import annotations

from enum import Enum


class Phase(str, Enum):
    """The phases of one target, in the order a person goes through them."""

    CHECKING = "checking"
    """The validators look at the files."""
    READY = "ready"
    """Findings are known; nothing was planned."""
    CLEAN = "clean"
    """Nothing is wrong."""
    PLANNING = "planning"
    PLANNED = "planned"
    """A plan waits for approval."""
    RUNNING = "running"
    REVIEW = "review"
    """Hunks wait to be taken or left."""
    WRITTEN = "written"
    """The hunks that were taken are on the disk."""
    DONE = "done"
    """The run found nothing to offer."""
    FAILED = "failed"
    """The run could not be carried out."""
    REPLAY = "replay"
    """A past run is shown again."""

    @property
    def busy(self) -> bool:
        """True while something works."""
        return self in (Phase.CHECKING, Phase.PLANNING, Phase.RUNNING)
