"""Runs as the interface knows them: what was asked for, how to end them, and the gate where their plans wait."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hrgc.plan import Plan
from hrgc.plugin import Cancel

if TYPE_CHECKING:
    from hrgc.session import Request


class Gate:
    """Where a run waits until a person answers its plan."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._ready = threading.Event()
        self._answer: Plan | None = None

    def answer(self, plan: Plan | None) -> None:
        """Let the run go on with *plan*, or with its own for None."""
        self._answer = plan
        self._ready.set()

    def wait(self) -> Plan | None:
        """Block until there is an answer and return it."""
        self._ready.wait()
        self._ready.clear()
        return self._answer


@dataclass
class Run:
    """One run the interface started."""

    number: int
    request: Request
    name: str
    """The target as people read it."""
    cancel: Cancel = field(default_factory=Cancel)
    gate: Gate = field(default_factory=Gate)
    id: str = ""
    """Id of the trace, '' until the run began."""
    note: str = ""
    """Why there is no whole trace, '' when there is one."""
    behind: bool = False
    """Nobody looks at it: it lets the run go first that somebody does."""
    working: bool = False
    """It works and somebody looks at it; False while it waits for an answer."""

    def stop(self) -> None:
        """End the run at once: the model, child processes, and the wait for an answer."""
        self.cancel.cancel()
        self.gate.answer(None)
