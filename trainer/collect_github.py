"""Collect merged pull requests over GitHub's REST API: the same records as ``collect-git``, with what people said.

Run: ``GITHUB_TOKEN=.. hrgc-train collect-github --stars-from 500``. Repositories are found by search in slices of
stars, since a search shows a thousand at most. One part per repository; a part that is there is not made again.
"""

from __future__ import annotations

import base64
import binascii
import os
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from trainer import (
    admission,
    change,
    licences,
    partition,
    patches,
    record,
    regions,
    secrets_filter,
    source_filter,
    split,
)
from trainer.admission import Admission
from trainer.change import Change, FileChange, Remark, RepositoryFacts
from trainer.collect_git import FACTS_SUFFIX, is_left_out, save_manifest
from trainer.github import TOKEN_NAMES, Api, ApiConfig, GithubError, Limiter

SEARCH_LIMIT = 1000
"""Results a search shows."""
FOUND = "repositories.json"


@dataclass(frozen=True)
class CollectGithubConfig:
    """Which repositories and pull requests, and how fast."""

    out: str = ".data/changes"
    repositories: str = ""
    """``owner/name`` separated by commas; '' searches."""
    stars_from: int = 200
    stars_to: int = 500_000
    max_repositories: int = 500
    max_pulls: int = 300
    """Pull requests read of a repository, newest first."""
    max_files: int = 12
    max_changed: int = 80
    max_region: int = 200
    max_remarks: int = 20
    max_issues: int = 100
    workers: int = 4
    """Repositories at a time; they share one rate limiter."""
    base_url: str = "https://api.github.com"
    gap: float = 0.1
    """Seconds between two requests."""
    attempts: int = 8
    backoff: float = 1.0
    cluster: str = ""
    """'' for this machine, ``ray`` or a Ray address: then each node has a limiter of its own."""


def token() -> str:
    """Return the token from the environment, '' when there is none."""
    return next(filter(None, (os.environ.get(name, "") for name in TOKEN_NAMES)), "")


def open_api(config: CollectGithubConfig) -> Api:
    """Return a client with a limiter; raises ConfigError without a token."""
    cache = Path(config.out) / ".cache"
    settings = ApiConfig(token(), config.base_url, cache, attempts=config.attempts, backoff=config.backoff)
    return Api(settings, Limiter(gap=config.gap))


def main(config: CollectGithubConfig) -> None:
    """Write one part and one file of facts per repository, then the manifest; raises GithubError or ConfigError."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    api = open_api(config)
    record.save_config(out, "collect-github", config)
    names = discover(api, config, out)
    totals: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    begun = time.monotonic()
    with tqdm(total=len(names), desc="repositories", unit="repository") as bar:
        for _, counts in _jobs(api, config, names):
            totals.update(counts)
            left_out.update(counts if is_left_out(counts) else {})
            bar.set_postfix_str(f"{totals['changes']} changes")
            bar.update()
    left_out.update({f"requests: {outcome}": count for outcome, count in api.counts.items()})
    save_manifest(out, left_out, time.monotonic() - begun)


def _jobs(api: Api, config: CollectGithubConfig, names: list[str]) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield (repository, counts) as they are done: threads with one limiter here, tasks with their own elsewhere."""
    if config.cluster != partition.LOCAL:
        yield from partition.each(collect_alone, config, names, workers=config.workers, cluster=config.cluster)
        return
    with ThreadPoolExecutor(max(1, config.workers)) as pool:
        running = {pool.submit(collect, api, config, name): name for name in names}
        try:
            for future in as_completed(running):
                yield running[future], future.result()
        finally:
            for future in running:
                future.cancel()


def discover(api: Api, config: CollectGithubConfig, out: Path) -> list[str]:
    """Return the repositories to read, searching once and remembering what was found."""
    if config.repositories:
        return [name.strip() for name in config.repositories.split(",") if name.strip()]
    path = out / FOUND
    if not path.is_file():
        found = dict.fromkeys(_search(api, config.stars_from, config.stars_to))
        names = [name for name in found if not split.refused(name)][: config.max_repositories]
        record.write_json(path, {"repositories": names, "stars": [config.stars_from, config.stars_to]})
    return list(record.read_json(path)["repositories"])


def _search(api: Api, low: int, high: int) -> Iterator[str]:
    """Yield repositories with *low*..*high* stars, most first, halving a slice that holds more than a search shows."""
    query = f"language:Go archived:false fork:false stars:{low}..{high}"
    first = api.get("/search/repositories", q=query, sort="stars", order="desc", per_page=1).document or {}
    if int(first.get("total_count", 0)) > SEARCH_LIMIT and high > low:
        middle = (low + high) // 2 if high < 4 * low else 2 * low
        yield from _search(api, middle + 1, high)
        yield from _search(api, low, middle)
        return
    for row in api.pages("/search/repositories", SEARCH_LIMIT, q=query, sort="stars", order="desc"):
        if licences.permissive(str((row.get("license") or {}).get("spdx_id") or "")):
            yield row["full_name"]


def collect_alone(config: CollectGithubConfig, name: str) -> dict[str, int]:
    """Collect one repository with a client of its own."""
    return collect(open_api(config), config, name)


def collect(api: Api, config: CollectGithubConfig, name: str) -> dict[str, int]:
    """Collect one repository and return its counts; one that is there is only counted."""
    out = Path(config.out)
    stem = change.part_name(name)
    facts_path = out / f"{stem}{FACTS_SUFFIX}"
    if facts_path.is_file():
        return dict(record.read_json(facts_path)["counts"])
    reader = PullReader(api, config, name)
    try:
        facts = reader.open()
        if facts is not None:
            change.write_rows(out / f"{stem}{change.SUFFIX}", map(change.to_row, reader.changes(facts)))
            record.write_json(facts_path, {**asdict(facts), "counts": dict(reader.counts)})
    except GithubError as error:
        if "refuses" not in error.message:
            raise
        return {"dropped: access refused": 1}
    return dict(reader.counts)


