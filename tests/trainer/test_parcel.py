"""Folders and weights travel in small parts, and training needs few packages where they arrive."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
import torch

from hrgc.errors import InputError
from trainer import checkpoint, networks, optim, parcel, record, unparcel
from trainer.batches import Position
from trainer.checkpoint import Progress, TrainerState
from trainer.model import ModelConfig

ABSENT = ("datasketch", "gguf", "github", "llama_cpp", "ray", "rich", "textual", "tree_sitter", "transformers")
"""Packages that a machine for training need not have."""


def state() -> TrainerState:
    """Return a tiny run."""
    torch.manual_seed(1)
    model = networks.build(ModelConfig(vocab_size=300, width=32, heads=2, feed_forward=64, layers_per_stack=1))
    optimizers = optim.build(model, kind="muon", rate=0.01, embedding_rate=0.001, decay=0.0, stack_rates=(1.0, 1.0))
    return TrainerState(model, optimizers, Progress(Position(0, 3), 7, 56, 1.5), "data")


def test_folders_arrive_as_they_were_in_parts_of_limited_size(tmp_path: Path) -> None:
    for name, size in (("shards", 70_000), ("tokenizer", 3000)):
        (tmp_path / "from" / name / "train").mkdir(parents=True)
        (tmp_path / "from" / name / "train" / "tokens.u16").write_bytes(os.urandom(size))
    folders = f"{tmp_path / 'from' / 'shards'},{tmp_path / 'from' / 'tokenizer'}"
    parcel.main(parcel.ParcelConfig(folders, str(tmp_path / "parcel"), part_mib=0.03))
    parts = sorted((tmp_path / "parcel").glob("part-*"))
    assert len(parts) == 3
    assert all(part.stat().st_size <= 0.03 * parcel.MIB for part in parts)
    unparcel.main(unparcel.UnparcelConfig(str(tmp_path / "parcel"), str(tmp_path / "to")))
    for name in ("shards", "tokenizer"):
        came, went = (tmp_path / side / name / "train" / "tokens.u16" for side in ("to", "from"))
        assert came.read_bytes() == went.read_bytes()
    parts[1].write_bytes(b"damaged")
    with pytest.raises(InputError, match=r"part-001 is missing or damaged"):
        unparcel.main(unparcel.UnparcelConfig(str(tmp_path / "parcel"), str(tmp_path / "to")))


@pytest.mark.parametrize("name", ["../outside", "/outside", "link"])
def test_nothing_is_written_outside(tmp_path: Path, name: str) -> None:
    """A parcel of someone else's making writes no file beside its folder, and makes no links."""
    folder = tmp_path / "parcel"
    folder.mkdir()
    with tarfile.open(folder / "part-000", "w:xz") as tar:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, "/etc"
        tar.addfile(member, io.BytesIO())
    record.save_manifest(folder, [folder / "part-000"], folders=["shards"])
    with pytest.raises(InputError, match="no file below its folder"):
        unparcel.main(unparcel.UnparcelConfig(str(folder), str(tmp_path / "to")))
    assert not (tmp_path / "outside").exists()


def test_weights_come_back_as_a_checkpoint_that_goes_on(tmp_path: Path) -> None:
    run = tmp_path / "run-gpu"
    began = state()
    began.save(run)
    record.write_json(run / "config.json", {"stage": "train"})
    parcel.main(parcel.ParcelConfig(str(run), str(tmp_path / "parcel"), weights=True, preset=0))
    unparcel.main(unparcel.UnparcelConfig(str(tmp_path / "parcel"), str(tmp_path / "to")))
    whole, came = (path / checkpoint.FILE for path in (run, tmp_path / "to" / "run-gpu"))
    assert came.stat().st_size < 0.3 * whole.stat().st_size
    model, facts = checkpoint.averaged_model(tmp_path / "to" / "run-gpu")
    assert facts["progress"]["samples"] == 56
    for name, weight in began.average_weights.items():
        assert torch.equal(model.get_parameter(name), weight.bfloat16().float()), name
    goes_on = state()
    goes_on.load(tmp_path / "to" / "run-gpu", torch.device("cpu"), seed=1)
    assert goes_on.progress.step == 7
    assert all(value.dtype == torch.float32 for value in goes_on.average_weights.values())
    goes_on.average(0.9)


def test_training_needs_no_packages_but_the_common_ones() -> None:
    """``train`` and ``parcel`` start where the engine's own packages and those of other stages are not installed."""
    code = f"""
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {ABSENT!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
from trainer.cli import stages
for stage in ("train", "parcel", "unparcel"):
    stages([stage, "--help"], standalone_mode=False)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    assert "--batch-tokens" in done.stdout


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        parcel.main(parcel.ParcelConfig(str(tmp_path / "nowhere"), str(tmp_path / "parcel")))
    with pytest.raises(InputError, match="no parcel"):
        unparcel.main(unparcel.UnparcelConfig(str(tmp_path / "parcel" / "x"), str(tmp_path)))
