"""Windows of training samples in the files they came from, and the type checker's word on edits of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from hrgc.model import PlanChoice, Written
from trainer.commit_helper import CommitHelper
from trainer.sample import Attempt, Sample

DRAWS = 2
"""Random sets of hunks that the helper composes beside single ones, so that states of several faults are judged."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One proposed change of a window."""

    op: str
    mark: int
    end: int
    """Last line that is replaced; *mark* itself for one line."""
    lines: tuple[str, ...]
    insert: bool

    @classmethod
    def written(cls, plan: PlanChoice, text: Written) -> Edit:
        """Return the model's *text* for its *plan*; windows have no blank lines."""
        lines = tuple(line.strip() for line in text.lines if line.strip())
        return cls(plan.op.value, plan.mark, plan.end_mark or plan.mark, lines, text.insert)

    @classmethod
    def attempt(cls, tried: Attempt) -> Edit:
        """Return an attempt on one line as an edit."""
        return cls(tried.op, tried.mark, tried.mark, tried.lines, insert=False)

    @property
    def tried(self) -> Attempt:
        """The edit as a later prompt tells of it."""
        return Attempt(self.op, self.mark, self.lines)

    def applied(self, lines: Sequence[str], indent: bool = False) -> list[str]:  # noqa: FBT001, FBT002 - internal
        """Return window *lines* with the edit, its own lines as deep as the first that they replace on *indent*."""
        first = lines[min(self.mark, len(lines)) - 1]
        depth = first[: len(first) - len(first.lstrip())].rpartition("\n")[2] if indent else ""
        new = [depth + line for line in self.lines]
        start, end = (self.mark, self.mark) if self.insert else (self.mark - 1, self.end)
        return [*lines[:start], *new, *lines[end:]]

    def repeats(self, other: Edit, lines: Sequence[str]) -> bool:
        """Tell whether this edit of window *lines* leads where *other* leads, or reads like it in a later prompt."""
        if (self.mark, self.lines) == (other.mark, other.lines):
            return True
        return _squeezed(self.applied(lines)) == _squeezed(other.applied(lines))


def repair(item: Sample) -> Edit:
    """Return a sample's right answer."""
    return Edit(item.op, item.mark, item.end_mark or item.mark, item.code, item.insert)


@dataclass(frozen=True)
class Place:
    """A function in its package, as it should be."""

    files: dict[str, str]
    """Path -> text, tests left out."""
    path: str
    first: int
    """0-based line of its file."""
    lines: tuple[str, ...]

    def with_function(self, text: str) -> str:
        """Return the file with another text of the function."""
        whole = self.files[self.path].split("\n")
        return "\n".join((*whole[: self.first], text, *whole[self.first + len(self.lines) :]))


def find(item: Sample, files: Mapping[str, str]) -> Place | None:
    """Return where the repaired window of *item* stands in its package's *files* (path -> text).

    None when no function is equal to it.
    """
    wanted = repair(item).applied(item.lines) if item.op else list(item.lines)
    name = re.escape(item.symbol.rpartition(".")[2])
    head = re.compile(rf"^func (\([^)]*\) )?{name}[\[(]")
    for path, text in files.items():
        whole = text.split("\n")
        for first, line in enumerate(whole):
            if head.match(line):
                end = next((at for at in range(first, len(whole)) if whole[at].rstrip() == "}"), first)
                lines = tuple(whole[first : end + 1])
                if [text.strip() for text in lines if text.strip()] == wanted:
                    return Place(dict(files), path, first, lines)
    return None


def faulty(place: Place, item: Sample) -> list[str]:
    """Return the window's lines with the fault in, indented as in the file; blank lines stick to the next line."""
    right: list[str] = []
    blank = ""
    for line in place.lines:
        if line.strip():
            right.append(blank + line)
            blank = ""
        else:
            blank += line + "\n"
    fixed = repair(item)
    kept = fixed.mark if fixed.insert else fixed.mark - 1
    behind = len(item.lines) - (fixed.mark if fixed.insert else fixed.end)
    own = right[min(kept, len(right) - 1)]
    depth = own[: len(own) - len(own.lstrip())].rpartition("\n")[2]
    wrong = [depth + line for line in item.lines[kept : len(item.lines) - behind]]
    return [*right[:kept], *wrong, *right[len(right) - behind :]]


class Verdict(Enum):
    """What is known of an edit."""

    RIGHT = "right"
    """It is the repair."""
    WRONG = "wrong"
    """It does not parse or check, or leaves a fault that the checker cannot see."""
    OTHER = "other"
    """It checks where the fault was a build error: perhaps another repair."""
    SAME = "same"
    """It changes nothing: no run tries it."""
    UNKNOWN = "unknown"


class Checker:
    """Judges edits by the Go helper."""

    def __init__(self, helper: CommitHelper) -> None:
        """Use *helper*."""
        self._helper = helper

    def judge(self, item: Sample, place: Place, edit: Edit) -> tuple[Verdict, dict[str, Any] | None]:
        """Return the verdict on *edit*, and the helper's record of the state it leads to when that has errors."""
        state = edit.applied(item.lines)
        if _squeezed(state) == _squeezed(repair(item).applied(item.lines)):
            return Verdict.RIGHT, None
        if _squeezed(state) == _squeezed(item.lines):
            return Verdict.SAME, None
        text = "\n".join(edit.applied(faulty(place, item), indent=True))
        if not self._helper.classify([(text, "\n".join(place.lines))])[0].before:
            return Verdict.WRONG, None
        for row in self._records(place, text):
            if _squeezed(row["window"]) == _squeezed(state):
                if row["group"] == "build":
                    return Verdict.WRONG, row
                return (Verdict.OTHER if any(f.stage <= 2 for f in item.findings) else Verdict.WRONG), None
        return Verdict.UNKNOWN, None

    def _records(self, place: Place, text: str) -> Iterator[dict[str, Any]]:
        """Yield the helper's records of the states between the faulty function and the right one."""
        changed = place.with_function(text)
        names = {path: _name(content) for path, content in place.files.items()}
        contents = {_name(content): content for content in (*place.files.values(), changed)}
        yield from self._helper.half_apply(
            names, {place.path: _name(changed)}, contents.__getitem__, seed=1, draws=DRAWS
        )


def _name(content: str) -> str:
    """Return a name for a file's contents."""
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def _squeezed(lines: Sequence[str]) -> str:
    """Return lines without any blanks, since formatting moves them."""
    return "".join("".join(lines).split())
