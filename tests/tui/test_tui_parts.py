"""The pure parts: the story of a run, choices with undo, what a rejection refuses, colours, and the real streams."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.color import Color
from textual.theme import Theme

from hrgc import locations, trace
from hrgc.config import Settings
from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.events import FileResult
from tests.cli_door import Door, write
from tests.tui_door import BROKEN, SIZE, Stagehand, reach, shown
from tui import rejecting, remembered, review, story, text, themes
from tui.colours import coloured
from tui.phase import Phase

TRACE = Path(__file__).parent / "stack.jsonl"
PATH = Path("/a.go")


def test_a_story_is_told_from_events() -> None:
    run = trace.read(TRACE)
    whole = story.told(run.events)
    assert whole.started is not None
    assert whole.finished is not None
    assert [len(one.accepted) for one in whole.rounds] == [3]
    assert whole.rounds[0].remaining == 0
    assert {row.validator for row in whole.rounds[0].stages} == {"go_parse", "go_types", "go_test"}
    assert all(whole.done(step) is not None for step in whole.carried.steps)


def _review(before: bytes, after: bytes) -> review.Review:
    return review.begin([FileResult(PATH, before, after)], Evidence(), {}, {})


def test_choices_are_undone_and_done_again() -> None:
    lines = [f"{n}\n".encode() for n in range(40)]
    changed = [b"x\n" if n in (3, 30) else line for n, line in enumerate(lines)]
    first = _review(b"".join(lines), b"".join(changed))
    assert (len(first.choices), first.taken, first.whole) == (2, 2, True)
    left = first.decide(0, taken=False)
    assert left.evidence is None
    assert left.overlay[PATH] == b"".join(changed[:30] and [*lines[:30], *changed[30:]])
    assert left.undo().whole
    assert left.undo().redo().choices == left.choices
    assert left.undecided(0) == 1
    none = first.decide(0, taken=False, rest=True)
    assert none.chosen == ()
    assert none.pending == ()
    saved = first.saved()
    assert saved.pending == ()
    assert [r.after for r in saved.decide(1, taken=False).pending] == [b"".join([*changed[:30], *lines[30:]])]


_TEXT = st.lists(st.sampled_from([b"a\n", b"b\r\n", b"\n", b"c\n"]), max_size=20).map(b"".join)


@given(_TEXT, _TEXT, st.data())
def test_every_choice_is_between_before_and_after(before: bytes, after: bytes, data: st.DataObject) -> None:
    whole = _review(before, after)
    for at in range(len(whole.choices)):
        whole = whole.decide(at, taken=data.draw(st.booleans()))
    if whole.taken == len(whole.choices):
        assert whole.overlay.get(PATH, after) == after
    if not whole.taken:
        assert whole.overlay.get(PATH, before) == before


@given(_TEXT, _TEXT)
def test_lines_are_mapped_into_the_other_text(before: bytes, after: bytes) -> None:
    for line in range(1, before.count(b"\n") + 1):
        assert rejecting.mapped_line(before, before, line) == line
        assert 1 <= rejecting.mapped_line(before, after, line) <= after.count(b"\n") + 1


@given(st.binary(max_size=200))
def test_colouring_keeps_every_line(content: bytes) -> None:
    rows = coloured(content, "a.go")
    expected = content.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
    assert len(rows) == len(expected) - (not expected[-1])
    assert not any(ord(c) < 32 for row in rows for c in row.plain)


def test_new_problems_are_counted_against_the_files_as_they_were() -> None:
    old = Evidence((Diagnostic(PATH, 1, 1, Stage.TYPES, "X", "undefined: a"),))
    worse = Evidence((*old.diagnostics, Diagnostic(PATH, 2, 1, Stage.TYPES, "X", "undefined: b")))
    made = review.begin([FileResult(PATH, b"a\n", b"b\n")], worse, {}, {}, origin=old)
    assert [d.message for d in made.new_problems] == ["undefined: b"]
    assert made.judged(Evidence(reached=Stage.TYPES)).fixed == old.diagnostics


@pytest.mark.parametrize("value", [0.0, 0.001, 0.5, 1.0])
def test_a_bar_has_one_width(value: float) -> None:
    assert text.bar(value).plain.partition(" ")[0] == "━" * 5


async def test_themes_follow_each_other_and_colours_can_be_off(monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.go", BROKEN).absolute()
    monkeypatch.setenv("NO_COLOR", "1")
    app = Stagehand().app(path)
    async with app.run_test(size=SIZE) as pilot:
        await reach(pilot, Phase.READY)
        assert app.no_color
        seen = [app.theme]
        for _ in themes.THEMES:
            await pilot.press("f2")
            await pilot.pause()
            seen.append(app.theme)
        assert seen == [*(theme.name for theme in themes.THEMES), themes.DARK.name]
        await pilot.press("f2")
        await pilot.pause()
        assert "undefined: itmes" in shown(pilot)

    assert Stagehand().app(path).theme == themes.LIGHT.name
    assert Stagehand(settings=Settings(theme="color-blind")).app(path).theme == themes.SAFE.name
    remembered.keep_theme("a theme that is gone")
    assert Stagehand().app(path).theme == themes.DARK.name
    (locations.state_dir() / "interface.json").write_bytes(b"[1")
    assert Stagehand().app(path).theme == themes.DARK.name


def _luminance(colour: Color) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("theme", themes.THEMES, ids=lambda theme: theme.name)
def test_text_can_be_read_on_its_background(theme: Theme) -> None:
    colours = theme.to_color_system().generate()
    surface = Color.parse(colours["surface"])
    for name in ("foreground", "text-success", "text-error", "text-warning", "text-primary", "text-accent"):
        front = surface.blend(Color.parse(colours[name]).with_alpha(1), Color.parse(colours[name]).a, 1)
        lighter, darker = sorted((_luminance(front), _luminance(surface)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5, name


def test_the_interface_needs_a_terminal() -> None:
    write("a.go", BROKEN)
    for arguments in (("tui",), ("tui", "a.go"), ("a.go",), ("--", "a.go")):
        done = Door()(*arguments)
        assert done.code == 2, arguments
        assert "needs a terminal" in done.err


def test_native_output_goes_to_the_log_and_the_streams_come_back() -> None:
    code = (
        "import os, sys\nfrom tui.terminal import quiet_streams\n"
        "with quiet_streams():\n    os.write(1, b'noise one\\n'); os.write(2, b'noise two\\n')\n"
        "    sys.__stderr__.write('screen\\n')\n"
        "print('after'); print('later', file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ)
    )
    assert (done.stdout.split(), done.stderr.split()) == (["screen", "after"], ["later"])
    log = Path(os.environ["XDG_STATE_HOME"]) / "hrgc" / "hrgc.log"
    assert log.read_text().splitlines() == ["noise one", "noise two"]
