"""``hrgc fix -``: always a whole file on stdout, exact bytes, its package found by name."""

from __future__ import annotations

from pathlib import Path

from hrgc.errors import ExitCode
from tests.cli_door import Door, write


def test_the_repaired_file_is_printed() -> None:
    done = Door()("fix", "-", stdin="use itmes\n")
    assert (done.code, done.out) == (0, "use items\n")
    assert "fixed 1 of 1 problem in stdin" in done.err


def test_nothing_is_written_anywhere() -> None:
    write("a.go", "on disk\n")
    done = Door()("fix", "-", "--stdin-filename", "a.go", stdin="use itmes\n")
    assert done.out == "use items\n"
    assert Path("a.go").read_text() == "on disk\n"


def test_clean_and_hopeless_input_comes_back_as_it_was() -> None:
    assert Door()("fix", "-q", "-", stdin=b"\xef\xbb\xbffine\r\n").out == "\ufefffine\r\n"
    done = Door()("fix", "-q", "-", stdin="hopeless\n")
    assert (done.code, done.out, done.err) == (ExitCode.PROBLEMS, "hopeless\n", "")


def test_diff_and_check() -> None:
    done = Door()("fix", "-d", "-", stdin="itmes\n")
    assert (done.code, done.out) == (1, "--- a/stdin\n+++ b/stdin\n@@ -1 +1 @@\n-itmes\n+items\n")
    done = Door()("fix", "--check", "-", stdin="itmes\n")
    assert (done.code, done.out) == (1, "")


def test_empty_and_binary_input_print_nothing() -> None:
    done = Door()("fix", "-", stdin="\n")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert done.err == "hrgc: stdin is empty\n  hint: pipe the file in: hrgc fix - < a.go\n"
    done = Door()("fix", "-", stdin=b"a\0b")
    assert (done.code, done.out) == (ExitCode.USAGE, "")


def test_a_name_that_is_not_on_disk() -> None:
    write("p/a.go", "fine\n")
    done = Door()("fix", "-", "--stdin-filename", "p/new.go", stdin="itmes\n")
    assert (done.code, done.out) == (ExitCode.USAGE, "")
    assert "p/new.go is not on disk" in done.err
    assert Door()("fix", "-", "--stdin-filename", "q/new.go", stdin="itmes\n").out == "items\n"
