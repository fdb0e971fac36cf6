"""Repair tasks from repositories that build and test offline: one broken file each, tests split into shown and hidden.

Run: ``hrgc-train repair-set --checkout DIR --out DIR``. Every function is broken by the Go helper (``corrupt``). The
engine's own validators judge all broken files of a package in one opening: what does not build is a task of
BuildFix-Syn, what builds and fails a test one of MutFix. Clean tasks are functions as they are, with a request that
names no real fault. A package that was looked at is not looked at again. The repositories are never those of the
training data.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import split_lines
from hrgc.errors import HrgcError
from hrgc.session import Toolbox
from trainer import commit_helper, gosource, rows, scene
from trainer.set_progress import Progress
from trainer.states import States, building
from trainer.synth import SynthConfig, records, to_sample

BUILD, BEHAVIOUR, CLEAN = "build", "behaviour", "clean"
"""Groups of tasks."""
SETS = {BUILD: "buildfix-syn", BEHAVIOUR: "mutfix", CLEAN: "clean"}
"""Group of tasks -> file stem."""
STAGE = "repair-set"
SPARE = 3
"""Broken files that are judged for each task that is wanted."""


@dataclass(frozen=True)
class RepairSetConfig:
    """Where the packages are, and how many tasks are made."""

    checkout: str = ".data/dev"
    """Directory of checked-out repositories, one folder each."""
    out: str = ".data/repairs"
    build: int = 2000
    """Tasks that do not build."""
    behaviour: int = 1000
    """Tasks that build and fail a test."""
    clean: int = 1000
    """Tasks in which nothing is wrong."""
    share: float = 0.03
    """Largest part of a set that one package gives."""
    per_function: int = 4
    """Versions of each function that are tried."""
    test_seconds: float = 20.0
    """Packages that take longer to build and test are left out."""
    seed: int = 5
    goroot: str = ""

    def limits(self) -> dict[str, int]:
        """Return the number of tasks of each group."""
        return {BUILD: self.build, BEHAVIOUR: self.behaviour, CLEAN: self.clean}


@dataclass(frozen=True, slots=True)
class Task:
    """One broken file."""

    name: str
    repository: str
    path: str
    """File below the checkout directory."""
    group: str
    content: str
    """The whole broken file."""
    right: str
    """The whole file as it was."""
    shown: str
    """Regular expression of the tests the engine may run, '' for none."""
    op: str
    rule: str
    line: int
    problem: str = ""
    """What the engine is asked to do, '' for nothing beyond the evidence."""


def packages(checkout: Path) -> Iterator[Path]:
    """Yield directories with Go files and tests, in random but fixed order."""
    found = {path.parent for path in checkout.rglob("*_test.go") if not {"vendor", "testdata"} & set(path.parts)}
    chosen = sorted(folder for folder in found if any(p.suffix == ".go" for p in folder.iterdir()))
    random.Random(7).shuffle(chosen)
    yield from chosen


def broken(right: bytes, row: dict[str, Any]) -> bytes | None:
    """Return the file with a record's window put in place of the hunk that mends it, None when it does not fit."""
    fix = row["fix"]
    lines = split_lines(right)
    first = row["numbers"] + fix["first"] - 2
    wanted = [text.strip() for text in fix["lines"] or ()]
    here = [line.decode("utf-8", "replace").strip() for line in lines[first : first + len(wanted)]]
    if here != wanted:
        return None
    window = row["window"][fix["first"] - 1 : fix["last"]]
    indent = b"\t"
    if first < len(lines):
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
    new = [indent + text.encode() + b"\n" if text else b"\n" for text in window]
    return b"".join([*lines[:first], *new, *lines[first + len(wanted) :]])


def shown_tests(before: Evidence, after: Evidence, key: str) -> str:
    """Return the tests to show: a fixed half of all, with at least one, one that fails if any does."""
    failing = sorted({d.names[0].split("/")[0] for d in after.diagnostics if d.names})
    others = sorted({name.split("/")[0] for name in before.passed} - set(failing))
    half = [n for n in failing + others if hashlib.sha256(f"{key}:{n}".encode()).digest()[0] % 2]
    if not half or (failing and not set(half) & set(failing)):
        half.append((failing or others)[0])
    return "^(" + "|".join(sorted(half)) + ")$"


