"""A toy language for the engine's tests: words to be replaced in a text file, judged without any tool."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from hrgc.diagnostics import Diagnostic, Evidence, HotLine, Stage
from hrgc.edits import Overlay, TextEdit, line_of, splice, split_lines
from hrgc.plan import Step, Window
from hrgc.plugin import Budget, Cancel, Candidate, Judgement, OpenOptions, Workspace
from hrgc.tokens import Op, Target


@dataclass
class ToyWorkspace:
    """One text file held in memory; every twenty lines are a declaration."""

    path: Path
    content: bytes
    notes: tuple[str, ...] = ()
    closed: bool = False

    @property
    def root(self) -> Path:
        """The file's directory."""
        return self.path.parent

    @property
    def files(self) -> tuple[Path, ...]:
        """The one file."""
        return (self.path,)

    def read(self, path: Path) -> bytes:
        """Return the file's contents."""
        assert path == self.path
        return self.content

    def window(self, overlay: Overlay, path: Path, line: int, *, tokens: Callable[[str], int]) -> Window:
        """Return the twenty lines around *line*."""
        lines = split_lines(overlay.get(path, self.content))
        first = (line - 1) // 20 * 20
        chosen = lines[first : first + 20]
        numbers = tuple(range(first + 1, first + 1 + len(chosen)))
        return Window(path, f"part{first // 20}", Target.FUNC, numbers, tuple(x.decode().strip() for x in chosen))

    def context(self, overlay: Overlay, window: Window) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def format(self, path: Path, content: bytes) -> bytes | None:
        """Strip blanks at line ends; a tab alone on a line does not parse."""
        if b"\n\t\n" in content:
            return None
        return b"".join(line.rstrip() + b"\n" for line in content.splitlines())

    def close(self) -> None:
        """Note the call."""
        self.closed = True


@dataclass
class WordValidator:
    """Objects to every occurrence of some words."""

    name: str
    stage: Stage
    words: tuple[bytes, ...]
    passes: tuple[str, ...] = ()
    """Test names reported as passing when there is no objection."""
    hot: bool = False
    judged: int = 0

    def examine(self, workspace: Workspace, overlay: Overlay, budget: Budget) -> Evidence:
        """Return one finding for each occurrence."""
        path = workspace.files[0]
        content = overlay.get(path, workspace.read(path))
        found = self._find(path, content)
        hot = tuple(HotLine(path, d.line, 1.0) for d in found) if self.hot else ()
        return Evidence(found, self.stage, hot, passed=() if found else self.passes)

    def _find(self, path: Path, content: bytes) -> tuple[Diagnostic, ...]:
        found: list[Diagnostic] = []
        for word in self.words:
            at = content.find(word)
            while at >= 0:
                name = word.decode()
                line = line_of(content, at)
                found.append(Diagnostic(path, line, 1, self.stage, "UndeclaredName", f"undefined: {name}", (name,)))
                at = content.find(word, at + 1)
        return tuple(found)

    def judge(
        self, workspace: Workspace, overlay: Overlay, candidates: Sequence[Candidate], budget: Budget
    ) -> Iterator[Judgement]:
        """Examine each candidate's contents."""
        path = workspace.files[0]
        before = overlay.get(path, workspace.read(path))
        for index, candidate in enumerate(candidates):
            if budget.over:
                return
            self.judged += 1
            found = self._find(path, splice(before, candidate.edits))
            yield Judgement(index, found, () if found else self.passes)


@dataclass
class Replacements:
    """Proposes to replace words by others, with priors."""

    table: dict[bytes, tuple[tuple[bytes, float], ...]]
    name: str = "toy"
    asked: list[tuple[Step, ...]] = field(default_factory=list)

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield every replacement of every occurrence."""
        self.asked.append(tuple(steps))
        path = workspace.files[0]
        content = overlay.get(path, workspace.read(path))
        for old, news in self.table.items():
            at = content.find(old)
            while at >= 0:
                line = line_of(content, at)
                text = split_lines(content)[line - 1]
                for new, prior in news:
                    step = Step(path, line, Op.NAME, symbol="part0", answers=f"undefined: {old.decode()}")
                    code = (text.replace(old, new).decode().strip(),)
                    edit = TextEdit(at, at + len(old), new)
                    yield Candidate(path, (edit,), step, code, source=self.name, rule="swap", prior=prior)
                at = content.find(old, at + 1)


@dataclass
class ToyLanguage:
    """Opens one prepared workspace."""

    workspace: ToyWorkspace
    name: str = "toy"
    suffixes: tuple[str, ...] = (".toy",)

    def open(
        self, target: Path, options: OpenOptions, cancel: Cancel | None = None
    ) -> AbstractContextManager[Workspace]:
        """Return the workspace."""
        return nullcontext(self.workspace)

    def packages(self, pattern: Path, *, recursive: bool) -> tuple[Path, ...]:
        """Return the workspace's directory."""
        return (self.workspace.root,)
