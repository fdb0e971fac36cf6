"""How much a network computes: the operations its shape asks for, and the most this machine can do of them."""

from __future__ import annotations

import time

import torch
from torch import nn

from trainer.model import HrmText, Network, matrices
from trainer.t5 import T5

BACKWARD = 2
"""A backward run costs this many forward runs."""


def _weights(*modules: nn.Module) -> int:
    """Return the number of weights that every position is multiplied by."""
    return sum(weight.numel() for weight in matrices(*modules))


def forward_flops(model: Network, prompt: float, response: float) -> float:
    """Return the operations of one forward run over a sample of so many tokens, without the output's scores.

    A multiplication and an addition count as two; causal attention counts the half it needs.
    """
    config, length = model.config, prompt + response
    if isinstance(model, T5):
        crossing = [part for name, part in model.decoder.named_modules() if name.endswith(("cross.k", "cross.v"))]
        seen = 2 * _weights(*crossing)
        plain = 2 * prompt * _weights(model.encoder) + response * (2 * _weights(model.decoder) - seen) + prompt * seen
        pairs = 2 * prompt**2 + response**2 + 2 * response * prompt
        return plain + 2 * config.width * config.layers_per_stack * pairs
    fast, slow = ([weight.numel() for weight in stack] for stack in model.stacks())
    turns = (config.h_cycles * config.l_cycles, config.h_cycles) if isinstance(model, HrmText) else (1, 1)
    layers = config.layers_per_stack * sum(turns)
    return 2 * length * (sum(fast) * turns[0] + sum(slow) * turns[1]) + 2 * config.width * layers * length**2


def training_flops(model: Network, prompt: float, response: float) -> float:
    """Return the operations of learning from one sample, gradients through all passes included."""
    return (1 + BACKWARD) * forward_flops(model, prompt, response)


def matmul_peak(device: torch.device, *, seconds: float = 2.0, size: int = 2048) -> float:
    """Return the operations a second of bfloat16 matrix products, the best of many."""
    a, b = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    best, until = float("inf"), now(device) + seconds
    while (begun := now(device)) < until:
        a @ b
        best = min(best, now(device) - begun)
    return 2 * size**3 / best


def by_processor(device: torch.device) -> bool:
    """Tell whether ``now`` counts processor time: with one CPU thread, which other programs may interrupt."""
    return device.type == "cpu" and torch.get_num_threads() == 1


def now(device: torch.device) -> float:
    """Return a time in seconds for differences, once *device* has computed everything."""
    synchronise(device)
    return time.process_time() if by_processor(device) else time.monotonic()


def synchronise(device: torch.device) -> None:
    """Wait until *device* has computed everything."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
