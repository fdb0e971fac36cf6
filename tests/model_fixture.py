"""A tiny random ``hrm_text`` GGUF for tests and measurements, by the ``gguf`` package; torch is not needed."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np

from hrgc import tokens

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, BYTE = 1, 2, 3, 4, 6
"""GGUF token types."""


@dataclass(frozen=True)
class TinyModel:
    """What the random model looks like."""

    width: int = 64
    heads: int = 2
    layers: int = 1
    """Layers per stack."""
    feed_forward: int = 96
    h_cycles: int = 2
    l_cycles: int = 1
    context: int = 1536
    vocab_size: int = 0
    """Pieces are added up to this many; 0 adds none."""
    seed: int = 1
    gain: float = 2.0
    """Multiplies the embedding, so that probabilities are not all alike."""
    loud: tuple[str, ...] = ()
    """Tokens with a four times longer embedding: likely in about every second state."""
    quantized: bool = False
    """Store matrices as Q8_0."""
    without: tuple[str, ...] = ()
    """Tokens of the table left out of the vocabulary."""
    name: str = "tiny"
    metadata: tuple[tuple[str, float | tuple[float, ...]], ...] = ()
    """Further keys."""


def pieces(model: TinyModel) -> list[tuple[str, float, int]]:
    """Return (text, score, type) of every token: control, special, bytes, characters, then merges of them."""
    rows = [(text, 0.0, UNKNOWN if text == tokens.UNK else CONTROL) for text in tokens.CONTROL_TOKENS]
    rows += [(text, 0.0, USER_DEFINED) for text in tokens.SPECIAL_TOKENS if text not in model.without]
    rows += [(f"<0x{byte:02X}>", 0.0, BYTE) for byte in range(256)]
    merges = list(_merges(model.vocab_size - len(rows) - 96)) if model.vocab_size else ["if", "re", "\u2581i", "er"]
    rows += [(text, -float(at), NORMAL) for at, text in enumerate(merges)]
    characters = ["\u2581", *string.digits, *string.ascii_letters, *string.punctuation]
    rows += [(text, -float(len(merges) + at), NORMAL) for at, text in enumerate(characters)]
    return rows


def _merges(count: int) -> Iterator[str]:
    """Yield *count* different texts of two letters or more, each the join of two pieces that exist."""
    known = list(string.ascii_lowercase)
    seen = set(known)
    chance = random.Random(5)
    while count > 0:
        text = chance.choice(known) + chance.choice(string.ascii_lowercase)
        if text not in seen and len(text) <= 8:
            seen.add(text)
            known.append(text)
            count -= 1
            yield text


def write_model(path: Path, model: TinyModel | None = None) -> Path:
    """Write the model to *path* and return it."""
    model = model or TinyModel()
    rows = pieces(model)
    writer = gguf.GGUFWriter(path, "hrm_text")
    _write_keys(writer, model)
    _write_vocabulary(writer, rows)
    chance = np.random.default_rng(model.seed)

    names = [text for text, _, _ in rows]

    def matrix(name: str, inputs: int, outputs: int, scale: float) -> None:
        values = (chance.standard_normal((outputs, inputs), dtype=np.float32) * scale).astype(np.float32)
        if name == "token_embd.weight":
            values[[names.index(text) for text in model.loud]] *= 4
        if model.quantized:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, values)

    width, wide = model.width, model.feed_forward
    matrix("token_embd.weight", width, len(rows), model.gain / width**0.5)
    writer.add_tensor("hrm.z_l_init", chance.standard_normal(width, dtype=np.float32))
    for block in range(2 * model.layers):
        for part in ("attn_q", "attn_k", "attn_v", "attn_gate", "attn_output"):
            matrix(f"blk.{block}.{part}.weight", width, width, width**-0.5)
        matrix(f"blk.{block}.ffn_gate.weight", width, wide, width**-0.5)
        matrix(f"blk.{block}.ffn_up.weight", width, wide, width**-0.5)
        matrix(f"blk.{block}.ffn_down.weight", wide, width, wide**-0.5)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def write_foreign(path: Path, architecture: str) -> Path:
    """Write a random layer of another *architecture* (``llama``, ``gpt2`` or ``mamba``) with our vocabulary."""
    width, wide, context = 64, 96, 1536
    rows = pieces(TinyModel())
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_name(architecture)
    sizes = {"context_length": context, "embedding_length": width, "feed_forward_length": wide, "block_count": 1}
    heads = {"attention.head_count": 2, "attention.head_count_kv": 2}
    states = {"ssm.conv_kernel": 4, "ssm.inner_size": 128, "ssm.state_size": 16, "ssm.time_step_rank": 4}
    for key, count in (sizes | heads | (states if architecture == "mamba" else {})).items():
        writer.add_uint32(f"{architecture}.{key}", count)
    for key in ("layer_norm_epsilon", "layer_norm_rms_epsilon"):
        writer.add_float32(f"{architecture}.attention.{key}", 1e-5)
    _write_vocabulary(writer, rows)
    chance = np.random.default_rng(1)
    for name, shape in _foreign_shapes(architecture, len(rows), width, wide, context).items():
        values = chance.standard_normal(shape[::-1], dtype=np.float32) * shape[0] ** -0.5
        writer.add_tensor(name, np.ones(shape, np.float32) if "norm.weight" in name else values.astype(np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _foreign_shapes(architecture: str, words: int, width: int, wide: int, context: int) -> dict[str, tuple[int, ...]]:
    """Return the tensors of a one-layer model, fastest-running dimension first."""
    shapes: dict[str, tuple[int, ...]] = {"token_embd.weight": (width, words), "output_norm.weight": (width,)}
    shapes["blk.0.attn_norm.weight"] = (width,)
    if architecture == "llama":
        shapes |= {f"blk.0.attn_{part}.weight": (width, width) for part in ("q", "k", "v", "output")}
        shapes |= {"blk.0.ffn_norm.weight": (width,), "blk.0.ffn_gate.weight": (width, wide)}
        shapes |= {"blk.0.ffn_up.weight": (width, wide), "blk.0.ffn_down.weight": (wide, width)}
    elif architecture == "gpt2":
        shapes |= {
            "position_embd.weight": (width, context),
            "output_norm.bias": (width,),
            "output.weight": (width, words),
        }
        for part, inputs, outputs in (
            ("attn_qkv", width, 3 * width),
            ("attn_output", width, width),
            ("ffn_up", width, wide),
            ("ffn_down", wide, width),
        ):
            shapes |= {f"blk.0.{part}.weight": (inputs, outputs), f"blk.0.{part}.bias": (outputs,)}
        shapes |= {"blk.0.attn_norm.bias": (width,), "blk.0.ffn_norm.weight": (width,), "blk.0.ffn_norm.bias": (width,)}
    else:
        inner, state, rank = 128, 16, 4
        shapes |= {"blk.0.ssm_in.weight": (width, 2 * inner), "blk.0.ssm_conv1d.weight": (4, inner)}
        shapes |= {"blk.0.ssm_conv1d.bias": (inner,), "blk.0.ssm_x.weight": (inner, rank + 2 * state)}
        shapes |= {"blk.0.ssm_dt.weight": (rank, inner), "blk.0.ssm_dt.bias": (inner,), "blk.0.ssm_a": (state, inner)}
        shapes |= {"blk.0.ssm_d": (inner,), "blk.0.ssm_out.weight": (inner, width)}
    return shapes


def _write_keys(writer: Any, model: TinyModel) -> None:
    """Write the architecture's own keys."""
    writer.add_name(model.name)
    for key, count in (
        ("context_length", model.context),
        ("embedding_length", model.width),
        ("feed_forward_length", model.feed_forward),
        ("block_count", model.layers * model.h_cycles * (model.l_cycles + 1)),
        ("attention.head_count", model.heads),
        ("attention.head_count_kv", model.heads),
        ("rope.dimension_count", model.width // model.heads),
        ("hrm.layers_per_stack", model.layers),
        ("hrm.h_cycles", model.h_cycles),
        ("hrm.l_cycles", model.l_cycles),
    ):
        writer.add_uint32(f"hrm_text.{key}", count)
    writer.add_float32("hrm_text.attention.layer_norm_rms_epsilon", 1e-6)
    writer.add_float32("hrm_text.rope.freq_base", 10000.0)
    writer.add_float32("hrm_text.embedding_scale", model.width**0.5 / model.gain)
    for name, value in model.metadata:
        if isinstance(value, tuple):
            writer.add_array(name, list(value))
        else:
            writer.add_float32(name, value)


def _write_vocabulary(writer: Any, rows: list[tuple[str, float, int]]) -> None:
    """Write the tokenizer as llama.cpp reads a SentencePiece model."""
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text for text, _, _ in rows])
    writer.add_token_scores([score for _, score, _ in rows])
    writer.add_token_types([kind for _, _, kind in rows])
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(3)
    writer.add_add_bos_token(value=False)
    writer.add_add_eos_token(value=False)
    writer.add_add_space_prefix(value=False)
