"""Collect changes from local clones or bare mirrors: every commit with one parent becomes a pull request's record.

Run: ``hrgc-train collect-git --repositories DIR[,DIR]``. One part per repository; a part that is there is not made
again, so an interrupted run goes on. Licences are those of the licence files at each commit.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tqdm import tqdm

from hrgc.errors import InputError
from trainer import (
    admission,
    change,
    gitlog,
    licences,
    partition,
    record,
    regions,
    secrets_filter,
    source_filter,
    split,
)
from trainer.admission import Admission
from trainer.change import Change, FileChange, RepositoryFacts
from trainer.gitlog import Commit, Patch, Repository

_NUMBER = re.compile(r"\s*\(#(\d+)\)\s*$")
_REVIEWED = re.compile(r"^\s*PR-URL:.*/pull/(\d+)\s*$", re.MULTILINE)
FACTS_SUFFIX = ".facts.json"
_README = ("README.md", "README", "README.rst", "README.txt", "readme.md")


@dataclass(frozen=True)
class CollectGitConfig:
    """Which repositories, and which of their changes."""

    repositories: str
    """Clones, bare mirrors, or folders of them, separated by commas."""
    out: str = ".data/changes"
    max_files: int = 12
    """Go files a commit may modify; wider ones are sweeps."""
    max_changed: int = 80
    """Changed lines of one file."""
    max_region: int = 200
    """Lines of a declaration."""
    max_body: int = 4000
    """Characters kept of a message."""
    since: str = ""
    """Only commits after this date."""
    limit: int = 0
    """Stop after so many commits of a repository, 0 for all."""
    workers: int = 1
    cluster: str = ""
    """'' for this machine, ``ray`` or a Ray address."""


def main(config: CollectGitConfig) -> None:
    """Write one part and one file of facts per repository, then the manifest."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    record.save_config(out, "collect-git", config)
    found = [str(path) for path in gitlog.find(config.repositories)]
    totals: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    begun = time.monotonic()
    with tqdm(total=len(found), desc="repositories", unit="repository") as bar:
        for name, counts in partition.each(collect, config, found, workers=config.workers, cluster=config.cluster):
            totals.update(counts)
            left_out.update(counts if is_left_out(counts) else {})
            bar.set_postfix_str(f"{Path(name).name} {totals['declarations']} declarations")
            bar.update()
    save_manifest(out, left_out, time.monotonic() - begun)


def is_left_out(counts: Mapping[str, int]) -> bool:
    """Tell whether a repository's counts are those of one that has no part: nothing of it was read."""
    return not {"commits", "pull requests"} & set(counts)


def save_manifest(out: Path, left_out: Mapping[str, int], seconds: float) -> None:
    """Write the manifest of all parts in *out*, also those of earlier runs; *left_out* counts what has no part."""
    facts = sorted(out.glob(f"[!.]*{FACTS_SUFFIX}"))
    totals = Counter(left_out)
    for path in facts:
        row = record.read_json(path)
        totals.update(row["counts"])
        totals[f"source {row['repository']}"] += row["counts"].get("changes", 0)
    parts = sorted((*out.glob(f"[!.]*{change.SUFFIX}"), *facts))
    counts = dict(sorted(totals.items()))
    record.save_manifest(out, parts, format=change.FORMAT, counts=counts, seconds=round(seconds, 1))


def collect(config: CollectGitConfig, path: str) -> dict[str, int]:
    """Collect one repository and return its counts; a repository that is there is only counted."""
    out = Path(config.out)
    try:
        repository = Repository(Path(path))
    except InputError:
        return {"dropped: unreadable repository": 1}
    if split.refused(repository.name):
        return {"dropped: refused repository": 1}
    stem = change.part_name(repository.name)
    facts_path = out / f"{stem}{FACTS_SUFFIX}"
    if facts_path.is_file():
        return dict(record.read_json(facts_path)["counts"])
    collector = Collector(repository, config)
    change.write_rows(out / f"{stem}{change.SUFFIX}", map(change.to_row, collector.changes()))
    facts = collector.facts()
    record.write_json(facts_path, asdict(facts))
    return dict(facts.counts)


