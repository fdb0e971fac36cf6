"""Carry folders to a machine that only takes small files, and trained weights back.

Run: ``hrgc-train parcel --folders .data/shards --out .data/parcel``, and there ``hrgc-train unparcel --parcel
.data/parcel``. A parcel is a compressed archive cut into numbered parts with a manifest of their hashes. With
``--weights`` each folder is a run: its averaged weights go in bfloat16, in a checkpoint that every stage reads.
"""

from __future__ import annotations

import lzma
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import torch
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import checkpoint, curves, record

MIB = 1 << 20


@dataclass(frozen=True)
class ParcelConfig:
    """What is packed."""

    folders: str = ".data/shards,.data/tokenizer,.data/start"
    """Folders of one parent, separated by commas."""
    out: str = ".data/parcel"
    part_mib: float = 15.0
    """Most size of a part, in MiB."""
    weights: bool = False
    """The folders are runs; only what is exported of them is packed."""
    preset: int = 6
    """Effort of the compression, 0 to 9."""


def main(config: ParcelConfig) -> None:
    """Write the parts and their manifest; raises InputError for a folder that is not there."""
    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("part-*"):
        old.unlink()
    folders = [Path(name) for name in config.folders.split(",") if name]
    with tempfile.TemporaryDirectory() as scratch:
        archive = Path(scratch) / "archive"
        with lzma.open(archive, "wb", preset=config.preset) as stream, tarfile.open(fileobj=stream, mode="w") as tar:
            for folder in folders:
                if not folder.is_dir():
                    raise InputError(f"no folder {folder}", "name folders that are there with --folders")
                source = _reduced(folder, Path(scratch)) if config.weights else folder
                tar.add(source, arcname=folder.name)
        paths = _cut(archive, out, int(config.part_mib * MIB))
    record.save_manifest(out, paths, folders=[folder.name for folder in folders])
    tqdm.write(f"{out}: {len(paths)} parts, {sum(path.stat().st_size for path in paths) / MIB:.1f} MiB")


def _cut(archive: Path, out: Path, size: int) -> list[Path]:
    """Cut a file into parts of *size* bytes."""
    paths: list[Path] = []
    with archive.open("rb") as stream:
        while block := stream.read(size):
            paths.append(out / f"part-{len(paths):03d}")
            record.write_atomic(paths[-1], block)
    return paths


def _reduced(run: Path, scratch: Path) -> Path:
    """Return a folder with the run's records and a checkpoint of its averaged weights in bfloat16 alone."""
    folder = scratch / run.name
    folder.mkdir()
    document = checkpoint.read(run)
    weights = {name: value.to(torch.bfloat16) for name, value in document["average"].items()}
    document |= {"model": weights, "average": weights, "optimizers": [], "kinds": []}
    torch.save(document, folder / checkpoint.FILE)
    for name in (record.CONFIG, curves.FILE):
        if (run / name).is_file():
            record.write_atomic(folder / name, (run / name).read_bytes())
    record.save_manifest(folder, [folder / checkpoint.FILE], **document["progress"])
    return folder
