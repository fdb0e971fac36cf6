"""What every stage leaves beside its output: its config, where it came from, and a manifest written last."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hrgc import process

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MANIFEST = "manifest.json"
CONFIG = "config.json"


def sha256(path: Path) -> str:
    """Return the hex SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_atomic(path: Path, content: bytes) -> None:
    """Write *content* to *path* so that a reader sees the old bytes or the new ones, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.write_bytes(content)
    scratch.replace(path)


def write_json(path: Path, document: object) -> None:
    """Write *document* as indented JSON, atomically."""
    write_atomic(path, (json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n").encode())


def read_json(path: Path) -> dict[str, Any]:
    """Return the JSON object in *path*."""
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict):
        raise TypeError(f"{path} does not hold an object")
    return document


def git_commit(root: Path | None = None) -> str:
    """Return the checked-out commit, with ``+`` when tracked files differ from it; '' outside a repository."""
    where = root or Path(__file__).resolve().parent
    argv = ["git", "describe", "--always", "--abbrev=40", "--dirty=+", "--exclude=*"]
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    try:
        done = process.run(argv, cwd=where, env=environment, timeout=20)
    except OSError:
        return ""
    return done.stdout.strip() if done.ok else ""


def save_config(folder: Path, stage: str, config: DataclassInstance, **inputs: object) -> None:
    """Save a stage's configuration, its inputs' hashes and the code's commit beside what it will produce."""
    document = {
        "stage": stage,
        "config": dataclasses.asdict(config),
        "inputs": inputs,
        "git_commit": git_commit(),
        "python": platform.python_version(),
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    write_json(folder / CONFIG, document)


def save_manifest(folder: Path, files: list[Path], **facts: object) -> str:
    """Write the manifest of *files* (inside *folder*) last of all, and return the hash that names this data."""
    rows = {str(path.relative_to(folder)): {"sha256": sha256(path), "bytes": path.stat().st_size} for path in files}
    name = hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
    write_json(folder / MANIFEST, {"data_hash": name, "files": rows, **facts})
    return name


def data_hash(folder: Path) -> str:
    """Return the hash in a folder's manifest; '' while the stage that writes it has not finished."""
    path = folder / MANIFEST
    return str(read_json(path)["data_hash"]) if path.is_file() else ""
