"""Whole-file repair tasks from real changes of held-out organisations: BuildFix-Real and CommitFix.

Run: ``hrgc-train commit-tasks --mirrors DIR``. A package is written out as it was behind a commit, and parts of the
commit are taken back from one file: what no longer builds is a task of BuildFix-Real, what builds and fails a test one
of CommitFix, with the commit's subject as the request. The answer is the file behind the commit; all its tests judge.
BuildFix-Real needs no test run to be made, nor tests that can be built here. Commits that were looked at are not looked
at again. Solve the tasks with ``repairs --checkout`` and the same directory.
"""

from __future__ import annotations

import itertools
import posixpath
import random
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from hrgc.diagnostics import Evidence
from hrgc.edits import TextEdit, line_edits, splice
from hrgc.errors import HrgcError, InputError
from hrgc.session import Toolbox
from trainer import change, gitlog, rows, snapshot, split
from trainer.change import Change, FileChange
from trainer.commit_pairs import problem_of
from trainer.git_process import Objects
from trainer.gitlog import Repository
from trainer.repair_set import BEHAVIOUR, BUILD, Task, group_of, shown_tests, unfit
from trainer.set_progress import Progress
from trainer.states import States, building

SETS = {BUILD: "buildfix-real", BEHAVIOUR: "commitfix"}
"""Group of tasks -> file stem."""
STAGE = "commit-tasks"
SEVERAL = 3
"""Declarations of a change that is looked at early."""


@dataclass(frozen=True)
class CommitTasksConfig:
    """Which commits become how many tasks."""

    mirrors: str
    """Clones or bare mirrors the changes came from, separated by commas."""
    changes: str = ".data/changes"
    checkout: str = ".data/dev-commits"
    """Where the packages are written."""
    out: str = ".data/repairs"
    build: int = 1000
    """Tasks that do not build."""
    behaviour: int = 1000
    """Tasks that build and fail a test."""
    per_commit: int = 6
    """Tasks of each set that one commit gives."""
    max_lines: int = 8
    """Lines of a hunk that is taken back, on either side."""
    max_hunks: int = 3
    draws: int = 16
    """States of a file that are tried."""
    test_seconds: float = 60.0
    """Packages whose tests take longer give no tasks of CommitFix."""
    seed: int = 61


def taken_back(old: bytes, new: bytes, config: CommitTasksConfig, chance: random.Random) -> Iterator[tuple[bytes, int]]:
    """Yield (the file behind a change with some small hunks as they were, how many), each state once."""
    small = [edit for edit in line_edits(new, old) if _lines(new, edit) <= config.max_lines]
    chance.shuffle(small)
    sets: list[Sequence[TextEdit]] = [(edit,) for edit in small]
    for size in range(2, min(config.max_hunks, len(small)) + 1):
        sets += [chance.sample(small, size) for _ in range(2)]
    chance.shuffle(sets)
    seen = {new}
    for chosen in sets[: config.draws]:
        state = splice(new, chosen)
        if state not in seen:
            seen.add(state)
            yield state, len(chosen)


def _lines(content: bytes, edit: TextEdit) -> int:
    """Return the larger number of lines on the two sides of an edit."""
    return max(content.count(b"\n", edit.start, edit.end), edit.new.count(b"\n"))


@dataclass(frozen=True, slots=True)
class _Taken:
    """A file with parts of a commit taken back."""

    path: Path
    right: bytes
    """The file behind the commit."""
    wrong: bytes
    label: str
    """What tells the states of a file apart."""


