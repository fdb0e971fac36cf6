"""What the validators say of other contents of one package's files: many states in one opening of the package.

States are judged as candidates on top of the files as they are: the resident checker takes some milliseconds a state,
and states that build share a test binary (``plugins.golang.schemata``).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import line_edits
from hrgc.errors import InputError
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, OpenOptions, Workspace
from hrgc.session import Toolbox, opened
from hrgc.tokens import Op
from hrgc.validate import Cascade

FileState = tuple[Path, bytes]
"""A file of the package and other contents of it."""


class States:
    """Judges states of one open package."""

    def __init__(self, workspace: Workspace, toolbox: Toolbox, *, tests: bool) -> None:
        """Judge states of *workspace*, opened with its *tests* or without, with the validators of *toolbox*."""
        self.workspace = workspace
        self.tests = tests
        """Whether the package's tests are part of it."""
        self._all = Cascade(toolbox.validators)
        self._compiler = Cascade([v for v in toolbox.validators if v.stage <= Stage.TYPES])

    def compiled_as_is(self, seconds: float) -> Evidence:
        """Return what the compiler says of the files as they are."""
        return self._compiler.examine(self.workspace, {}, soon(seconds))

    def tested_as_is(self, seconds: float) -> Evidence:
        """Return what the compiler and the tests say of the files as they are."""
        return self._all.examine(self.workspace, {}, soon(seconds))

    def compiled(self, states: Sequence[FileState], seconds: float) -> list[Evidence | None]:
        """Return what the compiler says of each state, None for one that was not reached in time."""
        return self._judged(self._compiler, states, seconds)

    def tested(self, states: Sequence[FileState], seconds: float) -> list[Evidence | None]:
        """Return the first failing test of each state that builds, None for one that was not reached in time."""
        return self._judged(self._all, states, seconds)

    def _judged(self, cascade: Cascade, states: Sequence[FileState], seconds: float) -> list[Evidence | None]:
        """Return the verdict on each state, in order."""
        candidates = [
            Candidate(path, line_edits(self.workspace.read(path), content), Step(path, 1, Op.REWRITE))
            for path, content in states
        ]
        verdicts = cascade.judge(self.workspace, {}, candidates, soon(seconds), [])
        found = {verdict.index: verdict.evidence for verdict in verdicts}
        return [found.get(index) for index in range(len(states))]


@contextmanager
def building(folder: Path, toolbox: Toolbox, seconds: float) -> Iterator[States]:
    """Open a package that builds within *seconds*, without its tests where these do not build here.

    Raises InputError when it does not build, and HrgcError for what cannot be opened.
    """
    for tests in (True, False):
        with opened(folder, toolbox, OpenOptions(tests=tests)) as workspace:
            states = States(workspace, toolbox, tests=tests)
            if states.compiled_as_is(seconds).clean:
                yield states
                return
    raise InputError(f"{folder} does not build here", "take repositories that build offline")


def soon(seconds: float) -> Budget:
    """Return a budget that is over in *seconds*."""
    return Budget(time.monotonic() + seconds)
