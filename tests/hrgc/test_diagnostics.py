"""Evidence as data: keys, roots, and the order "strictly better"."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Evidence, Stage, added, better

A = Diagnostic(Path("/p/a.go"), 3, 1, Stage.TYPES, "UndeclaredName", "undefined: x", ("x",))
B = replace(A, message="undefined: y", names=("y",))
PARSE = replace(A, stage=Stage.PARSE, code="Brace", message="expected }")
TEST = Diagnostic(Path("/p/a.go"), 0, 0, Stage.TEST, "TestFail", "got 1", ("TestA",))


def seen(*found: Diagnostic, reached: Stage = Stage.TYPES) -> Evidence:
    """Return evidence with some findings."""
    return Evidence(found, reached)


@pytest.mark.parametrize(
    ("new", "old", "want"),
    [
        (seen(), seen(A), True),
        (seen(A), seen(A, B), True),
        (seen(A), seen(A, A), True),
        (seen(A), seen(A), False),
        (seen(B), seen(A), False),
        (seen(A, B), seen(A), False),
        (seen(A), seen(PARSE), True),
        (seen(PARSE), seen(A, B), False),
        (seen(), seen(), False),
        (seen(reached=Stage.PARSE), seen(A), False),
        (Evidence(reached=Stage.TYPES, complete=False), seen(A), True),
        (Evidence(reached=Stage.TYPES, complete=False), seen(TEST), False),
        (seen(TEST), seen(A), True),
    ],
)
def test_better(new: Evidence, old: Evidence, want: bool) -> None:  # noqa: FBT001 - a table's column
    """Fewer findings of the same kind or a later stage is better; anything new at the same stage is not."""
    assert better(new, old) is want


def test_keys_ignore_positions() -> None:
    """A finding that moved is the same; a test is the same however it fails."""
    moved = replace(A, line=9, column=4)
    assert moved.key == A.key
    one = replace(A, message="x redeclared\n\ta.go:3:1: other declaration")
    assert one.key == replace(one, message="x redeclared\n\ta.go:8:5: other declaration").key
    assert replace(TEST, message="got 2", code="Panic").key == TEST.key
    assert replace(TEST, names=("TestB",)).key != TEST.key


def test_incomplete_evidence_is_not_clean() -> None:
    """No finding means nothing when the time ended before every stage had run."""
    assert Evidence().clean
    assert not Evidence(complete=False).clean


def test_roots_and_added() -> None:
    """Follow-on errors are no roots; added counts repeated findings."""
    follow = replace(B, root=False)
    assert seen(A, follow).roots() == (A,)
    assert seen(follow).roots() == (follow,)
    assert added(seen(A, A), seen(A)) == (A,)
    assert seen(PARSE, A).failing_stage == Stage.PARSE
