"""Opening that is stopped, and closing: nothing is left running or lying about, whoever still holds on to what."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from hrgc.errors import CancelledError
from hrgc.plugin import Cancel, OpenOptions
from plugins.golang.language import GoLanguage
from plugins.golang.test import TestValidator
from plugins.golang.toolchain import Toolchain, find
from plugins.golang.workspace import GoWorkspace
from tests.plugins.golang_packages import budget, write

pytestmark = pytest.mark.usefixtures("go")
FILES = {
    "a.go": "package m\n\nfunc F() int { return 1 }\n",
    "a_test.go": (
        'package m\n\nimport "testing"\n\nfunc TestF(t *testing.T) {\n\tif F() != 2 {\n\t\tt.Fatal()\n\t}\n}\n'
    ),
}


def slow_toolchain(folder: Path, go: Path) -> Toolchain:
    """Return a toolchain whose go command begins by doing nothing for a minute."""
    script = folder / "go"
    script.write_text(f'#!/bin/sh\nsleep 60\nexec "{go}" "$@"\n')
    script.chmod(0o755)
    return Toolchain(script, find().settings)


def test_a_stopped_opening_ends_at_once(tmp_path: Path) -> None:
    """The go command in progress is ended, and the opening raises the error that says so."""
    root = write(tmp_path / "m", FILES)
    cancel = Cancel()
    timer = threading.Timer(0.3, cancel.cancel)
    timer.start()
    started = time.monotonic()
    language = GoLanguage(slow_toolchain(tmp_path, find().go))
    with pytest.raises(CancelledError, match="stopped before"), language.open(root, OpenOptions(), cancel):
        pytest.fail("it was open")
    assert time.monotonic() - started < 10
    timer.join()


def test_a_cancel_before_opening_opens_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(CancelledError), GoLanguage().open(write(tmp_path, FILES), OpenOptions(), cancel):
        pytest.fail("it was open")


def test_a_cancel_after_opening_means_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    with GoLanguage().open(write(tmp_path, FILES), OpenOptions(), cancel) as workspace:
        cancel.cancel()
        assert workspace.format(workspace.files[0], b"package  m\n") == b"package m\n"


def test_closing_ends_workers_and_removes_their_copies(tmp_path: Path) -> None:
    """Worker threads, helper and copies are gone once the workspace is closed, while the validator lives on."""
    validator = TestValidator()
    before = set(threading.enumerate())
    with GoLanguage().open(write(tmp_path, FILES), OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        evidence = validator.examine(workspace, {}, budget())
        assert [d.code for d in evidence.diagnostics] == ["TestFail"]
        folder = workspace.store.folder
        assert any(folder.glob("runs-*"))
        assert set(threading.enumerate()) - before
        workspace.close()
        assert not folder.exists()
        assert not set(threading.enumerate()) - before
