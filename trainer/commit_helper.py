"""The Go helper's ``commits`` command as a resident child: classes of edits, and half-applied changes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from hrgc import locations, process
from hrgc.errors import GoToolError
from trainer import gosource, synth

TIMEOUT = 120.0
"""Seconds one request may take."""
BATCH = 400
"""Pairs of one request."""


@dataclass(frozen=True, slots=True)
class Class:
    """What a pair of texts of one declaration differs in."""

    op: str
    kind: str
    """Target of the plan language, '' when neither text parses."""
    symbol: str
    before: bool
    """The text before parses."""
    after: bool


def binary(goroot: Path) -> Path:
    """Return the helper built from its present source, building it when the cache has none; raises GoToolError."""
    digest = hashlib.sha256((goroot / "VERSION").read_bytes())
    for path in sorted(synth.HELPER_SOURCE.glob("*.go")):
        if not path.name.endswith("_test.go"):
            digest.update(path.name.encode() + path.read_bytes())
    folder = locations.cache_dir() / "trainer" / digest.hexdigest()[:20]
    if not (folder / "helper").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            synth.build_helper(goroot, Path(scratch)).replace(folder / "helper")
    return folder / "helper"


class CommitHelper:
    """Speaks to one helper; a child that dies over a request is replaced and the request counts as unanswered."""

    def __init__(self, binary: Path, goroot: Path) -> None:
        """Use the helper *binary* with the sources of *goroot*."""
        self._argv = [str(binary), "commits", "-go", str(goroot / "bin" / "go")]
        self._folder = binary.parent
        self._child: process.Child | None = None
        self._sent: set[str] = set()
        self._count = 0
        self.deaths = 0
        """How often the child had to be replaced."""

    @classmethod
    def build(cls, goroot: str = "") -> CommitHelper:
        """Return a helper that is built already, or build it; raises GoToolError."""
        root = gosource.find_goroot(Path(goroot) if goroot else None)
        return cls(binary(root), root)

    def __enter__(self) -> CommitHelper:  # noqa: PYI034 - typing.Self needs Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._child is not None:
            self._child.close()
            self._child = None

    def classify(self, pairs: Sequence[tuple[str, str]]) -> list[Class]:
        """Return the class of each (before, after); raises GoToolError when the helper cannot be run."""
        out: list[Class] = []
        for start in range(0, len(pairs), BATCH):
            rows = [{"before": before, "after": after} for before, after in pairs[start : start + BATCH]]
            answer = self._ask("classify", {"pairs": rows})
            found = answer["classes"] if answer else [None] * len(rows)
            out += [
                Class(r["op"], r["kind"], r["symbol"], r["before"], r["after"])
                if r
                else Class("", "", "", False, False)  # noqa: FBT003 - the helper's order
                for r in found
            ]
        return out

    def half_apply(
        self,
        files: Mapping[str, str],
        changed: Mapping[str, str],
        text: Callable[[str], str],
        *,
        seed: int,
        draws: int,
        offers: int = 0,
        build: bool = False,
    ) -> list[dict[str, Any]]:
        """Return the helper's records of a change to one package.

        With *offers*, only of small hunks that one of the catalogue's candidates makes, each with that many others:
        of states that check, or with *build* of those that do not.
        *files* and *changed* map paths to object names, after and before the change; *text* gives the contents of one.
        """
        params = {
            "files": [{"path": path, "blob": blob} for path, blob in sorted(files.items())],
            "changed": [{"path": path, "blob": blob} for path, blob in sorted(changed.items())],
            "seed": seed,
            "draws": 0 if offers else draws,
            "offers": offers,
            "build": build,
        }
        wanted = {*files.values(), *changed.values()}
        for _ in range(2):  # the helper may have forgotten what it was sent
            unsent = {name: text(name) for name in wanted - self._sent}
            answer = self._ask("half_apply", {**params, "blobs": unsent})
            if answer is None:
                return []
            self._sent |= set(unsent)
            if not answer.get("missing"):
                return list(answer["records"] or ())
            self._sent -= set(answer["missing"])
        return []

    def _ask(self, method: str, params: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the result of one request, None when the helper refused it or died over it."""
        self._count += 1
        frame = json.dumps({"id": self._count, "method": method, "params": params}, ensure_ascii=False)
        try:
            if self._child is None:
                self._child = process.Child(self._argv, cwd=self._folder, env={"HOME": str(self._folder)})
                self._sent.clear()
            answer = json.loads(self._child.ask(frame.encode("utf-8", "replace"), timeout=TIMEOUT))
        except OSError as error:
            raise GoToolError(f"the Go helper cannot be started: {error}", "hrgc doctor") from None
        except process.ChildError:
            self.close()
            self._sent.clear()
            self.deaths += 1
            return None
        result = answer.get("result")
        return result if isinstance(result, dict) else None
