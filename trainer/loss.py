"""The loss, 0.4 plan + 0.4 code + 0.2 control, each a mean over its own tokens per sample; and the hits beside it.

While training, the 50,000-row softmax is estimated: rows that occur in the batch and all special tokens are exact, a
random part of the others stands for the rest with its logits raised accordingly. Evaluation uses every row.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from trainer import fused
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


@dataclass(frozen=True)
class _Rows:
    """The rows of the embedding that compete."""

    weight: Tensor
    correction: Tensor
    """Added to each row's logit, for the rows that are left out."""
    place: Tensor | None
    """Id -> row, None when every id has its own."""
    ids: Tensor | None
    """Row -> id."""


def _rows(model: Network, batch: Batch, config: LossConfig) -> _Rows:
    """Return every row, or those of the batch with a sample of the others."""
    weight, vocab = model.embedding.weight, model.config.vocab_size
    if not config.sampled_rows:
        return _Rows(weight, torch.zeros(vocab, device=weight.device), None, None)
    fixed = torch.zeros(vocab, dtype=torch.bool, device=batch.ids.device)
    fixed[: config.specials] = True
    fixed[batch.ids.flatten()] = True
    exact = fixed.nonzero().flatten()
    rest = (~fixed).nonzero().flatten()
    take = min(config.sampled_rows, len(rest))
    drawn = rest[torch.randint(len(rest), (take,), device=rest.device)] if take else rest
    ids = torch.cat((exact, drawn))
    correction = torch.zeros(len(ids), device=ids.device)
    if take:
        correction[len(exact) :] = math.log(len(rest) / take)
    place = torch.zeros(vocab, dtype=torch.long, device=ids.device)
    place[exact] = torch.arange(len(exact), device=ids.device)
    return _Rows(weight.index_select(0, ids), correction, place, ids)


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
    rows = _rows(model, batch, config)
    where = batch.parts[:, 1:] > 0
    judged = where.nonzero()
    shares = _weights(batch.parts)[:, 1:][where] / batch.samples
    places = judged
    if config.prompt_weight and torch.is_grad_enabled() and not model.encodes_prompt:
        prompt = _drawn_prompt(batch, config)
        places = torch.cat((judged, prompt))
        shares = torch.cat((shares, shares.new_full((len(prompt),), config.prompt_weight / max(1, len(prompt)))))
    targets = batch.ids[places[:, 0], places[:, 1] + 1]
    flat = places[:, 0] * hidden.shape[1] + places[:, 1]
    loss, losses, best = fused.cross_entropy(
        hidden.flatten(0, 1).index_select(0, flat),
        rows.weight,
        targets if rows.place is None else rows.place[targets],
        rows.correction,
        shares,
        judged=len(judged),
    )
    best = best if rows.ids is None else rows.ids[best]
    return _measure(loss, losses[: len(judged)], best, batch, where)


def _drawn_prompt(batch: Batch, config: LossConfig) -> Tensor:
    """Return places (count, 2) in front of randomly drawn prompt tokens."""
    inside = (batch.parts[:, 1:] == 0) & (batch.ids[:, 1:] != 0)
    return (inside & (torch.rand(inside.shape, device=inside.device) < config.prompt_share)).nonzero()


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
