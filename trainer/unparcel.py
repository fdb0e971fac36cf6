"""Unpack what ``hrgc-train parcel`` packed.

Run: ``hrgc-train unparcel --parcel .data/parcel --out .data``.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tqdm import tqdm

from hrgc.errors import InputError
from trainer import record


@dataclass(frozen=True)
class UnparcelConfig:
    """What is unpacked."""

    parcel: str = ".data/parcel"
    out: str = ".data"
    """Folder in which the packed ones appear."""


def main(config: UnparcelConfig) -> None:
    """Check the parts and write the folders; raises InputError for a part that is missing or damaged."""
    parcel = Path(config.parcel)
    if not (parcel / record.MANIFEST).is_file():
        raise InputError(f"no parcel in {parcel}", "hrgc-train parcel")
    listed = record.read_json(parcel / record.MANIFEST)
    whole = bytearray()
    for name, row in sorted(listed["files"].items()):
        content = (parcel / name).read_bytes() if (parcel / name).is_file() else b""
        if hashlib.sha256(content).hexdigest() != row["sha256"]:
            raise InputError(f"{parcel / name} is missing or damaged", "carry it again")
        whole += content
    with tarfile.open(fileobj=io.BytesIO(bytes(whole)), mode="r:xz") as tar:
        for member in tar:
            _extract(tar, member, Path(config.out))
    tqdm.write(f"{config.out}: {', '.join(listed['folders'])}")


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, out: Path) -> None:
    """Write one packed file; folders appear with their files. Raises InputError for anything else, or outside *out*.

    Filters of ``extractall`` do the same, but only from Python 3.11.4 on.
    """
    place = PurePosixPath(member.name)
    if place.is_absolute() or ".." in place.parts or not (member.isdir() or member.isfile()):
        raise InputError(f"the parcel holds {member.name}, which is no file below its folder", "pack it again")
    content = tar.extractfile(member)
    if content is not None:
        target = out / place
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(content, file)
