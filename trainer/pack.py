"""Turn pairs into token shards that training reads through memory maps.

Run: ``hrgc-train pack --pairs FOLDER[,FOLDER]``. A split is four files: ``tokens.u16`` (ids of all samples end to end),
``parts.u8`` (loss part of each id), ``offsets.i64`` (start of each sample, and the end) and ``kinds.u8``.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import record, sample
from trainer.sample import Kind, Sample
from trainer.tokenizer import Tokenizer

SPLITS = ("train", "dev")


@dataclass(frozen=True)
class PackConfig:
    """Which pairs become which shards."""

    pairs: str = ".data/pairs-std"
    """Files of pairs or folders of them, separated by commas; one named twice counts twice."""
    out: str = ".data/shards"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    max_tokens: int = 320
    """Longer samples are left out: the curriculum's first stage; at most the model's 1536 positions."""
    short_tokens: int = 192
    long_share: float = 1.0
    """Part kept of the samples longer than *short_tokens*, which cost most of the time."""
    build_share: float = 1.0
    """Part kept of the samples that do not build or parse; rules mend most of these without a model."""
    dev_share: float = 0.02
    """Part of the origins (packages, repositories) that is held out."""
    dev_limit: int = 6000
    """Samples kept of the held-out ones, evenly over all."""
    context_share: float = 0.5
    """Part of the samples that keep their context; the model must do with and without it."""
    context_symbols: int = 6
    """Symbols kept of a context, from its front."""
    seed: int = 29


@dataclass(frozen=True)
class Shard:
    """One split, memory-mapped."""

    tokens: npt.NDArray[np.uint16]
    parts: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]
    kinds: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self.kinds)

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Tokens of each sample."""
        return np.diff(self.offsets)


def open_shard(folder: Path, split: str) -> Shard:
    """Map one split of *folder*; raises InputError when it is not there."""
    base = folder / split
    if not (folder / record.MANIFEST).is_file():
        raise InputError(f"no token shards in {folder}", "hrgc-train pack")
    kinds: npt.NDArray[np.uint8] = np.fromfile(base / "kinds.u8", np.uint8)
    offsets: npt.NDArray[np.int64] = np.fromfile(base / "offsets.i64", np.int64)
    if not len(kinds):
        raise InputError(f"the {split} split of {folder} is empty", "hrgc-train pack with more pairs")
    return Shard(
        np.memmap(base / "tokens.u16", np.uint16, "r"), np.memmap(base / "parts.u8", np.uint8, "r"), offsets, kinds
    )


def held_out(origin: str, share: float) -> bool:
    """Tell whether everything made from *origin* belongs to dev; the same answer in every run."""
    return int.from_bytes(hashlib.sha256(origin.encode()).digest()[:6], "big") / 2**48 < share


class _Writer:
    """Appends samples to one split."""

    def __init__(self, folder: Path) -> None:
        """Open the split's files in *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        self.paths = [folder / name for name in ("tokens.u16", "parts.u8", "offsets.i64", "kinds.u8")]
        self._tokens: BinaryIO = self.paths[0].open("wb")
        self._parts: BinaryIO = self.paths[1].open("wb")
        self._offsets, self._kinds = [0], bytearray()

    def add(self, encoded: sample.Encoded, kind: sample.Kind) -> None:
        """Append one sample."""
        self._tokens.write(np.asarray(encoded.ids, np.uint16).tobytes())
        self._parts.write(bytes(encoded.parts))
        self._offsets.append(self._offsets[-1] + len(encoded.ids))
        self._kinds.append(int(kind))

    def close(self) -> int:
        """Write the index and return the number of samples."""
        self._tokens.close()
        self._parts.close()
        np.asarray(self._offsets, np.int64).tofile(self.paths[2])
        self.paths[3].write_bytes(bytes(self._kinds))
        return len(self._kinds)


def pair_files(names: str) -> list[Path]:
    """Return the files of pairs that *names* lists; raises InputError for one that is not there."""
    out: list[Path] = []
    for name in filter(None, names.split(",")):
        path = Path(name)
        found = sorted(path.glob("[!.]*.jsonl.gz")) if path.is_dir() else [path] * path.is_file()
        if not found:
            raise InputError(f"no pairs at {path}", "hrgc-train pairs-std, or hrgc-train pairs-commits")
        out += found
    return out


def _samples(files: list[Path]) -> Iterator[Sample]:
    """Yield the samples of all files."""
    return itertools.chain.from_iterable(sample.read(path) for path in files)


def main(config: PackConfig) -> None:
    """Write train and dev splits and their manifest; raises InputError for a missing file of pairs."""
    files = pair_files(config.pairs)
    out = Path(config.out)
    (out / record.MANIFEST).unlink(missing_ok=True)
    tokenizer = Tokenizer(Path(config.tokenizer))
    inputs = {str(path): record.sha256(path) for path in {*files, tokenizer.path}}
    record.save_config(out, "pack", config, **inputs)
    writers = {split: _Writer(out / split) for split in SPLITS}
    left_out = Counter[str]()
    dev_rows: list[tuple[sample.Encoded, sample.Kind]] = []
    chance = random.Random(config.seed)
    for read in tqdm(_samples(files), desc="packing", unit="sample", mininterval=2):
        if read.kind in {Kind.BUILD, Kind.SYNTAX} and chance.random() >= config.build_share:
            left_out["beyond the share of build errors"] += 1
            continue
        kept = config.context_symbols if chance.random() < config.context_share else 0
        item = replace(read, context=read.context[:kept])
        encoded = sample.encode(item, tokenizer)
        if encoded is None:
            left_out["no room in the prompt"] += 1
        elif len(encoded.ids) > config.max_tokens or (
            len(encoded.ids) > config.short_tokens and chance.random() >= config.long_share
        ):
            left_out["too long"] += 1
        elif held_out(item.origin, config.dev_share):
            dev_rows.append((encoded, item.kind))
        else:
            writers["train"].add(encoded, item.kind)
    step = max(1, -(-len(dev_rows) // config.dev_limit))
    for encoded, kind in dev_rows[::step]:
        writers["dev"].add(encoded, kind)
    left_out["dev is full"] = len(dev_rows) - len(dev_rows[::step])
    counts = {split: writer.close() for split, writer in writers.items()}
    sizes: dict[str, Any] = {f"{split}_samples": count for split, count in counts.items()}
    paths = [path for writer in writers.values() for path in writer.paths]
    record.save_manifest(out, paths, **sizes, left_out=left_out, tokenizer=record.sha256(tokenizer.path))
    tqdm.write(f"{out}: {counts}, left out {dict(left_out)}")
