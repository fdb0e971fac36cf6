"""Cutting diffs into declarations, hunks and half-done states."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from trainer import regions
from trainer.change import Region

OLD = """package a

import "fmt"

// One prints.
func One(a int) {
	fmt.Println(a)
	fmt.Println(1)
}

var limit = 3

// Two adds.
func Two(a, b int) int {
	return a + b
}
"""


def applied(before: str, found: tuple[Region, ...]) -> str:
    """Return *before* with every region replaced by its new lines."""
    lines = before.split("\n")
    for region in reversed(found):
        start = region.first - 1
        old = list(region.before)
        assert lines[start : start + len(old)] == old
        lines[start : start + len(old)] = region.after
    return "\n".join(lines)


def test_every_declaration_is_cut_with_its_comment() -> None:
    new = OLD.replace("Println(1)", "Println(2)").replace("= 3", "= 4").replace("a + b", "b + a")
    found = regions.from_texts(OLD, new)
    assert [region.before[0] for region in found] == ["// One prints.", "var limit = 3", "// Two adds."]
    assert [region.first for region in found] == [5, 11, 13]
    assert applied(OLD, found) == new


def test_a_signature_and_its_body_stay_together() -> None:
    new = OLD.replace("func Two(a, b int) int {\n\treturn a + b", "func Two(a, b, c int) int {\n\treturn a + b + c")
    (region,) = regions.from_texts(OLD, new)
    assert (region.changed, len(region.before)) == (4, 4)


def test_raw_strings_hide_what_looks_like_code() -> None:
    old = "package a\n\nvar text = `\nfunc no() {\n}\n`\n\nfunc f() int {\n\treturn 1\n}\n"
    found = regions.from_texts(old, old.replace("no()", "na()").replace("return 1", "return 2"))
    assert [region.before[0] for region in found] == ["var text = `", "func f() int {"]


def test_added_and_removed_declarations_have_one_side() -> None:
    new = OLD.replace("var limit = 3\n\n", "") + "\nfunc Three() {}\n"
    gone, come = regions.from_texts(OLD, new)
    assert (gone.before, gone.after) == (("var limit = 3",), ())
    assert (come.before, come.after) == ((), ("func Three() {}",))


def test_comments_alone_are_told_from_code() -> None:
    (region,) = regions.from_texts(OLD, OLD.replace("// Two adds.", "// Two adds up."))
    assert regions.only_comments(region)
    (region,) = regions.from_texts(OLD, OLD.replace("a + b", "b"))
    assert not regions.only_comments(region)


def test_states_lead_from_before_to_after_hunk_by_hunk() -> None:
    new = OLD.replace("func One(a int)", "func One(a, b int)").replace("Println(1)", "Println(b)\n\tfmt.Println(2)")
    (region,) = regions.from_texts(OLD, new)
    hunks = regions.hunks(region)
    assert len(hunks) == 2
    lines = region.before
    for number, hunk in enumerate(hunks):
        state = regions.state(region, hunk, hunks[:number])
        assert state.lines == lines
        lines = state.repaired
    assert lines == region.after


def test_an_insertion_replaces_nothing() -> None:
    (region,) = regions.from_texts(OLD, OLD.replace("\tfmt.Println(1)", "\tfmt.Println(0)\n\tfmt.Println(1)"))
    state = regions.state(region, regions.hunks(region)[0], ())
    assert state.last == state.first - 1
    assert state.new == ("\tfmt.Println(0)",)


LINES = st.lists(
    st.sampled_from(
        ["func a() {", "}", "", "\tx := 1", "// note", "var y = `", "`", "type T struct {", ")", "import (", " "]
    ),
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(LINES, LINES)
def test_any_two_texts_are_cut_without_loss(before: list[str], after: list[str]) -> None:
    old, new = "\n".join(before), "\n".join(after)
    found = regions.from_texts(old, new)
    assert [line for line in applied(old, found).split("\n") if line.strip()] == [
        line for line in after if line.strip()
    ]
