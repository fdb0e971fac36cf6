"""Sizes and tensors of each network under the names that llama.cpp reads them by."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from trainer import t5
from trainer.gpt2 import Gpt2
from trainer.model import HrmText, Network, Stack

Named = tuple[str, npt.NDArray[np.float32]]

PRECISE = ("position_embd.weight", "enc.blk.0.attn_rel_b.weight", "dec.blk.0.attn_rel_b.weight")
"""Matrices that are added or looked up, not multiplied: kept in float32."""
_HRM = {
    "attn_q": "attention.q",
    "attn_k": "attention.k",
    "attn_v": "attention.v",
    "attn_gate": "attention.gate",
    "attn_output": "attention.output",
    "ffn_gate": "feed_forward.gate",
    "ffn_up": "feed_forward.up",
    "ffn_down": "feed_forward.down",
}
"""llama.cpp's name of each part of a layer and ours."""
_GPT2 = {
    "attn_norm": "attention_norm",
    "attn_qkv": "qkv",
    "attn_output": "output",
    "ffn_norm": "feed_norm",
    "ffn_up": "up",
    "ffn_down": "down",
}
_T5 = {
    "attn_norm": "attention_norm",
    "attn_q": "attention.q",
    "attn_k": "attention.k",
    "attn_v": "attention.v",
    "attn_o": "attention.output",
    "ffn_norm": "feed_norm",
    "ffn_gate": "gate",
    "ffn_up": "up",
    "ffn_down": "down",
}
_T5_CROSS = {
    "cross_attn_norm": "cross_norm",
    "cross_attn_q": "cross.q",
    "cross_attn_k": "cross.k",
    "cross_attn_v": "cross.v",
    "cross_attn_o": "cross.output",
}


def keys(model: Network) -> dict[str, int | float]:
    """Return the metadata of *model*'s architecture, without its prefix."""
    config = model.config
    common: dict[str, int | float] = {
        "context_length": config.context,
        "embedding_length": config.width,
        "feed_forward_length": config.feed_forward,
        "attention.head_count": config.heads,
        "vocab_size": config.vocab_size,
    }
    if isinstance(model, Gpt2):
        return common | {"block_count": len(model.blocks), "attention.layer_norm_epsilon": config.norm_eps}
    if isinstance(model, t5.T5):
        return common | {
            "block_count": len(model.encoder.blocks),
            "decoder_block_count": len(model.decoder.blocks),
            "attention.head_count_kv": config.heads,
            "attention.key_length": config.head_width,
            "attention.value_length": config.head_width,
            "attention.layer_norm_epsilon": config.norm_eps,
            "attention.layer_norm_rms_epsilon": config.norm_eps,
            "attention.relative_buckets_count": t5.BUCKETS,
            "decoder_start_token_id": 0,
        }
    return common | {
        "block_count": config.layers_per_stack * config.passes,
        "attention.head_count_kv": config.heads,
        "rope.dimension_count": config.head_width,
        "hrm.layers_per_stack": config.layers_per_stack,
        "hrm.h_cycles": config.h_cycles,
        "hrm.l_cycles": config.l_cycles,
        "attention.layer_norm_rms_epsilon": config.norm_eps,
        "rope.freq_base": config.rope_base,
        "embedding_scale": config.embedding_scale,
    }


def tensors(model: Network) -> Iterator[Named]:
    """Yield every tensor of *model*; the output is tied to the embedding."""
    yield "token_embd.weight", _array(model.embedding.weight)
    if isinstance(model, HrmText):
        yield from _hrm(model)
    elif isinstance(model, Gpt2):
        yield from _gpt2(model)
    elif isinstance(model, t5.T5):
        yield from _t5_side(model.encoder, "enc", _T5)
        yield from _t5_side(model.decoder, "dec", _T5 | _T5_CROSS)


def _array(weight: Tensor) -> npt.NDArray[np.float32]:
    """Return a weight as numbers."""
    out: npt.NDArray[np.float32] = weight.detach().float().numpy()
    return out


def _part(prefix: str, layer: nn.Module, names: dict[str, str]) -> Iterator[Named]:
    """Yield weights and biases of one layer."""
    for theirs, ours in names.items():
        for name, weight in layer.get_submodule(ours).named_parameters():
            yield f"{prefix}.{theirs}.{name}", _array(weight)


def _hrm(model: HrmText) -> Iterator[Named]:
    """Yield the L stack, then the H stack."""
    yield "hrm.z_l_init", _array(model.z_l_init)
    stacks: tuple[Stack, Stack] = (model.l_stack, model.h_stack)
    for first, stack in zip((0, model.config.layers_per_stack), stacks, strict=True):
        for at, layer in enumerate(stack.layers, start=first):
            yield from _part(f"blk.{at}", layer, _HRM)


def _gpt2(model: Gpt2) -> Iterator[Named]:
    """Yield positions, layers and the last norm."""
    yield "position_embd.weight", _array(model.positions.weight)
    for at, block in enumerate(model.blocks):
        yield from _part(f"blk.{at}", block, _GPT2)
    yield "output_norm.weight", _array(model.norm.weight)
    yield "output_norm.bias", _array(model.norm.bias)


def _t5_side(side: t5.Side, prefix: str, names: dict[str, str]) -> Iterator[Named]:
    """Yield the encoder or the decoder; its table of position biases belongs to its first layer."""
    yield f"{prefix}.blk.0.attn_rel_b.weight", _array(side.bias.weight)
    for at, block in enumerate(side.blocks):
        yield from _part(f"{prefix}.blk.{at}", block, names)
    yield f"{prefix}.output_norm.weight", _array(side.norm.weight)
