"""Results as text for people and machines: sentences, ``path:line:col`` lines, JSON, and GitHub annotations.

What the model reads of a finding is written elsewhere (``hrgc.prompt``); SARIF has a file of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hrgc import __version__, codec
from hrgc.diagnostics import Diagnostic, Evidence, Stage, added
from hrgc.discovery import display, patch_name
from hrgc.edits import hunks, unified
from hrgc.errors import ExitCode, HrgcError
from hrgc.events import FileResult, Finished, StopReason
from hrgc.plan import Step

FORMAT = "hrgc.report/1"
REASONS: dict[StopReason, str] = {
    StopReason.DONE: "done",
    StopReason.CLEAN: "nothing was wrong",
    StopReason.EXHAUSTED: "no candidate is left to try",
    StopReason.ROUNDS: "the rounds are used up (-n gives more)",
    StopReason.SECONDS: "the time is up (--timeout gives more)",
    StopReason.SAME_STATE: "the same state came twice",
    StopReason.CONTROLLER: "the model sees nothing more to do",
    StopReason.CANCELLED: "it was cancelled",
    StopReason.PLAN_DONE: "the plan is carried out",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one target."""

    target: str
    """As people read it."""
    finished: Finished | None = None
    """The end of a repair."""
    evidence: Evidence | None = None
    """The findings of a check."""
    error: HrgcError | None = None
    """Why there is neither."""
    run_id: str = ""
    written: bool = False

    @property
    def exit_code(self) -> ExitCode:
        """The exit code of this target alone, a change not counting as a problem."""
        if self.error is not None:
            return self.error.exit_code
        if self.finished is not None:
            return _finished_code(self.finished)
        if self.evidence is None or self.evidence.clean:
            return ExitCode.OK
        return ExitCode.PROBLEMS if self.evidence.diagnostics else ExitCode.TIMEOUT

    @property
    def changed(self) -> bool:
        """True when a change is offered."""
        return self.finished is not None and bool(self.finished.results)

    @property
    def fixed(self) -> tuple[Diagnostic, ...]:
        """Findings that are gone."""
        return added(self.finished.before, self.finished.after) if self.finished is not None else ()

    @property
    def remaining(self) -> tuple[Diagnostic, ...]:
        """Findings that are left."""
        if self.finished is not None:
            return self.finished.after.diagnostics
        return self.evidence.diagnostics if self.evidence is not None else ()


def _finished_code(finished: Finished) -> ExitCode:
    """Return the exit code of a repair."""
    if finished.reason == StopReason.CANCELLED:
        return ExitCode.INTERRUPTED
    if finished.solved:
        return ExitCode.OK
    return ExitCode.TIMEOUT if finished.reason == StopReason.SECONDS else ExitCode.PROBLEMS


def finding_line(found: Diagnostic) -> str:
    """Return a finding as ``path:line:col: message [code]``, on one line."""
    where = display(found.path) + "".join(f":{number}" for number in (found.line, found.column) if number)
    return f"{where}: {' '.join(found.message.split())} [{found.code}]"


def concise(outcomes: Iterable[Outcome]) -> str:
    """Return one line for each finding, those that are gone marked as fixed."""
    lines: list[str] = []
    for outcome in outcomes:
        lines += (f"{finding_line(d)} fixed" for d in outcome.fixed)
        lines += (finding_line(d) for d in outcome.remaining)
    return "".join(line + "\n" for line in lines)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: ``1 problem``, ``2 problems``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def verdict(evidence: Evidence) -> str:
    """Return what the validators say of a state, in one clause."""
    stage = evidence.failing_stage
    if stage is None:
        parts = [{Stage.PARSE: "parses", Stage.TYPES: "builds"}.get(evidence.reached, "builds, vet is clean")]
        if evidence.passed:
            parts.append(f"{counted(len(evidence.passed), 'test')} pass{'es' if len(evidence.passed) == 1 else ''}")
        if not evidence.complete:
            parts = [*parts[evidence.reached == Stage.PARSE :], "not judged to the end"]
        return ", ".join(parts)
    number = len([d for d in evidence.diagnostics if d.stage == stage])
    return {
        Stage.PARSE: f"does not parse: {counted(number, 'syntax error')}",
        Stage.TYPES: f"does not build: {counted(number, 'error')}",
        Stage.VET: f"builds, vet objects: {counted(number, 'finding')}",
        Stage.TEST: f"builds, {counted(number, 'test')} fail{'s' if number == 1 else ''}",
    }[stage]


