"""The plan language: typed steps, and their tokens, JSON and sentences; parsing back and linting.

File lines are 1-based lines of the file; marks are the window's ``<L1>``.. tokens. Only a ``Window`` knows both.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from hrgc import tokens
from hrgc.edits import Hunk
from hrgc.errors import InputError
from hrgc.tokens import Intent, Op, Target

FORMAT = "hrgc.plan/1"


@dataclass(frozen=True, slots=True)
class Window:
    """The lines of one declaration (or a slice of it) that the model sees."""

    path: Path
    symbol: str
    """Name of the declaration (``Stack.Pop`` for a method), '' for none."""
    target: Target
    """What kind of declaration it is."""
    numbers: tuple[int, ...]
    """File line of each mark: ``numbers[0]`` is the file line of ``<L1>``; strictly increasing, at most 96."""
    lines: tuple[str, ...]
    """Text of each line, indentation and trailing blanks stripped."""
    omitted: int = 0
    """Lines of the declaration that did not fit."""

    def mark(self, line: int) -> int | None:
        """Return the mark of file line *line*, None when it is not in the window."""
        try:
            return self.numbers.index(line) + 1
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: what to do to which lines of which file, and why."""

    path: Path
    line: int
    """First file line (1-based) the step replaces; with *insert*, the line after which code goes."""
    op: Op
    intent: Intent = Intent.FIX
    target: Target = Target.FUNC
    symbol: str = ""
    """Declaration the line is in."""
    end_line: int | None = None
    """Last file line replaced, None for one line."""
    answers: str = ""
    """The finding it answers, in one line of text."""
    probability: float | None = None
    """The ranking's probability of this step, None when a person wrote it."""

    def tokens(self, window: Window) -> tuple[str, ...]:
        """Return the step as special tokens; raises InputError when its lines are not in *window*."""
        first = window.mark(self.line)
        last = window.mark(self.end_line) if self.end_line not in (None, self.line) else None
        if first is None or (self.end_line not in (None, self.line) and last is None):
            raise InputError(
                f"line {self.line} is not in the window of {window.symbol or window.path.name}",
                f"the window holds lines {window.numbers[0]} to {window.numbers[-1]}",
            )
        marks = (tokens.line_token(first), *((tokens.line_token(last),) if last else ()))
        return (tokens.STEP, self.intent.token, self.target.token, self.op.token, *marks)

    def sentence(self) -> str:
        """Return the step for people: ``line 12, Pop: change the comparison``."""
        where = f"line {self.line}" if self.end_line in (None, self.line) else f"lines {self.line}-{self.end_line}"
        name = f", {self.symbol}" if self.symbol else ""
        why = f" ({self.answers})" if self.answers else ""
        return f"{where}{name}: {self.op.meaning}{why}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A short list of typed steps, in the order they are carried out."""

    steps: tuple[Step, ...] = ()
    problem: str = ""

    def tokens(self, window: Window) -> tuple[str, ...]:
        """Return the plan as special tokens; steps outside *window* are left out."""
        inside = [s for s in self.steps if s.path == window.path and window.mark(s.line) is not None]
        return (tokens.PLAN, *(t for s in inside for t in s.tokens(window)), tokens.END_PLAN)

    def sentences(self) -> tuple[str, ...]:
        """Return one sentence a step, with the file's name when there are several files."""
        several = len({step.path for step in self.steps}) > 1
        return tuple(f"{step.path.name}, {step.sentence()}" if several else step.sentence() for step in self.steps)


def parse_tokens(words: Iterable[str], window: Window) -> Plan:
    """Read ``<PLAN> .. </PLAN>`` back; raises InputError naming the first token that does not fit."""
    steps: list[Step] = []
    current: dict[str, object] = {}
    for word in words:
        if word in (tokens.PLAN, tokens.STEP, tokens.END_PLAN):
            if current:
                steps.append(_step(current, window))
            current = {}
        else:
            _take(current, word, window)
    if current:
        steps.append(_step(current, window))
    return Plan(tuple(steps))


def _take(current: dict[str, object], word: str, window: Window) -> None:
    """Store one token of a step under its role."""
    kind, _, value = word.strip("<>").partition(":")
    try:
        if kind == "INTENT":
            current["intent"] = Intent(value)
        elif kind == "TARGET":
            current["target"] = Target(value)
        elif kind == "OP":
            current["op"] = Op(value)
        else:
            mark = tokens.LINE_TOKENS.index(word)
            current["end_line" if "line" in current else "line"] = window.numbers[mark]
    except (ValueError, IndexError):
        raise InputError(f"not a plan token here: {word}", "hrgc plan FILE --output-format json shows a plan") from None


