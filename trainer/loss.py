"""The loss, 0.4 plan + 0.4 code + 0.2 control, each a mean over its own tokens per sample; and the hits beside it.

While training, the 50,000-row softmax is estimated: rows that occur in the batch and all special tokens are exact, a
random part of the others stands for the rest with its logits raised accordingly. Evaluation uses every row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - the usual name

from trainer.batches import Batch
from trainer.model import Network
from trainer.sample import Part

WEIGHTS: dict[Part, float] = {Part.CONTROL: 0.2, Part.PLAN: 0.4, Part.CODE: 0.4, Part.FRAME: 0.02}
"""Share of each part; the frame only has to be learned once."""


@dataclass(frozen=True)
class LossConfig:
    """What is summed up."""

    specials: int
    """Ids below this are control tokens, special tokens and bytes: always exact."""
    sampled_rows: int = 4096
    """Random rows that stand for the rest of the vocabulary; 0 computes every row."""
    prompt_weight: float = 0.1
    """Weight of predicting prompt tokens, which teaches names and habits of Go."""
    prompt_share: float = 0.25
    """Part of the prompt's positions that are predicted."""


@dataclass(frozen=True)
class Scores:
    """Losses per part and hits, as sums over the samples of a batch."""

    loss: Tensor
    parts: dict[str, float]
    hits: dict[str, float]
    """``control``, ``op``, ``line``, ``plan`` and ``code`` (all tokens right): number of samples right."""
    counts: dict[str, int]
    """Number of samples each of *parts* and *hits* was measured on."""


def _rows(batch: Batch, config: LossConfig, vocab: int) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
    """Return (rows, their logit correction, id -> place in rows); all None when every row is computed."""
    if not config.sampled_rows:
        return None, None, None
    fixed = torch.zeros(vocab, dtype=torch.bool, device=batch.ids.device)
    fixed[: config.specials] = True
    fixed[batch.ids.flatten()] = True
    exact = fixed.nonzero().flatten()
    rest = (~fixed).nonzero().flatten()
    take = min(config.sampled_rows, len(rest))
    drawn = rest[torch.randint(len(rest), (take,), device=rest.device)] if take else rest
    rows = torch.cat((exact, drawn))
    correction = torch.zeros(len(rows), device=rows.device)
    if take:
        correction[len(exact) :] = math.log(len(rest) / take)
    places = torch.zeros(vocab, dtype=torch.long, device=rows.device)
    places[exact] = torch.arange(len(exact), device=rows.device)
    return rows, correction, places


def _weights(parts: Tensor) -> Tensor:
    """Return each token's weight (batch, length): its part's share over the part's tokens in its sample."""
    weights = torch.zeros(parts.shape, device=parts.device)
    for part, share in WEIGHTS.items():
        mask = parts == int(part)
        weights += mask * (share / mask.sum(1, keepdim=True).clamp(min=1))
    return weights


def score(model: Network, batch: Batch, config: LossConfig) -> Scores:
    """Run *model* on *batch*; the loss is a mean over samples and carries gradients when they are enabled."""
    hidden = model(batch.ids, batch.starts if model.encodes_prompt else None)
    rows, correction, places = _rows(batch, config, model.config.vocab_size)
    where = batch.parts[:, 1:] > 0
    losses, best = _losses(model, hidden, batch.ids, where, (rows, correction, places))
    loss = (losses * _weights(batch.parts)[:, 1:][where]).sum() / batch.samples
    if config.prompt_weight and torch.is_grad_enabled() and not model.encodes_prompt:
        inside = (batch.parts[:, 1:] == 0) & (batch.ids[:, 1:] != 0)
        chosen = inside & (torch.rand(inside.shape, device=inside.device) < config.prompt_share)
        if bool(chosen.any()):
            prompt_losses, _ = _losses(model, hidden, batch.ids, chosen, (rows, correction, places))
            loss = loss + config.prompt_weight * prompt_losses.mean()
    return _measure(loss, losses.detach(), best, batch, where)


def _losses(
    model: Network, hidden: Tensor, ids: Tensor, where: Tensor, rows: tuple[Tensor | None, Tensor | None, Tensor | None]
) -> tuple[Tensor, Tensor]:
    """Return loss and best id of predicting ``ids[:, 1:]`` at the places marked in *where*, flat in row order."""
    chosen, correction, places = rows
    targets = ids[:, 1:][where]
    logits = model.logits(hidden[:, :-1][where], chosen).float()
    if chosen is None or correction is None or places is None:
        return F.cross_entropy(logits, targets, reduction="none"), logits.argmax(-1)
    losses = F.cross_entropy(logits + correction, places[targets], reduction="none")
    return losses, chosen[logits.detach().argmax(-1)]


def _measure(loss: Tensor, losses: Tensor, best: Tensor, batch: Batch, where: Tensor) -> Scores:
    """Sum losses and hits over the samples of the batch."""
    parts, ids = batch.parts[:, 1:], batch.ids[:, 1:]
    right = torch.zeros(parts.shape, dtype=torch.bool, device=parts.device)
    right[where] = best == ids[where]
    per_token = torch.zeros(parts.shape, device=parts.device)
    per_token[where] = losses
    sums: dict[str, float] = {}
    hits: dict[str, float] = {}
    counts: dict[str, int] = {}
    for part, name in ((Part.CONTROL, "control"), (Part.PLAN, "plan"), (Part.CODE, "code")):
        mask = parts == int(part)
        size = mask.sum(1)
        has = size > 0
        counts[name] = int(has.sum())
        sums[name] = float(((per_token * mask).sum(1) / size.clamp(min=1))[has].sum())
        hits[name] = float((right | ~mask).all(1)[has].sum())
    plan = parts == int(Part.PLAN)
    order = plan.cumsum(1)
    for place, name in ((1, "op"), (2, "line")):
        mask = plan & (order == place)
        counts[name] = int(mask.any(1).sum())
        hits[name] = float((right & mask).sum())
    return Scores(loss, sums, hits, counts)
