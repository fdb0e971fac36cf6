"""The networks that HRM-Text is compared with: of its size, causal where they write, trained and evaluated alike."""

from __future__ import annotations

import dataclasses

import pytest
import torch
from torch import Tensor

from trainer import batches, loss, networks, optim, t5
from trainer.model import ModelConfig, Network

FEED = {"hrm_text": 1024, "gpt2": 1536, "t5": 896}


def build(architecture: str, **changes: int) -> Network:
    """Return a small random network."""
    torch.manual_seed(7)
    small = ModelConfig(architecture, vocab_size=97, width=64, heads=2, feed_forward=96, context=64)
    return networks.build(dataclasses.replace(small, **changes))  # type: ignore[arg-type]  # all of them are numbers


def logits(model: Network, ids: Tensor, start: int) -> Tensor:
    """Return every position's scores when responses begin at *start*."""
    with torch.no_grad():
        return model.logits(model(ids, torch.full((len(ids),), start)))


def test_the_compared_shapes_have_one_size() -> None:
    with torch.device("meta"):
        counts = {
            name: networks.build(ModelConfig(name, feed_forward=feed)).parameter_count() for name, feed in FEED.items()
        }
    assert all(26_500_000 < count < 27_700_000 for count in counts.values()), counts


@pytest.mark.parametrize("architecture", ["gpt2", "t5"])
def test_no_response_token_sees_a_later_one(architecture: str) -> None:
    model = build(architecture)
    ids = torch.randint(1, 97, (2, 20))
    changed = ids.clone()
    changed[:, 15:] = 5
    ours, theirs = logits(model, ids, 9), logits(model, changed, 9)
    assert torch.allclose(ours[:, 8:15], theirs[:, 8:15], atol=1e-5)
    assert not torch.allclose(ours[:, 15:], theirs[:, 15:], atol=1e-3)


@pytest.mark.parametrize("architecture", ["gpt2", "t5"])
def test_every_earlier_token_reaches_the_last_position(architecture: str) -> None:
    model = build(architecture)
    ids = torch.randint(1, 97, (1, 16))
    before = logits(model, ids, 10)[0, -1]
    for place in range(16):
        changed = ids.clone()
        changed[0, place] = (int(ids[0, place]) + 3) % 97
        assert (logits(model, changed, 10)[0, -1] - before).abs().max() > 1e-5, place


def test_an_encoder_reads_its_prompt_in_both_directions_and_nothing_behind_it() -> None:
    model = build("t5")
    assert isinstance(model, t5.T5)
    ids = torch.randint(1, 97, (1, 12))
    changed = ids.clone()
    changed[0, 9] = (int(ids[0, 9]) + 3) % 97
    with torch.no_grad():
        ours, theirs = (model.encode(row, torch.tensor([10])) for row in (ids, changed))
        beyond = model.encode(torch.cat((ids[:, :10], torch.full((1, 2), 4)), dim=1), torch.tensor([10]))
    assert (ours[0, 0] - theirs[0, 0]).abs().max() > 1e-5
    assert torch.allclose(ours[:, :10], beyond[:, :10], atol=1e-6)


def test_responses_of_different_places_do_not_disturb_each_other() -> None:
    model = build("t5")
    ids = torch.randint(1, 97, (2, 14))
    with torch.no_grad():
        together = model(ids, torch.tensor([4, 9]))
        alone = model(ids[1:], torch.tensor([9]))
    assert torch.allclose(together[1, 8:], alone[0, 8:], atol=1e-5)
    assert together[1, :8].abs().max() == 0


def test_an_encoder_decoder_has_to_be_told_where_responses_start() -> None:
    with pytest.raises(ValueError, match="start"):
        build("t5")(torch.randint(1, 97, (1, 8)))


@pytest.mark.parametrize("architecture", ["hrm_text", "gpt2", "t5"])
def test_every_architecture_learns_by_the_same_loss(architecture: str) -> None:
    """The loss of one batch falls, with every weight in exactly one optimiser's group."""
    model = build(architecture)
    optimizers = optim.build(model, kind="muon", rate=0.01, embedding_rate=0.003, decay=0.0, stack_rates=(1.0, 1.0))
    held = [weight for o in optimizers for group in o.param_groups for weight in group["params"]]
    assert sorted(map(id, held)) == sorted(map(id, model.parameters()))
    ids = torch.randint(20, 97, (4, 16))
    parts = torch.tensor([[0] * 8 + [1, 4, 2, 2, 4, 3, 3, 3]] * 4)
    batch = batches.Batch(ids, parts, torch.zeros(4, dtype=torch.long))
    settings = loss.LossConfig(specials=20, sampled_rows=16)
    losses = []
    for _ in range(12):
        found = loss.score(model, batch, settings)
        losses.append(found.loss.item())
        torch.autograd.backward(found.loss)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
    assert losses[-1] < losses[0] - 0.5
