"""What every network offers the trainer, and HRM-Text: an L stack (fast) and an H stack (slow) over the same tokens.

For each of ``h_cycles``: ``l_cycles`` times ``zL = L(zH + zL)``, then ``zH = H(zH + zL)``; the stacks' weights are
shared by all cycles. Layers are pre-norm with parameterless RMSNorm, rotary positions, gated causal attention and
SwiGLU; the output is tied to the embedding. The same graph exists in llama.cpp as ``hrm_text`` and in Transformers as
``HrmTextForCausalLM``, so names and order here follow what ``trainer.export`` writes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the usual name

from hrgc import tokens
from trainer import fused

ARCHITECTURES = ("hrm_text", "gpt2", "t5")
"""HRM-Text, and what it is compared with: ``trainer.gpt2`` and ``trainer.t5``."""


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the network."""

    architecture: str = "hrm_text"
    vocab_size: int = tokens.VOCAB_SIZE
    width: int = 384
    heads: int = 6
    feed_forward: int = 1024
    layers_per_stack: int = 2
    """Layers of the L and of the H stack; of T5's encoder and of its decoder; half of GPT-2's."""
    h_cycles: int = 1
    l_cycles: int = 1
    context: int = tokens.PLAN_POSITIONS + tokens.CODE_POSITIONS
    rope_base: float = 10_000.0
    norm_eps: float = 1e-6
    gradient_passes: int = 0
    """How many of the last stack passes carry gradients; 0 for all."""

    def __post_init__(self) -> None:
        """Refuse shapes that cannot be built."""
        if self.architecture not in ARCHITECTURES:
            raise ValueError(f"architecture {self.architecture!r} is none of {ARCHITECTURES}")
        if self.width % self.heads or (self.width // self.heads) % 2:
            raise ValueError(f"width {self.width} does not split into {self.heads} heads of even width")

    @property
    def head_width(self) -> int:
        """Width of one attention head."""
        return self.width // self.heads

    @property
    def passes(self) -> int:
        """Stack passes of one forward run."""
        return self.h_cycles * (self.l_cycles + 1)

    @property
    def embedding_scale(self) -> float:
        """Factor on embeddings at the input; one over their initial deviation, so that zH starts at unit variance."""
        return math.sqrt(self.width)


def rms_norm(x: Tensor, eps: float) -> Tensor:
    """Return *x* divided by the root mean square of its last dimension, computed in float32."""
    if x.device.type == "cpu" and not torch.compiler.is_compiling():
        return fused.rms_norm(x, eps)
    return F.rms_norm(x.float(), (x.shape[-1],), None, eps).to(x.dtype)


class Network(nn.Module):
    """Ids in, hidden states out; ``logits`` turns chosen hidden states into scores by the tied embedding."""

    encodes_prompt = False
    """The prompt is read in both directions, so none of its tokens can be predicted."""

    def __init__(self, config: ModelConfig) -> None:
        """Make the embedding."""
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocab_size, config.width)

    def embed(self, ids: Tensor, scale: float = 1.0) -> Tensor:
        """Return the embeddings of *ids* times *scale*, in the precision that the layers compute in."""
        x: Tensor = self.embedding(ids)
        if scale != 1.0:
            x = x * scale
        kind = ids.device.type
        return x.to(torch.get_autocast_dtype(kind)) if torch.is_autocast_enabled(kind) else x

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the scores of every vocabulary row for hidden states (..., width)."""
        return F.linear(hidden, self.embedding.weight)

    def stacks(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the matrices of the fast and of the slow stack."""
        raise NotImplementedError

    def outside(self) -> list[nn.Parameter]:
        """Return the embedding and every other weight that is in no stack."""
        known = {id(weight) for stack in self.stacks() for weight in stack} | {id(self.embedding.weight)}
        rest = [weight for weight in self.parameters() if id(weight) not in known]
        return [*self.embedding.parameters(), *rest]

    def parameter_count(self) -> int:
        """Return the number of weights; the tied output counts once."""
        return sum(weight.numel() for weight in self.parameters())


def matrices(*modules: nn.Module) -> list[nn.Parameter]:
    """Return the matrices of *modules*, in their order; embeddings are tables, not matrices."""
    tables = {id(part.weight) for module in modules for part in module.modules() if isinstance(part, nn.Embedding)}
    found = [weight for module in modules for weight in module.parameters()]
    return [weight for weight in found if weight.dim() == 2 and id(weight) not in tables]


_EXPLICIT_LENGTH = 512
"""Longest sequences for which writing the scores out costs less than the fused kernel's backward pass on a CPU (3 x at
128 tokens in bfloat16)."""


def _explicit_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return causal attention of (batch, heads, length, head width), scores written out."""
    length, width = q.shape[-2:]
    mask = torch.full((length, length), float("-inf"), device=q.device, dtype=q.dtype).triu(1)
    flat = [part.flatten(0, 1) for part in (q, k, v)]
    scores = torch.baddbmm(mask.expand(len(flat[0]), -1, -1), flat[0], flat[1].transpose(1, 2), alpha=width**-0.5)
    mixed = torch.bmm(scores.softmax(-1), flat[2])
    return mixed.view_as(q)


def causal_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Return (batch, length, width) of causal attention over (batch, heads, length, head width)."""
    length = q.shape[2]
    if q.device.type == "cpu" and torch.is_grad_enabled() and length <= _EXPLICIT_LENGTH:
        mixed = _explicit_attention(q, k, v)
    else:
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return mixed.transpose(1, 2).flatten(2)


