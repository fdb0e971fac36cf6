"""What front ends call: the toolbox, a run, and judging a chosen subset."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from hrgc.diagnostics import Stage
from hrgc.errors import CancelledError, InputError
from hrgc.events import Finished
from hrgc.model import NoModel
from hrgc.plan import Plan, Step
from hrgc.plugin import Budget, Cancel, OpenOptions, Workspace
from hrgc.session import Request, Toolbox, check, recheck, run
from hrgc.tokens import Op
from tests.fakes import Replacements, ToyLanguage, ToyWorkspace, WordValidator

PATH = Path("/toy/a.toy")


class CountingLoader:
    """Counts how often the model is loaded and closed."""

    loaded = 0

    def __call__(self) -> NoModel:
        """Return a new model."""
        self.loaded += 1
        return NoModel()


def toolbox(content: bytes, loader: CountingLoader | None = None) -> Toolbox:
    """Return a toolbox of toy plugins."""
    types = WordValidator("types", Stage.TYPES, (b"itmes",))
    vet = WordValidator("vet", Stage.VET, (b"vetted",))
    words = Replacements({b"itmes": ((b"items", 0.0),)})
    return Toolbox((ToyLanguage(ToyWorkspace(PATH, content)),), (words,), (types, vet), loader or NoModel)


def test_run_loads_the_model_once_and_when_needed() -> None:
    """Checking needs no model; two runs share one."""
    loader = CountingLoader()
    box = toolbox(b"itmes\n", loader)
    assert not check(PATH, box, OpenOptions()).clean
    assert loader.loaded == 0
    for _ in range(2):
        last = list(run(Request(PATH), box))[-1]
        assert isinstance(last, Finished)
        assert last.solved
    assert loader.loaded == 1
    box.close()
    assert box.model is not None
    assert loader.loaded == 2


def test_recheck_judges_an_overlay() -> None:
    """A chosen subset of hunks is judged without touching the file; vet is asked when the rest is clean."""
    box = toolbox(b"itmes\n")
    assert recheck(PATH, box, OpenOptions(), {PATH: b"items\n"}, Budget()).clean
    found = recheck(PATH, box, OpenOptions(), {PATH: b"vetted\n"}, Budget()).diagnostics
    assert [d.stage for d in found] == [Stage.VET]


class WaitingLanguage(ToyLanguage):
    """Opens only when it is cancelled, as a build on a cold cache would be ended."""

    def open(
        self, target: Path, options: OpenOptions, cancel: Cancel | None = None
    ) -> AbstractContextManager[Workspace]:
        """Wait for *cancel*."""
        assert cancel is not None
        ended = threading.Event()
        cancel.add(ended.set)
        assert ended.wait(20)
        raise CancelledError(f"stopped opening {target}", "run it again")


def _run(box: Toolbox, cancel: Cancel) -> None:
    list(run(Request(PATH), box, cancel))


def _check(box: Toolbox, cancel: Cancel) -> None:
    check(PATH, box, OpenOptions(), cancel=cancel)


@pytest.mark.parametrize("work", [_run, _check])
def test_cancel_reaches_a_package_that_is_being_opened(work: Callable[[Toolbox, Cancel], None]) -> None:
    """Nobody waits for a build that is not wanted any more."""
    box = Toolbox((WaitingLanguage(ToyWorkspace(PATH, b"")),), (), ())
    cancel = Cancel()
    threading.Timer(0.1, cancel.cancel).start()
    with pytest.raises(CancelledError):
        work(box, cancel)


class SlowLanguage(ToyLanguage):
    """Takes its time to open."""

    def open(
        self, target: Path, options: OpenOptions, cancel: Cancel | None = None
    ) -> AbstractContextManager[Workspace]:
        """Wait longer than the tests' budget."""
        time.sleep(0.05)
        return super().open(target, options, cancel)


def test_opening_takes_nothing_off_the_time_for_judging() -> None:
    """A cold build cache must not turn a check into a word about nothing."""
    box = Toolbox((SlowLanguage(ToyWorkspace(PATH, b"itmes\n")),), (), (WordValidator("w", Stage.TYPES, (b"itmes",)),))
    assert len(check(PATH, box, OpenOptions(), 0.04).diagnostics) == 1


def test_what_is_cancelled_is_not_opened() -> None:
    """A cancel that came first is seen by languages that cannot be cancelled, too."""
    cancel = Cancel()
    cancel.cancel()
    with pytest.raises(CancelledError, match="before"):
        list(run(Request(PATH), toolbox(b"itmes\n"), cancel))


def test_a_package_is_closed_behind_its_run() -> None:
    """Also when its consumer stops early: threads and copies of the package do not wait for garbage collection."""
    workspace = ToyWorkspace(PATH, b"itmes\n")
    box = Toolbox((ToyLanguage(workspace),), (), ())
    events = run(Request(PATH), box)
    next(events)
    assert not workspace.closed
    events.close()
    assert workspace.closed


def test_unknown_suffix() -> None:
    """A file no language opens is refused with the suffixes that are known."""
    with pytest.raises(InputError, match="not a file hrgc can work on") as caught:
        toolbox(b"").language_of(Path("/toy/a.txt"))
    assert ".toy" in caught.value.hint


def test_a_plan_that_does_not_fit_is_refused() -> None:
    """Lint comes before any work."""
    with pytest.raises(InputError, match="does not fit the files: step 1"):
        list(run(Request(PATH, plan=Plan((Step(PATH, 9, Op.NAME),))), toolbox(b"itmes\n")))


def test_installed_plugins_load() -> None:
    """The shipped plugins satisfy their protocols."""
    box = Toolbox.load()
    assert {v.stage for v in box.validators} == set(Stage)
    assert [language.name for language in box.languages] == ["go"]
    assert "catalogue" in {p.name for p in box.proposers}
