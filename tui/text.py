"""Everything the widgets show as styled text; foreign text (code, tools, model) is content here, never markup."""

from __future__ import annotations

import textwrap
from pathlib import Path

from textual.content import Content, Span

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.events import Tried
from hrgc.plan import Step
from hrgc.report import verdict
from hrgc.safe import visible
from tui.story import Round

MUTED = "$foreground 62%"


def plain(text: str, style: str = "") -> Content:
    """Return foreign *text* on one line, controls made visible."""
    shown = visible(text).replace("\n", "⏎").replace("\t", " ")
    return Content(shown, spans=[Span(0, len(shown), style)] if style and shown else [])


def one_line(words: str) -> str:
    """Return a tool's message on one line."""
    return " ".join(words.split())


def joined(*parts: Content | tuple[str, str] | str) -> Content:
    """Return parts side by side; a pair is (text, style)."""
    rows = [
        part if isinstance(part, Content) else plain(part) if isinstance(part, str) else plain(*part) for part in parts
    ]
    return Content("").join(rows)


def lines(*rows: Content) -> Content:
    """Return rows below each other."""
    return Content("\n").join(rows)


def bar(share: float, width: int = 5) -> Content:
    """Return a share of 1 as a bar of *width* cells, with the number behind it."""
    full = round(max(0.0, min(1.0, share)) * width)
    style = _odds_style(share)
    return joined(("━" * full, style), ("━" * (width - full), "$foreground 20%"), (f" {percent(share)}", style))


def percent(share: float) -> str:
    """Return a share of 1 in percent, at most 4 cells wide."""
    return f"{share * 100:.0f}%" if share >= 0.01 or share == 0 else "<1%"


def seconds(value: float) -> str:
    """Return a time as people read it."""
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < 60 else f"{int(value // 60)} m {int(value % 60):02d} s"


def step(number: int, one: Step, *, done: Step | None = None, many: bool = False) -> Content:
    """Return a plan step in some lines: what to do, where, and why.

    *done* is the accepted step that carried it out; *many* names the file, too.
    """
    mark, style = (str(number), MUTED) if done is None else ("✓", "bold $text-success")
    other = done is not None and done.op != one.op
    where = f"{one.line}" if one.end_line in (None, one.line) else f"{one.line}-{one.end_line}"
    place = f"{one.path.name}:{where}" if many else f"line {where}"
    symbol = f" {one.symbol}" if one.symbol else ""
    head = joined(
        (f"{mark:>2} ", style),
        (one.op.meaning, "bold"),
        ("  ", ""),
        (f"{one.op.value}", "$text-accent"),
        (f"  → {done.op.value}: {done.op.meaning}" if done is not None and other else "", "$text-success"),
    )
    odds = joined(("by hand", "$text-warning")) if one.probability is None else bar(one.probability)
    middle = joined(
        ("   ", ""),
        (place, "$text-primary"),
        (symbol, "$foreground"),
        ("  ", ""),
        odds,
        (f"  {one.intent.value.lower()} {one.target.value}", MUTED),
    )
    if not one.answers:
        return lines(head, middle)
    return lines(head, middle, joined(("   ", ""), (f"↳ {one_line(one.answers)}", f"italic {MUTED}")))


def alternative(one: Step) -> Content:
    """Return a step that is not in the plan but could be, on one line."""
    where = f"{one.line}" if one.end_line in (None, one.line) else f"{one.line}-{one.end_line}"
    odds = percent(one.probability) if one.probability is not None else ""
    words = f"line {where}: {one.op.meaning}"
    return joined((" + ", "$text-primary"), (f"{words} ", MUTED), (f"{one.op.value} ", "$text-accent"), (odds, MUTED))


def _odds_style(share: float) -> str:
    """Return the colour of a probability."""
    return "$text-success" if share >= 0.66 else "$text-warning" if share >= 0.33 else "$text-error"


STAGE_NAMES = {Stage.PARSE: "parse", Stage.TYPES: "build", Stage.VET: "vet", Stage.TEST: "test"}
STAGE_STYLES = {
    Stage.PARSE: "$text-error",
    Stage.TYPES: "$text-error",
    Stage.VET: "$text-warning",
    Stage.TEST: "$text-warning",
}
STAGE_MARKS = {Stage.PARSE: "✗", Stage.TYPES: "✗", Stage.VET: "!", Stage.TEST: "▲"}