def _step(current: Mapping[str, object], window: Window) -> Step:
    """Build a step from its roles; raises InputError when operation or line is missing."""
    if "op" not in current or "line" not in current:
        raise InputError("a step needs an operation and a line", "write for example <STEP> <OP:CMP> <L3>")
    return Step(
        path=window.path,
        line=cast("int", current["line"]),
        op=cast("Op", current["op"]),
        intent=cast("Intent", current.get("intent", Intent.FIX)),
        target=cast("Target", current.get("target", window.target)),
        symbol=window.symbol,
        end_line=cast("int | None", current.get("end_line")),
    )


def to_json(plan: Plan) -> str:
    """Return the plan as the JSON document that ``from_json`` reads."""
    document = {
        "format": FORMAT,
        "problem": plan.problem,
        "steps": [
            {
                "intent": s.intent.value,
                "target": f"{s.target.value}:{s.symbol}" if s.symbol else s.target.value,
                "operation": s.op.value,
                "file": str(s.path),
                "line": s.line,
                **({"end_line": s.end_line} if s.end_line is not None else {}),
                "description": s.sentence(),
                **({"answers": s.answers} if s.answers else {}),
                **({"probability": round(s.probability, 6)} if s.probability is not None else {}),
            }
            for s in plan.steps
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def from_json(text: str, *, base: Path | None = None) -> Plan:
    """Read a plan document, relative files against *base*; raises InputError naming the step and field."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InputError(f"the plan is not JSON: {error}", "save one with: hrgc plan FILE -o json") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise InputError(f"not a plan document ({FORMAT})", "save one with: hrgc plan FILE --output-format json")
    rows = document.get("steps")
    if not isinstance(rows, list):
        raise InputError("the plan has no list of steps", 'give it "steps": [...]')
    steps = tuple(_from_row(number, row, base or Path.cwd()) for number, row in enumerate(rows, start=1))
    return Plan(steps, str(document.get("problem", "")))


def _from_row(number: int, row: object, base: Path) -> Step:
    """Read one step of a plan document."""
    if not isinstance(row, dict):
        raise InputError(f"step {number} is not an object", "each step has intent, target, operation, file and line")
    try:
        kind, _, symbol = str(row.get("target", "func")).partition(":")
        line, end = _lines(row["line"], row.get("end_line"))
        answers, probability = row.get("answers", ""), row.get("probability")
        return Step(
            path=base / str(row["file"]),
            line=line,
            op=Op(row["operation"]),
            intent=Intent(row.get("intent", "FIX")),
            target=Target(kind),
            symbol=symbol,
            end_line=end,
            answers=str(answers),
            probability=float(probability) if isinstance(probability, int | float) else None,
        )
    except (KeyError, ValueError) as error:
        raise InputError(f"step {number} of the plan is wrong: {error}", "hrgc plan FILE shows valid steps") from None


def _lines(first: object, last: object) -> tuple[int, int | None]:
    """Return a step's lines; raises ValueError when they are none."""
    if isinstance(first, int) and first >= 1:
        if last is None:
            return first, None
        if isinstance(last, int) and last >= first:
            return first, last
    raise ValueError(f"line {first!r} to {last!r}")


def lint(plan: Plan, files: Mapping[Path, Sequence[bytes]]) -> tuple[str, ...]:
    """Return what is wrong with each step, in sentences; *files* gives the lines of every editable file."""
    problems: list[str] = []
    for number, step in enumerate(plan.steps, start=1):
        lines = files.get(step.path)
        if lines is None:
            problems.append(f"step {number}: {step.path} is not one of the files under repair")
        elif step.line > len(lines) or (step.end_line or step.line) > len(lines):
            problems.append(f"step {number}: line {step.end_line or step.line} is past the end ({len(lines)} lines)")
        elif not lines[step.line - 1].strip() and step.op not in (Op.INSERT, Op.DECL, Op.IMPORT, Op.DELETE, Op.REWRITE):
            problems.append(f"step {number}: line {step.line} is blank, {step.op.value} has nothing to work on")
    return tuple(problems)


def shifted(plan: Plan, path: Path, changes: Sequence[Hunk]) -> Plan:
    """Return the plan with its steps in *path* on the lines where *changes*, an earlier step's edit, moved them.

    A step on a changed line stays on that line, or on the last one that took its place.
    """

    def moved(line: int) -> int:
        by = 0
        for change in changes:
            if line < change.first:
                break
            if line <= change.last:
                return max(1, change.first + by + min(line - change.first, len(change.lines) - 1))
            by += len(change.lines) - (change.last - change.first + 1)
        return line + by

    return replace(
        plan,
        steps=tuple(
            replace(s, line=moved(s.line), end_line=None if s.end_line is None else moved(s.end_line))
            if s.path == path
            else s
            for s in plan.steps
        ),
    )
