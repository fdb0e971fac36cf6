"""Training pairs from what repositories hold today: every function of their newest commit is broken and checked.

Run: ``hrgc-train pairs-source --mirrors DIR``. Imports beyond the standard library are not questioned. One raw part per
repository (a part that is there is not made again), then one pass that drops duplicates and splits by organisation.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from hrgc.errors import GoToolError, InputError
from trainer import (
    admission,
    change,
    commit_helper,
    gitlog,
    gosource,
    licences,
    raw_parts,
    record,
    sample,
    secrets_filter,
    source_filter,
    split,
    synth,
)
from trainer.gitlog import Repository
from trainer.sample import Sample
from trainer.synth import SynthConfig

_FUNCTION = re.compile(rb"^func ", re.MULTILINE)
_MODULE = b"go.mod"


@dataclass(frozen=True)
class SourcePairsConfig:
    """Which repositories are broken, and how much."""

    mirrors: str
    """Clones, bare mirrors, or folders of them, separated by commas."""
    out: str = ".data/pairs-source"
    goroot: str = ""
    per_function: int = 6
    """Versions of each function."""
    max_pairs: int = 16_000
    """Of a repository; functions of large ones get fewer versions, and only some of the largest ones' packages are
    read."""
    build_share: float = 0.45
    clean_share: float = 0.10
    refine_share: float = 0.15
    seed: int = 17
    workers: int = 1
    cluster: str = ""


def main(config: SourcePairsConfig) -> None:
    """Write raw parts, then the split pairs and their manifest."""
    out = Path(config.out)
    raw_parts.begin(out)
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    commit_helper.binary(goroot)  # once, before several workers ask for it
    record.save_config(out, "pairs-source", config)
    sources = [str(path) for path in gitlog.find(config.mirrors)]
    raw_parts.make(out, make_part, config, sources, workers=config.workers, cluster=config.cluster)


def make_part(config: SourcePairsConfig, source: str) -> int:
    """Write the raw pairs of one repository and return how many; one that is there is only counted."""
    with tempfile.TemporaryDirectory(prefix="hrgc-") as scratch:
        try:
            repository = Repository(Path(source))
        except InputError:
            return 0
        path = Path(config.out) / raw_parts.RAW / f"{change.part_name(repository.name)}.jsonl.gz"
        counts_path = raw_parts.counts_of(path)
        if counts_path.is_file():
            return int(record.read_json(counts_path)["pairs"])
        counts: Counter[str] = Counter()
        reason, licence = refusal(repository)
        if not reason:
            tree = Path(scratch) / "tree"
            functions = write_tree(repository, tree, counts)
            made = _samples(config, repository, tree, functions, licence, counts)
            counts["pairs"] = sample.write(path, made)
        else:
            counts[f"dropped: {reason}"] += 1
            counts["pairs"] = sample.write(path, ())
    record.write_json(counts_path, dict(sorted(counts.items())))
    return counts["pairs"]


def refusal(repository: Repository) -> tuple[str, str]:
    """Return why nothing is taken from a repository, '' when something is, and the licence of its newest commit."""
    if split.refused(repository.name):
        return "refused repository", ""
    names = repository.output("ls-tree", "--name-only", "HEAD").decode("utf-8", "replace").splitlines()
    chosen = [f"HEAD:{name}" for name in names if licences.FILE_NAMES.match(name)]
    texts = ((content or b"").decode("utf-8", "replace") for _, content in repository.blobs(chosen))
    licence = licences.together(map(licences.classify, texts))
    return ("" if licences.permissive(licence) else f"licence {licence or 'unknown'}"), licence


def write_tree(repository: Repository, tree: Path, counts: Counter[str]) -> int:
    """Write the newest commit's hand-written Go files, tests left out, below *tree*; return how many functions."""
    listing = repository.output("ls-tree", "-r", "--name-only", "-z", "HEAD").decode("utf-8", "replace").split("\0")
    wanted = [name for name in listing if _wanted(name)]
    functions = 0
    for name, content in repository.blobs([f"HEAD:{name}" for name in wanted]):
        path = name.removeprefix("HEAD:")
        if reason := "" if path.endswith(_MODULE.decode()) and content else admission.content_refused(content):
            counts[f"dropped: {reason}"] += 1
            continue
        if content is None or secrets_filter.secret_in(content.decode("utf-8", "replace")):
            counts["dropped: secret in code"] += 1
            continue
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        functions += len(_FUNCTION.findall(content))
        counts["files"] += 1
    counts["functions"] = functions
    return functions


def _wanted(name: str) -> bool:
    """Tell whether a file is read: hand-written Go, or what names a module."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or "\n" in name:
        return False
    return place.name == _MODULE.decode() or (not name.endswith("_test.go") and not source_filter.path_refused(name))


def _samples(
    config: SourcePairsConfig, repository: Repository, tree: Path, functions: int, licence: str, counts: Counter[str]
) -> Iterator[Sample]:
    """Yield the samples of a repository's files below *tree*."""
    if not functions:
        return
    goroot = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    each = max(1, min(config.per_function, config.max_pairs // functions))
    parts = max(1, functions * each // config.max_pairs)
    settings = SynthConfig(
        folders=str(tree),
        per_function=each,
        build_share=config.build_share,
        clean_share=config.clean_share,
        refine_share=config.refine_share,
        tolerant=True,
        seed=config.seed,
        parts=parts,
    )
    rows = map(synth.cleaned, synth.records(commit_helper.binary(goroot), goroot, settings, 0))
    try:
        for made in synth.samples(rows, settings, repository.name):
            place, _, package = made.origin.partition(":")
            yield replace(made, origin=place, source=f"{repository.name}@{repository.head[:12]}:{package} {licence}")
    except GoToolError as error:
        counts[f"failed: {error.message[:80]}"] += 1