class Collector:
    """Turns one repository's commits into changes, counting what it drops and why."""

    def __init__(self, repository: Repository, config: CollectGitConfig) -> None:
        """Prepare to read *repository*."""
        self.repository = repository
        self.config = config
        self.counts: Counter[str] = Counter()
        self._admission = Admission(self.counts, max_changed=config.max_changed, max_region=config.max_region)
        self._licences: dict[str, str] = {}
        """Licence by commit."""
        self._refused: dict[str, str] = {}
        """Why a file is left out, by path."""

    def changes(self) -> Iterator[Change]:
        """Yield the changes, newest first."""
        chosen: dict[str, Commit] = {}
        for commit in self.repository.commits(since=self.config.since):
            self.counts["commits"] += 1
            if len(commit.files) > self.config.max_files:
                self.counts["dropped: too many files"] += 1
                continue
            chosen[commit.oid] = commit
            if self.config.limit and len(chosen) >= self.config.limit:
                break
        self._look(list(chosen.values()))
        wanted = list(filter(None, map(self._admitted, chosen.values())))
        found = self.repository.patches(wanted, self.config.max_changed)
        bar = tqdm(found, desc=self.repository.name, total=len(wanted), unit="commit", leave=False, mininterval=1)
        for oid, patches in bar:
            if (made := self._change(chosen[oid], patches)) is not None:
                self.counts.update(("changes", f"licence {made.licence}"))
                yield made
        self.counts.update({f"dropped: {reason}": count for reason, count in self.repository.lost.items()})

    def _admitted(self, commit: Commit) -> Commit | None:
        """Return a commit with those of its files that may be read, None when its licence or all of them refuse."""
        licence = self._licences.get(commit.oid, licences.UNKNOWN)
        if not licences.permissive(licence):
            self._admission.drop(f"licence {licence or 'unknown'}")
            return None
        reasons = [self._refused.get(path, "") for path, _, _ in commit.files]
        self.counts.update(f"dropped: {reason}" for reason in reasons if reason)
        files = tuple(file for file, reason in zip(commit.files, reasons, strict=True) if not reason)
        if not files:
            self._admission.drop("nothing kept")
        return replace(commit, files=files) if files else None

    def _change(self, commit: Commit, patches: tuple[Patch, ...]) -> Change | None:
        """Return a commit as a record, None when nothing of it may be kept."""
        if (message := self._admission.message(commit.message)) is None:
            return None
        blobs = {path: (old, new) for path, old, new in commit.files}
        files = [made for patch in patches if (made := self._file(patch, blobs[patch.path]))]
        if not files:
            self._admission.drop("nothing kept")
            return None
        title, _, body = message.partition("\n")
        number = _NUMBER.search(title)
        number = number or _REVIEWED.search(body)
        return Change(
            "git", self.repository.name, commit.oid, commit.parent, self._licences[commit.oid], commit.time,
            secrets_filter.clean_name(commit.author), _NUMBER.sub("", title).strip(),
            body.strip()[: self.config.max_body], tuple(files), int(number[1]) if number else None,
        )  # fmt: skip

    def _file(self, patch: Patch, blobs: tuple[str, str]) -> FileChange | None:
        """Return one file's regions, None when none may be kept."""
        return self._admission.file(patch.path, (r for hunk in patch.hunks for r in regions.split(*hunk)), *blobs)

    def _look(self, commits: Sequence[Commit]) -> None:
        """Find the licence of every commit, and what is refused by path or by the newest contents that were seen."""
        names = self._names_of_licence_files()
        asked = [f"{commit.oid}:{name}" for commit in commits for name in names]
        blobs = self.repository.resolve(asked)
        texts = dict(self.repository.blobs(sorted(set(blobs.values()))))
        kinds = {blob: licences.classify((text or b"").decode("utf-8", "replace")) for blob, text in texts.items()}
        for commit in commits:
            here = (kinds[blob] for name in names if (blob := blobs.get(f"{commit.oid}:{name}")))
            self._licences[commit.oid] = licences.together(here)
        newest: dict[str, str] = {}
        for commit in commits:
            for path, _, blob in commit.files:
                newest.setdefault(path, blob)
        self._refused = {path: reason for path in newest if (reason := source_filter.path_refused(path))}
        paths = {blob: path for path, blob in newest.items() if path not in self._refused}
        for blob, content in self.repository.blobs(list(paths)):
            if reason := admission.content_refused(content):
                self._refused[paths[blob]] = reason

    def _names_of_licence_files(self) -> tuple[str, ...]:
        """Return every name a licence file ever had at the repository's root."""
        text = self.repository.output(
            "log", "--format=", "--name-only", "--no-renames", "HEAD", "--",
            *(f":(glob,icase){stem}*" for stem in ("license", "licence", "unlicense", "copying")),
        )  # fmt: skip
        names = {line for line in text.decode("utf-8", "replace").splitlines() if "/" not in line}
        return tuple(sorted(name for name in names if licences.FILE_NAMES.match(name)))

    def facts(self) -> RepositoryFacts:
        """Return what is known of the repository beside its changes."""
        head = self.repository.head
        listing = self.repository.output("ls-tree", "-r", "--name-only", "-z", head)
        tree = listing.decode("utf-8", "replace").split("\0")
        found = dict(self.repository.blobs([f"{head}:{name}" for name in _README]))
        readme = next(filter(None, found.values()), b"")
        words = secrets_filter.clean_prose(readme.decode("utf-8", "replace"))[:20_000]
        return RepositoryFacts(
            self.repository.name, self._licences.get(head) or next(iter(self._licences.values()), ""), head,
            time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "" if secrets_filter.secret_in(words) else words,
            tuple(filter(None, tree))[:5000], counts=dict(self.counts),
        )  # fmt: skip
