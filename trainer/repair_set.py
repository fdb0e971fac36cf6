"""Repair tasks from repositories that build and test offline: one broken file each, tests split into shown and hidden.

Run: ``hrgc-train repair-set --checkout DIR --out FILE``. Every function is broken by the Go helper (``corrupt``), the
engine's own validators run the package's tests, and a task is kept when it builds (or, for build tasks, does not) and
some test notices. Clean tasks are functions as they are, with a request that names no real fault. A package that was
looked at is not looked at again. The repositories are never those of the training data.
"""

from __future__ import annotations

import hashlib
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import split_lines
from hrgc.errors import HrgcError
from hrgc.plugin import Budget, OpenOptions
from hrgc.session import Toolbox, recheck
from trainer import commit_helper, gosource, record, rows, scene
from trainer.synth import SynthConfig, records, to_sample

BUILD, BEHAVIOUR, CLEAN = "build", "behaviour", "clean"
"""Groups of tasks."""


@dataclass(frozen=True)
class RepairSetConfig:
    """Where the packages are, and how many tasks are made."""

    checkout: str = ".data/dev"
    """Directory of checked-out repositories, one folder each."""
    out: str = ".data/repairs/mutfix.jsonl.gz"
    group: str = "behaviour"
    """``behaviour`` (builds, tests fail), ``build`` (does not build) or ``clean`` (nothing is wrong)."""
    limit: int = 300
    per_package: int = 12
    per_function: int = 3
    test_seconds: float = 6.0
    """Packages whose tests take longer are left out."""
    seed: int = 5
    goroot: str = ""


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


def tasks_of(folder: Path, config: RepairSetConfig, toolbox: Toolbox, helper: tuple[Path, Path]) -> Iterator[Task]:
    """Yield the tasks of one package; nothing when its tests fail, are slow or are missing."""
    try:
        before = recheck(folder, toolbox, OpenOptions(), {}, Budget(deadline=_soon(config.test_seconds)))
    except HrgcError:
        return
    if not before.clean or len(before.passed) < 2:
        return
    clean = config.group == CLEAN
    synth = SynthConfig(
        folders=str(folder),
        per_function=1 if clean else config.per_function,
        build_share=1.0 if config.group == BUILD else 0.0,
        clean_share=1.0 if clean else 0.0,
        tolerant=True,
        seed=config.seed,
        parts=1,
    )
    found = [r for r in records(*helper, synth, 0) if r["group"] == config.group and not r["remain"]]
    random.Random(f"{config.seed}:{folder}").shuffle(found)
    made = (_clean(folder, row, before) for row in found) if clean else _broken(folder, found, before, config, toolbox)
    checkout = Path(config.checkout).resolve()
    numbered = enumerate(itertools.islice(filter(None, made), config.per_package), start=1)
    for number, task in numbered:
        place = str(Path(task.path).relative_to(checkout))
        name = f"{place}:{task.name}:{number}"
        yield replace(task, name=name, path=place, repository=Path(place).parts[0])


def _broken(
    folder: Path, found: Sequence[dict[str, Any]], before: Evidence, config: RepairSetConfig, toolbox: Toolbox
) -> Iterator[Task | None]:
    """Yield a task for every record that some test (or the compiler) notices, with its absolute path."""
    for row in [row for row in found if row["fix"]][: 4 * config.per_package]:
        path = folder / Path(row["path"]).name
        right = path.read_bytes() if path.is_file() else b""
        wrong = broken(right, row)
        if wrong is None or wrong == right:
            continue
        after = recheck(path, toolbox, OpenOptions(), {path: wrong}, Budget(deadline=_soon(3 * config.test_seconds)))
        stage = after.failing_stage
        if not after.complete or stage is None or (stage == Stage.TEST) != (config.group == BEHAVIOUR):
            continue
        key = f"{path.parent.name}/{path.name}:{row['symbol']}:{row['rule']}"
        yield Task(
            f"{row['symbol']}:{row['rule']}",
            "",
            str(path),
            config.group,
            wrong.decode("utf-8", "replace"),
            right.decode("utf-8", "replace"),
            shown_tests(before, after, key) if config.group == BEHAVIOUR else "",
            row["op"],
            row["rule"],
            row["numbers"] + row["fix"]["first"] - 1,
        )


def _clean(folder: Path, row: dict[str, Any], before: Evidence) -> Task | None:
    """Return a task in which nothing is wrong with a function that someone complains about."""
    path = folder / Path(row["path"]).name
    item = to_sample(row, CLEAN)
    if item is None or not path.is_file():
        return None
    chance = random.Random(f"{path.name}:{row['symbol']}")
    problem = next(filter(None, (scene.clean_problem(item, chance) for _ in itertools.count())))
    text = path.read_bytes().decode("utf-8", "replace")
    shown = shown_tests(before, Evidence(), f"{path.name}:{row['symbol']}")
    return Task(row["symbol"], "", str(path), CLEAN, text, text, shown, "", "", row["numbers"], problem)


def _soon(seconds: float) -> float:
    """Return the monotonic time *seconds* from now."""
    return time.monotonic() + seconds


def read(path: Path) -> list[Task]:
    """Read a set."""
    return [Task(**row) for row in rows.read(path)]


def main(config: RepairSetConfig) -> None:
    """Write the set package by package, and its manifest behind the last one."""
    out = Path(config.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    helper = (commit_helper.binary(goroot), goroot)
    toolbox = Toolbox.load()
    looked_at, checkout = out.with_suffix(".done.json"), Path(config.checkout).resolve()
    known = rows.resume(out)
    count, done = len(known), {str((checkout / row["path"]).parent) for row in known}
    if done and looked_at.is_file():
        done |= set(record.read_json(looked_at)["folders"])
    with tqdm(total=config.limit, initial=count, desc=config.group) as bar:
        for folder in packages(checkout):
            if count >= config.limit:
                break
            if str(folder) in done:
                continue
            made = itertools.islice(tasks_of(folder, config, toolbox, helper), config.limit - count)
            added = rows.append(out, map(asdict, made))
            count += added
            bar.update(added)
            done.add(str(folder))
            record.write_json(looked_at, {"folders": sorted(done)})
    toolbox.close()
    record.save_config(out.parent, f"repair-set-{config.group}", config, tasks=count, sha256=record.sha256(out))
