"""The product on stdout: the diff of a repair, or the outcomes in the form that was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from hrgc import report, trace
from hrgc.cli import paint
from hrgc.cli.app import write_product
from hrgc.events import Event
from hrgc.report import Outcome


def _sarif(outcomes: Sequence[Outcome]) -> str:
    """Return the outcomes as SARIF."""
    from hrgc.sarif import sarif  # noqa: PLC0415 - rarely asked for

    return sarif(outcomes)


_WHOLE: dict[str, Callable[[Sequence[Outcome]], str]] = {
    "concise": report.concise,
    "json": report.as_json,
    "sarif": _sarif,
    "github": report.github,
}
"""Forms that are printed when all targets are done."""


class Output:
    """Prints one call's product in one form."""

    def __init__(self, form: str, color: str, *, quiet: bool = False) -> None:
        """Print as *form*; *quiet* leaves out the diff of what was written."""
        self.form = form
        self._quiet = quiet
        self._color = paint.enabled(color, sys.stdout)
        self._safe = sys.stdout.isatty()

    @property
    def collects(self) -> bool:
        """True when errors of targets are part of the product."""
        return self.form in ("json", "sarif", "github")

    def event(self, event: Event) -> None:
        """Print an event as it comes (``jsonl``)."""
        if self.form == "jsonl":
            write_product(trace.event_line(event) + "\n")

    def diff(self, outcome: Outcome) -> None:
        """Print the diff of one outcome (``text``)."""
        if self.form == "text" and outcome.finished is not None and not (self._quiet and outcome.written):
            self.text_diff(report.diff(outcome.finished.results))

    def text_diff(self, text: str) -> None:
        """Print a diff: coloured and made harmless on a terminal, as it is into a pipe."""
        write_product(paint.diff(text) if self._color else paint.visible(text) if self._safe else text)

    def close(self, outcomes: Sequence[Outcome]) -> None:
        """Print what is printed at the end."""
        if (render := _WHOLE.get(self.form)) is not None:
            write_product(render(outcomes))
