"""GPT-2 of the same size: what the hierarchy is compared with. llama.cpp runs it as ``gpt2``.

A plain decoder: learned positions, LayerNorm with gain and bias, full attention heads, GELU, biases everywhere; the
output is tied to the embedding. ``2 * layers_per_stack`` layers run once each.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the usual name

from trainer.model import ModelConfig, Network, causal_attention, matrices

_DEVIATION = 0.02
"""Initial deviation of every matrix, as published."""


class Block(nn.Module):
    """One pre-norm layer."""

    def __init__(self, config: ModelConfig) -> None:
        """Build attention and feed-forward."""
        super().__init__()
        width = config.width
        self.heads = config.heads
        self.attention_norm = nn.LayerNorm(width, config.norm_eps)
        self.qkv = nn.Linear(width, 3 * width)
        self.output = nn.Linear(width, width)
        self.feed_norm = nn.LayerNorm(width, config.norm_eps)
        self.up = nn.Linear(width, config.feed_forward)
        self.down = nn.Linear(config.feed_forward, width)

    def forward(self, x: Tensor) -> Tensor:
        """Add attention, then feed-forward, to (batch, length, width)."""
        q, k, v = (
            part.unflatten(2, (self.heads, -1)).transpose(1, 2)
            for part in self.qkv(self.attention_norm(x)).chunk(3, dim=-1)
        )
        x = x + self.output(causal_attention(q, k, v)).to(x.dtype)
        out: Tensor = x + self.down(F.gelu(self.up(self.feed_norm(x)), approximate="tanh")).to(x.dtype)
        return out


class Gpt2(Network):
    """The network; its positions end at the context's length."""

    def __init__(self, config: ModelConfig) -> None:
        """Build and initialise as published: deviation 0.02, residual outputs shrunk by depth."""
        super().__init__(config)
        count = 2 * config.layers_per_stack
        self.positions = nn.Embedding(config.context, config.width)
        self.blocks = nn.ModuleList(Block(config) for _ in range(count))
        self.norm = nn.LayerNorm(config.width, config.norm_eps)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                shrink = 2 * count if name.endswith(("output.weight", "down.weight")) else 1
                nn.init.normal_(weight, std=_DEVIATION / shrink**0.5)
            elif name.endswith("bias"):
                nn.init.zeros_(weight)

    def forward(self, ids: Tensor, starts: Tensor | None = None) -> Tensor:
        """Return the final hidden states (batch, length, width) of *ids* (batch, length); *starts* are not needed."""
        del starts
        x = self.embed(ids)
        x = x + self.positions(torch.arange(ids.shape[1], device=ids.device)).to(x.dtype)
        for block in self.blocks:
            x = block(x)
        out: Tensor = self.norm(x)
        return out

    def stacks(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the matrices of the lower and of the upper half."""
        half = len(self.blocks) // 2
        return matrices(*self.blocks[:half]), matrices(*self.blocks[half:])
