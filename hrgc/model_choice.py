"""Which model files there are and which one is meant; reads names and manifests, loads no weights.

A folder of models may hold ``manifest.json``: ``{"models": [{"file": ..., "sha256": ..., "description": ...}]}``; its
first model is the default one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hrgc import locations, model_file
from hrgc.errors import ModelError
from hrgc.model import Model, NoModel
from hrgc.model_file import ModelFacts
from hrgc.session import ModelLoader

NONE = "none"
"""The name of the model that is none."""
MANIFEST = "manifest.json"
_SUFFIX = ".gguf"


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file that was found."""

    name: str
    """File name without its suffix."""
    path: Path
    size: int
    """Bytes."""
    sha256: str = ""
    """What the manifest says it should be, '' when no manifest names it."""
    description: str = ""


def available() -> tuple[ModelFile, ...]:
    """Return the models of all folders, the default one first; raises ModelError for a manifest that is damaged."""
    return tuple(model for folder in locations.model_dirs() for model in _models(folder))


def resolve(spec: str) -> Path | None:
    """Return the file that *spec* means: a path, a name, '' for the default model, None for no model.

    Raises ModelError when a model that is named is not there.
    """
    if spec == NONE:
        return None
    if not spec:
        return next((model.path for model in available()), None)
    path = Path(spec).expanduser()
    if path.is_file():
        return path
    found = next((m.path for m in available() if spec in (m.name, m.path.name)), None)
    if found is None:
        raise ModelError(f"no model is named {spec}", "hrgc model list shows the models that are there")
    return found


def loader(spec: str) -> ModelLoader:
    """Return what loads the model *spec* when it is first needed; raises ModelError when it is not there.

    Loading raises ModelError for a file that cannot be used, or is not the one its manifest names.
    """
    path = resolve(spec)
    if path is None:
        return NoModel
    file: Path = path

    def load() -> Model:
        from hrgc.sequence_model import SequenceModel  # noqa: PLC0415 - llama.cpp is loaded only when it is used

        model = SequenceModel(file)
        wanted = published(file)
        if wanted and model.info.fingerprint != wanted.lower():
            model.close()
            raise ModelError(
                f"{file} is not the published file: its SHA-256 begins with {model.info.fingerprint[:12]}",
                "install it again, or use --model none",
            )
        return model

    return load


def describe(path: Path) -> ModelFacts:
    """Return what a model file says about itself; raises ModelError unless it could be loaded."""
    return model_file.describe(path)


def verify(path: Path) -> ModelFacts:
    """Check a model's structure, and its hash when a manifest names it; raises ModelError naming the fault."""
    return model_file.verify(path, published(path))


def published(path: Path) -> str:
    """Return the SHA-256 that the manifest beside *path* gives for it, '' when there is none."""
    row = _manifest(path.parent / MANIFEST).get(path.name, {})
    return str(row.get("sha256", ""))


def _models(folder: Path) -> Iterable[ModelFile]:
    """Return the models of one folder: those of the manifest in its order, then the others by name."""
    rows = _manifest(folder / MANIFEST)
    try:
        files = {path.name: path for path in sorted(folder.glob("*" + _SUFFIX))}
    except OSError:
        return
    for name in (*rows, *(n for n in files if n not in rows)):
        if (path := files.get(name)) is not None:
            row = rows.get(name, {})
            size = path.stat().st_size
            yield ModelFile(path.stem, path, size, str(row.get("sha256", "")), str(row.get("description", "")))


def _manifest(path: Path) -> Mapping[str, Mapping[str, object]]:
    """Return the manifest's rows by file name, none without a manifest."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"cannot read {path}: {error}", "correct or remove the file") from None
    try:
        rows = json.loads(text)["models"]
        return {str(row["file"]): row for row in rows}
    except (ValueError, KeyError, TypeError):
        raise ModelError(f"{path} is damaged", 'it should hold {"models": [{"file": ..., "sha256": ...}]}') from None