class Maker:
    """Makes the tasks of one repository, counting what drops out and why."""

    def __init__(self, config: CommitTasksConfig, toolbox: Toolbox, objects: Objects, counts: Counter[str]) -> None:
        """Read commits through *objects*; count into *counts*."""
        self._config, self._toolbox, self._objects, self._counts = config, toolbox, objects, counts

    def tasks(self, item: Change, wanted: Mapping[str, int]) -> list[Task]:
        """Return at most *wanted* tasks of each group of one change; without any, nothing stays written."""
        self._counts["commits"] += 1
        place = Path(self._config.checkout).resolve() / change.part_name(item.repository) / item.commit[:12]
        folders: dict[str, list[FileChange]] = {}
        for file in item.files:
            if not file.path.endswith("_test.go") and file.old_blob and file.new_blob:
                folders.setdefault(posixpath.dirname(file.path), []).append(file)
        if not folders:
            self._counts["commits dropped: only tests"] += 1
        elif not wanted[BEHAVIOUR] and not self._several_hunks(itertools.chain.from_iterable(folders.values())):
            self._counts["commits dropped: one hunk, and what was there before it built"] += 1
            return []
        left, made = dict(wanted), list[Task]()
        for folder, files in folders.items():
            self._counts["packages"] += 1
            found = self._of_package(item, folder, files, place, left)
            left = {group: left[group] - sum(task.group == group for task in found) for group in SETS}
            made += found
        if not made:
            shutil.rmtree(place, ignore_errors=True)
        return made

    def _several_hunks(self, files: Iterable[FileChange]) -> bool:
        """Tell whether a change of *files* can be half applied at all."""
        pairs = [(self._objects.get(file.new_blob), self._objects.get(file.old_blob)) for file in files]
        return sum(len(line_edits(new, old)) for new, old in pairs if new is not None and old is not None) > 1

    def _of_package(
        self, item: Change, folder: str, files: Sequence[FileChange], place: Path, wanted: Mapping[str, int]
    ) -> list[Task]:
        """Return the tasks of one package that a change touches; none when it does not build here."""
        taken = [state for file in files for state in self._taken(item, file, place)]
        if not taken:
            self._counts["packages dropped: no small hunk"] += 1
            return []
        if not snapshot.write(self._objects, item.commit, folder, item.repository, place):
            self._counts["packages dropped: too large"] += 1
            return []
        try:
            with building(place / folder, self._toolbox, self._config.test_seconds) as states:
                return self._of_states(item, states, taken, wanted)
        except HrgcError:
            self._counts["packages dropped: does not build here"] += 1
            return []

    def _taken(self, item: Change, file: FileChange, place: Path) -> Iterator[_Taken]:
        """Yield the states of one file of a change."""
        old, new = self._objects.get(file.old_blob), self._objects.get(file.new_blob)
        if old is None or new is None:
            return
        chance = random.Random(f"{self._config.seed}:{item.commit}:{file.path}")
        for number, (state, hunks) in enumerate(taken_back(old, new, self._config, chance), start=1):
            label = f"{number}: {hunks} hunks" if hunks > 1 else f"{number}: 1 hunk"
            yield _Taken(place / file.path, new, state, label)

    def _of_states(
        self, item: Change, states: States, taken: Sequence[_Taken], wanted: Mapping[str, int]
    ) -> list[Task]:
        """Return the tasks of the states of an open package."""
        workspace = states.workspace
        taken = [t for t in taken if t.path in workspace.files and workspace.read(t.path) == t.right]
        seconds = self._config.test_seconds
        verdicts = states.compiled([(t.path, t.wrong) for t in taken], seconds)
        groups = [group_of(after) for after in verdicts]
        self._counts.update(f"states: {'builds' if group != BUILD else group}" for group in groups)
        made = [self._task(item, t, BUILD, "") for t, group in zip(taken, groups, strict=True) if group == BUILD]
        made = made[: wanted[BUILD]]
        alive = [t for t, after in zip(taken, verdicts, strict=True) if after is not None and after.clean]
        if not wanted[BEHAVIOUR] or not alive:
            return made
        before = states.tested_as_is(seconds)
        if reason := unfit(before, tests=states.tests):
            self._counts[f"packages without tasks of behaviour: {reason}"] += 1
            return made
        found = states.tested([(t.path, t.wrong) for t in alive], seconds)
        return made + self._of_behaviour(item, alive, found, before)[: wanted[BEHAVIOUR]]

    def _of_behaviour(
        self, item: Change, taken: Sequence[_Taken], found: Sequence[Evidence | None], before: Evidence
    ) -> list[Task]:
        """Return the tasks of states that build."""
        made: list[Task] = []
        for state, after in zip(taken, found, strict=True):
            group = group_of(after)
            self._counts[f"states that build: {group}"] += 1
            if after is not None and group == BEHAVIOUR:
                made.append(self._task(item, state, group, shown_tests(before, after, self._name(state))))
        return made

    def _task(self, item: Change, taken: _Taken, group: str, shown: str) -> Task:
        """Return a task."""
        return Task(
            self._name(taken),
            change.part_name(item.repository),
            self._place(taken),
            group,
            taken.wrong.decode("utf-8", "replace"),
            taken.right.decode("utf-8", "replace"),
            shown,
            "",
            "half-applied",
            0,
            problem_of(item) if group == BEHAVIOUR else "",
        )

    def _name(self, taken: _Taken) -> str:
        """Return the name of the task that a state becomes."""
        return f"{self._place(taken)}:{taken.label}"

    def _place(self, taken: _Taken) -> str:
        """Return a state's file below the checkout directory."""
        return str(taken.path.relative_to(Path(self._config.checkout).resolve()))

    def close(self) -> None:
        """End the process that reads objects."""
        self._objects.close()


