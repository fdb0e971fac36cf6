"""What the catalogue proposes where tests fail, with what the tests say: the edit scorer learns to read symptoms.

Run: ``hrgc-train offers-tests --mirrors DIR``. Packages of a repository's newest commit that build and pass their tests
offline are broken as ``repair-set`` does it; where a test notices, the catalogue is asked as in a repair, and its
candidates are kept in the form of ``hrgc-train offers``. One part per repository, below its split.
"""

from __future__ import annotations

import base64
import posixpath
import random
import re
import tempfile
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hrgc import propose
from hrgc.diagnostics import Evidence, HotLine
from hrgc.edits import splice
from hrgc.errors import HrgcError, InputError
from hrgc.plugin import Candidate, Workspace
from hrgc.session import Toolbox
from hrgc.state import State
from trainer import commit_helper, gitlog, gosource, offers, raw_parts, record, snapshot, source_pairs, split
from trainer.git_process import Objects
from trainer.gitlog import Repository
from trainer.repair_set import BEHAVIOUR, BUILD, CLEAN, Broken, Maker, RepairSetConfig, group_of, unfit
from trainer.states import building, soon

_IMPORTED = re.compile(rb'^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"\s]+)"\s*$', re.MULTILINE)
_MAJOR = re.compile(r"[./]v(\d+)$")
_BLANKS = b" \t\r\n;"
"""What gofmt decides."""


@dataclass(frozen=True)
class FailingOffersConfig:
    """Which repositories are broken, and how much is kept."""

    mirrors: str
    """Clones, bare mirrors, or folders of them, separated by commas."""
    out: str = ".data/offers-tests"
    goroot: str = ""
    per_function: int = 3
    """Versions of each function."""
    tasks: int = 300
    """Of a repository at most."""
    package_tasks: int = 60
    """Of a package at most."""
    packages: int = 60
    """Of a repository that are opened at most."""
    offers: int = 48
    """Candidates kept of each, besides those that mend it."""
    modules: str = ""
    """Folder of checked-out modules that packages may import besides their own, each below its path ('' for none)."""
    test_seconds: float = 10.0
    """Packages that take longer to build and test are left out."""
    seed: int = 61
    workers: int = 1
    cluster: str = ""


def main(config: FailingOffersConfig) -> None:
    """Write one part per repository, and the manifest."""
    out = Path(config.out)
    commit_helper.binary(gosource.find_goroot(Path(config.goroot) if config.goroot else None))
    record.save_config(out, "offers-tests", config)
    sources = [str(path) for path in gitlog.find(config.mirrors)]
    raw_parts.each(make_part, config, sources, "tasks", workers=config.workers, cluster=config.cluster)
    offers.save_manifest(out)


def make_part(config: FailingOffersConfig, source: str) -> int:
    """Write one repository's tasks and return how many; a part that is there is only counted."""
    try:
        repository = Repository(Path(source))
    except InputError:
        return 0
    if split.refused(repository.name):
        return 0
    return offers.write_part(Path(config.out), repository.name, lambda counts: _of_source(config, repository, counts))


def _of_source(config: FailingOffersConfig, repository: Repository, counts: Counter[str]) -> Iterator[dict[str, Any]]:
    """Yield the tasks of a repository."""
    if reason := source_pairs.refusal(repository)[0]:
        counts[f"dropped: {reason}"] += 1
        return
    commit = repository.output("rev-parse", "HEAD").decode().strip()
    with tempfile.TemporaryDirectory(prefix="hrgc-") as scratch:
        toolbox, objects = Toolbox.load(), repository.objects()
        maker = _Offerer(config, toolbox, Path(scratch), counts)
        opened, modules = 0, modules_of(config.modules)
        try:
            for folder in tested_folders(repository, config.seed):
                if counts["tasks"] >= config.tasks or opened >= config.packages:
                    return
                if not alone(objects, commit, folder, modules):
                    counts["packages dropped: import other modules"] += 1
                    continue
                opened += 1
                if snapshot.write(objects, commit, folder, repository.name, Path(scratch)):
                    add_modules(Path(scratch) / folder, Path(scratch), modules)
                    yield from maker.tasks(Path(scratch) / folder)
        finally:
            objects.close()
            toolbox.close()


def tested_folders(repository: Repository, seed: int) -> list[str]:
    """Return the folders of the newest commit that hold tests, in random but fixed order."""
    names = repository.output("ls-tree", "-r", "-z", "--name-only", "HEAD").decode("utf-8", "replace").split("\0")
    skipped = {"vendor", "testdata", "third_party", "node_modules"}
    found = {posixpath.dirname(n) for n in names if n.endswith("_test.go") and not skipped & set(n.split("/"))}
    chosen = sorted(found)
    random.Random(seed).shuffle(chosen)
    return chosen


def modules_of(folder: str) -> dict[str, Path]:
    """Return the modules below *folder* by their paths."""
    root = Path(folder).resolve()
    found = sorted(root.rglob("go.mod")) if folder else []
    return {path.parent.relative_to(root).as_posix(): path.parent for path in found}


