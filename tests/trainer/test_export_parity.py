"""The exported GGUF computes what PyTorch computes, and its tokenizer gives the trainer's ids."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
import torch

from hrgc import tokens
from hrgc.errors import InputError
from hrgc.gguf_header import read_header
from hrgc.llama import Batch, Runtime
from trainer import export, gosource, record
from trainer.model import HrmText, ModelConfig
from trainer.tokenizer import Tokenizer, TokenizerConfig
from trainer.tokenizer import main as train_tokenizer


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """Return a small tokenizer of Go source."""
    out = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer(TokenizerConfig(out=str(out), vocab_size=4096, max_bytes=1_500_000, seed=3, report_lines=1000))
    return Tokenizer(out / "tokenizer.model")


def small(vocab: int, *, h_cycles: int, l_cycles: int) -> HrmText:
    """Return a random model with two layers a stack."""
    torch.manual_seed(h_cycles * 10 + l_cycles)
    shape = ModelConfig(
        vocab_size=vocab, width=128, heads=2, feed_forward=256, h_cycles=h_cycles, l_cycles=l_cycles, context=256
    )
    return HrmText(shape).eval()


def logits_of(runtime: Runtime, ids: list[int]) -> np.ndarray:
    """Return llama.cpp's logits at every position of *ids*."""
    batch = Batch()
    for position, token in enumerate(ids):
        batch.add(token, position, (0,), output=True)
    found = np.array(runtime.decode(batch))
    runtime.clear()
    return found


@pytest.mark.parametrize(("h_cycles", "l_cycles"), [(1, 1), (2, 1), (2, 2)])
def test_gguf_logits_equal_pytorch(tokenizer: Tokenizer, tmp_path: Path, h_cycles: int, l_cycles: int) -> None:
    model = small(tokenizer.size, h_cycles=h_cycles, l_cycles=l_cycles)
    ids = torch.randint(4, tokenizer.size, (1, 96))
    with torch.no_grad():
        wanted = model.logits(model(ids))[0].numpy()
    vocab = export.vocabulary(tokenizer.path)
    for kind, mean_limit in (("f32", 2e-3), ("q8_0", 0.1)):
        path = tmp_path / f"{kind}.gguf"
        export.write_gguf(model, vocab, path, kind=kind, facts={"name": "test"})
        runtime = Runtime(path, threads=1)
        try:
            got = logits_of(runtime, ids[0].tolist())
        finally:
            runtime.close()
        difference = np.abs(got - wanted)
        assert difference.mean() / wanted.std() < mean_limit, kind
        if kind == "f32":
            assert difference.max() / wanted.std() < 0.05
            assert (got.argmax(-1) == wanted.argmax(-1)).mean() > 0.97


def test_calibration_travels_in_the_file(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """Ranking weights and the controller's calibration are read back; a fit to another checkpoint is refused."""
    fitted = tmp_path / "control.json"
    record.write_json(fitted, {"steps": 7, "temperature": 1.75, "bias": [0.5, -0.25, -0.25]})
    numbers = {"rank.plan": 0.25, **export._control(fitted, 7)}
    path = tmp_path / "model.gguf"
    model = small(tokenizer.size, h_cycles=1, l_cycles=1)
    export.write_gguf(model, export.vocabulary(tokenizer.path), path, kind="q8_0", facts={}, numbers=numbers)
    header = read_header(path)
    assert header.number("hrgc.rank.plan") == 0.25
    assert header.number("hrgc.control.temperature") == 1.75
    assert list(header.array("hrgc.control.bias")) == [0.5, -0.25, -0.25]
    with pytest.raises(InputError, match="step 7"):
        export._control(fitted, 8)


def test_token_ids_equal_in_llama_cpp(tokenizer: Tokenizer, tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    export.write_gguf(
        small(tokenizer.size, h_cycles=1, l_cycles=1), export.vocabulary(tokenizer.path), path, kind="q8_0", facts={}
    )
    source = [line for _, text in gosource.files(gosource.find_goroot(), commands=False) for line in text.split("\n")]
    lines = random.Random(4).sample(source, 2000)
    lines = (
        [line.strip() for line in lines] + lines[:200] + ["", " ", "  a", "日本 \u00e9", "a\tb", "x<L1>y", "</CODE>"]
    )
    runtime = Runtime(path, threads=1)
    try:
        for line in lines:
            for segment in tokens.plain(line):
                assert runtime.tokenize(segment.text) == tokenizer.text(segment.text), line
    finally:
        runtime.close()


def test_special_tokens_have_one_id_each(tokenizer: Tokenizer) -> None:
    ids = [tokenizer.ids[name] for name in (*tokens.CONTROL_TOKENS, *tokens.SPECIAL_TOKENS)]
    assert ids[:4] == [0, 1, 2, 3]
    assert len(set(ids)) == len(ids)
    assert max(ids) < tokenizer.first_piece
