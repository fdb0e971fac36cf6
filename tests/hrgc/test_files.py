"""Replacing files: atomic, links and modes kept, changed files refused, nothing left behind."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hrgc import files
from hrgc.errors import FileChangedError, InputError


def _names(folder: str = ".") -> list[str]:
    return [path.name for path in Path(folder).iterdir()]


def test_a_file_is_replaced_and_nothing_else_is_left() -> None:
    path = Path("a.go")
    path.write_bytes(b"\xef\xbb\xbfpackage a\r\n")
    path.chmod(0o640)
    snapshot, content = files.read(path)
    new = files.replace(snapshot, content + b"var x int\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbfpackage a\r\nvar x int\r\n"
    assert path.stat().st_mode & 0o7777 == 0o640
    assert new.sha256 == files.digest(path.read_bytes())
    assert _names() == ["a.go"]


def test_a_link_is_kept_and_its_target_replaced() -> None:
    Path("real").mkdir()
    target = Path("real/a.go")
    target.write_text("old")
    link = Path("link.go")
    link.symlink_to(Path("real/a.go"))
    files.replace(files.take(link), b"new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    assert _names("real") == ["a.go"]


def test_a_changed_file_is_refused() -> None:
    path = Path("a.go")
    path.write_text("one")
    snapshot = files.take(path)
    path.write_text("two")
    with pytest.raises(FileChangedError, match="changed on disk"):
        files.replace(snapshot, b"three")
    assert path.read_text() == "two"


def test_a_touched_file_is_not_a_changed_one() -> None:
    path = Path("a.go")
    path.write_text("one")
    snapshot = files.take(path)
    os.utime(path, (1, 1))
    files.replace(snapshot, b"two")
    assert path.read_text() == "two"


def test_a_removed_file_is_refused() -> None:
    path = Path("a.go")
    path.write_text("one")
    snapshot = files.take(path)
    path.unlink()
    with pytest.raises(FileChangedError, match="was removed"):
        files.replace(snapshot, b"two")
    assert not path.exists()


def test_a_new_file_gets_the_umask_and_appears_at_once() -> None:
    mask = os.umask(0o027)
    try:
        files.replace(files.take(Path("new.go")), b"x")
    finally:
        os.umask(mask)
    assert Path("new.go").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("make", ["missing", "folder"])
def test_what_cannot_be_read_is_named(make: str) -> None:
    path = Path(make)
    if make == "folder":
        path.mkdir()
    with pytest.raises(InputError, match=make):
        files.read(path)


def test_a_read_only_file_or_folder_is_refused() -> None:
    folder = Path("d")
    folder.mkdir()
    path = folder / "a.go"
    path.write_text("one")
    path.chmod(0o444)
    with pytest.raises(InputError, match="read-only"):
        files.replace(files.take(path), b"two")
    path.chmod(0o644)
    folder.chmod(0o555)
    try:
        with pytest.raises(InputError, match=r"the folder .* is read-only"):
            files.replace(files.take(path), b"two")
    finally:
        folder.chmod(0o755)
    assert path.read_text() == "one"


def test_a_write_that_fails_leaves_the_file_and_no_litter() -> None:
    name = "a" * 250 + ".go"
    path = Path(name)
    path.write_text("one")
    files.replace(files.take(path), b"two")  # the temporary name must not become too long
    assert path.read_text() == "two"
    assert _names() == [name]


def test_removing_checks_too() -> None:
    path = Path("a.go")
    path.write_text("one")
    snapshot = files.take(path)
    path.write_text("two")
    with pytest.raises(FileChangedError):
        files.remove(snapshot)
    files.remove(files.take(path))
    assert not path.exists()