def summary(outcome: Outcome) -> str:
    """Return the last line of a repair: ``fixed 2 of 2 problems in stack.go (2 rounds, 143 candidates, 0.4 s)``."""
    finished = outcome.finished
    if finished is None:
        return f"{outcome.target}: {verdict(outcome.evidence or Evidence())}"
    effort = f"{counted(finished.rounds, 'round')}, {counted(finished.judged, 'candidate')}, {finished.elapsed:.1f} s"
    before, after = len(finished.before.diagnostics), len(finished.after.diagnostics)
    gone = len(outcome.fixed)
    if finished.reason == StopReason.CLEAN:
        return f"nothing to repair in {outcome.target}: {verdict(finished.after)}"
    if not finished.results:
        if finished.before.clean:
            return f"no change was found for {outcome.target} ({effort}; {REASONS[finished.reason]})"
        if not before:
            return f"{outcome.target} could not be judged to the end ({effort}; {REASONS[finished.reason]})"
        return (
            f"no repair was found for {outcome.target}: {counted(before, 'problem')} "
            f"remain{'s' if before == 1 else ''} ({effort}; {REASONS[finished.reason]})"
        )
    what = f"fixed {gone} of {counted(before, 'problem')}" if before else "made the change"
    rest = f", {counted(after, 'problem')} left" if after else ""
    why = f"; {REASONS[finished.reason]}" if after and finished.reason != StopReason.DONE else ""
    return f"{what} in {outcome.target}{rest} ({effort}{why})"


def diff(results: Iterable[FileResult]) -> str:
    """Return the unified diff of all changed files."""
    return "".join(unified(patch_name(r.path), r.before, r.after) for r in results)


def as_json(outcomes: Sequence[Outcome]) -> str:
    """Return all outcomes as one JSON document."""
    document = {"format": FORMAT, "version": __version__, "results": [_json_row(outcome) for outcome in outcomes]}
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _json_row(outcome: Outcome) -> dict[str, object]:
    """Return one outcome."""
    row: dict[str, object] = {"target": outcome.target, "exit_code": int(outcome.exit_code)}
    if outcome.error is not None:
        row["error"] = {"message": outcome.error.message, "hint": outcome.error.hint}
    if outcome.evidence is not None:
        row |= {"verdict": verdict(outcome.evidence), "findings": [_finding(d) for d in outcome.remaining]}
        row["notes"] = list(outcome.evidence.notes)
    if (finished := outcome.finished) is not None:
        row |= {
            "run": outcome.run_id,
            "reason": finished.reason.value,
            "solved": finished.solved,
            "written": outcome.written,
            "verdict": verdict(finished.after),
            "rounds": finished.rounds,
            "candidates": finished.judged,
            "seconds": round(finished.elapsed, 3),
            "fixed": [_finding(d) for d in outcome.fixed],
            "remaining": [_finding(d) for d in outcome.remaining],
            "steps": [_step(step) for step in finished.steps],
            "files": [_file(result) for result in finished.results],
            "notes": list(finished.after.notes),
        }
    return row


def _finding(found: Diagnostic) -> dict[str, object]:
    """Return a finding for the document."""
    row: dict[str, object] = codec.encode(found)
    return row | {"stage": found.stage.name.lower(), "path": display(found.path)}


def _step(step: Step) -> dict[str, object]:
    """Return an accepted step for the document."""
    row: dict[str, object] = codec.encode(step)
    return row | {"path": display(step.path), "description": step.sentence()}


def _file(result: FileResult) -> dict[str, object]:
    """Return a changed file for the document: its hunks by lines, and the diff."""
    rows = [{"first": h.first, "last": h.last, "lines": list(h.lines)} for h in hunks(result.before, result.after)]
    diff_of = unified(patch_name(result.path), result.before, result.after)
    return {"path": display(result.path), "hunks": rows, "diff": diff_of}


def github(outcomes: Iterable[Outcome]) -> str:
    """Return GitHub workflow commands: an error for each finding that is left, a notice for each one that is gone."""
    lines: list[str] = []
    for outcome in outcomes:
        lines += (_command("notice", d, "repaired: ") for d in outcome.fixed)
        lines += (_command("error", d, "") for d in outcome.remaining)
        if outcome.error is not None:
            lines.append(f"::error title=hrgc::{_data(f'{outcome.error.message} ({outcome.error.hint})')}")
    return "".join(line + "\n" for line in lines)


def _command(kind: str, found: Diagnostic, prefix: str) -> str:
    """Return one workflow command."""
    fields = {"file": display(found.path), "line": found.line, "col": found.column, "title": f"hrgc {found.code}"}
    shown = ",".join(f"{key}={_property(str(value))}" for key, value in fields.items() if value)
    return f"::{kind} {shown}::{_data(prefix + found.message)}"


def _data(text: str) -> str:
    """Escape a workflow command's message."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a workflow command's property."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
