"""An encoder that plans and a decoder that writes by cross-attention, of the same size. llama.cpp runs it as ``t5``.

The encoder (the planner) reads the prompt in both directions, the decoder (the generator) writes the response behind a
padding token. Both use relative positions in logarithmic buckets, RMSNorm with a gain and a gated GELU; attention is
not scaled. The output is tied to the embedding, unscaled.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the usual name

from trainer.model import ModelConfig, Network, matrices

BUCKETS = 32
"""Buckets of relative positions; encoders use half of them for each direction."""
FARTHEST = 128
"""Distance from which all positions share the last bucket: llama.cpp's own."""


def buckets(queries: int, keys: int, *, both_ways: bool, device: torch.device) -> Tensor:
    """Return the bucket of each (query, key) distance."""
    count = BUCKETS // 2 if both_ways else BUCKETS
    exact = count // 2
    distance = torch.arange(keys, device=device)[None, :] - torch.arange(queries, device=device)[:, None]
    base = (distance > 0).long() * count if both_ways else torch.zeros_like(distance)
    distance = distance.abs() if both_ways else (-distance).clamp(min=0)
    far = exact + (
        torch.log(distance.clamp(min=1) / exact) / math.log(FARTHEST / exact) * (count - exact)
    ).floor().long().clamp(max=count - exact - 1)
    return base + torch.where(distance < exact, distance, far)


class Attention(nn.Module):
    """Attention without a scale; keys and values may come from elsewhere."""

    def __init__(self, config: ModelConfig) -> None:
        """Build the four projections."""
        super().__init__()
        self.heads = config.heads
        self.q, self.k, self.v, self.output = (nn.Linear(config.width, config.width, bias=False) for _ in range(4))

    def forward(self, x: Tensor, seen: Tensor, bias: Tensor) -> Tensor:
        """Attend from (batch, length, width) to *seen*; *bias* (batch, heads, length, seen) is added to the scores."""
        q = self.q(x).unflatten(2, (self.heads, -1)).transpose(1, 2)
        k, v = (part(seen).unflatten(2, (self.heads, -1)).transpose(1, 2) for part in (self.k, self.v))
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.to(q.dtype), scale=1.0)
        out: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return out


class Block(nn.Module):
    """One layer of the encoder, or with *crossing* one of the decoder."""

    def __init__(self, config: ModelConfig, *, crossing: bool) -> None:
        """Build norms, attentions and feed-forward."""
        super().__init__()
        width, eps = config.width, config.norm_eps
        self.attention_norm, self.attention = nn.RMSNorm(width, eps), Attention(config)
        self.cross_norm = nn.RMSNorm(width, eps) if crossing else None
        self.cross = Attention(config) if crossing else None
        self.feed_norm = nn.RMSNorm(width, eps)
        self.gate = nn.Linear(width, config.feed_forward, bias=False)
        self.up = nn.Linear(width, config.feed_forward, bias=False)
        self.down = nn.Linear(config.feed_forward, width, bias=False)

    def forward(self, x: Tensor, bias: Tensor, seen: Tensor | None = None, seen_bias: Tensor | None = None) -> Tensor:
        """Add self-attention, attention to *seen* and feed-forward to (batch, length, width)."""
        normed = self.attention_norm(x)
        x = x + self.attention(normed, normed, bias).to(x.dtype)
        if self.cross is not None and self.cross_norm is not None:
            x = x + self.cross(self.cross_norm(x), seen, seen_bias).to(x.dtype)
        normed = self.feed_norm(x)
        out: Tensor = x + self.down(F.gelu(self.gate(normed), approximate="tanh") * self.up(normed)).to(x.dtype)
        return out


