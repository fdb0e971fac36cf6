"""Write a checkpoint as a Transformers folder (``HrmTextForCausalLM``): weights, config and tokenizer.

Run: ``hrgc-train export-hf --run .data/run --out .data/hrgc-hf``. Transformers and vLLM load the folder as it is.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import checkpoint, record
from trainer.model import HrmText, ModelConfig

_PARTS = (
    ("self_attn.q_proj", "attention.q"),
    ("self_attn.k_proj", "attention.k"),
    ("self_attn.v_proj", "attention.v"),
    ("self_attn.gate_proj", "attention.gate"),
    ("self_attn.o_proj", "attention.output"),
    ("mlp.gate_proj", "feed_forward.gate"),
    ("mlp.up_proj", "feed_forward.up"),
    ("mlp.down_proj", "feed_forward.down"),
)
"""Transformers' name of each matrix and ours."""


@dataclass(frozen=True)
class FolderConfig:
    """What is written where."""

    run: str = ".data/run"
    out: str = ".data/hrgc-hf"
    tokenizer: str = ".data/tokenizer/tokenizer.model"


def tensors(model: HrmText) -> dict[str, Tensor]:
    """Return every weight under Transformers' name; the output is tied to the embedding."""
    out = {
        "model.embed_tokens.weight": model.embedding.weight.detach().float().contiguous(),
        "model.z_L_init": model.z_l_init.detach().float().contiguous(),
    }
    for letter, stack in (("L", model.l_stack), ("H", model.h_stack)):
        for at, layer in enumerate(stack.layers):
            for theirs, ours in _PARTS:
                weight = layer.get_parameter(f"{ours}.weight").detach().float().contiguous()
                out[f"model.{letter}_module.layers.{at}.{theirs}.weight"] = weight
    return out


def document(shape: ModelConfig) -> dict[str, Any]:
    """Return ``config.json``; sizes whose defaults differ in Transformers are all written out."""
    return {
        "architectures": ["HrmTextForCausalLM"],
        "model_type": "hrm_text",
        "vocab_size": shape.vocab_size,
        "hidden_size": shape.width,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers_per_stack,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.head_width,
        "H_cycles": shape.h_cycles,
        "L_cycles": shape.l_cycles,
        "prefix_lm": False,
        "embedding_scale": shape.embedding_scale,
        "rms_norm_eps": shape.norm_eps,
        "rope_theta": shape.rope_base,
        "rope_parameters": {"rope_type": "default", "rope_theta": shape.rope_base},
        "max_position_embeddings": shape.context,
        "tie_word_embeddings": True,
        "pad_token_id": 0,
        "bos_token_id": 2,
        "eos_token_id": 3,
        "torch_dtype": "float32",
    }


def main(config: FolderConfig) -> None:
    """Write the folder; raises InputError without a checkpoint of an HRM-Text."""
    from safetensors.torch import save_file  # noqa: PLC0415 - only this stage needs it

    out = Path(config.out)
    model, facts = checkpoint.averaged_model(Path(config.run))
    if not isinstance(model, HrmText):
        raise InputError(
            f"{model.config.architecture} has no Transformers folder", "hrgc-train export writes it as GGUF"
        )
    out.mkdir(parents=True, exist_ok=True)
    weights, tokenizer = out / "model.safetensors", out / "tokenizer.model"
    save_file(tensors(model), str(weights), metadata={"format": "pt"})
    shutil.copyfile(config.tokenizer, tokenizer)
    record.write_json(out / "config.json", document(model.config))
    record.save_manifest(out, [weights, tokenizer, out / "config.json"], training=facts)
    tqdm.write(f"{out}: {weights.stat().st_size / 1e6:.1f} MB")