def finding(one: Diagnostic, width: int, *, fixed: bool = False) -> Content:
    """Return a finding: place and code, and below what is said, wrapped to *width* cells; struck out when *fixed*."""
    where = f"{one.path.name}:{one.line or '-'}"
    mark, mark_style = ("✓", "$text-success") if fixed else (STAGE_MARKS[one.stage], STAGE_STYLES[one.stage])
    head = joined((f"{mark} ", mark_style), (f"{where}  ", MUTED if fixed else "$text-primary"), (one.code, MUTED))
    style = f"strike {MUTED}" if fixed else "" if one.root else MUTED
    rows = textwrap.wrap(visible(one_line(one.message)), max(16, width - 3))
    return lines(head, *(joined(("  ", ""), (row, style)) for row in rows))


def verdict_of(evidence: Evidence) -> Content:
    """Return the validators' word on a state."""
    if evidence.clean:
        return joined(("✓ ", "bold $text-success"), (verdict(evidence), "$text-success"))
    if not evidence.diagnostics:
        return joined(("… ", "$text-warning"), ("not judged to the end", "$text-warning"))
    return joined(("✗ ", "bold $text-error"), (verdict(evidence), "$text-error"))


def round_row(one: Round, *, running: bool) -> Content:
    """Return a round in three lines: its outcome, what each validator let through, and the controller."""
    if one.remaining is None:
        mark = ("▸ ", "$text-accent") if running else ("· ", MUTED)
        end = ("…" if running else "stopped", MUTED)
    elif one.accepted:
        mark, end = ("✓ ", "$text-success"), (f"{len(one.accepted)} kept, {one.remaining} left", "$text-success")
    else:
        mark, end = ("✗ ", "$text-error"), (f"nothing kept, {one.remaining} left", "$text-error")
    time = (f"  {seconds(one.elapsed)}", MUTED) if one.remaining is not None else ("", "")
    rows = [joined(mark, (f"round {one.number}  ", "bold"), end, time)]
    cells: list[tuple[str, str]] = []
    for row in one.stages:
        left = row.tried - row.killed
        style = "$text-success" if left else "$text-error"
        cells += [("  ", ""), (f"{STAGE_NAMES[row.stage]} ", MUTED), (f"{row.tried}→{left}", style)]
    if one.candidates:
        rows.append(joined(*cells) if cells else joined((f"  {one.candidates} candidates", MUTED)))
    if one.control is not None:
        c = one.control
        odds = f"  go on {percent(c.proceed)} · replan {percent(c.refine)} · done {percent(c.done)}"
        rows.append(joined((odds, MUTED), (" overruled" if one.overruled else "", "$text-warning")))
    return lines(*rows)


def candidate(one: Tried, *, accepted: bool, before: int) -> Content:
    """Return a candidate in two lines: what and where, and what the validators say.

    *before* findings were there without it.
    """
    code = one.code[0] if one.code else "(lines deleted)"
    mark, style = ("✓", "$text-success") if accepted else (f"{one.rank}", MUTED)
    head = joined((f"{mark:>3} ", style), (code, "bold"), (" …" if len(one.code) > 1 else "", MUTED))
    if one.evidence is None:
        word = joined(("not judged", MUTED))
    elif one.evidence.diagnostics:
        first, fewer = one.evidence.diagnostics[0], before - len(one.evidence.diagnostics)
        style = STAGE_STYLES[first.stage] if fewer <= 0 else "$text-warning"
        word = joined((verdict(one.evidence) + (f", {fewer} fewer" if fewer > 0 else ""), style))
        head = head + joined((f"  {one_line(first.message)}", f"italic {MUTED}"))
    else:
        word = joined((verdict(one.evidence), "$text-success"))
    where = f" · line {one.step.line} · {one.source}{f' {one.rule}' if one.rule else ''}"
    return lines(head, joined(("    ", ""), word, (where, MUTED)))


def short_path(path: Path, width: int = 60) -> str:
    """Return a path for people, its beginning cut off when it is long."""
    text, home = str(path), str(Path.home())
    if text == home or text.startswith(home + "/"):
        text = "~" + text[len(home) :]
    return text if len(text) <= width else "…" + text[1 - width :]
