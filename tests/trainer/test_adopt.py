"""Adopting a GGUF: weights, shape and progress come back, and so does the tokenizer; training goes on."""

from __future__ import annotations

import dataclasses
import json
import random
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch

from hrgc.errors import InputError
from hrgc.gguf_header import read_header
from tests.model_fixture import write_model
from tests.trainer import tiny_pairs
from trainer import adopt, checkpoint, export, gosource, gpt2, pack, record, train
from trainer.adopt import AdoptConfig
from trainer.batches import Position
from trainer.checkpoint import Progress, TrainerState
from trainer.model import HrmText, ModelConfig
from trainer.tokenizer import Tokenizer, TokenizerConfig
from trainer.tokenizer import main as train_tokenizer
from trainer.train import TrainConfig

STEP, SAMPLES = 7, 56
ODD = [
    "",
    " ",
    "  a",
    "a  b ",
    "\ta\t\tb",
    "日本 \u00e9\u2581",
    "x<L1>y",
    "</CODE>",
    "<s>",
    "\u00a0\ufb01\u2460",
    "a\x1fb",
]


@dataclasses.dataclass(frozen=True)
class Made:
    """What training left: a run, its shards and its tokenizer."""

    run: Path
    shards: Path
    tokenizer: Path

    @property
    def data_hash(self) -> str:
        """The hash of the data that the run was trained on."""
        return record.data_hash(self.shards)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Return a tiny run of an unusual shape, whose average is not its weights."""
    root = tmp_path_factory.mktemp("made")
    tokenizer = root / "tokenizer" / "tokenizer.model"
    train_tokenizer(
        TokenizerConfig(out=str(tokenizer.parent), vocab_size=2048, max_bytes=400_000, seed=3, report_lines=1000)
    )
    tiny_pairs.write(root / "pairs" / "pairs.jsonl.gz")
    pack.main(
        pack.PackConfig(str(root / "pairs"), str(root / "shards"), str(tokenizer), 120, dev_share=0.3, dev_limit=40)
    )
    torch.manual_seed(2)
    shape = ModelConfig(
        vocab_size=Tokenizer(tokenizer).size, width=64, heads=2, feed_forward=96, layers_per_stack=1, h_cycles=2,
        l_cycles=2, context=256, rope_base=5_000.5, norm_eps=1e-5,
    )  # fmt: skip
    progress = Progress(Position(1, 2), STEP, SAMPLES, 12.5)
    state = TrainerState(HrmText(shape), [], progress, record.data_hash(root / "shards"))
    with torch.no_grad():
        for weight in state.model.parameters():
            weight.mul_(2.0)
    state.save(root / "run")
    return Made(root / "run", root / "shards", tokenizer)


def adopted(made: Made, root: Path, kind: str) -> AdoptConfig:
    """Export the run, adopt it into *root*, and return how."""
    model = root / "model.gguf"
    export.main(export.ExportConfig(str(made.run), str(model), str(made.tokenizer), kind))
    config = AdoptConfig(str(model), str(root / "run"), str(root / "tokenizer"))
    adopt.main(config)
    return config


def tensors(path: Path) -> dict[str, np.ndarray]:
    """Return the stored bytes of every tensor."""
    return {tensor.name: np.array(tensor.data).view(np.uint8) for tensor in gguf.GGUFReader(path).tensors}


def test_weights_shape_and_progress_come_back(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "f32")
    before, after = checkpoint.read(made.run), checkpoint.read(Path(config.out))
    assert after["shape"] == before["shape"]
    assert after["progress"] == {"position": {"epoch": 0, "batch": 0}, "step": STEP, "samples": SAMPLES, "seconds": 0.0}
    assert after["data_hash"] == before["data_hash"] == made.data_hash
    assert after["optimizers"] == after["kinds"] == []
    for part in ("model", "average"):
        assert after[part].keys() == before["average"].keys()
        for name, weight in before["average"].items():
            assert torch.equal(after[part][name], weight), name
    ours, theirs = (checkpoint.averaged_model(folder)[0] for folder in (made.run, Path(config.out)))
    ids = torch.randint(4, ours.config.vocab_size, (1, 24))
    with torch.no_grad():
        assert torch.equal(ours(ids), theirs(ids))
    assert record.read_json(tmp_path / "run" / "manifest.json")["step"] == STEP
    assert record.read_json(tmp_path / "run" / "config.json")["inputs"]["model"] == record.sha256(Path(config.model))


def test_quantised_weights_come_back_as_near_as_they_are_stored_and_stay(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "q8_0")
    before, after = checkpoint.read(made.run)["average"], checkpoint.read(Path(config.out))["average"]
    rounding = 0.5 + 127 / 2**11  # to the nearest of 127 steps, whose size is rounded to float16
    for name, weight in before.items():
        assert (after[name] - weight).abs().max() <= weight.abs().max() / 127 * rounding, name
    again = tmp_path / "again.gguf"
    tokenizer = Path(config.tokenizer) / "tokenizer.model"
    export.main(export.ExportConfig(config.out, str(again), str(tokenizer), "q8_0"))
    first, second = tensors(Path(config.model)), tensors(again)
    assert first.keys() == second.keys()
    for name, content in first.items():
        assert np.array_equal(content, second[name]), name
    assert told(again) == told(Path(config.model))


def told(path: Path) -> dict[str, Any]:
    """Return all that a file says of itself but the commit it was written at."""
    return {key: value for key, value in read_header(path).metadata.items() if key != export.COMMIT}


def test_the_tokenizer_comes_back_to_the_byte(made: Made, tmp_path: Path) -> None:
    """Its settings are those of the stage that trains it, so what differs here has to change in both."""
    config = adopted(made, tmp_path, "q8_0")
    path = Path(config.tokenizer) / "tokenizer.model"
    ours, theirs = Tokenizer(made.tokenizer), Tokenizer(path)
    source = [line for _, text in gosource.files(gosource.find_goroot(), commands=False) for line in text.split("\n")]
    for line in random.Random(5).sample(source, 2000) + ODD:
        assert theirs.text(line) == ours.text(line), line
        assert theirs.decode(theirs.text(line)) == ours.decode(ours.text(line)), line
    assert (theirs.ids, theirs.first_piece) == (ours.ids, ours.first_piece)
    assert path.read_bytes() == made.tokenizer.read_bytes()


def test_training_goes_on(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "q8_0")
    train.main(
        TrainConfig(
            data=str(made.shards),
            out=config.out,
            tokenizer=str(Path(config.tokenizer) / "tokenizer.model"),
            batch=8,
            warmup=1,
            max_steps=1,
            max_minutes=5,
            eval_samples=8,
            log_steps=1,
            threads=1,
            sampled_rows=128,
            tensorboard=False,
            bf16=False,
            h_cycles=2,
            l_cycles=2,
        )
    )
    after = checkpoint.read(Path(config.out))
    assert (after["progress"]["step"], after["progress"]["samples"]) == (STEP + 1, SAMPLES + 8)
    assert after["shape"] == checkpoint.read(made.run)["shape"]
    assert after["kinds"]
    rows = [json.loads(line) for line in (Path(config.out) / "curves.jsonl").read_text("utf-8").splitlines()]
    assert {row["split"] for row in rows} == {"train", "dev"}


def test_the_same_file_makes_the_same_checkpoint(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "q8_0")
    torch.manual_seed(99)
    adopt.main(dataclasses.replace(config, out=str(tmp_path / "other")))
    assert torch.equal(checkpoint.read(tmp_path / "run")["random"], checkpoint.read(tmp_path / "other")["random"])


def test_nothing_is_overwritten(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "q8_0")
    with pytest.raises(InputError, match="already there") as caught:
        adopt.main(config)
    assert "--out" in caught.value.hint
    path = Path(config.tokenizer) / "tokenizer.model"
    vocab = export.vocabulary(path)
    path.write_bytes(adopt.tokenizer_model(dataclasses.replace(vocab, scores=[score - 1 for score in vocab.scores])))
    other = dataclasses.replace(config, out=str(tmp_path / "other"))
    with pytest.raises(InputError, match="another tokenizer"):
        adopt.main(other)
    assert not Path(other.out).exists()


def test_foreign_files_are_refused(made: Made, tmp_path: Path) -> None:
    vocab, path = export.vocabulary(made.tokenizer), tmp_path / "model.gguf"
    config = AdoptConfig(str(path), str(tmp_path / "run"), str(tmp_path / "tokenizer"))
    with pytest.raises(InputError, match="no model"):
        adopt.main(config)
    shape = ModelConfig("gpt2", len(vocab.pieces), 32, 2, 64, 1, context=64)
    export.write_gguf(gpt2.Gpt2(shape), vocab, path, kind="f32", facts={})
    with pytest.raises(InputError, match="gpt2") as caught:
        adopt.main(config)
    assert "hrm_text" in caught.value.hint
    write_model(path)
    with pytest.raises(InputError, match="how it was trained") as caught:
        adopt.main(config)
    assert "hrgc-train export" in caught.value.hint
    assert list(tmp_path.iterdir()) == [path]


def test_sizes_that_the_network_cannot_have_are_refused(made: Made, tmp_path: Path) -> None:
    config = adopted(made, tmp_path, "q8_0")
    header = read_header(Path(config.model))
    header.metadata["hrm_text.embedding_scale"] = 3.0
    with pytest.raises(InputError, match="embedding_scale 3"):
        adopt.network_of(header)
