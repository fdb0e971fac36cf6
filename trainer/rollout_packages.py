"""The files of the packages that samples were made from: below a folder, or in mirrors at the samples' commit."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from trainer import gitlog
from trainer.gitlog import Repository
from trainer.sample import Sample


class Packages:
    """Reads packages; the last one is kept, since samples of one package follow each other."""

    def __init__(self, source: Path, mirrors: str = "") -> None:
        """Look for packages of samples without a repository in *source*, for the others in *mirrors*.

        *mirrors* are clones, bare mirrors, or folders of them, separated by commas. Raises InputError when one is not
        there.
        """
        self._source = source
        found = [Repository(path) for path in gitlog.find(mirrors)] if mirrors else []
        self._repositories = {repository.name: repository for repository in found}
        self._last: tuple[str, dict[str, str]] = ("", {})

    def files(self, item: Sample) -> dict[str, str]:
        """Return path -> text of the Go files of *item*'s package, tests left out; none when it is not there."""
        place = item.source.partition(" ")[0] or item.origin
        if self._last[0] != place:
            self._last = (place, self._mirrored(place) if item.source else self._below(place.partition(":")[2]))
        return self._last[1]

    def _below(self, package: str) -> dict[str, str]:
        """Return the files of a package below the source folder."""
        return {
            f"{package}/{path.name}": path.read_text("utf-8", "replace")
            for path in sorted((self._source / package).glob("*.go"))
            if _wanted(path.name)
        }

    def _mirrored(self, place: str) -> dict[str, str]:
        """Return the files of ``owner/name@commit:package``."""
        name, _, rest = place.partition("@")
        commit, _, package = rest.partition(":")
        repository = self._repositories.get(name)
        if repository is None:
            return {}
        folder = PurePosixPath(package)
        listed = repository.output("ls-tree", "-z", "--name-only", f"{commit}:{'' if package == '.' else package}")
        paths = [str(folder / name) for name in listed.decode("utf-8", "replace").split("\0") if _wanted(name)]
        found = repository.blobs([f"{commit}:{path}" for path in paths])
        return {name.partition(":")[2]: content.decode("utf-8", "replace") for name, content in found if content}


def _wanted(name: str) -> bool:
    """Tell whether a file is part of a package without its tests."""
    return name.endswith(".go") and not name.endswith("_test.go") and "\n" not in name
