"""Optimisers: Muon for the stacks' matrices, AdamW for everything else; per-stack rates; the rate's course."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from trainer.model import Network

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)


def orthogonal(updates: Tensor, steps: int = 4) -> Tensor:
    """Return the nearest matrices with singular values near one: Newton-Schulz on (count, rows, columns)."""
    a, b, c = _NEWTON_SCHULZ
    x = updates.bfloat16()
    x = x / (x.flatten(1).norm(dim=1)[:, None, None] + 1e-7)
    for _ in range(steps):
        gram = torch.bmm(x, x.transpose(1, 2))
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x.to(updates.dtype)


class Muon(torch.optim.Optimizer):
    """Momentum whose update is made orthogonal; for matrices only. Matrices of one shape are worked on together."""

    def __init__(self, params: Iterable[dict[str, Any]], *, momentum: float = 0.95, weight_decay: float = 0.1) -> None:
        """Keep parameter groups; each brings its own ``lr``."""
        super().__init__(params, {"lr": 0.02, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        """Update every matrix by its orthogonalised Nesterov momentum, scaled to the size of an Adam update."""
        del closure
        for group in self.param_groups:
            shapes: dict[tuple[int, int], list[Tensor]] = {}
            for weight in group["params"]:
                if weight.grad is not None:
                    shapes.setdefault((min(weight.shape), max(weight.shape)), []).append(weight)
            for (_, longest), weights in shapes.items():
                updates = orthogonal(torch.stack([self._nesterov(weight, group["momentum"]) for weight in weights]))
                for weight, update in zip(weights, updates, strict=True):
                    weight.mul_(1 - group["lr"] * group["weight_decay"])
                    turned = update.T if weight.shape[0] > weight.shape[1] else update
                    weight.add_(turned, alpha=-group["lr"] * 0.2 * math.sqrt(longest))

    def _nesterov(self, weight: Tensor, momentum: float) -> Tensor:
        """Return the matrix's momentum with its gradient's share, wide side last."""
        assert weight.grad is not None  # the caller picked weights with gradients
        state = self.state[weight]
        if not state:
            state["momentum"] = torch.zeros_like(weight)
        state["momentum"].lerp_(weight.grad, 1 - momentum)
        update = weight.grad.lerp(state["momentum"], momentum)
        return update.T if weight.shape[0] > weight.shape[1] else update


def build(
    model: Network, *, kind: str, rate: float, embedding_rate: float, decay: float, stack_rates: tuple[float, float]
) -> list[torch.optim.Optimizer]:
    """Return the optimisers: *rate* times the stacks' factors (fast, slow) for matrices, *embedding_rate* else."""
    stacks = [
        {"params": stack, "lr": rate * factor, "peak": rate * factor}
        for stack, factor in zip(model.stacks(), stack_rates, strict=True)
    ]
    outside = {
        "params": model.outside(),
        "lr": embedding_rate,
        "peak": embedding_rate,
        "weight_decay": 0.0,
    }
    betas = (0.9, 0.95)
    if kind == "muon":
        adam = torch.optim.AdamW([outside], betas=betas, eps=1e-10, fused=True)
        return [Muon(stacks, weight_decay=decay), adam]
    if kind != "adamw":
        raise ValueError(f"optimizer {kind!r} is neither muon nor adamw")
    return [torch.optim.AdamW([*stacks, outside], betas=betas, weight_decay=decay, fused=True)]


def rate_factor(step: int, warmup: int, progress: float, decay_share: float, floor: float = 0.02) -> float:
    """Return the factor on every rate: linear warm-up, constant, then a line down to *floor* over *decay_share*.

    *progress* is the part of this run's budget (minutes or steps) already spent.
    """
    rising = min(1.0, (step + 1) / max(1, warmup))
    if decay_share <= 0 or progress <= 1 - decay_share:
        return rising
    falling = 1 - (progress - (1 - decay_share)) / decay_share
    return rising * max(floor, min(1.0, falling))
