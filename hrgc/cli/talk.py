"""What a run says on stderr while it works: plan, attempts, verdict, summary, and the progress line."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import singledispatchmethod
from pathlib import Path

import click

from hrgc import events
from hrgc.cli import paint
from hrgc.cli.progress import Progress
from hrgc.discovery import display, patch_base
from hrgc.errors import HrgcError
from hrgc.events import Event
from hrgc.plan import Plan
from hrgc.report import Outcome, counted, finding_line, summary, verdict

SHOWN_FINDINGS = 10
"""Findings listed before the rest is only counted."""


class Talk:
    """Renders events and outcomes; the same for a live run and for a replay."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, color: str = "auto", live: bool = True) -> None:
        """Say nothing when *quiet*; every attempt when *verbose*; *live* shows a progress line on a terminal."""
        self._quiet = quiet
        self._verbose = verbose and not quiet
        self._color = paint.enabled(color, sys.stderr)
        self._target = ""
        self._max_rounds = 0
        self._plan: tuple[str, ...] = ()
        self._progress = Progress(sys.stderr, on=live and not quiet)

    def say(self, text: str, *, style: str | None = None) -> None:
        """Print one line of talk."""
        if not self._quiet:
            self._print(text, style)

    def detail(self, text: str) -> None:
        """Print one line for those who asked for details."""
        if self._verbose:
            self._print(text, "bright_black")

    def error(self, error: HrgcError, *, where: str = "") -> None:
        """Print an error of one target among several; also when quiet."""
        self._print(f"hrgc: {where}{error.message}", "red")
        self._print(f"  hint: {error.hint}", None)

    def progress_line(self) -> Progress:
        """Return the progress line, to be opened around a run."""
        return self._progress

    def begin(self, target: str) -> None:
        """Turn to the next target."""
        self._target, self._plan = target, ()
        self._progress.update(f"{target}: opening")

    def verdict(self, outcome: Outcome) -> None:
        """Print what the validators say of a repair, and what is left."""
        finished = outcome.finished
        if finished is not None and (finished.results or not finished.solved):
            self._steps(finished)
            self.say(f"verdict: {verdict(finished.after)}", style=_style(finished))
            self.findings(outcome)
            self.notes(finished.after.notes)

    def summary(self, outcome: Outcome) -> None:
        """Print the last line of a repair, and how to take back what was written."""
        if outcome.finished is not None:
            self.say(summary(outcome), style=_style(outcome.finished))
        if outcome.written:
            self.say(f"take it back with: hrgc undo {outcome.run_id}")

    def _steps(self, finished: events.Finished) -> None:
        """Print the steps that were carried out, unless they are those of the plan that was printed last."""
        taken = Plan(finished.steps).sentences()
        if taken and sorted(taken) != sorted(self._plan):
            self.say("carried out:")
            for number, sentence in enumerate(taken, start=1):
                self.say(f"  {number}. {sentence}")

    def findings(self, outcome: Outcome) -> None:
        """Print what is left."""
        left = outcome.remaining
        shown = left if self._verbose else left[:SHOWN_FINDINGS]
        for found in shown:
            self.say(f"  {finding_line(found)}")
        if len(shown) < len(left):
            self.say(f"  ... and {len(left) - len(shown)} more")

    def elsewhere(self, results: Iterable[events.FileResult]) -> None:
        """Print what the names in the diff are relative to, for files that are not below the working directory."""
        bases = {patch_base(result.path) for result in results if Path(display(result.path)).is_absolute()}
        for base in sorted(bases):
            self.say(f"note: names in the diff are relative to {base}")

    def notes(self, notes: Iterable[str]) -> None:
        """Print what was skipped, fell back or was flaky."""
        for note in dict.fromkeys(notes):
            self.say(f"note: {note}")

    @singledispatchmethod
    def event(self, event: Event) -> None:
        """Say what an event means; most events only move the progress line."""

    @event.register
    def _started(self, event: events.Started) -> None:
        self._max_rounds = event.max_rounds
        self.notes(event.notes)
        self.detail(f"model {event.model}; {counted(len(event.files), 'file')} may be edited")
        self._progress.update(f"{self._target}: examining")

    @event.register
    def _examined(self, event: events.Examined) -> None:
        if event.round == 0:
            self.detail(f"before: {verdict(event.evidence)}")
            for found in event.evidence.roots() if self._verbose else ():
                self.detail(f"  {finding_line(found)}")

    @event.register
    def _round(self, event: events.RoundStarted) -> None:
        control = event.control
        odds = f"continue {control.proceed:.2f}, refine {control.refine:.2f}, done {control.done:.2f}"
        overruled = ", overruled by the validators" if event.overruled else ""
        self.detail(f"round {event.round}: {event.decision.value} ({odds}{overruled})")
        self._progress.update(f"{self._target}: round {event.round} of {self._max_rounds}: planning")

    @event.register
    def _planned(self, event: events.Planned) -> None:
        sentences = event.plan.sentences()
        if sentences and sentences != self._plan:
            self._plan = sentences
            again = f" (round {event.round})" if event.round > 1 else ""
            self.say(f"plan for {self._target}{again}:")
            for number, sentence in enumerate(sentences, start=1):
                self.say(f"  {number}. {sentence}")

    @event.register
    def _ranked(self, event: events.Ranked) -> None:
        sources = ", ".join(f"{number} {name}" for name, number in event.by_source)
        self.detail(f"  {counted(event.total, 'candidate')}{f': {sources}' if sources else ''}")
        self._progress.update(
            f"{self._target}: round {event.round} of {self._max_rounds}: judging {counted(event.total, 'candidate')}"
        )

    @event.register
    def _stage(self, event: events.StageDone) -> None:
        self.detail(
            f"  {event.stage.name.lower()} ({event.validator}): {event.tried} tried, {event.killed} refused, "
            f"{event.seconds:.2f} s"
        )

    @event.register
    def _attempt(self, event: events.Attempt) -> None:
        what = "accepted" if event.accepted else verdict(event.evidence)
        rule = f" {event.rule}" if event.rule else ""
        self.detail(f"  #{event.rank} {event.step.sentence()} [{event.source}{rule} {event.score:.2f}]: {what}")

    @event.register
    def _ended(self, event: events.RoundEnded) -> None:
        accepted, left = counted(event.accepted, "step"), counted(event.remaining, "problem")
        self.detail(f"round {event.round}: {accepted} accepted, {left} left, {event.elapsed:.1f} s")

    def _print(self, text: str, style: str | None) -> None:
        """Print one line on stderr with foreign controls made visible."""
        self._progress.clear()
        shown = paint.visible(text)
        click.echo(click.style(shown, fg=style) if style and self._color else shown, err=True, color=self._color)


def _style(finished: events.Finished) -> str:
    """Return the colour of a result."""
    return "green" if finished.solved else "yellow" if finished.results else "red"