Broken = tuple[dict[str, Any], Path, bytes]
"""A record of the helper, its file and the file's broken contents."""


class Maker:
    """Makes the tasks of one package after another, counting what drops out and why."""

    def __init__(self, config: RepairSetConfig, toolbox: Toolbox, counts: Counter[str]) -> None:
        """Build the Go helper when it is missing; count into *counts*."""
        self._config, self._toolbox, self._counts = config, toolbox, counts
        self._checkout = Path(config.checkout).resolve()
        goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
        self._helper = (commit_helper.binary(goroot), goroot)

    def tasks(self, folder: Path, wanted: Mapping[str, int]) -> list[Task]:
        """Return at most *wanted* tasks of each group; without tests that pass here, only such that do not build."""
        self._counts["packages"] += 1
        try:
            with building(folder, self._toolbox, self._config.test_seconds) as states:
                before = Evidence()
                if wanted[BEHAVIOUR] or wanted[CLEAN]:
                    before = states.tested_as_is(self._config.test_seconds)
                    if reason := unfit(before, tests=states.tests):
                        self._counts[f"packages without tasks of behaviour: {reason}"] += 1
                        wanted = {BUILD: wanted[BUILD], BEHAVIOUR: 0, CLEAN: 0}
                return self._of_package(folder, states, before, wanted) if any(wanted.values()) else []
        except HrgcError:
            self._counts["packages dropped: does not build here"] += 1
            return []

    def _of_package(self, folder: Path, states: States, before: Evidence, wanted: Mapping[str, int]) -> list[Task]:
        """Return the tasks of an open package."""
        found = self.records(folder, wanted)
        made = [task for row in found[CLEAN] if (task := self._clean(folder, row, before))][: wanted[CLEAN]]
        for group in (BUILD, BEHAVIOUR):
            files = self.broken(folder, found[group], states.workspace.files, SPARE * wanted[group])
            made += self._judged(group, files, states, before)[: wanted[group]]
        return made

    def records(self, folder: Path, wanted: Mapping[str, int]) -> dict[str, list[dict[str, Any]]]:
        """Return the helper's records of each group, in a fixed random order."""
        broken_wanted = wanted[BUILD] + wanted[BEHAVIOUR]
        synth = SynthConfig(
            folders=str(folder),
            per_function=self._config.per_function if broken_wanted else 1,
            build_share=0.5 if wanted[BUILD] and wanted[BEHAVIOUR] else float(bool(wanted[BUILD])),
            clean_share=(0.2 if broken_wanted else 1.0) if wanted[CLEAN] else 0.0,
            tolerant=True,
            seed=self._config.seed,
            parts=1,
        )
        found: dict[str, list[dict[str, Any]]] = {group: [] for group in SETS}
        for row in records(*self._helper, synth, 0):
            if "/" not in row["path"] and not row["remain"]:  # the helper looks at the folders below, too
                found[row["group"]].append(row)
        for group, items in found.items():
            random.Random(f"{self._config.seed}:{folder.relative_to(self._checkout)}:{group}").shuffle(items)
        found[CLEAN] = list({row["path"] + row["symbol"]: row for row in found[CLEAN]}.values())
        return found

    def broken(self, folder: Path, found: Sequence[dict[str, Any]], files: Collection[Path], most: int) -> list[Broken]:
        """Return at most *most* records with their files and broken contents, each content once."""
        made: dict[bytes, Broken] = {}
        for row in found:
            path = folder / row["path"]
            if row["fix"] is None or path not in files:
                continue
            right = path.read_bytes()
            wrong = broken(right, row)
            if wrong is not None and wrong != right:
                made.setdefault(wrong, (row, path, wrong))
        return list(itertools.islice(made.values(), most))

    def _judged(self, group: str, files: Sequence[Broken], states: States, before: Evidence) -> list[Task]:
        """Return a task for every broken file that the compiler (or some test) notices."""
        judge = states.compiled if group == BUILD else states.tested
        verdicts = judge([(path, wrong) for _, path, wrong in files], 3 * self._config.test_seconds)
        made: list[Task] = []
        for (row, path, wrong), after in zip(files, verdicts, strict=True):
            outcome = group_of(after)
            self._counts[f"broken files of {group}: {outcome}"] += 1
            if after is not None and outcome == group:
                key = f"{path.parent.name}/{path.name}:{row['symbol']}:{row['rule']}"
                shown = shown_tests(before, after, key) if group == BEHAVIOUR else ""
                made.append(self._task(row, path, wrong, shown))
        return made

    def _task(self, row: dict[str, Any], path: Path, wrong: bytes, shown: str) -> Task:
        """Return the task of a broken file."""
        place = str(path.relative_to(self._checkout))
        digest = hashlib.sha256(wrong).hexdigest()[:8]
        return Task(
            f"{place}:{row['symbol']}:{row['rule']}:{digest}",
            Path(place).parts[0],
            place,
            row["group"],
            wrong.decode("utf-8", "replace"),
            path.read_bytes().decode("utf-8", "replace"),
            shown,
            row["op"],
            row["rule"],
            row["numbers"] + row["fix"]["first"] - 1,
        )

    def _clean(self, folder: Path, row: dict[str, Any], before: Evidence) -> Task | None:
        """Return a task in which nothing is wrong with a function that someone complains about."""
        path = folder / row["path"]
        item = to_sample(row, CLEAN)
        if item is None:
            return None
        chance = random.Random(f"{path.name}:{row['symbol']}")
        problem = next(filter(None, (scene.clean_problem(item, chance) for _ in itertools.count())))
        text = path.read_bytes().decode("utf-8", "replace")
        shown = shown_tests(before, Evidence(), f"{path.name}:{row['symbol']}")
        place = str(path.relative_to(self._checkout))
        name = f"{place}:{row['symbol']}"
        return Task(name, Path(place).parts[0], place, CLEAN, text, text, shown, "", "", row["numbers"], problem)


