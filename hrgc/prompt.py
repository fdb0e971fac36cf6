"""What the model reads and writes, as segments; the same packing serves training and run time.

Layout (``hrgc.tokens`` spells the tokens)::

    <PROBLEM> text </PROBLEM>
    <VALIDATE> <SYNTAX_OK> <ERR:code> <Lk> names .. <TEST_FAIL> name .. <HOT> <Lk> .. </VALIDATE>
    <CONTEXT> symbol <NL> symbol .. </CONTEXT>
    <FILE> <L1> line <L2> line .. </FILE>
    <HIST> <OP:x> <Lk> tried text .. </HIST>                                    only after failed attempts

    <CONTINUE|REFINE> <PLAN> <STEP> <INTENT:x> <TARGET:y> <OP:z> <La> [<Lb>] </PLAN> <CODE> [<INS>] text </CODE>
    <DONE>

One truncation rule: every section keeps whole items from its front while they fit its cap; what did not fit is counted
in ``Prompt.omitted`` and never cut silently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hrgc import tokens
from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.plan import Window
from hrgc.tokens import Intent, Op, Segment, Target, plain, special

PROBLEM_CAP = 64
NOTES_CAP = 64
CONTEXT_CAP = 128
HISTORY_CAP = 128
FILE_CAP = 960
"""Caps of the sections in tokens; with 192 left for the response they sum to the model's 1536 positions."""
RESPONSE_CAP = 192
MAX_NOTES = 3
MAX_HOT = 5
MAX_NAMES = 3

Counter = Callable[[str], int]
"""Returns the number of tokens of a foreign text."""


@dataclass(frozen=True, slots=True)
class Note:
    """One finding as the model reads it: names only, no prose."""

    stage: Stage
    code: str
    """go/types code, syntax class, or a run-time class."""
    mark: int | None
    """Window line, None when the finding lies outside the window."""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A failed attempt as the model reads it."""

    op: Op
    mark: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A packed prompt."""

    segments: tuple[Segment, ...]
    omitted: tuple[tuple[str, int], ...] = ()
    """(section, items left out) for every section that did not fit its cap."""


def notes(evidence: Evidence, window: Window) -> tuple[Note, ...]:
    """Return at most three findings for the model, root causes and those inside *window* first."""

    def order(found: Diagnostic) -> tuple[bool, bool]:
        return (not found.root, found.path != window.path or window.mark(found.line) is None)

    ranked = sorted(evidence.diagnostics, key=order)[:MAX_NOTES]
    return tuple(
        Note(d.stage, d.code, window.mark(d.line) if d.path == window.path else None, d.names[:MAX_NAMES])
        for d in ranked
    )


def hot_marks(evidence: Evidence, window: Window) -> tuple[int, ...]:
    """Return the window lines that fault localisation suspects most, in its order.

    Lines that are suspected alike say nothing when there are more of them than ``MAX_HOT``: then there are none.
    """
    marked = [(window.mark(h.line), h.weight) for h in evidence.hot if h.path == window.path]
    inside = [(mark, weight) for mark, weight in marked if mark is not None]
    most = max((weight for _, weight in inside), default=0.0)
    best = tuple(mark for mark, weight in inside if weight >= most)
    return best if len(best) <= MAX_HOT else ()


def pack(
    problem: str,
    found: Sequence[Note],
    context: Sequence[str],
    window: Window,
    *,
    count: Counter,
    hot: Sequence[int] = (),
    tried: Sequence[Tried] = (),
) -> Prompt:
    """Pack one state into a prompt; *count* measures foreign text."""
    out: list[Segment] = []
    omitted: list[tuple[str, int]] = []

    def section(name: str, opening: str, closing: str, items: Iterable[Sequence[Segment]], cap: int) -> None:
        out.append(special(opening))
        left, full, dropped = cap, False, 0
        for item in items:
            size = sum(1 if s.special else count(s.text) for s in item)
            full = full or size > left
            if full:
                dropped += 1
                continue
            left -= size
            out.extend(item)
        out.append(special(closing))
        if dropped:
            omitted.append((name, dropped))

    words = [plain(word if at == 0 else " " + word) for at, word in enumerate(problem.split())]
    section("problem", tokens.PROBLEM, tokens.END_PROBLEM, words, PROBLEM_CAP)
    section("findings", tokens.VALIDATE, tokens.END_VALIDATE, _verdict(found, hot), NOTES_CAP)
    symbols = [(*plain(symbol), special(tokens.NL)) for symbol in context]
    section("context", tokens.CONTEXT, tokens.END_CONTEXT, symbols, CONTEXT_CAP)
    lines = [(special(tokens.line_token(mark)), *plain(text)) for mark, text in enumerate(window.lines, start=1)]
    section("file", tokens.FILE, tokens.END_FILE, lines, FILE_CAP)
    if tried:
        past = [(special(t.op.token), special(tokens.line_token(t.mark)), *_text(t.lines)) for t in tried]
        section("history", tokens.HIST, tokens.END_HIST, past, HISTORY_CAP)
    return Prompt(tuple(out), tuple(omitted))


