"""The measurement of the resident check: the same verdicts as the go command, many times faster."""

from __future__ import annotations

import pytest

from plugins.golang.bench_check import measure, mutations

pytestmark = pytest.mark.usefixtures("go")


def test_the_resident_check_agrees_with_go_build_and_is_faster() -> None:
    """A short run of what ``make bench`` does in full."""
    found = measure(candidates=60, builds=6)
    assert found.disagreements == ()
    assert found.candidates == 60
    assert found.ratio > 20
    assert found.per_second > 100


def test_mutations_are_the_same_for_the_same_seed() -> None:
    """Edits are distinct, seeded, and never inside a comment."""
    source = b"package p\n\ntype T int // one two three\n\nvar a, b = 1, 2\n"
    assert mutations(source, 10, 3) == mutations(source, 10, 3)
    assert len(set(mutations(source, 10, 3))) == 10
    comment = range(source.index(b"//"), source.index(b"\n\nvar"))
    assert all(edit.start not in comment for edit in mutations(source, 10, 3))
