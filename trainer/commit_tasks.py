"""Whole-file repair tasks from real changes of held-out organisations: BuildFix-Real and CommitFix.

Run: ``hrgc-train commit-tasks --mirrors DIR``. A package is written out as it was behind a commit, and parts of the
commit are taken back from one file: what no longer builds is a task of BuildFix-Real, what builds and fails a test one
of CommitFix, with the commit's subject as the request. The answer is the file behind the commit; all its tests judge.
Commits that were looked at are not looked at again. Solve them with ``repairs --checkout`` and the same directory.
"""

from __future__ import annotations

import itertools
import posixpath
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import TextEdit, line_edits, splice
from hrgc.errors import HrgcError, InputError
from hrgc.plugin import Budget, OpenOptions
from hrgc.session import Toolbox
from trainer import change, gitlog, record, rows, snapshot, split
from trainer.change import Change, FileChange
from trainer.commit_pairs import problem_of
from trainer.git_process import Objects
from trainer.gitlog import Repository
from trainer.repair_set import BEHAVIOUR, BUILD, Task, shown_tests

SETS = {BUILD: "buildfix-real", BEHAVIOUR: "commitfix"}
"""Group of tasks -> file stem."""
DONE = "commit-tasks.done.json"
Pair = tuple[Evidence, Evidence]
"""Evidence behind the commit, and with parts of it taken back."""


@dataclass(frozen=True)
class CommitTasksConfig:
    """Which commits become how many tasks."""

    mirrors: str
    """Clones or bare mirrors the changes came from, separated by commas."""
    changes: str = ".data/changes"
    checkout: str = ".data/dev-commits"
    """Where the packages are written."""
    out: str = ".data/repairs"
    limit: int = 1000
    """Tasks of each set."""
    per_commit: int = 2
    """Tasks of each set that one commit gives."""
    max_lines: int = 8
    """Lines of a hunk that is taken back, on either side."""
    max_hunks: int = 3
    draws: int = 8
    """States of a file that are tried."""
    test_seconds: float = 60.0
    """Packages whose tests take longer are left out."""
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


class Maker:
    """Makes the tasks of one repository."""

    def __init__(self, config: CommitTasksConfig, toolbox: Toolbox, objects: Objects) -> None:
        """Read commits through *objects*."""
        self._config, self._toolbox, self._objects = config, toolbox, objects
        self._cascade = toolbox.tools().cascade

    def tasks(self, item: Change) -> Iterator[Task]:
        """Yield the tasks of one change; what is written of packages without any is removed again."""
        made: dict[str, int] = dict.fromkeys(SETS, 0)
        place = Path(self._config.checkout).resolve() / change.part_name(item.repository) / item.commit[:12]
        for file in item.files:
            if file.path.endswith("_test.go") or not file.old_blob or not file.new_blob:
                continue
            for task in self._of_file(item, file, place):
                if made[task.group] < self._config.per_commit:
                    made[task.group] += 1
                    yield task
            if all(count >= self._config.per_commit for count in made.values()):
                break
        if not any(made.values()):
            shutil.rmtree(place, ignore_errors=True)

    def _of_file(self, item: Change, file: FileChange, place: Path) -> Iterator[Task]:
        """Yield the tasks of one file of a change; nothing when its package does not build, or its tests fail."""
        old, new = self._objects.get(file.old_blob), self._objects.get(file.new_blob)
        if old is None or new is None:
            return
        if not snapshot.write(self._objects, item.commit, posixpath.dirname(file.path), item.repository, place):
            return
        path = place / file.path
        if not path.is_file() or path.read_bytes() != new:
            return
        chance = random.Random(f"{self._config.seed}:{item.commit}:{file.path}")
        try:
            with self._toolbox.language_of(path).open(path, OpenOptions()) as workspace:
                before = self._cascade.examine(workspace, {}, self._soon())
                if not before.clean or len(before.passed) < 2:
                    return
                for number, (state, hunks) in enumerate(taken_back(old, new, self._config, chance), start=1):
                    after = self._cascade.examine(workspace, {path: state}, self._soon())
                    if after.complete and not after.clean:
                        label = f"{number}: {hunks} hunks" if hunks > 1 else f"{number}: 1 hunk"
                        yield self._task(item, path, state, new, label, (before, after))
        except HrgcError:
            return

    def _task(self, item: Change, path: Path, state: bytes, right: bytes, label: str, found: Pair) -> Task:
        """Return a task; *label* tells the states of a file apart."""
        place = str(path.relative_to(Path(self._config.checkout).resolve()))
        behaviour = found[1].failing_stage == Stage.TEST
        name = f"{place}:{label}"
        return Task(
            name,
            change.part_name(item.repository),
            place,
            BEHAVIOUR if behaviour else BUILD,
            state.decode("utf-8", "replace"),
            right.decode("utf-8", "replace"),
            shown_tests(*found, name) if behaviour else "",
            "",
            "half-applied",
            0,
            problem_of(item) if behaviour else "",
        )

    def close(self) -> None:
        """End the process that reads objects."""
        self._objects.close()

    def _soon(self) -> Budget:
        """Return a budget for one look at the package."""
        return Budget(time.monotonic() + self._config.test_seconds)