def _verdict(found: Sequence[Note], hot: Sequence[int]) -> list[tuple[Segment, ...]]:
    """Return the items of the VALIDATE section."""
    broken = any(note.stage == Stage.PARSE for note in found)
    items: list[tuple[Segment, ...]] = [(special(tokens.SYNTAX_ERR if broken else tokens.SYNTAX_OK),)]
    items += [_note(note) for note in found]
    if hot:
        items.append((special(tokens.HOT), *(special(tokens.line_token(mark)) for mark in hot)))
    return items


def _note(note: Note) -> tuple[Segment, ...]:
    """Return one finding: its code, line and names."""
    if note.stage == Stage.PARSE:
        head = [special(tokens.syntax_token(note.code))]
    elif note.stage == Stage.TEST:
        head = [special(tokens.TEST_FAIL)]
        if note.code in tokens.ERROR_CODES:
            head.append(special(tokens.error_token(note.code)))
    elif note.stage == Stage.VET:
        head = [special(tokens.error_token("Vet"))]
    else:
        head = [special(tokens.error_token(note.code))]
    if note.mark is not None:
        head.append(special(tokens.line_token(note.mark)))
    for at, name in enumerate(note.names):
        head.extend(plain(name if at == 0 else " " + name))
    return tuple(head)


def _text(lines: Sequence[str]) -> tuple[Segment, ...]:
    """Return code lines joined by line-break tokens."""
    out: list[Segment] = []
    for at, line in enumerate(lines):
        if at:
            out.append(special(tokens.NL))
        out.extend(plain(line.strip()))
    return tuple(out)


def control_segments(token: str) -> tuple[Segment, ...]:
    """Return the controller's part of a response: ``<CONTINUE>``, ``<REFINE>`` or ``<DONE>``."""
    return (special(token),)


def plan_head() -> tuple[Segment, ...]:
    """Return what opens a plan behind the control token."""
    return (special(tokens.PLAN), special(tokens.STEP))


def step_segments(intent: Intent, target: Target, op: Op, mark: int, end_mark: int | None) -> tuple[Segment, ...]:
    """Return a step behind ``plan_head``, up to and with what opens the code."""
    marks = [special(tokens.line_token(mark))]
    if end_mark is not None and end_mark != mark:
        marks.append(special(tokens.line_token(end_mark)))
    return (special(intent.token), special(target.token), special(op.token), *marks, *plan_tail())


def plan_tail() -> tuple[Segment, ...]:
    """Return what closes a plan and opens the code."""
    return (special(tokens.END_PLAN), special(tokens.CODE))


def code_segments(lines: Sequence[str], *, insert: bool) -> tuple[Segment, ...]:
    """Return the code behind ``plan_tail`` with its end; no lines delete the planned ones."""
    head = (special(tokens.INS),) if insert else ()
    return (*head, *_text(lines), special(tokens.END_CODE))


def parse_code(parts: Sequence[Segment]) -> tuple[tuple[str, ...], bool]:
    """Read code segments back into (lines, insert); everything from ``</CODE>`` on is ignored.

    An empty text reads as no lines: a deletion.
    """
    insert = bool(parts) and parts[0].special and parts[0].text == tokens.INS
    lines = [""]
    for part in parts[1:] if insert else parts:
        if part.special and part.text == tokens.END_CODE:
            break
        if part.special and part.text == tokens.NL:
            lines.append("")
        elif not part.special:
            lines[-1] += part.text
    return ((), insert) if lines == [""] else (tuple(line.strip() for line in lines), insert)
