"""The hierarchical record of a change: the JSON document and the serialised form with every token of the table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hrgc import tokens
from hrgc.tokens import Segment, plain, special
from trainer.change import Change
from trainer.plan_extract import Edit, ExtractedPlan, PlanStep

MAX_BODY = 600
"""Characters of a body that are serialised."""
MAX_REMARKS = 4


def document(item: Change, plan: ExtractedPlan, found: Sequence[Edit]) -> dict[str, Any]:
    """Return the hierarchical JSON document of a change."""
    main = found[0] if found else None
    return {
        "repo": item.repository,
        "pr_number": item.number,
        "commit": item.commit,
        "licence": item.licence,
        "time": item.time,
        "tags": list(item.tags),
        "problem": {"description": item.title, "details": item.body},
        "context": {
            "file": main.path if main else item.files[0].path,
            "files": [file.path for file in item.files],
            "before": "\n".join(main.state.lines) if main else "",
        },
        "plan": {
            "intent": plan.intent.value,
            "stated": plan.stated,
            "targets": list(plan.targets),
            "steps": [_row(step) for step in plan.steps],
        },
        "solution": {
            "code": "\n".join(main.state.repaired) if main else "",
            "validation": {"syntax": all(edit.parses for edit in found), "tests": None},
        },
    }


def _row(planned: PlanStep) -> dict[str, Any]:
    """Return one step of the document."""
    step = planned.step
    return {
        "intent": step.intent.value,
        "target": f"{step.target.value}:{step.symbol}" if step.symbol else step.target.value,
        "operation": step.op.value,
        "file": str(step.path),
        "line": step.line,
        **({"end_line": step.end_line} if step.end_line is not None else {}),
        "description": planned.description,
    }


def serialise(item: Change, plan: ExtractedPlan, found: Sequence[Edit]) -> tuple[Segment, ...]:
    """Return a change as segments: repository, words, plan, code before and after, verdict, comments."""
    return tuple(_segments(item, plan, found))


def _segments(item: Change, plan: ExtractedPlan, found: Sequence[Edit]) -> Iterator[Segment]:
    """Yield the segments."""
    yield from _section(tokens.REPO, item.repository, tokens.END_REPO)
    yield from _section(tokens.PR_TITLE, item.title, tokens.END_PR_TITLE)
    if item.body:
        yield from _section(tokens.PR_BODY, _lines(item.body[:MAX_BODY]), tokens.END_PR_BODY)
    yield special(tokens.PLAN)
    for planned, edit in zip(plan.steps, found, strict=True):
        step = planned.step
        yield from map(special, (tokens.STEP, step.intent.token, step.target.token))
        if step.symbol:
            yield from plain(f" {step.symbol} ")
        yield special(step.op.token)
        yield from (special(t) for t in _marks(edit))
        yield from plain(f" {planned.description}")
    yield special(tokens.END_PLAN)
    yield special(tokens.CONTEXT)
    for edit in found:
        yield special(tokens.FILE)
        yield from plain(edit.path)
        yield special(tokens.BEFORE)
        for number, line in enumerate(edit.state.lines, start=1):
            yield special(tokens.line_token(number) if number <= tokens.MAX_LINES else tokens.NL)
            yield from plain(line.strip())
        yield from map(special, (tokens.END_BEFORE, tokens.END_FILE))
    yield from map(special, (tokens.END_CONTEXT, tokens.CODE))
    for edit in found:
        yield from _section(tokens.AFTER, [line.strip() for line in edit.state.new], tokens.END_AFTER)
    yield special(tokens.END_CODE)
    sound = all(edit.parses for edit in found)
    yield from map(special, (tokens.VALIDATE, tokens.SYNTAX_OK if sound else tokens.SYNTAX_ERR, tokens.END_VALIDATE))
    if item.remarks:
        said = [f"{remark.author}: {' '.join(remark.text.split())}" for remark in item.remarks[:MAX_REMARKS]]
        yield from _section(tokens.COMMENTS, said, tokens.END_COMMENTS)


def _marks(edit: Edit) -> Iterator[str]:
    """Yield the line marks of a step that lie in the window."""
    first, last = edit.state.first, edit.state.last
    for number in (first, last) if last > first else (first,):
        if 1 <= number <= tokens.MAX_LINES:
            yield tokens.line_token(number)


def _lines(text: str) -> list[str]:
    """Return the lines of *text* that are not blank."""
    return [line.strip() for line in text.split("\n") if line.strip()]


def _section(opening: str, text: str | Sequence[str], closing: str) -> Iterator[Segment]:
    """Yield text between two tokens, line breaks as their own token."""
    yield special(opening)
    for number, line in enumerate([text] if isinstance(text, str) else text):
        if number:
            yield special(tokens.NL)
        yield from plain(line)
    yield special(closing)


def to_json(segments: Sequence[Segment]) -> list[Any]:
    """Return segments as JSON: foreign text as strings, special tokens as one-element lists."""
    return [[segment.text] if segment.special else segment.text for segment in segments]


def from_json(rows: Sequence[Any]) -> tuple[Segment, ...]:
    """Read segments back; raises ValueError for a token that is not in the table."""
    return tuple(special(row[0]) if isinstance(row, list) else Segment(row, special=False) for row in rows)
