"""``hrgc fix`` over a toy language: what is on stdout, what on stderr, exit codes, and what becomes of the files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hrgc import journal, trace
from hrgc.errors import ExitCode
from tests.cli_door import Door, write

BROKEN = "one\nuse itmes\nuse cuont\n"
FIXED = "one\nuse items\nuse count\n"
DIFF = "--- a/a.go\n+++ b/a.go\n@@ -1,3 +1,3 @@\n one\n-use itmes\n-use cuont\n+use items\n+use count\n"


def _steady(text: str) -> str:
    """Return talk with times and run ids taken out."""
    return re.sub(r"\d{8}-\d{6}-[0-9a-f]{4}", "ID", re.sub(r"\d+\.\d s", "T s", text))


def test_a_repair_is_shown_and_nothing_is_written() -> None:
    write("a.go", BROKEN)
    done = Door()("fix", "a.go")
    assert done.code == ExitCode.OK
    assert done.out == DIFF
    assert _steady(done.err) == (
        "plan for a.go:\n"
        "  1. line 2, part0: use another name (undefined: itmes)\n"
        "  2. line 3, part0: use another name (undefined: cuont)\n"
        "verdict: builds\n"
        "fixed 2 of 2 problems in a.go (1 round, 3 candidates, T s)\n"
    )
    assert Path("a.go").read_text() == BROKEN
    assert journal.Journal().records() == ()


def test_write_writes_through_the_journal_and_says_how_to_go_back() -> None:
    write("a.go", BROKEN)
    done = Door()("fix", "-w", "a.go")
    assert done.code == ExitCode.OK
    assert done.out == DIFF
    assert Path("a.go").read_text() == FIXED
    assert _steady(done.err).endswith("T s)\ntake it back with: hrgc undo ID\n")
    (record,) = journal.Journal().records()
    assert record.id == trace.listing()[0].stem


def test_quiet_prints_only_the_product() -> None:
    write("a.go", BROKEN)
    assert (Door()("fix", "-q", "a.go").out, Door()("fix", "-q", "a.go").err) == (DIFF, "")
    done = Door()("fix", "-q", "-w", "a.go")
    assert (done.code, done.out, done.err) == (0, "", "")


def test_diff_is_only_the_diff_and_a_change_is_exit_1() -> None:
    write("a.go", BROKEN)
    done = Door()("fix", "-d", "a.go")
    assert (done.code, done.out, done.err) == (ExitCode.PROBLEMS, DIFF, "")


def test_check_tells_by_the_exit_code() -> None:
    write("a.go", BROKEN)
    done = Door()("fix", "--check", "a.go")
    assert (done.code, done.out, done.err) == (ExitCode.PROBLEMS, "", "")
    write("a.go", FIXED)
    assert Door()("fix", "--check", "a.go").code == ExitCode.OK


def test_list_names_the_files_that_would_change() -> None:
    write("a.go", BROKEN)
    write("b.go", FIXED)
    done = Door()("fix", "-l", "a.go", "b.go")
    assert (done.code, done.out, done.err) == (0, "a.go\n", "")


def test_clean_code_is_left_alone() -> None:
    write("a.go", FIXED)
    done = Door()("fix", "a.go")
    assert (done.code, done.out, done.err) == (0, "", "nothing to repair in a.go: builds\n")


def test_what_cannot_be_repaired_is_said() -> None:
    write("a.go", "hopeless\n")
    done = Door()("fix", "a.go")
    assert (done.code, done.out) == (ExitCode.PROBLEMS, "")
    assert _steady(done.err) == (
        "verdict: does not build: 1 error\n"
        "  a.go:1:1: undefined: hopeless [UndeclaredName]\n"
        "no repair was found for a.go: 1 problem remains (1 round, 0 candidates, T s; no candidate is left to try)\n"
    )


def test_a_partial_repair_is_offered_and_is_exit_1() -> None:
    write("a.go", "itmes\nhopeless\n")
    done = Door()("fix", "-w", "a.go")
    assert done.code == ExitCode.PROBLEMS
    assert Path("a.go").read_text() == "items\nhopeless\n"
    assert "fixed 1 of 2 problems in a.go, 1 problem left" in done.err


def test_several_targets_one_of_them_bad() -> None:
    write("p/a.go", BROKEN)
    write("q/b.go", "hopeless\n")
    write("r/c.go", "\0\n")
    done = Door()("fix", "p", "q", "r", "missing.go")
    assert done.code == ExitCode.USAGE
    assert "hrgc: c.go is a binary file\n  hint: name a Go source file\n" in done.err
    assert "hrgc: missing.go does not exist\n" in done.err
    assert "--- a/p/a.go" in done.out


def test_all_packages_below() -> None:
    write("p/a.go", BROKEN)
    write("p/q/b.go", BROKEN)
    done = Door()("fix", "-l", "./...")
    assert done.out == "p/a.go\np/q/b.go\n"


def test_a_directory_without_go_is_exit_5() -> None:
    Path("empty").mkdir()
    done = Door()("fix", "empty")
    assert done.code == ExitCode.NO_GO_FILES
    assert done.out == ""
    assert done.err.startswith("hrgc: no Go files in ")


def test_no_time_at_all_is_exit_4() -> None:
    write("a.go", BROKEN)
    done = Door()("fix", "--timeout", "0.000001", "a.go")
    assert done.code == ExitCode.TIMEOUT
    assert "the time is up" in done.err


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--timeout", "soon"], "--timeout cannot be 'soon': not a duration such as 60s, 1m30s, 500ms or none"),
        (["--timeout", "-5s"], "--timeout cannot be '-5s': not a duration such as 60s, 1m30s, 500ms or none"),
        (["-n", "0"], "--max-rounds cannot be '0': not in 1..100"),
        (["--max-rounds", "many"], "--max-rounds cannot be 'many': not a whole number"),
        (["--candidates", "1e9"], "--candidates cannot be '1e9': not a whole number"),
        (["--seed", "-1"], "--seed cannot be '-1': not in 0..4294967295"),
        (["--tags", "a;b"], "--tags cannot be 'a;b': 'a;b' is not a build tag"),
        (["-o", "xml"], "Invalid value for '-o' / '--output-format': 'xml' is not one of"),
        (["--run", "("], "--run '(' is not a regular expression: missing ), unterminated subpattern"),
        (["-w", "-d"], "--write and --diff cannot be used together"),
        (["-q", "-v"], "--quiet and --verbose cannot be used together"),
        (["-i", "-o", "json"], "--interactive asks in text; leave out --output-format"),
        (["--stdin-filename", "x.go"], "--stdin-filename needs the path '-'"),
        (["-"], "'-' stands alone and prints the repaired file; it goes with --diff and --check only"),
        (["--plan", "nowhere.json"], "cannot read the plan nowhere.json"),
        (["--frobnicate"], "No such option"),
    ],
)
def test_absurd_flags_are_refused_in_one_line(flags: list[str], message: str) -> None:
    write("a.go", BROKEN)
    done = Door()("fix", *flags, "a.go")
    assert done.code == ExitCode.USAGE
    assert done.out == ""
    first, second = done.err.splitlines()
    assert first.startswith(f"hrgc: {message}")
    assert second.startswith("  hint: ")
    assert Path("a.go").read_text() == BROKEN


def test_patterns_of_gos_dialect_are_let_through() -> None:
    write("a.go", FIXED)
    assert Door()("fix", "--run", r"^Test\pL[[:alpha:]]\z$", "a.go").code == 0


def test_a_path_is_needed() -> None:
    done = Door()("fix")
    assert done.code == ExitCode.USAGE
    assert done.err == "hrgc: Missing argument 'PATH...'.\n  hint: hrgc fix --help\n"


def test_a_file_changed_meanwhile_is_refused() -> None:
    path = write("a.go", BROKEN)

    def save(opened: Path) -> None:
        opened.write_text("mine\n")

    done = Door(during=save)("fix", "-w", "a.go")
    assert done.code == ExitCode.PROBLEMS
    assert "changed on disk since it was read; nothing was written" in done.err
    assert path.read_text() == "mine\n"


def test_ctrl_c_is_exit_130_and_leaves_a_trace() -> None:
    def interrupt(_: Path) -> None:
        raise KeyboardInterrupt

    write("a.go", BROKEN)
    done = Door(during=interrupt)("fix", "-w", "a.go")
    assert (done.code, done.err) == (ExitCode.INTERRUPTED, "hrgc: interrupted\n")
    assert Path("a.go").read_text() == BROKEN
    end = trace.read(trace.listing()[0]).end
    assert end is not None
    assert end.outcome == "KeyboardInterrupt"


def test_a_bug_is_one_line_and_a_report() -> None:
    def crash(_: Path) -> None:
        raise ZeroDivisionError("oh")

    write("a.go", BROKEN)
    done = Door(during=crash)("fix", "a.go")
    assert done.code == ExitCode.BUG
    first, second = done.err.splitlines()
    assert first == "hrgc: a bug in hrgc: ZeroDivisionError: oh"
    log = Path(second.removeprefix("  hint: nothing was changed; the report is in "))
    assert "Traceback" in log.read_text()
    assert "command: hrgc fix a.go" in log.read_text()


def test_verbose_says_every_attempt() -> None:
    write("a.go", BROKEN)
    err = Door()("fix", "-v", "a.go").err
    assert "model none; 1 file may be edited\n" in err
    assert "before: does not build: 2 errors\n" in err
    assert "round 1: continue (continue 1.00, refine 0.00, done 0.00)\n" in err
    assert "  types (words): " in err
    assert "use another name (undefined: itmes) [toy swap " in err
    assert "]: accepted\n" in err


def test_the_model_flag_reaches_the_tools(monkeypatch: pytest.MonkeyPatch) -> None:
    write("a.go", FIXED)
    door = Door()
    door("fix", "a.go")
    door("fix", "--model", "none", "a.go")
    monkeypatch.setenv("HRGC_MODEL", "mine.gguf")
    door("fix", "a.go")
    assert door.models == ["", "none", "mine.gguf"]


def test_crlf_and_byte_order_mark_survive() -> None:
    path = Path("a.go")
    path.write_bytes(b"\xef\xbb\xbfone\r\nitmes\r\n")
    assert Door()("fix", "-w", "a.go").code == 0
    assert path.read_bytes() == b"\xef\xbb\xbfone\r\nitems\r\n"


def test_control_characters_in_messages_do_not_act() -> None:
    name = "a\x1b[2J.go"
    write(name, "hopeless\n")
    done = Door()("fix", name)
    assert "\x1b" not in done.err
    assert "a\\x1b[2J.go:1:1" in done.err


def test_color_always_colours_the_diff_and_a_pipe_gets_none() -> None:
    write("a.go", BROKEN)
    assert "\x1b[32m+use items\x1b[0m\n" in Door()("fix", "--color", "always", "a.go").out
    assert "\x1b" not in Door()("fix", "a.go").out


def test_a_plan_can_be_saved_edited_and_carried_out() -> None:
    write("a.go", BROKEN)
    text = Door()("plan", "a.go", "-o", "json").out
    document = json.loads(text)
    document["steps"] = document["steps"][:1]
    write("plan.json", json.dumps(document))
    done = Door()("fix", "--plan", "plan.json", "-w", "a.go")
    assert done.code == ExitCode.PROBLEMS
    assert Path("a.go").read_text() == "one\nuse items\nuse cuont\n"
    assert "the plan is carried out" in done.err