def unfit(before: Evidence, *, tests: bool, least: int = 2) -> str:
    """Return why the tests of a package that builds cannot judge anything, '' when they can; *least* must pass."""
    if not tests:
        return "tests do not build here"
    if not before.complete:
        return "slow"
    if not before.clean:
        return "tests fail"
    return "" if len(before.passed) >= least else "too few tests"


def group_of(after: Evidence | None) -> str:
    """Return the group of a state by its evidence, or why it belongs to none."""
    if after is None or not after.complete:
        return "no verdict in time"
    if after.clean:
        return "nothing noticed"
    if after.failing_stage != Stage.TEST:
        seen = any(not found.path.name.endswith("_test.go") for found in after.diagnostics)
        return BUILD if seen else "the tests alone do not build"
    runs_away = any(found.code == "Timeout" for found in after.diagnostics)
    return "runs away" if runs_away else BEHAVIOUR


def read(path: Path) -> list[Task]:
    """Read a set."""
    return [Task(**row) for row in rows.read(path)]


def main(config: RepairSetConfig) -> None:
    """Write the sets package by package, and what was made and dropped behind the last one."""
    out, limits = Path(config.out), config.limits()
    paths = {group: out / f"{stem}.jsonl.gz" for group, stem in SETS.items()}
    counts = Counter({group: len(rows.resume(path)) for group, path in paths.items()})
    progress = Progress.read(out / STAGE, started=any(counts.values()))
    toolbox = Toolbox.load()
    maker = Maker(config, toolbox, progress.counts)
    with tqdm(desc="packages") as bar:
        for folder in packages(Path(config.checkout).resolve()):
            wanted = {
                group: min(limit - counts[group], round(limit * config.share))
                for group, limit in limits.items()
                if counts[group] < limit and f"{group} {folder}" not in progress.done
            }
            if not wanted:
                continue
            made = maker.tasks(folder, {**dict.fromkeys(SETS, 0), **wanted})
            for group, path in paths.items():
                counts[group] += rows.append(path, [asdict(task) for task in made if task.group == group])
            progress.add(f"{group} {folder}" for group in wanted)
            bar.update()
            bar.set_postfix({SETS[group]: counts[group] for group in SETS})
    toolbox.close()
    progress.finish(STAGE, config, paths)