def order(config: CommitTasksConfig) -> Iterator[Change]:
    """Yield the changes of held-out organisations in turn from each repository, newest and oldest mixed.

    Those of several declarations come first: most half-applied commits that do not build are among them.
    """
    groups: list[list[Change]] = []
    for path in change.parts(Path(config.changes)):
        if split.of(change.repository_of(path.name)) == split.HELD:
            group = [item for item in change.read(path) if not split.refused(item.repository)]
            random.Random(f"{config.seed}:{path.name}").shuffle(group)
            group.sort(key=lambda item: _declarations(item) < SEVERAL)
            groups.append(group)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*groups))
    yield from (item for item in turns if item is not None)


def _declarations(item: Change) -> int:
    """Return how many declarations a change touches, those of tests aside."""
    return sum(len(file.regions) for file in item.files if not file.path.endswith("_test.go"))


def main(config: CommitTasksConfig) -> None:
    """Write both sets commit by commit; raises InputError when no mirror belongs to any change."""
    out = Path(config.out)
    paths = {group: out / f"{stem}.jsonl.gz" for group, stem in SETS.items()}
    known = {row["name"]: group for group, path in paths.items() for row in rows.resume(path)}
    counts = Counter(known.values())
    progress = Progress.read(out / STAGE, started=bool(known))
    toolbox = Toolbox.load()
    makers = _makers(config, toolbox, progress.counts)
    limits = {BUILD: config.build, BEHAVIOUR: config.behaviour}
    with tqdm(desc="commits") as bar:
        for item in order(config):
            wanted = {
                group: min(config.per_commit, limit - counts[group])
                for group, limit in limits.items()
                if counts[group] < limit and f"{group} {item.commit}" not in progress.done
            }
            maker = makers.get(item.repository)
            if not wanted or maker is None:
                continue
            made = maker.tasks(item, {**dict.fromkeys(SETS, 0), **wanted})
            made = [task for task in made if task.name not in known]
            for group, path in paths.items():
                counts[group] += rows.append(path, [asdict(task) for task in made if task.group == group])
            progress.add(f"{group} {item.commit}" for group in wanted)
            bar.update()
            bar.set_postfix({stem: counts[group] for group, stem in SETS.items()})
    for maker in makers.values():
        maker.close()
    toolbox.close()
    progress.finish(STAGE, config, paths)


def _makers(config: CommitTasksConfig, toolbox: Toolbox, counts: Counter[str]) -> dict[str, Maker]:
    """Return what makes the tasks of each repository; raises InputError for mirrors without a held-out one."""
    makers: dict[str, Maker] = {}
    for path in gitlog.find(config.mirrors):
        repository = Repository(path)
        if split.of(repository.name) == split.HELD:
            makers[repository.name] = Maker(config, toolbox, repository.objects(), counts)
    if not makers:
        raise InputError(f"no repository of a held-out organisation in {config.mirrors}", "name their mirrors")
    return makers
