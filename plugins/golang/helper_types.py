"""What is said to and heard from the resident Go helper, as data, with the JSON form of each."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hrgc.diagnostics import Diagnostic, Stage
from hrgc.edits import TextEdit

Edits = Mapping[Path, Sequence[TextEdit]]
"""One candidate: the edits of each file it changes, relative to the overlay."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Go file of the package."""

    path: Path
    test: bool = False
    """A ``_test.go`` file."""
    external: bool = False
    """A ``_test.go`` file of the external test package."""
    editable: bool = True


@dataclass(frozen=True, slots=True)
class PackageSpec:
    """What the helper is told of a package."""

    dir: Path
    import_path: str
    files: tuple[SourceFile, ...]
    exports: Mapping[str, str] = field(default_factory=dict)
    """Import path -> file with export data."""
    import_map: Mapping[str, str] = field(default_factory=dict)
    """Import path as written -> as built, where they differ (vendoring)."""
    go_version: str = ""
    """Language version (``1.21``), '' for the toolchain's."""
    cgo: bool = False
    arch: str = ""
    """GOARCH of the build, '' for the host's."""
    contents: Mapping[Path, bytes] = field(default_factory=dict)
    """Files as read when the package was opened; the helper reads the others from disk."""

    def params(self, root: Path) -> dict[str, Any]:
        """Return the parameters of the helper's ``load``; *root* is GOROOT."""
        return {
            **texts(self.contents, "contents"),
            "dir": str(self.dir),
            "import_path": self.import_path,
            "files": [
                {"path": str(f.path), "test": f.test, "xtest": f.external, "editable": f.editable} for f in self.files
            ],
            "exports": dict(self.exports),
            "import_map": dict(self.import_map),
            "go_version": self.go_version,
            "cgo": self.cgo,
            "goroot": str(root),
            "goarch": self.arch,
        }


def texts(files: Mapping[Path, bytes], name: str) -> dict[str, dict[str, str]]:
    """Return *files* as parameter *name*, and what is not UTF-8 in base64: JSON text would shift its offsets."""
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for path, content in files.items():
        try:
            text[str(path)] = content.decode("utf-8")
        except UnicodeDecodeError:
            binary[str(path)] = base64.b64encode(content).decode("ascii")
    return {name: text, "binary": binary}


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the helper says of a package it loaded."""

    name: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings of one state."""

    diagnostics: tuple[Diagnostic, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One top-level declaration of a file."""

    name: str
    kind: str
    """func, method, type, interface, const, var or import."""
    receiver: str
    first: int
    """First line, doc comment included."""
    last: int
    start: int
    """Byte offset of the first byte, doc comment excluded."""
    end: int


@dataclass(frozen=True, slots=True)
class Outline:
    """The declarations of one file."""

    package: str
    imports: tuple[str, ...]
    declarations: tuple[Declaration, ...]


@dataclass(frozen=True, slots=True)
class ScopeName:
    """A name that is visible at a place."""

    name: str
    kind: str
    """var, const, func, type, package, field, builtin or label."""
    type: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One edit of one file that the helper proposes, relative to the overlay it was asked about."""

    path: Path
    edits: tuple[TextEdit, ...]
    op: str
    """Operation class (``hrgc.tokens.Op``)."""
    line: int
    """First line of the telling edit."""
    rule: str
    prior: float
    """Natural logarithm of how likely it is."""
    answers: int
    """Position of the finding it answers among those of the state, -1 for none."""
    signs: bytes = b""
    """Features for a model's edit scorer."""


def proposals(found: Sequence[Mapping[str, Any]] | None) -> tuple[Proposal, ...]:
    """Turn the helper's candidates into proposals."""
    return tuple(
        Proposal(
            path=Path(c["path"]),
            edits=tuple(TextEdit(e["start"], e["end"], e["new"].encode()) for e in c["edits"] or ()),
            op=c["op"],
            line=c["line"],
            rule=c["rule"],
            prior=c["prior"],
            answers=c["answers"],
            signs=base64.b64decode(c["signs"]),
        )
        for c in found or ()
    )


def diagnostics(found: Sequence[Mapping[str, Any]] | None) -> tuple[Diagnostic, ...]:
    """Turn the helper's findings into diagnostics."""
    return tuple(
        Diagnostic(
            path=Path(d["path"]),
            line=d["line"],
            column=d["column"],
            stage=Stage.PARSE if d["stage"] == "parse" else Stage.TYPES,
            code=d["code"],
            message=d["message"],
            names=tuple(d.get("names") or ()),
            root=d["root"],
        )
        for d in found or ()
    )


def candidate(candidate: Edits) -> dict[str, Any]:
    """Encode one candidate."""
    return {
        "files": [
            {
                "path": str(path),
                "edits": [
                    {"start": e.start, "end": e.end, "new": e.new.decode("utf-8", "replace")} for e in sorted(edits)
                ],
            }
            for path, edits in candidate.items()
        ]
    }