class PullReader:
    """Reads one repository's pull requests."""

    def __init__(self, api: Api, config: CollectGithubConfig, name: str) -> None:
        """Read ``owner/name`` through *api*."""
        self._api, self._config, self._name = api, config, name
        self.counts: Counter[str] = Counter()
        self._admission = Admission(self.counts, max_changed=config.max_changed, max_region=config.max_region)

    def open(self) -> RepositoryFacts | None:
        """Return the repository's facts, None when nothing of it may be used."""
        base = f"/repos/{self._name}"
        row = self._api.get(base).document
        if row is None or split.refused(self._name):
            self._admission.drop("refused repository" if row else "repository gone")
            return None
        stated = str((row.get("license") or {}).get("spdx_id") or "")
        text = _decoded(self._api.get(f"{base}/license").document)
        licence = licences.classify(text) if text else ""
        if not licences.permissive(stated) or not licences.permissive(licence):
            self._admission.drop(f"licence {stated or 'unknown'}")
            return None
        branch = str(row.get("default_branch") or "HEAD")
        tree = self._api.get(f"{base}/git/trees/{branch}", recursive=1).document or {}
        readme = self._admission.message(_decoded(self._api.get(f"{base}/readme").document)) or ""
        return RepositoryFacts(
            self._name, licence, str(tree.get("sha", "")), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            readme[:20_000], tuple(e["path"] for e in tree.get("tree", ()) if e.get("type") == "blob")[:5000],
            tuple(self._issues()), int(row.get("stargazers_count", 0)),
        )  # fmt: skip

    def _issues(self) -> Iterator[tuple[int, str, str]]:
        """Yield issues that are no pull requests."""
        rows = self._api.pages(f"/repos/{self._name}/issues", self._config.max_issues, state="closed")
        for row in rows:
            title, body = self._admission.message(row["title"]), self._admission.message(row.get("body") or "")
            if "pull_request" not in row and title is not None and body is not None:
                yield int(row["number"]), title, body[:4000]

    def changes(self, facts: RepositoryFacts) -> Iterator[Change]:
        """Yield the merged pull requests that change Go code, newest first."""
        listing = self._api.pages(
            f"/repos/{self._name}/pulls", self._config.max_pulls, state="closed", sort="updated", direction="desc"
        )
        for row in listing:
            self.counts["pull requests"] += 1
            if not row.get("merged_at"):
                self._admission.drop("not merged")
            elif (made := self._change(row, facts)) is not None:
                self.counts.update(("changes", f"licence {made.licence}"))
                yield made

    def _change(self, row: dict[str, Any], facts: RepositoryFacts) -> Change | None:
        """Return one pull request as a record, None when nothing of it may be kept."""
        title, body = self._admission.message(row["title"]), self._admission.message(row.get("body") or "")
        if title is None or body is None:
            return None
        base = f"/repos/{self._name}/pulls/{row['number']}"
        listed = list(self._api.pages(f"{base}/files", 300))
        wanted = [f for f in listed if f["filename"].endswith(".go") and f["status"] == "modified"]
        if not wanted or len(wanted) > self._config.max_files:
            self._admission.drop("too many files" if wanted else "no Go file modified")
            return None
        files = tuple(filter(None, map(self._file, wanted)))
        if not files:
            self._admission.drop("nothing kept")
            return None
        return Change(
            "github", self._name, str(row.get("merge_commit_sha") or row["head"]["sha"]), row["base"]["sha"],
            facts.licence, row["merged_at"], secrets_filter.clean_name((row.get("user") or {}).get("login") or ""),
            title, body[:4000], files, int(row["number"]), tuple(self._remarks(base, int(row["number"]))),
        )  # fmt: skip

    def _file(self, row: dict[str, Any]) -> FileChange | None:
        """Return one file's declarations: its new contents, and the old ones by taking its patch back."""
        path, patch = row["filename"], row.get("patch") or ""
        if reason := source_filter.path_refused(path):
            self._admission.drop(reason)
            return None
        if int(row.get("changes", 0)) > self._config.max_changed or not patch:
            self._admission.drop("file changed too much" if patch else "no patch")
            return None
        after = _decoded(self._api.get(f"/repos/{self._name}/git/blobs/{row['sha']}").document)
        if reason := admission.content_refused(after.encode() or None):
            self._admission.drop(reason)
            return None
        before = patches.take_back(after, patch)
        if before is None:
            self._admission.drop("patch does not fit")
            return None
        return self._admission.file(path, regions.from_texts(before, after), "", row["sha"])

    def _remarks(self, base: str, number: int) -> Iterator[Remark]:
        """Yield comments, review comments and reviews, in that order."""
        places = (f"/repos/{self._name}/issues/{number}/comments", f"{base}/comments", f"{base}/reviews")
        left = self._config.max_remarks
        for place in places:
            for row in self._api.pages(place, 100):
                text = self._admission.message(row.get("body") or "")
                login = str((row.get("user") or {}).get("login") or "")
                if not text or left <= 0 or login.endswith("[bot]"):
                    continue
                left -= 1
                yield Remark(
                    secrets_filter.clean_name(login), text[:2000], row.get("path") or "", row.get("state") or ""
                )


def _decoded(document: Any) -> str:
    """Return the text of a contents or blob document, '' when it has none or is not UTF-8."""
    if not isinstance(document, dict) or not isinstance(document.get("content"), str):
        return ""
    if document.get("encoding") != "base64":
        return str(document["content"])
    try:
        return base64.b64decode(document["content"]).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""
