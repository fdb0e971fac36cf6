"""Differences of Go files: they rebuild the new text, keep to declarations and read as people write."""

from __future__ import annotations

import random

import pytest

from trainer import linediff
from trainer.myers import TooLongError

LINES = (
    b"package a", b"", b"func A() {", b"\tx := 1", b"}", b"", b"// B is next.", b"func B() {", b"\ty()", b"}",
    b"type T struct {", b"\ta int", b"}", b"var x = 1", b"}",
)  # fmt: skip


def rebuilt(old: bytes, new: bytes) -> list[bytes]:
    """Return the lines of *new* as the hunks and *old* give them, checking every hunk against both."""
    before = linediff._plain(old).split(b"\n")[:-1]
    out: list[bytes] = []
    at = 1
    for first, new_first, body in linediff.hunks(old, new, 1000):
        out += before[at - 1 : first - 1]
        assert len(out) + 1 == new_first
        rows = body.split(b"\n")
        kept = [row[1:] for row in rows if row[:1] != b"+"]
        at = first + len(kept)
        assert kept == before[first - 1 : at - 1]
        out += [row[1:] for row in rows if row[:1] != b"-"]
    return out + before[at - 1 :]


DECLARATIONS = (b"func ", b"type ", b"var ", b"const ", b"import ", b"var\t", b"const\t", b"type\t")


@pytest.mark.parametrize(("window", "sync"), [(4096, 8), (30, 2), (8, 1)])
def test_hunks_rebuild_the_new_text(window: int, sync: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linediff, "_WINDOW", window)
    monkeypatch.setattr(linediff, "_SYNC", sync)
    chance = random.Random(window)
    for _ in range(400):
        old = [chance.choice(LINES) for _ in range(chance.randrange(60))]
        new = list(old)
        for _ in range(chance.randrange(6)):
            at = chance.randrange(len(new) + 1)
            new[at : at + chance.randrange(3)] = chance.choices(LINES, k=chance.randrange(3))
        texts = [b"\n".join(lines) + b"\n" * (chance.random() < 0.8) for lines in (old, new)]
        assert rebuilt(*texts) == linediff._plain(texts[1]).split(b"\n")[:-1], texts


def test_a_hunk_holds_the_whole_declaration_and_the_next_stays_out() -> None:
    old = b"package a\n\n// F is one.\nfunc F() int {\n\treturn 1\n}\n\n// G is two.\nfunc G() int {\n\treturn 2\n}\n"
    ((first, new_first, body),) = linediff.hunks(old, old.replace(b"return 1", b"return 3"), 10)
    assert (first, new_first) == (3, 3)
    assert body == b" // F is one.\n func F() int {\n-\treturn 1\n+\treturn 3\n }\n "


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    old = b"".join(b"func F%d() {\n\ta(%d)\n\tb()\n}\n\n" % (n, n) for n in range(2000))
    new = old.replace(b"a(3)", b"c(3)").replace(b"a(1900)\n", b"a(1900)\n\tif x {\n\t}\n")
    found = list(linediff.hunks(old, new, 10))
    assert [row[:2] for row in found] == [(16, 16), (9501, 9501)]
    assert found[1][2].split(b"\n")[2:4] == [b"+\tif x {", b"+\t}"]


def test_an_added_function_is_added_as_a_whole() -> None:
    old = b"func A() {\n\ta()\n}\n\nfunc C() {\n\tc()\n}\n"
    ((_, _, body),) = linediff.hunks(old, old.replace(b"func C", b"func B() {\n\tb()\n}\n\nfunc C"), 10)
    added = [line for line in body.split(b"\n") if line[:1] == b"+"]
    assert added == [b"+func B() {", b"+\tb()", b"+}", b"+"]


def test_too_many_changed_lines_are_refused() -> None:
    old = b"\n".join(b"a%d" % n for n in range(50))
    with pytest.raises(TooLongError):
        list(linediff.hunks(old, old.replace(b"a", b"b"), 40))
    assert len(list(linediff.hunks(old, old.replace(b"a", b"b"), 100))) == 1


def test_hunks_begin_and_end_at_the_nearest_declarations() -> None:
    chance = random.Random(11)
    heads = (
        b"func f() {",
        b"type T int",
        b"var\tx = 1",
        b"const c = 2",
        b"import `os`",
        b"importer()",
        b"types()",
        b"\tfunc()",
    )
    for _ in range(60):
        old = [chance.choice((*heads, b"\tx := 1", b"", b"}")) + b"%d" % number for number in range(30)]
        at = chance.randrange(30)
        new = [*old[:at], b"\tchanged", *old[at + 1 :]]
        starts = [number for number, line in enumerate(old) if line.startswith(DECLARATIONS) and number]
        top = max((number for number in starts if number <= at), default=0)
        end = min((number for number in starts if number > at), default=30)
        ((first, _, body),) = linediff.hunks(b"\n".join(old), b"\n".join(new), 10)
        kept = [line[1:] for line in body.split(b"\n") if line[:1] in b" -"]
        assert (first, kept) == (top + 1, old[top:end])