class Side(nn.Module):
    """The encoder or the decoder: layers with one table of position biases, and a norm."""

    def __init__(self, config: ModelConfig, *, crossing: bool) -> None:
        """Build the layers."""
        super().__init__()
        self.both_ways = not crossing
        self.bias = nn.Embedding(BUCKETS, config.heads)
        self.blocks = nn.ModuleList(Block(config, crossing=crossing) for _ in range(config.layers_per_stack))
        self.norm = nn.RMSNorm(config.width, config.norm_eps)

    def forward(self, x: Tensor, hidden: Tensor, seen: Tensor | None = None, seen_bias: Tensor | None = None) -> Tensor:
        """Run (batch, length, width); *hidden* (batch or 1, 1, length or 1, length) hides places by minus infinity."""
        length = x.shape[1]
        places = buckets(length, length, both_ways=self.both_ways, device=x.device)
        bias = self.bias(places).permute(2, 0, 1)[None] + hidden
        for block in self.blocks:
            x = block(x, bias, seen, seen_bias)
        out: Tensor = self.norm(x)
        return out


class T5(Network):
    """The network."""

    encodes_prompt = True

    def __init__(self, config: ModelConfig) -> None:
        """Build and initialise: queries small enough for unscaled attention, residual outputs shrunk by depth."""
        super().__init__(config)
        self.encoder, self.decoder = Side(config, crossing=False), Side(config, crossing=True)
        nn.init.normal_(self.embedding.weight, std=config.width**-0.5)
        for name, weight in self.named_parameters():
            if name.endswith(".bias.weight"):
                nn.init.normal_(weight, std=config.width**-0.5)
            elif weight.dim() == 2 and "embedding" not in name:
                shrink = 3 * config.layers_per_stack if name.endswith(("output.weight", "down.weight")) else 1
                shrink = config.head_width if name.endswith(".q.weight") else shrink
                nn.init.normal_(weight, std=(weight.shape[1] * shrink) ** -0.5)

    def forward(self, ids: Tensor, starts: Tensor | None = None) -> Tensor:
        """Return the decoder's hidden states at the places of *ids* (batch, length) that they predict from.

        *starts* (batch) are the places of the responses' first tokens; what stands before is the prompt, and its hidden
        states are zero. Raises ValueError without them.
        """
        if starts is None:
            raise ValueError("an encoder-decoder has to be told where the responses start")
        length = ids.shape[1]
        longest = int(length - starts.min()) + 1
        places = starts[:, None] - 1 + torch.arange(longest, device=ids.device)
        written = F.pad(ids, (0, longest)).gather(1, places)
        written[:, 0] = 0
        seen = self.encode(ids[:, : int(starts.max())], starts)
        found = self.decode(written, seen, starts)
        out = found.new_zeros(len(ids), length + longest, found.shape[2])
        return out.scatter(1, places[:, :, None].expand_as(found), found)[:, :length]

    def encode(self, prompt: Tensor, lengths: Tensor) -> Tensor:
        """Return the encoder's states of *prompt* (batch, length), whose rows end at *lengths*."""
        found: Tensor = self.encoder(self.embed(prompt), _hidden_behind(prompt.shape[1], lengths))
        return found

    def decode(self, written: Tensor, seen: Tensor, lengths: Tensor) -> Tensor:
        """Return the decoder's states of *written* (batch, length), which starts with padding."""
        size = written.shape[1]
        later = torch.full((size, size), float("-inf"), device=written.device).triu(1)[None, None]
        found: Tensor = self.decoder(self.embed(written), later, seen, _hidden_behind(seen.shape[1], lengths))
        return found

    def stacks(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the matrices of the decoder, which writes, and of the encoder, which plans."""
        return matrices(self.decoder), matrices(self.encoder)


def _hidden_behind(length: int, lengths: Tensor) -> Tensor:
    """Return (batch, 1, 1, length): minus infinity behind each row's end."""
    behind = torch.arange(length, device=lengths.device)[None] >= lengths[:, None]
    return torch.zeros(behind.shape, device=lengths.device).masked_fill(behind, float("-inf"))[:, None, None]
