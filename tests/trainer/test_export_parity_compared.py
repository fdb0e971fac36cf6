"""The GGUFs of the compared architectures compute in llama.cpp what PyTorch computes."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from hrgc import tokens
from hrgc.batch import Batch
from hrgc.llama import Runtime
from trainer import export, networks
from trainer.export import Vocabulary
from trainer.model import ModelConfig, Network
from trainer.t5 import T5

CONTROL, USER, BYTE, NORMAL = 3, 4, 6, 1


def vocabulary() -> Vocabulary:
    """Return the token table, the bytes and some words."""
    names = [*tokens.CONTROL_TOKENS, *tokens.SPECIAL_TOKENS]
    kinds = [CONTROL, 2, CONTROL, CONTROL] + [USER] * len(tokens.SPECIAL_TOKENS)
    names += [f"<0x{byte:02X}>" for byte in range(256)] + [f"word{number}" for number in range(200)]
    kinds += [BYTE] * 256 + [NORMAL] * 200
    return Vocabulary([name.encode() for name in names], [-float(at) for at in range(len(names))], kinds)


def small(architecture: str, vocab: int) -> Network:
    """Return a random network whose gains and biases are random too."""
    torch.manual_seed(11)
    shape = ModelConfig(architecture, vocab_size=vocab, width=128, heads=2, feed_forward=192, context=256)
    model = networks.build(shape).eval()
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() == 1:
                weight.add_(torch.randn_like(weight) * 0.1)
    return model


def test_gpt2_logits_equal_pytorch(tmp_path: Path) -> None:
    vocab = vocabulary()
    model = small("gpt2", len(vocab.pieces))
    ids = torch.randint(4, len(vocab.pieces), (1, 96))
    with torch.no_grad():
        wanted = model.logits(model(ids))[0].numpy()
    for kind, mean_limit in (("f32", 2e-3), ("q8_0", 0.1)):
        path = tmp_path / f"{kind}.gguf"
        export.write_gguf(model, vocab, path, kind=kind, facts={"name": "test"})
        runtime = Runtime(path, threads=1)
        batch = Batch()
        for position, token in enumerate(ids[0].tolist()):
            batch.add(token, position, (0,), output=True)
        try:
            got = np.array(runtime.decode(batch))
        finally:
            runtime.close()
        assert np.abs(got - wanted).mean() / wanted.std() < mean_limit, kind
    assert (got.argmax(-1) == wanted.argmax(-1)).mean() > 0.9


@pytest.mark.parametrize(("kind", "mean_limit"), [("f32", 3e-3), ("q8_0", 0.1)])
def test_t5_logits_equal_pytorch(tmp_path: Path, kind: str, mean_limit: float) -> None:
    """Through llama.cpp's own interface, since the runtime refuses encoders."""
    vocab = vocabulary()
    model = small("t5", len(vocab.pieces))
    assert isinstance(model, T5)
    prompt, written = (torch.randint(4, len(vocab.pieces), (1, size)) for size in (150, 20))
    written[0, 0] = 0
    with torch.no_grad():
        lengths = torch.tensor([prompt.shape[1]])
        wanted = model.logits(model.decode(written, model.encode(prompt, lengths), lengths))[0].numpy()
    path = tmp_path / "t5.gguf"
    export.write_gguf(model, vocab, path, kind=kind, facts={"name": "test"})
    got = encoded_and_decoded(path, prompt[0].tolist(), written[0].tolist())
    assert np.abs(got - wanted).mean() / wanted.std() < mean_limit
    assert (got.argmax(-1) == wanted.argmax(-1)).mean() > 0.9


def encoded_and_decoded(path: Path, prompt: list[int], written: list[int]) -> npt.NDArray[np.float32]:
    """Return llama.cpp's logits at every position of *written* behind the encoder's reading of *prompt*."""
    import llama_cpp  # noqa: PLC0415 - slow to import

    native: Any = llama_cpp
    native.llama_backend_init()
    settings = native.llama_model_default_params()
    settings.use_extra_bufts = False  # as hrgc.llama loads: AMX tiles crash on some machines
    model = native.llama_model_load_from_file(str(path).encode(), settings)
    assert model
    assert native.llama_model_has_encoder(model)
    assert native.llama_model_decoder_start_token(model) == written[0]
    params = native.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = 256
    params.n_threads = params.n_threads_batch = 1
    context = native.llama_init_from_model(model, params)
    try:
        ids = (ctypes.c_int32 * len(prompt))(*prompt)
        assert native.llama_encode(context, native.llama_batch_get_one(ids, len(prompt))) == 0
        batch = Batch()
        for position, token in enumerate(written):
            batch.add(token, position, (0,), output=True)
        decoding = native.llama_batch()
        kept_alive = batch.fill(decoding)
        assert native.llama_decode(context, decoding) == 0
        del kept_alive
        size = native.llama_vocab_n_tokens(native.llama_model_get_vocab(model))
        return np.array(np.ctypeslib.as_array(native.llama_get_logits(context), shape=(len(written), size)))
    finally:
        native.llama_free(context)
        native.llama_model_free(model)
