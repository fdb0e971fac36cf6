"""One training sample: a state of a window, the answer, and how both become tokens with loss parts.

The layout is ``hrgc.prompt``'s, the same function as at run time; nothing of it is repeated here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from enum import IntEnum
from pathlib import Path
from typing import Any

from hrgc import prompt, tokens
from hrgc.diagnostics import Stage
from hrgc.plan import Window
from hrgc.tokens import Intent, Op, Segment, Target
from trainer import change
from trainer.tokenizer import Tokenizer

FORMAT = 1


class Part(IntEnum):
    """What a token's prediction counts towards."""

    NONE = 0
    """Prompt and padding."""
    CONTROL = 1
    """``<CONTINUE>``, ``<REFINE>`` or ``<DONE>``."""
    PLAN = 2
    """Operation, lines and the plan's end."""
    CODE = 3
    """The new text."""
    FRAME = 4
    """Tokens that follow from the layout or the window alone: openings, intent, target."""


class Kind(IntEnum):
    """Where a sample comes from; metrics are kept apart by it."""

    CLEAN = 0
    BUILD = 1
    BEHAVIOUR = 2
    SYNTAX = 3
    COMMIT = 4


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as the model reads it (``hrgc.prompt.Note`` in plain types)."""

    stage: int
    code: str
    mark: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempt:
    """A wrong edit tried before."""

    op: str
    mark: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """A window in some state and the step that repairs it; no *op* means that nothing is wrong."""

    origin: str
    """Package or repository it was made from; decides train or dev."""
    kind: Kind
    target: str
    symbol: str
    lines: tuple[str, ...]
    """Window lines, indentation stripped; ``lines[0]`` carries ``<L1>``."""
    op: str = ""
    mark: int = 0
    end_mark: int | None = None
    code: tuple[str, ...] = ()
    insert: bool = False
    intent: str = "FIX"
    problem: str = ""
    findings: tuple[Finding, ...] = ()
    hot: tuple[int, ...] = ()
    context: tuple[str, ...] = ()
    tried: tuple[Attempt, ...] = ()
    rule: str = field(default="", compare=False)
    """The operator that broke it."""
    source: str = field(default="", compare=False)
    """``owner/name@commit:path`` of a real change, with its licence behind a blank."""

    @property
    def control(self) -> str:
        """The controller's right answer."""
        if not self.op:
            return tokens.DONE
        return tokens.REFINE if self.tried else tokens.CONTINUE


_FIELDS = tuple(entry.name for entry in fields(Sample))


def facets(item: Sample) -> Iterator[str]:
    """Yield what a report counts a sample under: its kind, intent, operation, rule, source, licence and error code."""
    yield f"kind {item.kind.name.lower()}"
    yield f"source {item.source.partition('@')[0] or item.origin.partition(':')[0]}"
    if licence := item.source.partition(" ")[2]:
        yield f"licence {licence}"
    if item.op:
        yield f"intent {item.intent}"
        yield f"operation {item.op}"
        yield f"rule {item.rule}"
    yield from (f"error {found.code}" for found in item.findings[:1])


@dataclass(frozen=True, slots=True)
class Encoded:
    """A sample as ids with the part of each id."""

    ids: list[int]
    parts: list[int]
    prompt_length: int


def packed(sample: Sample, count: prompt.Counter) -> tuple[Segment, ...] | None:
    """Return the prompt of *sample*'s state, None when its window does not fit its cap; *count* measures text."""
    window = Window(
        Path(), sample.symbol, Target(sample.target), tuple(range(1, len(sample.lines) + 1)), sample.lines, 0
    )
    made = prompt.pack(
        sample.problem,
        [prompt.Note(Stage(f.stage), f.code, f.mark, f.names) for f in sample.findings],
        sample.context,
        window,
        count=count,
        hot=sample.hot,
        tried=[prompt.Tried(Op(t.op), t.mark, t.lines) for t in sample.tried],
    )
    return None if any(name == "file" for name, _ in made.omitted) else made.segments


def encode(sample: Sample, tokenizer: Tokenizer) -> Encoded | None:
    """Return *sample* as tokens, None when its window or response does not fit its cap."""
    segments = packed(sample, tokenizer.count)
    if segments is None:
        return None
    ids = tokenizer.encode(segments)
    length = len(ids)
    parts = [int(Part.NONE)] * length
    for part, piece in _response(sample, tokenizer):
        ids.extend(piece)
        parts.extend([int(part)] * len(piece))
    return Encoded(ids, parts, length) if len(ids) - length <= prompt.RESPONSE_CAP else None


def _response(sample: Sample, tokenizer: Tokenizer) -> Iterator[tuple[Part, list[int]]]:
    """Yield the response's pieces with their loss parts."""
    yield Part.CONTROL, tokenizer.encode(prompt.control_segments(sample.control))
    if not sample.op:
        return
    yield Part.FRAME, tokenizer.encode(prompt.plan_head())
    step = prompt.step_segments(
        Intent(sample.intent), Target(sample.target), Op(sample.op), sample.mark, sample.end_mark
    )
    yield Part.FRAME, tokenizer.encode(step[:2])
    yield Part.PLAN, tokenizer.encode(step[2:-1])
    yield Part.FRAME, tokenizer.encode(step[-1:])
    yield Part.CODE, tokenizer.encode(prompt.code_segments(sample.code, insert=sample.insert))


def write(path: Path, samples: Iterable[Sample]) -> int:
    """Write samples as gzipped JSON lines, the same bytes for the same samples, and return how many."""
    return change.write_rows(path, map(to_row, samples))


def to_row(item: Sample) -> dict[str, Any]:
    """Return a sample as a JSON object (by hand: ``dataclasses.asdict`` is ten times slower)."""
    row = {name: getattr(item, name) for name in _FIELDS}
    row["findings"] = [{"stage": f.stage, "code": f.code, "mark": f.mark, "names": f.names} for f in item.findings]
    row["tried"] = [{"op": t.op, "mark": t.mark, "lines": t.lines} for t in item.tried]
    return row


def from_row(row: dict[str, Any]) -> Sample:
    """Read a sample back; *row* is used up."""
    row["kind"] = Kind(row["kind"])
    row["lines"], row["code"] = tuple(row["lines"]), tuple(row["code"])
    row["hot"], row["context"] = tuple(row["hot"]), tuple(row["context"])
    row["findings"] = tuple(Finding(f["stage"], f["code"], f["mark"], tuple(f["names"])) for f in row["findings"])
    row["tried"] = tuple(Attempt(t["op"], t["mark"], tuple(t["lines"])) for t in row["tried"])
    return Sample(**row)


def read(path: Path) -> Iterator[Sample]:
    """Yield the samples of a gzipped JSON-lines file."""
    yield from map(from_row, change.read_rows(path))