def order(config: CommitTasksConfig) -> Iterator[Change]:
    """Yield the changes of held-out organisations in turn from each repository, newest and oldest mixed."""
    groups: list[list[Change]] = []
    for path in change.parts(Path(config.changes)):
        if split.of(path.name.replace("+", "/", 1)) == split.HELD:
            group = [item for item in change.read(path) if not split.refused(item.repository)]
            random.Random(f"{config.seed}:{path.name}").shuffle(group)
            groups.append(group)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*groups))
    yield from (item for item in turns if item is not None)


def main(config: CommitTasksConfig) -> None:
    """Write both sets commit by commit; raises InputError when no mirror belongs to any change."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    paths = {group: out / f"{stem}.jsonl.gz" for group, stem in SETS.items()}
    known = {row["name"]: group for group, path in paths.items() for row in rows.resume(path)}
    counts = Counter(known.values())
    done = set(record.read_json(out / DONE)["commits"]) if known and (out / DONE).is_file() else set()
    toolbox = Toolbox.load()
    with tqdm(desc="commits", initial=len(done)) as bar:
        makers = _makers(config, toolbox)
        for item in order(config):
            if all(counts[group] >= config.limit for group in SETS):
                break
            maker = makers.get(item.repository)
            if item.commit in done or maker is None:
                continue
            made = [task for task in maker.tasks(item) if task.name not in known]
            for group, path in paths.items():
                wanted = [asdict(task) for task in made if task.group == group]
                counts[group] += rows.append(path, wanted[: config.limit - counts[group]])
            done.add(item.commit)
            record.write_json(out / DONE, {"commits": sorted(done)})
            bar.update()
            bar.set_postfix({stem: counts[group] for group, stem in SETS.items()})
        for maker in makers.values():
            maker.close()
    toolbox.close()
    hashes = {SETS[group]: record.sha256(path) for group, path in paths.items() if path.is_file()}
    record.save_config(out, "commit-tasks", config, tasks=dict(counts), sha256=hashes)


def _makers(config: CommitTasksConfig, toolbox: Toolbox) -> dict[str, Maker]:
    """Return what makes the tasks of each repository; raises InputError for mirrors without a held-out one."""
    makers: dict[str, Maker] = {}
    for path in gitlog.find(config.mirrors):
        repository = Repository(path)
        if split.of(repository.name) == split.HELD:
            makers[repository.name] = Maker(config, toolbox, repository.objects())
    if not makers:
        raise InputError(f"no repository of a held-out organisation in {config.mirrors}", "name their mirrors")
    return makers
