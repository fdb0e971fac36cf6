"""Training pairs from code that is right: break it with the Go helper, keep what the type checker says and the repair.

Run: ``hrgc-train pairs-std``. The helper's ``corrupt`` command breaks and checks; here its records become
samples: marks without blank lines, problems, evidence of failing tests and failed attempts as a run would have them.
"""

from __future__ import annotations

import itertools
import json
import os
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc import process
from hrgc.errors import GoToolError
from trainer import gosource, record, sample, scene, secrets_filter
from trainer.sample import Finding, Kind, Sample

HELPER_SOURCE = Path(__file__).resolve().parent.parent / "plugins" / "golang" / "helper"
PARTS = 32
"""Parts the packages are split into; a part that is there is not made again."""
_TIMEOUT = 6 * 3600.0
"""Seconds the helper may take for one part; a busy machine is slow."""
_STAGES = {"parse": 1, "types": 2}


@dataclass(frozen=True)
class SynthConfig:
    """How much is broken, and how."""

    out: str = ".data/pairs-std"
    goroot: str = ""
    folders: str = ""
    """Folders of Go packages, separated by commas; '' for the standard library with the go command."""
    per_function: int = 8
    build_share: float = 0.5
    clean_share: float = 0.10
    refine_share: float = 0.15
    tolerant: bool = False
    """Accept packages whose imports cannot be read."""
    seed: int = 11
    parts: int = PARTS


def build_helper(goroot: Path, out: Path) -> Path:
    """Build the Go helper and return its path; raises GoToolError with the compiler's words."""
    binary = out.resolve() / "helper"
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": os.environ.get("HOME", str(out)),
        "GOFLAGS": "-mod=mod",
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        **{name: os.environ[name] for name in ("GOCACHE", "XDG_CACHE_HOME") if name in os.environ},
    }
    argv = [str(goroot / "bin" / "go"), "build", "-o", str(binary), "."]
    done = process.run(argv, cwd=HELPER_SOURCE, env=environment, timeout=300)
    if not done.ok:
        raise GoToolError(f"the Go helper does not build: {done.stderr.strip()[-400:]}", "hrgc doctor")
    return binary


def records(binary: Path, goroot: Path, config: SynthConfig, part: int, *, offers: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the helper's records of one part of the packages; raises GoToolError when it fails.

    With *offers*, each bug comes with that many of the catalogue's candidates.
    """
    argv = [
        str(binary), "corrupt", "-go", str(goroot / "bin" / "go"), "-seed", str(config.seed),
        "-per-func", str(config.per_function), "-build", str(config.build_share), "-clean", str(config.clean_share),
        "-shard", f"{part}/{config.parts}", "-offers", str(offers), *(("-tolerant",) if config.tolerant else ()),
        *(name for name in config.folders.split(",") if name),
    ]  # fmt: skip
    done = process.run(
        argv,
        cwd=binary.parent,
        env={"HOME": str(binary.parent)},
        timeout=_TIMEOUT,
        output_limit=1 << 30,
        memory_limit=6 << 30,
    )
    if not done.ok:
        raise GoToolError(f"the Go helper failed on part {part}: {done.stderr.strip()[-400:]}", "run pairs-std again")
    lines = [line for line in done.stdout.split("\n") if line]
    if not lines and config.parts == PARTS and not config.folders:
        raise GoToolError(f"the Go helper wrote nothing for part {part} of the standard library", "run pairs-std again")
    yield from map(json.loads, lines)


def cleaned(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record of others' code without addresses, and without symbols whose types could not be read."""
    fix = row["fix"]
    if fix is not None:
        fix = {**fix, "lines": [secrets_filter.without_addresses(line) for line in fix["lines"] or ()]}
    window = [secrets_filter.without_addresses(line) for line in row["window"]]
    context = [symbol for symbol in row["context"] or () if "invalid type" not in symbol]
    return {**row, "window": window, "context": context, "fix": fix}


def to_sample(row: dict[str, Any], origin: str) -> Sample | None:
    """Return a record as a plain sample, None when its hunk has no place in the window."""
    numbers = [at for at, text in enumerate(row["window"], start=1) if text]
    mark_of = {number: mark for mark, number in enumerate(numbers, start=1)}
    findings = tuple(
        Finding(_STAGES[d["stage"]], d["code"], mark_of.get(d["line"]), tuple(d["names"] or ())[:3])
        for d in row["diags"][:3]
    )
    kind = {"build": Kind.BUILD, "behaviour": Kind.BEHAVIOUR, "clean": Kind.CLEAN}[row["group"]]
    if any(found.stage == 1 for found in findings):
        kind = Kind.SYNTAX
    made = Sample(
        f"{origin}:{row['pkg']}",
        kind,
        row["kind"],
        row["symbol"],
        tuple(text for text in row["window"] if text),
        findings=findings,
        context=tuple(row["context"] or ()),
        rule=row["rule"],
    )
    fix = row["fix"]
    if fix is None:
        return made
    code = tuple(text.strip() for text in fix["lines"] or () if text.strip())
    replaced = [mark_of[n] for n in range(fix["first"], fix["last"] + 1) if n in mark_of]
    if replaced:
        end = replaced[-1] if len(replaced) > 1 else None
        return replace(made, op=row["op"], mark=replaced[0], end_mark=end, code=code)
    behind = [mark for number, mark in mark_of.items() if number < fix["first"]]
    if not behind or not code:
        return None
    return replace(made, op=row["op"], mark=max(behind), code=code, insert=True)


def samples(rows: Iterator[dict[str, Any]], config: SynthConfig, origin: str) -> Iterator[Sample]:
    """Yield the samples of *rows*, function by function, in the scenes a run would meet them in."""
    for (path, symbol), group in itertools.groupby(rows, key=lambda row: (row["path"], row["symbol"])):
        chance = random.Random(f"{config.seed}:{path}:{symbol}")
        made = [found for row in group if (found := to_sample(row, origin)) is not None]
        for item in made:
            yield _staged(item, made, config, chance)


def _staged(item: Sample, siblings: Sequence[Sample], config: SynthConfig, chance: random.Random) -> Sample:
    """Give a sample its problem, tests and history."""
    if chance.random() < 0.15:
        item = replace(item, context=())
    if not item.op:
        return replace(item, problem=scene.clean_problem(item, chance))
    if item.kind == Kind.BEHAVIOUR:
        item = scene.with_tests(item, chance)
    item = replace(item, problem=scene.problem(item, chance))
    if chance.random() < config.refine_share:
        item = replace(item, tried=scene.attempts(item, siblings, chance))
    return item


def main(config: SynthConfig) -> None:
    """Write one file of pairs per part and the manifest; goes on behind parts that are there."""
    out = Path(config.out)
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    out.mkdir(parents=True, exist_ok=True)
    binary = build_helper(goroot, out)
    origin = "std" if not config.folders else "local"
    version = (goroot / "VERSION").read_text("utf-8").split("\n")[0]
    record.save_config(out, "pairs-std", config, goroot=version, helper=record.sha256(binary))
    paths = [out / f"pairs-{part:03d}.jsonl.gz" for part in range(config.parts)]
    for part, path in enumerate(tqdm(paths, desc="parts", unit="part")):
        if not path.is_file():
            sample.write(path, samples(records(binary, goroot, config, part), config, origin))
    counts = Counter(name for path in paths for item in sample.read(path) for name in sample.facets(item))
    record.save_manifest(out, paths, format=sample.FORMAT, goroot=version, counts=dict(sorted(counts.items())))
