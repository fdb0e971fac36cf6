"""Half-applied commits: parts of a real change taken back, judged by the type checker, the missing hunk is the answer.

The package is read as it was behind the commit; imports beyond the standard library are not questioned. States that
still check give real edits with the names around them.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator
from typing import Any

from trainer.change import Change
from trainer.commit_helper import CommitHelper
from trainer.git_process import Objects

MAX_PACKAGE_FILES = 60
MAX_PACKAGE_BYTES = 1_200_000
DRAWS = 2
"""Random sets of hunks taken back, for functions with several."""


def records(
    item: Change,
    objects: Objects,
    helper: CommitHelper,
    counts: Counter[str],
    *,
    seed: int,
    offers: int = 0,
    build: bool = False,
) -> Iterator[dict[str, Any]]:
    """Yield the helper's records of every package *item* touches, tests left out.

    *offers* and *build* are meant as the helper's ``half_apply`` takes them.
    """
    packages: dict[str, dict[str, str]] = {}
    for file in item.files:
        if not file.path.endswith("_test.go") and file.old_blob:
            packages.setdefault(posixpath.dirname(file.path), {})[file.path] = file.old_blob
    for folder, changed in sorted(packages.items()):
        files = _package(item.commit, folder, objects)
        if not files or len(files) > MAX_PACKAGE_FILES:
            counts["dropped: package missing or large"] += 1
            continue
        if not set(changed) <= set(files):
            counts["dropped: file not in the package"] += 1
            continue
        texts = {blob: _text(objects, blob) for blob in {*files.values(), *changed.values()}}
        if sum(map(len, texts.values())) > MAX_PACKAGE_BYTES:
            counts["dropped: package missing or large"] += 1
            continue
        counts["packages checked"] += 1
        yield from helper.half_apply(
            files, changed, texts.__getitem__, seed=seed, draws=DRAWS, offers=offers, build=build
        )


def _package(commit: str, folder: str, objects: Objects) -> dict[str, str]:
    """Return path -> object of the Go files of a folder at *commit*, tests left out."""
    tree = objects.tree(f"{commit}:{folder}")
    return {
        posixpath.join(folder, name): oid
        for name, (kind, oid) in tree.items()
        if kind == "blob" and name.endswith(".go") and not name.endswith("_test.go")
    }


def _text(objects: Objects, blob: str) -> str:
    """Return the text of a blob; '' when it is missing or not UTF-8, so that it does not parse and is left out."""
    content = objects.get(blob)
    if content is None:
        return ""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return ""
