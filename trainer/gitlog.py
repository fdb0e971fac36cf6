"""Reading a git repository's history: commits, patches and objects, each from one streaming git process.

Missing objects and odd bytes cost the commit they are in.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import InputError
from trainer import linediff, source_filter
from trainer.git_process import CHUNK, GitProcess, Objects, read_content
from trainer.myers import TooLongError

_SEPARATOR, _FIELD = b"\x1e", b"\x1f"
_FORMAT = "--format=%x1e%H%x1f%P%x1f%an%x1f%aI%x1f%B%x1f"
_RAW = re.compile(rb"^:\d+ \d+ ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) M\t(.+)$", re.MULTILINE)
_NEAR = 256
"""How many objects back contents are kept: the next older commit of a file asks for the same."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed Go files."""

    oid: str
    parent: str
    author: str
    time: str
    message: str
    files: tuple[tuple[str, str, str], ...]
    """(path, old blob, new blob) of every Go file it modified."""


@dataclass(frozen=True, slots=True)
class Patch:
    """What a commit did to one file, with whole declarations as context."""

    path: str
    hunks: tuple[tuple[int, int, str], ...]
    """(old line, new line, prefixed lines) of each run."""


class Repository:
    """A clone or bare mirror."""

    def __init__(self, path: Path) -> None:
        """Open *path*; raises InputError when it is no repository or git is missing."""
        self.path = path
        inner = path / ".git"
        self.git_dir = inner if inner.exists() else path
        self._base = (
            "git", f"--git-dir={self.git_dir.resolve()}", "-c", "safe.directory=*", "-c", "core.bare=true",
            "-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false",
            "-c", "core.commitGraph=true",
        )  # fmt: skip
        self.lost: Counter[str] = Counter()
        """What could not be read, by reason."""
        try:
            self.head = self.output("rev-parse", "--verify", "HEAD^{commit}").decode().strip()
        except OSError as error:
            raise InputError(f"git cannot be started: {error}", "install git") from None
        if not self.head:
            raise InputError(f"{path} is no git repository, or has no commits", "name a clone or a bare mirror")

    def output(self, *arguments: str) -> bytes:
        """Return what a short git command prints, nothing when it fails."""
        process = GitProcess((*self._base, *arguments))
        text = process.out.read()
        return text if process.close() == 0 else b""

    def commits(self, *, since: str = "", revision: str = "HEAD") -> Iterator[Commit]:
        """Yield every commit with one parent that modified Go files, newest first."""
        options = ("--no-merges", "--raw", "--no-abbrev", "--no-renames", "--diff-filter=M")
        dates = (f"--since={since}",) if since else ()
        argv = ("log", *options, *dates, _FORMAT, revision, "--", *source_filter.PATHSPEC)
        process = GitProcess((*self._base, *argv))
        rest = b""
        try:
            while block := process.out.read1(CHUNK):  # type: ignore[attr-defined]  # Popen gives a buffered reader
                *whole, rest = (rest + block).split(_SEPARATOR)
                yield from filter(None, map(self._commit, whole))
            if found := self._commit(rest):
                yield found
            if process.child.wait() != 0:
                self.lost["history cut short"] += 1
        finally:
            process.close()

    def _commit(self, text: bytes) -> Commit | None:
        """Read one entry of the log."""
        if not text:
            return None
        fields = text.split(_FIELD)
        if len(fields) != 6:
            self.lost["commit with control characters"] += 1
            return None
        oid, parents, author, time, message, raw = fields
        parent = parents.split()
        files = tuple(
            (path.decode(), old.decode(), new.decode())
            for old, new, path in _RAW.findall(raw)
            if not path.startswith(b'"') and _utf8(path)
        )
        if len(parent) != 1 or not files:
            return None
        return Commit(
            oid.decode(), parent[0].decode(), author.decode("utf-8", "replace"), time.decode("ascii", "replace"),
            message.decode("utf-8", "replace"), files,
        )  # fmt: skip

    def patches(self, commits: Sequence[Commit], most: int) -> Iterator[tuple[str, tuple[Patch, ...]]]:
        """Yield (commit, patches) in order; files with more than *most* changed lines are counted in ``lost``.

        A commit whose objects are missing is counted there too, and left out.
        """
        contents = self._near([blob for commit in commits for _, *pair in commit.files for blob in pair])
        for commit in commits:
            read = [(path, next(contents), next(contents)) for path, _, _ in commit.files]
            if any(old is None or new is None for _, old, new in read):
                self.lost["missing or corrupt object"] += 1
                continue
            made = (self._patch(path, old or b"", new or b"", most) for path, old, new in read)
            yield commit.oid, tuple(filter(None, made))

    def _patch(self, path: str, old: bytes, new: bytes, most: int) -> Patch | None:
        """Return what changed in a file; None, and a count in ``lost``, when it cannot be shown."""
        try:
            return Patch(path, tuple((at, to, body.decode()) for at, to, body in linediff.hunks(old, new, most)))
        except UnicodeDecodeError:
            self.lost["not UTF-8"] += 1
        except TooLongError:
            self.lost["file changed too much"] += 1
        return None

    def _near(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """Yield the contents of objects in order; one asked for again soon is read once."""
        last: dict[str, int] = {}
        wanted: list[str] = []
        for at, name in enumerate(names):
            if at - last.get(name, -_NEAR - 1) > _NEAR:
                wanted.append(name)
            last[name] = at
        found = self.blobs(wanted)
        kept: dict[str, bytes | None] = {}
        asked: deque[str] = deque()
        for name in names:
            if name not in kept:
                kept[name] = next(found)[1]
            yield kept[name]
            asked.append(name)
            if len(asked) > _NEAR and (oldest := asked.popleft()) not in asked:
                kept.pop(oldest, None)

    def blobs(self, names: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
        """Yield (name, contents) of objects in order, from one process; None for one that cannot be read."""
        at = 0
        while at < len(names):
            process = GitProcess((*self._base, "cat-file", "--batch"), "".join(f"{n}\n" for n in names[at:]).encode())
            try:
                for name in names[at:]:
                    head = process.out.readline().split()
                    if not head:
                        break
                    at += 1
                    yield name, read_content(process.out, head)
                else:
                    return
            finally:
                process.close()
            yield names[at], None  # the process died reading it
            at += 1

    def resolve(self, names: Sequence[str]) -> dict[str, str]:
        """Return the object of each name (``<commit>:<path>``) that has one."""
        process = GitProcess((*self._base, "cat-file", "--batch-check"), "".join(f"{n}\n" for n in names).encode())
        try:
            heads = [line.split() for line in process.out]
        finally:
            process.close()
        return {n: h[0].decode() for n, h in zip(names, heads, strict=False) if len(h) == 3 and h[1] == b"blob"}

    def objects(self) -> Objects:
        """Start a process that reads objects."""
        return Objects((*self._base, "cat-file", "--batch"))

    @property
    def name(self) -> str:
        """``owner/name`` from the folder (``owner+name``), else from the remote, else ``local/<folder>``."""
        for folder in (self.path, self.path.parent):
            owner, plus, name = folder.name.partition("+")
            if plus and owner and name:
                return f"{owner}/{name.removesuffix('.git')}"
        url = self.output("config", "--get", "remote.origin.url").decode("utf-8", "replace").strip()
        if found := re.search(r"[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$", url):
            return f"{found[1]}/{found[2]}"
        return f"local/{self.path.name.removesuffix('.git')}"


def _utf8(path: bytes) -> bool:
    """Tell whether *path* is UTF-8."""
    try:
        path.decode()
    except UnicodeDecodeError:
        return False
    return True


def find(folders: str) -> list[Path]:
    """Return the repositories that *folders* (separated by commas) are or hold one or two levels down.

    Raises InputError when a folder is missing or none is found.
    """
    out: list[Path] = []
    for name in filter(None, folders.split(",")):
        folder = Path(name)
        if not folder.is_dir():
            raise InputError(f"{folder} is not a directory", "name clones, bare mirrors, or a folder of them")
        candidates = [folder, *sorted(folder.glob("*")), *sorted(folder.glob("*/*"))]
        found = [
            p for p in candidates if (p / ".git").exists() or ((p / "objects").is_dir() and (p / "HEAD").is_file())
        ]
        out += [p for p in found if p.name != ".git"]
    if not out:
        raise InputError(f"no git repository in {folders}", "name clones, bare mirrors, or a folder of them")
    return list(dict.fromkeys(out))


def _bare(path: Path) -> bool:
    """Tell whether *path* is a git directory itself."""
    return (path / "objects").is_dir() and (path / "HEAD").is_file()
