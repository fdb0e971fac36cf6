"""The state a run works on: overlay, evidence and failed attempts; applying a candidate gives the next one."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hrgc.diagnostics import Evidence
from hrgc.edits import (
    Overlay,
    TextEdit,
    hunks,
    line_edits,
    line_of,
    line_span,
    splice,
    uses_crlf,
    with_line_ends,
)
from hrgc.model import Decision
from hrgc.plan import Step
from hrgc.plugin import Candidate, Workspace


@dataclass(frozen=True, slots=True)
class FailedEdit:
    """An edit that was tried or refused, so that it is not offered again."""

    path: Path
    step: Step
    lines: tuple[str, ...]
    """New lines of the edit, indentation stripped."""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """One state of the files under repair."""

    overlay: Overlay = field(default_factory=dict)
    evidence: Evidence = field(default_factory=Evidence)
    failed: tuple[FailedEdit, ...] = ()
    steps: tuple[Step, ...] = ()
    """Accepted steps that led here."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the changed contents; equal for equal states."""
        digest = hashlib.sha256()
        for path in sorted(self.overlay):
            digest.update(str(path).encode("utf-8", "surrogateescape") + b"\0" + self.overlay[path] + b"\0")
        return digest.hexdigest()

    def content(self, workspace: Workspace, path: Path) -> bytes:
        """Return the current contents of *path*."""
        found = self.overlay.get(path)
        return workspace.read(path) if found is None else found


def apply(state: State, workspace: Workspace, candidate: Candidate) -> dict[Path, bytes]:
    """Return the overlay with *candidate* spliced in and the changed lines formatted.

    A file that was in canonical format stays so; in any other file only the edited lines are formatted. Line ends and
    a byte order mark are kept. Raises InputError when the edit does not fit the contents.
    """
    before = state.content(workspace, candidate.path)
    crlf = uses_crlf(before)
    edits = [TextEdit(e.start, e.end, with_line_ends(e.new, crlf=crlf)) for e in candidate.edits]
    after = splice(before, edits)
    overlay = dict(state.overlay)
    overlay[candidate.path] = _formatted(workspace, candidate.path, before, after, edits)
    return overlay


def _formatted(workspace: Workspace, path: Path, before: bytes, after: bytes, edits: Iterable[TextEdit]) -> bytes:
    """Format *after*: wholly when *before* was canonical, else the edited lines only."""
    crlf, mark = uses_crlf(before), b"\xef\xbb\xbf"
    bom = mark if before.startswith(mark) else b""

    def canonical(content: bytes) -> bytes | None:
        text = content.removeprefix(bom).replace(b"\r\n", b"\n") if crlf else content.removeprefix(bom)
        done = workspace.format(path, text)
        return None if done is None else bom + with_line_ends(done, crlf=crlf)

    new = canonical(after)
    if new is None or new == after:
        return after
    if canonical(before) == before:
        return new
    touched = _touched_lines(before, after, edits)
    chosen = [e for e in line_edits(after, new, single=True) if _inside(after, e, touched)]
    return splice(after, chosen)


def _touched_lines(before: bytes, after: bytes, edits: Iterable[TextEdit]) -> set[int]:
    """Return the lines of *after* that *edits* of *before* wrote; removing whole lines writes none."""
    lines: set[int] = set()
    shift = 0
    for edit in sorted(edits):
        start = edit.start + shift
        end = start + len(edit.new)
        shift += len(edit.new) - (edit.end - edit.start)
        whole = before[edit.end - 1 : edit.end] == b"\n" and _begins_line(before, edit.start)
        if edit.new or not whole:
            lines.update(range(line_of(after, start), line_of(after, max(start, end - 1)) + 1))
    return lines


def _begins_line(content: bytes, offset: int) -> bool:
    """Tell whether a line begins at *offset*; the first one begins behind a byte order mark."""
    return content[:offset] in (b"", codecs.BOM_UTF8) or content[offset - 1 : offset] == b"\n"


def _inside(after: bytes, edit: TextEdit, lines: set[int]) -> bool:
    """Tell whether an edit of whole lines stays on *lines*."""
    first, last = line_of(after, edit.start), line_of(after, max(edit.start, edit.end - 1))
    return all(line in lines for line in range(first, last + 1))


def lines_edit(content: bytes, first: int, last: int, lines: Iterable[str], *, insert: bool) -> TextEdit:
    """Return the edit that puts *lines* in place of lines *first*..*last*, or after *last* with *insert*.

    New lines take the indentation of the line they replace or follow, one level deeper behind an opening brace; a byte
    order mark stays.
    """
    start, end = line_span(content, first, last)
    if start == 0 and content.startswith(codecs.BOM_UTF8):
        start = min(end, len(codecs.BOM_UTF8))
    old = content[start:end]
    indent = old[: len(old) - len(old.lstrip(b" \t"))]
    tail = b"\n" if old.endswith(b"\n") or insert else b""
    if insert:
        lead = b"" if old.endswith(b"\n") else b"\n"
        if old.rstrip().endswith(b"{"):
            indent += b"\t"
        return TextEdit(end, end, lead + b"".join(indent + line.encode() + b"\n" for line in lines))
    text = b"\n".join(indent + line.encode() for line in lines)
    return TextEdit(start, end, text + tail if text else b"")


def code_view(before: bytes, edits: Iterable[TextEdit], line: int) -> tuple[int, int | None, tuple[str, ...], bool]:
    """Return an edit as whole lines: (first line, last line or None, new lines stripped, insert).

    Of several hunks the one nearest to *line* is described; an insertion names the line it follows.
    """
    edited = hunks(before, splice(before, edits))
    if not edited:
        return line, None, (), False
    hunk = min(edited, key=lambda h: min(abs(h.first - line), abs(h.last - line)))
    texts = tuple(text.strip() for text in hunk.lines if text.strip())
    if hunk.last < hunk.first:
        return max(1, hunk.last), None, texts, True
    return hunk.first, hunk.last if hunk.last != hunk.first else None, texts, False


def way(state: State) -> Decision:
    """Return the decision the model answers behind: plan again after failures, go on otherwise."""
    return Decision.REFINE if state.failed else Decision.CONTINUE
