"""What a model file says about itself without being loaded, and whether its bytes are the published ones."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from hrgc.errors import ModelError
from hrgc.gguf_check import check
from hrgc.gguf_header import Header, printable, read_header

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model file says about itself."""

    name: str
    architecture: str
    """llama.cpp's name of it, ``hrm_text`` for ours."""
    parameters: int
    context: int
    """Positions."""
    vocabulary: int
    """Tokens."""
    weights: str
    """Type of the matrices: ``Q8_0``, ``F16`` .."""
    size: int
    """Bytes."""
    sha256: str
    metadata: tuple[tuple[str, str], ...]
    """Further (key, value) pairs: licence, sizes, training, calibration."""


def describe(path: Path) -> ModelFacts:
    """Return what the file at *path* says about itself; raises ModelError unless it could be loaded."""
    header = read_header(path)
    check(header)
    return ModelFacts(
        name=display_name(header),
        architecture=printable(header.architecture),
        parameters=header.parameters,
        context=header.context_length,
        vocabulary=len(header.tokens),
        weights=header.weights,
        size=path.stat().st_size,
        sha256=sha256(path),
        metadata=_metadata(header),
    )


def verify(path: Path, published: str) -> ModelFacts:
    """Check the file's structure and its hash against *published* ('' for none); raises ModelError naming the fault."""
    facts = describe(path)
    if published and facts.sha256 != published.lower():
        raise ModelError(
            f"{path} is not the published file: its SHA-256 begins with {facts.sha256[:12]}, not {published[:12]}",
            "install it again, or correct the manifest beside it if you changed the model yourself",
        )
    return facts


def display_name(header: Header) -> str:
    """Return the model's own name, or its file's when it has none or one that means "no model"."""
    name = printable(header.text("general.name"))[:_LONGEST_NAME].strip()
    return header.path.stem if name in ("", "none") else name


def sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file; raises ModelError when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    except OSError as error:
        raise ModelError(
            f"cannot read {path}: {error.strerror or error}", "hrgc model list shows the models that are there"
        ) from None
    return digest.hexdigest()


def _metadata(header: Header) -> tuple[tuple[str, str], ...]:
    """Return the keys that tell people something, arrays written out when they are short."""
    own = ("general.", "hrgc.", f"{header.architecture}.")
    rows = ((key, value) for key, value in sorted(header.metadata.items()) if key.startswith(own))
    return tuple(
        (printable(key), printable(", ".join(map(str, value)) if isinstance(value, tuple) else str(value)))
        for key, value in rows
        if not (isinstance(value, tuple) and len(value) > 8)
    )
