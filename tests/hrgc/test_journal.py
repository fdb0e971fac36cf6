"""The journal: undo and redo by hash, refusals, crashes between record and write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hrgc import journal as journals
from hrgc import locations
from hrgc.errors import ConfigError, FileChangedError, InputError
from hrgc.journal import Change, Journal, State


@pytest.fixture
def journal() -> Journal:
    return Journal()


def _write(journal: Journal, run_id: str = "run-1", name: str = "a.go") -> journals.Record:
    path = Path(name)
    path.write_bytes(b"one\r\n")
    return journal.commit(run_id, [Change(path, b"one\r\n", b"two\r\n")], "fixed a.go")


def test_a_write_is_undone_and_redone(journal: Journal) -> None:
    record = _write(journal)
    assert record.state is State.APPLIED
    assert Path("a.go").read_bytes() == b"two\r\n"
    assert journal.undo().state is State.UNDONE
    assert Path("a.go").read_bytes() == b"one\r\n"
    assert journal.redo().state is State.APPLIED
    assert Path("a.go").read_bytes() == b"two\r\n"
    assert locations.journal_dir() in [p.parent for p in Path(locations.journal_dir()).iterdir()]


def test_a_write_through_a_link_is_undone_without_it(journal: Journal) -> None:
    Path("real.go").write_text("one")
    Path("link.go").symlink_to("real.go")
    journal.commit("r", [Change(Path("link.go"), b"one", b"two")], "s")
    assert Path("link.go").is_symlink()
    Path("link.go").unlink()
    journal.undo()
    assert Path("real.go").read_text() == "one"


def test_undo_takes_the_last_write_first(journal: Journal) -> None:
    _write(journal, "run-1", "a.go")
    _write(journal, "run-2", "b.go")
    assert journal.undo().id == "run-2"
    assert journal.undo().id == "run-1"
    with pytest.raises(InputError, match="nothing to undo"):
        journal.undo()
    assert journal.redo().id == "run-1"
    assert journal.redo().id == "run-2"
    with pytest.raises(InputError, match="nothing to redo"):
        journal.redo()


def test_a_file_changed_since_is_refused_unless_forced(journal: Journal) -> None:
    _write(journal)
    Path("a.go").write_text("mine")
    with pytest.raises(FileChangedError, match="changed since hrgc wrote it") as caught:
        journal.undo()
    assert "hrgc undo run-1 --force" in caught.value.hint
    assert Path("a.go").read_text() == "mine"
    journal.undo("run-1", force=True)
    assert Path("a.go").read_bytes() == b"one\r\n"


def test_no_file_is_touched_when_one_of_several_changed(journal: Journal) -> None:
    for name in ("a.go", "b.go"):
        Path(name).write_text("one")
    journal.commit("r", [Change(Path("a.go"), b"one", b"two"), Change(Path("b.go"), b"one", b"two")], "both")
    Path("b.go").write_text("mine")
    with pytest.raises(FileChangedError):
        journal.undo()
    assert Path("a.go").read_text() == "two"


def test_committing_over_a_changed_file_writes_nothing(journal: Journal) -> None:
    Path("a.go").write_text("mine")
    with pytest.raises(FileChangedError):
        journal.commit("r", [Change(Path("a.go"), b"one", b"two")], "s")
    assert Path("a.go").read_text() == "mine"
    assert journal.records() == ()


def _crash(journal: Journal, written: tuple[str, ...]) -> None:
    """Leave what a process leaves that dies in the middle of writing two files."""
    for name in ("a.go", "b.go"):
        Path(name).write_text("one")
    record = journal.commit("r", [Change(Path(n), b"one", b"two") for n in ("a.go", "b.go")], "both")
    journal._mark(record, State.PENDING)
    for name in {"a.go", "b.go"} - set(written):
        Path(name).write_text("one")


@pytest.mark.parametrize("written", [("a.go",), ("a.go", "b.go")])
def test_a_crash_while_writing_is_undone(journal: Journal, written: tuple[str, ...]) -> None:
    _crash(journal, written)
    assert journal.undo().state is State.UNDONE
    assert Path("a.go").read_text() == Path("b.go").read_text() == "one"


def test_a_crash_before_the_first_write_leaves_nothing_to_undo(journal: Journal) -> None:
    _crash(journal, ())
    with pytest.raises(InputError, match="nothing to undo"):
        journal.undo()
    assert journal.redo("r").state is State.APPLIED
    assert Path("b.go").read_text() == "two"


def test_a_folder_without_a_record_is_left_out(journal: Journal) -> None:
    _write(journal)
    (locations.journal_dir() / "half").mkdir()
    assert [r.id for r in journal.records()] == ["run-1"]


def test_a_damaged_journal_is_said_and_changes_nothing(journal: Journal) -> None:
    record = _write(journal)
    (locations.journal_dir() / record.id / record.entries[0].before).write_text("other")
    with pytest.raises(InputError, match="damaged"):
        journal.undo(force=True)
    assert Path("a.go").read_bytes() == b"two\r\n"


def test_ids_are_found_by_a_unique_part(journal: Journal) -> None:
    _write(journal, "20260101-aaaa")
    _write(journal, "20260102-aabb", "b.go")
    assert journal.find("bb").id == "20260102-aabb"
    with pytest.raises(InputError, match="2 writes"):
        journal.find("aa")
    with pytest.raises(InputError, match="no write is named"):
        journal.find("zz")


def test_one_run_may_write_twice(journal: Journal) -> None:
    _write(journal, "r", "a.go")
    _write(journal, "r", "b.go")
    assert {r.id for r in journal.records()} == {"r", "r.2"}


def test_a_file_that_cannot_be_put_back_rolls_the_others_back(journal: Journal) -> None:
    Path("d").mkdir()
    for name in ("a.go", "d/b.go"):
        Path(name).write_text("one")
    journal.commit("r", [Change(Path(n), b"one", b"two") for n in ("a.go", "d/b.go")], "both")
    shutil.rmtree("d")
    with pytest.raises(InputError, match="read-only"):
        journal.undo(force=True)
    assert Path("a.go").read_text() == "two"


def test_old_records_are_removed(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journals, "KEEP", 2)
    for number in range(4):
        _write(journal, f"run-{number}", f"f{number}.go")
    assert [r.id for r in journal.records()] == ["run-3", "run-2"]


def test_a_state_folder_that_cannot_be_made_stops_the_write(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("HRGC_STATE_DIR", str(Path("file").absolute()))
    with pytest.raises(ConfigError):
        _write(Journal())
    assert Path("a.go").read_bytes() == b"one\r\n"
