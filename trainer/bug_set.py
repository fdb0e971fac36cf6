"""Repair tasks from bugs that people wrote by hand, one small package each.

Run: ``hrgc-train bug-set``. A bug is a txtar file: a comment with ``kind`` (value, operator, variable, function,
missing or excess) and ``request`` (what a user would say), then ``right.go``, ``wrong.go``, ``visible_test.go``, whose
tests the engine may run, and ``hidden_test.go``, which judges with them. Half of the bugs are for looking at, half for
reporting.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from hrgc.errors import InputError
from trainer import record, rows, txtar
from trainer.repair_set import BEHAVIOUR, Task

STAGE = "bug-set"
DEVELOPMENT, REPORTED = "bugs-dev", "bugs-test"
"""File stems of the two halves."""
FILES = ("right.go", "wrong.go", "visible_test.go", "hidden_test.go")
_MODULE = "module example.com/hand\n\ngo 1.22\n"
_TEST = re.compile(r"^func (Test\w+)\(", re.MULTILINE)


@dataclass(frozen=True)
class BugSetConfig:
    """Where the bugs are, and where their packages and the sets go."""

    bugs: str = "tests/bugs"
    checkout: str = ".data/bugs"
    """Folder of the packages, to be named to ``hrgc-train repairs`` too."""
    out: str = ".data/sets"


def main(config: BugSetConfig) -> None:
    """Write the packages and both sets; raises InputError for a folder without bugs or a faulty one."""
    checkout, out = Path(config.checkout), Path(config.out)
    tasks: dict[str, list[Task]] = {DEVELOPMENT: [], REPORTED: []}
    for path in sorted(Path(config.bugs).glob("*.txtar")):
        tasks[half(path.stem)].append(unpack(path, checkout))
    if not any(tasks.values()):
        raise InputError(f"no bugs in {config.bugs}", "name a folder with .txtar files")
    for stem, some in tasks.items():
        path = out / f"{stem}.jsonl.gz"
        path.unlink(missing_ok=True)
        rows.append(path, map(asdict, some))
        click.echo(f"{stem}: {len(some)} tasks")
    record.save_config(out / STAGE, STAGE, config)


def half(name: str) -> str:
    """Return which set a bug belongs to; its name alone decides."""
    return (DEVELOPMENT, REPORTED)[hashlib.sha256(name.encode()).digest()[0] % 2]


def unpack(path: Path, checkout: Path) -> Task:
    """Write one bug's package below *checkout*, the right code in it, and return the task; raises InputError."""
    archive = txtar.read(path)
    settings = archive.settings()
    missing = [name for name in FILES if name not in archive.files] + [
        key for key in ("kind", "request") if key not in settings
    ]
    if missing:
        raise InputError(f"{path} lacks {', '.join(missing)}", "see the form in trainer/bug_set.py")
    right, wrong, visible, hidden = (archive.files[name] for name in FILES)
    folder = checkout / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {
        "go.mod": _MODULE,
        "code.go": right,
        "visible_test.go": visible,
        "hidden_test.go": hidden,
    }.items():
        (folder / name).write_text(text, encoding="utf-8")
    pairs = zip(right.splitlines(), wrong.splitlines(), strict=False)
    line = next((at for at, (was, now) in enumerate(pairs, 1) if was != now), 1)
    shown = "^(" + "|".join(sorted(_TEST.findall(visible))) + ")$"
    kind = settings["kind"]
    return Task(path.stem, path.stem, f"{path.stem}/code.go", BEHAVIOUR, wrong, right, shown, "", kind, line)