def alone(objects: Objects, commit: str, folder: str, modules: Collection[str] = ()) -> bool:
    """Tell whether a package and its tests import nothing beyond the standard library, their module and *modules*."""
    content = objects.get(f"{commit}:go.mod") or b""
    own = re.search(rb"^module\s+\"?([^\s\"]+)", content, re.MULTILINE)
    known = [*modules, own[1].decode("utf-8", "replace")] if own else list(modules)
    for name, (kind, oid) in objects.tree(f"{commit}:{folder}").items():
        if kind == "blob" and name.endswith(".go") and (source := objects.get(oid)) is not None:
            head = source[: source.find(b"\nfunc ")] if b"\nfunc " in source else source
            for path in (found.decode("utf-8", "replace") for found in _IMPORTED.findall(head)):
                if "." in path.partition("/")[0] and not any(f"{path}/".startswith(f"{one}/") for one in known):
                    return False
    return True


def add_modules(folder: Path, root: Path, modules: Mapping[str, Path]) -> None:
    """Tell the module file above *folder*, at most that of *root*, where *modules* are."""
    places = [folder, *folder.parents]
    at = next((p / "go.mod" for p in places[: places.index(root) + 1] if (p / "go.mod").is_file()), None)
    if at is None or not modules:
        return
    text = at.read_text("utf-8")
    majors = {path: found[1] if (found := _MAJOR.search(path)) else "1" for path in modules}
    lines = [f"require {path} v{majors[path]}.999.0" for path in modules if f"{path} v" not in text]
    lines += [f"replace {path} => {place}" for path, place in modules.items() if f"{path} =>" not in text]
    at.write_text(text + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


class _Offerer:
    """Makes the tasks of one repository's packages."""

    def __init__(self, config: FailingOffersConfig, toolbox: Toolbox, scratch: Path, counts: Counter[str]) -> None:
        """Break packages below *scratch*; count into *counts*."""
        self._config, self._toolbox, self._counts = config, toolbox, counts
        settings = RepairSetConfig(
            checkout=str(scratch), per_function=config.per_function, seed=config.seed, goroot=config.goroot
        )
        self._maker = Maker(settings, toolbox, counts)
        self._chance = random.Random(config.seed)

    def tasks(self, folder: Path) -> Iterator[dict[str, Any]]:
        """Yield the tasks of one package."""
        self._counts["packages"] += 1
        seconds, most = self._config.test_seconds, self._config.package_tasks
        try:
            with building(folder, self._toolbox, seconds) as states:
                before = states.tested_as_is(seconds)
                if reason := unfit(before, tests=states.tests, least=1):
                    self._counts[f"packages dropped: {reason}"] += 1
                    return
                found = self._maker.records(folder, {BUILD: 0, BEHAVIOUR: most, CLEAN: 0})
                files = self._maker.broken(folder, found[BEHAVIOUR], states.workspace.files, 2 * most)
                verdicts = states.tested([(path, wrong) for _, path, wrong in files], 3 * seconds)
                for one, after in zip(files, verdicts, strict=True):
                    self._counts[f"broken: {group_of(after)}"] += 1
                    if (
                        after is not None
                        and group_of(after) == BEHAVIOUR
                        and (row := self._row(states.workspace, one, after))
                    ):
                        self._counts["tasks"] += 1
                        yield row
        except HrgcError:
            self._counts["packages dropped: does not build here"] += 1

    def _row(self, workspace: Workspace, one: Broken, after: Evidence) -> dict[str, Any] | None:
        """Return the task of one broken file, None when the catalogue cannot mend it."""
        row, path, wrong = one
        first = row["numbers"]
        evidence = replace(after, hot=(HotLine(path, first + row["fix"]["first"] - 1, 1.0),))
        last = first + len(row["window"])
        state, budget = State({path: wrong}, evidence), soon(self._config.test_seconds)
        proposed = propose.gather(self._toolbox.tools().proposers, workspace, state, (), budget)
        offered = [c for c in proposed if c.path == path and first <= c.step.line <= last]
        target = workspace.read(path).translate(None, _BLANKS)
        right = [c for c in offered if splice(wrong, c.edits).translate(None, _BLANKS) == target]
        if not right:
            self._counts["broken: not in the catalogue"] += 1
            return None
        known = set(map(id, right))
        chosen = self._chosen([c for c in offered if id(c) not in known])
        return {
            "symbol": row["symbol"],
            "rule": row["rule"],
            "offers": [_offer(c, right=True) for c in right] + [_offer(c, right=False) for c in chosen],
        }

    def _chosen(self, others: list[Candidate]) -> Sequence[Candidate]:
        """Return at most so many candidates, half of them the likeliest, half drawn from the rest."""
        half = self._config.offers // 2
        others.sort(key=lambda c: -c.prior)
        rest = others[half:]
        return others[:half] + self._chance.sample(rest, min(half, len(rest)))


def _offer(candidate: Candidate, *, right: bool) -> dict[str, Any]:
    """Return a candidate as the helper writes offers."""
    made = {"rule": candidate.rule, "prior": candidate.prior, "signs": base64.b64encode(candidate.signs).decode()}
    return made | ({"right": True} if right else {})
