"""Repair tasks from repositories that build and test offline: one broken file each, tests split into shown and hidden.

Run: ``hrgc-train repair-set --checkout DIR --out FILE``. Every function is broken by the Go helper (``corrupt``), the
engine's own validators run the package's tests, and a task is kept when it builds (or, for build tasks, does not) and
some test notices. The repositories are never those of the training data.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.diagnostics import Evidence, Stage
from hrgc.edits import split_lines
from hrgc.errors import HrgcError
from hrgc.plugin import Budget, OpenOptions
from hrgc.session import Toolbox, recheck
from trainer import gosource, record
from trainer.synth import SynthConfig, build_helper, records


@dataclass(frozen=True)
class RepairSetConfig:
    """Where the packages are, and how many tasks are made."""

    checkout: str = ".data/dev"
    """Directory of checked-out repositories, one folder each."""
    out: str = ".data/repairs/mutfix.jsonl.gz"
    group: str = "behaviour"
    """``behaviour`` (builds, tests fail) or ``build`` (does not build)."""
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
    """Return the tests to show: a fixed half of all, with at least one that fails."""
    failing = sorted({d.names[0].split("/")[0] for d in after.diagnostics if d.names})
    others = sorted({name.split("/")[0] for name in before.passed} - set(failing))
    half = [n for n in failing + others if hashlib.sha256(f"{key}:{n}".encode()).digest()[0] % 2]
    if not set(half) & set(failing):
        half.append(failing[0])
    return "^(" + "|".join(sorted(half)) + ")$"


def tasks_of(folder: Path, config: RepairSetConfig, toolbox: Toolbox, helper: tuple[Path, Path]) -> Iterator[Task]:
    """Yield the tasks of one package; nothing when its tests fail, are slow or are missing."""
    checkout = Path(config.checkout).resolve()
    try:
        before = recheck(folder, toolbox, OpenOptions(), {}, Budget(deadline=_soon(config.test_seconds)))
    except HrgcError:
        return
    if not before.clean or len(before.passed) < 2:
        return
    synth = SynthConfig(
        folders=str(folder),
        per_function=config.per_function,
        build_share=1.0 if config.group == "build" else 0.0,
        clean_share=0.0,
        tolerant=True,
        seed=config.seed,
        parts=1,
    )
    binary, goroot = helper
    rows = [r for r in records(binary, goroot, synth, 0) if r["fix"] and not r["remain"] and r["group"] == config.group]
    random.Random(f"{config.seed}:{folder}").shuffle(rows)
    made = 0
    for row in rows[: 4 * config.per_package]:
        path = folder / Path(row["path"]).name
        if made >= config.per_package or not path.is_file():
            continue
        right = path.read_bytes()
        wrong = broken(right, row)
        if wrong is None or wrong == right:
            continue
        after = recheck(path, toolbox, OpenOptions(), {path: wrong}, Budget(deadline=_soon(3 * config.test_seconds)))
        stage = after.failing_stage
        if not after.complete or stage is None or (stage == Stage.TEST) != (config.group == "behaviour"):
            continue
        made += 1
        name = f"{path.relative_to(checkout)}:{row['symbol']}:{row['rule']}:{made}"
        shown = shown_tests(before, after, name) if config.group == "behaviour" else ""
        yield Task(
            name,
            path.relative_to(checkout).parts[0],
            str(path.relative_to(checkout)),
            config.group,
            wrong.decode("utf-8", "replace"),
            right.decode("utf-8", "replace"),
            shown,
            row["op"],
            row["rule"],
            row["numbers"] + row["fix"]["first"] - 1,
        )


def _soon(seconds: float) -> float:
    """Return the monotonic time *seconds* from now."""
    return time.monotonic() + seconds


def read(path: Path) -> list[Task]:
    """Read a set."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [Task(**json.loads(line)) for line in lines]


def main(config: RepairSetConfig) -> None:
    """Write the set and its manifest."""
    out = Path(config.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    helper = (build_helper(goroot, out.parent), goroot)
    toolbox = Toolbox.load()
    count = 0
    with gzip.open(out, "wt", encoding="utf-8") as file, tqdm(total=config.limit, desc=config.group) as bar:
        for folder in packages(Path(config.checkout).resolve()):
            for task in tasks_of(folder, config, toolbox, helper):
                file.write(json.dumps(asdict(task)) + "\n")
                count += 1
                bar.update()
                if count >= config.limit:
                    break
            if count >= config.limit:
                break
    record.save_config(out.parent, f"repair-set-{config.group}", config, tasks=count, sha256=record.sha256(out))
