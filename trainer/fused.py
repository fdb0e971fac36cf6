"""Layer norm and cross-entropy with their gradients, block by block, so that what lies between stays in the cache.

Written out, both would read and write float32 copies of large bfloat16 tensors several times. The numbers are those of
the plain functions up to rounding; a test compares them.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

_NORM_ROWS = 1024
"""Rows of a norm that are worked on together: some 1.5 MB at width 384."""
_CACHED, _CHUNK = 1 << 20, 1 << 27
"""Scores that are worked on together: 4 MB on a CPU, half a gigabyte on a GPU, whose calls cost more."""
_LEAST_ROWS = 64


class _RmsNorm(torch.autograd.Function):
    """``x / sqrt(mean(x^2) + eps)`` over the last dimension, in the precision of *x* but computed in float32."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, eps: float) -> Tensor:
        """Keep the result, which the next layer keeps anyway, and one number a row."""
        rows = x.flatten(0, -2)
        out = torch.empty_like(rows)
        inverse = torch.empty(len(rows), 1, dtype=torch.float32)
        for at in range(0, len(rows), _NORM_ROWS):
            part = slice(at, at + _NORM_ROWS)
            block = rows[part].to(torch.float32, copy=True)
            scale = block.square().mean(1, keepdim=True).add_(eps).rsqrt_()
            out[part] = block.mul_(scale)
            inverse[part] = scale
        ctx.save_for_backward(out, inverse)
        return out.view_as(x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Take the part along the result out of the gradient."""
        normed, inverse = ctx.saved_tensors
        rows = gradient.flatten(0, -2)
        out = torch.empty_like(normed)
        for at in range(0, len(rows), _NORM_ROWS):
            part = slice(at, at + _NORM_ROWS)
            block, along = rows[part].to(torch.float32, copy=True), normed[part].float()
            share = (block * along).mean(1, keepdim=True)
            out[part] = block.addcmul_(along, share, value=-1).mul_(inverse[part])
        return out.view_as(gradient), None


def rms_norm(x: Tensor, eps: float) -> Tensor:
    """Return *x* divided by the root mean square of its last dimension."""
    out: Tensor = _RmsNorm.apply(x, eps)  # type: ignore[no-untyped-call]
    return out


class _CrossEntropy(torch.autograd.Function):
    """The weighted sum of cross-entropies of ``hidden @ weight.T + correction``."""

    @staticmethod
    def forward(  # noqa: PLR0913 - the inputs of one formula
        ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, correction: Tensor, shares: Tensor, judged: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Return the sum, each row's own loss and the best column of the first *judged* rows, without correction."""
        rows, columns = len(hidden), len(weight)
        limit = _CACHED if hidden.device.type == "cpu" else _CHUNK
        size = max(_LEAST_ROWS, limit // columns)
        graded = any(ctx.needs_input_grad)
        losses = torch.empty(rows, device=hidden.device)
        best = torch.empty(judged, dtype=torch.long, device=hidden.device)
        wrong = torch.empty(rows if graded else 0, columns, dtype=hidden.dtype, device=hidden.device)
        for at in range(0, rows, size):
            part = slice(at, min(at + size, rows))
            scores = (hidden[part] @ weight.T).float()
            if at < judged:
                best[part] = scores[: judged - at].argmax(1)
            scores.add_(correction)
            wanted = targets[part, None]
            right = scores.gather(1, wanted)
            top = scores.amax(1, keepdim=True)
            total = scores.sub_(top).exp_().sum(1, keepdim=True)
            losses[part] = (total.log() + top - right).squeeze(1)
            if graded:
                share = shares[part, None]
                wrong[part] = scores.mul_(share / total).scatter_add_(1, wanted, -share)
        if graded:
            ctx.save_for_backward(wrong @ weight, wrong.T @ hidden)
        ctx.mark_non_differentiable(losses, best)
        return losses @ shares, losses, best

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_unused: Tensor) -> tuple[Tensor | None, ...]:
        """Scale the gradients that the forward run computed."""
        hidden, weight = ctx.saved_tensors
        return hidden * gradient, weight * gradient, None, None, None, None


def cross_entropy(  # noqa: PLR0913 - the inputs of one formula
    hidden: Tensor, weight: Tensor, targets: Tensor, correction: Tensor, shares: Tensor, *, judged: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return (sum of *shares* times losses, losses, best columns of the first *judged* rows).

    Scores are ``hidden @ weight.T + correction`` for *hidden* (rows, width), *weight* (columns, width) and *correction*
    (columns); *targets* and *shares* have one entry a row. Gradients reach *hidden* and *weight*.
    """
    kind = hidden.device.type
    if torch.is_autocast_enabled(kind):
        precision = torch.get_autocast_dtype(kind)
        hidden, weight = hidden.to(precision), weight.to(precision)
    with torch.autocast(kind, enabled=False):
        out: tuple[Tensor, Tensor, Tensor] = _CrossEntropy.apply(hidden, weight, targets, correction, shares, judged)  # type: ignore[no-untyped-call]
    return out