class Attention(nn.Module):
    """Causal self-attention whose output is gated by a sigmoid of its input."""

    def __init__(self, config: ModelConfig) -> None:
        """Build the five projections."""
        super().__init__()
        self.heads, self.head_width = config.heads, config.head_width
        self.q = nn.Linear(config.width, config.width, bias=False)
        self.k = nn.Linear(config.width, config.width, bias=False)
        self.v = nn.Linear(config.width, config.width, bias=False)
        self.gate = nn.Linear(config.width, config.width, bias=False)
        self.output = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        """Attend over (batch, length, width); right padding needs no mask because attention looks back only."""
        batch, length, width = x.shape
        weight = torch.cat([part.weight for part in (self.q, self.k, self.v, self.gate)])
        found = F.linear(x, weight)
        looking = found[..., : 2 * width].view(batch, length, 2 * self.heads, self.head_width)
        q, k = rotate(looking, rotation).transpose(1, 2).chunk(2, dim=1)
        v, gate = found[..., 2 * width :].chunk(2, dim=-1)
        v = v.view(batch, length, self.heads, self.head_width).transpose(1, 2)
        out: Tensor = self.output(torch.sigmoid(gate) * causal_attention(q, k, v))
        return out


class FeedForward(nn.Module):
    """SwiGLU."""

    def __init__(self, config: ModelConfig) -> None:
        """Build the three projections."""
        super().__init__()
        self.gate = nn.Linear(config.width, config.feed_forward, bias=False)
        self.up = nn.Linear(config.width, config.feed_forward, bias=False)
        self.down = nn.Linear(config.feed_forward, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """Transform each position of (batch, length, width)."""
        gate, up = F.linear(x, torch.cat((self.gate.weight, self.up.weight))).chunk(2, dim=-1)
        out: Tensor = self.down(F.silu(gate) * up)
        return out


class Layer(nn.Module):
    """One pre-norm layer."""

    def __init__(self, config: ModelConfig) -> None:
        """Build attention and feed-forward."""
        super().__init__()
        self.eps = config.norm_eps
        self.attention = Attention(config)
        self.feed_forward = FeedForward(config)

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        """Add attention, then feed-forward."""
        x = x + self.attention(rms_norm(x, self.eps), rotation)
        out: Tensor = x + self.feed_forward(rms_norm(x, self.eps))
        return out


class Stack(nn.Module):
    """Layers followed by a parameterless norm."""

    def __init__(self, config: ModelConfig) -> None:
        """Build the layers."""
        super().__init__()
        self.eps = config.norm_eps
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers_per_stack))

    def forward(self, x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
        """Run the stack once."""
        for layer in self.layers:
            x = layer(x, rotation)
        return rms_norm(x, self.eps)


class HrmText(Network):
    """The hierarchical network, the one that is shipped."""

    def __init__(self, config: ModelConfig) -> None:
        """Build and initialise: LeCun-normal, residual outputs shrunk by depth, embedding deviation 1/scale."""
        super().__init__(config)
        self.z_l_init = nn.Parameter(torch.randn(config.width))
        self.l_stack = Stack(config)
        self.h_stack = Stack(config)
        nn.init.normal_(self.embedding.weight, std=1.0 / config.embedding_scale)
        for name, weight in self.named_parameters():
            if weight.dim() == 2 and "embedding" not in name:
                shrink = 2 * config.layers_per_stack if name.endswith(("output.weight", "down.weight")) else 1
                nn.init.normal_(weight, std=(weight.shape[1] * shrink) ** -0.5)

    def forward(self, ids: Tensor, starts: Tensor | None = None) -> Tensor:
        """Return the final hidden states (batch, length, width) of *ids* (batch, length); *starts* are not needed."""
        del starts
        config = self.config
        rotation = rotations(ids.shape[1], config, ids.device)
        z_h = self.embed(ids, config.embedding_scale)
        z_l = self.z_l_init.to(z_h.dtype).expand_as(z_h)
        first_graded = config.passes - config.gradient_passes if config.gradient_passes else 0
        done = 0
        for _ in range(config.h_cycles):
            for _ in range(config.l_cycles):
                z_l = self._run(self.l_stack, z_h + z_l, rotation, graded=done >= first_graded)
                done += 1
            z_h = self._run(self.h_stack, z_h + z_l, rotation, graded=done >= first_graded)
            done += 1
        hidden: Tensor = z_h
        return hidden

    def _run(self, stack: nn.Module, x: Tensor, rotation: tuple[Tensor, Tensor], *, graded: bool) -> Tensor:
        """Run a stack with or without a gradient graph."""
        with torch.set_grad_enabled(graded and torch.is_grad_enabled()):
            out: Tensor = stack(x, rotation)
            return out

    def stacks(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the matrices of the L and of the H stack."""
        return matrices(self.l_stack), matrices(self.h_stack)


def rotations(length: int, config: ModelConfig, device: torch.device) -> tuple[Tensor, Tensor]:
    """Return cosine and sine (length, 1, head width / 2) of the rotary positions."""
    half = config.head_width // 2
    powers = torch.arange(half, device=device, dtype=torch.float32) / half
    angles = torch.arange(length, device=device, dtype=torch.float32)[:, None] * config.rope_base**-powers
    return angles.cos()[:, None, :], angles.sin()[:, None, :]


def rotate(x: Tensor, rotation: tuple[Tensor, Tensor]) -> Tensor:
    """Rotate (batch, length, heads, head width) by position; pairs are the two halves of a head (NEOX style)."""
    cosine, sine = (part.to(x.dtype) for part in rotation)
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)
