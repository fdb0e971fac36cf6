"""The network: causal, shifted, reading its input, of the size that is allowed, with gradients through the cycles."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from trainer.model import HrmText, ModelConfig


def build(**changes: int) -> HrmText:
    """Return a small random model."""
    torch.manual_seed(7)
    small = ModelConfig(vocab_size=97, width=64, heads=2, feed_forward=96, context=64)
    return HrmText(replace(small, **changes))  # type: ignore[arg-type]  # every field that changes is a number


def logits(model: HrmText, ids: Tensor) -> Tensor:
    """Return every position's scores without a graph."""
    with torch.no_grad():
        return model.logits(model(ids))


def test_the_shipped_shape_has_20_to_30_million_parameters() -> None:
    with torch.device("meta"):
        model = HrmText(ModelConfig())
    assert 20_000_000 <= model.parameter_count() <= 30_000_000


@pytest.mark.parametrize("cycles", [(1, 1), (2, 1), (2, 2)])
def test_no_position_sees_a_later_one(cycles: tuple[int, int]) -> None:
    model = build(h_cycles=cycles[0], l_cycles=cycles[1])
    ids = torch.randint(1, 97, (2, 20))
    changed = ids.clone()
    changed[:, 12:] = 5
    assert torch.allclose(logits(model, ids)[:, :12], logits(model, changed)[:, :12], atol=1e-5)


def test_every_earlier_token_reaches_the_last_position() -> None:
    model = build(h_cycles=2)
    ids = torch.randint(1, 97, (1, 16))
    before = logits(model, ids)[0, -1]
    for place in range(16):
        changed = ids.clone()
        changed[0, place] = (int(ids[0, place]) + 3) % 97
        assert (logits(model, changed)[0, -1] - before).abs().max() > 1e-4, place


def test_right_padding_changes_nothing() -> None:
    model = build()
    ids = torch.randint(1, 97, (1, 11))
    padded = torch.cat((ids, torch.zeros(1, 9, dtype=torch.long)), dim=1)
    assert torch.allclose(logits(model, ids), logits(model, padded)[:, :11], atol=1e-5)


def test_positions_matter() -> None:
    model = build()
    ids = torch.tensor([[3, 4, 5, 6]])
    swapped = torch.tensor([[4, 3, 5, 6]])
    assert (logits(model, ids)[0, -1] - logits(model, swapped)[0, -1]).abs().max() > 1e-4


@pytest.mark.parametrize(("passes", "l_grad", "h_grad"), [(0, True, True), (1, False, True), (2, True, True)])
def test_gradients_reach_the_last_passes_asked_for(passes: int, *, l_grad: bool, h_grad: bool) -> None:
    model = build(h_cycles=2, gradient_passes=passes)
    torch.autograd.backward(model.logits(model(torch.randint(1, 97, (1, 8)))).square().mean())
    assert (model.l_stack.layers[0].get_parameter("attention.q.weight").grad is not None) == l_grad
    assert (model.h_stack.layers[0].get_parameter("attention.q.weight").grad is not None) == h_grad
    assert (model.z_l_init.grad is not None) == (passes == 0)


def test_weights_are_shared_by_all_cycles() -> None:
    assert build(h_cycles=1).parameter_count() == build(h_cycles=3, l_cycles=2).parameter_count()


def test_a_shape_that_cannot_be_built_is_refused() -> None:
    with pytest.raises(ValueError, match="heads"):
        ModelConfig(width=100, heads=3)
    with pytest.raises(ValueError, match="architecture"):
        ModelConfig(architecture="other")


def test_attention_with_and_without_gradients_is_the_same() -> None:
    model = build(h_cycles=2)
    ids = torch.randint(1, 97, (2, 23))
    assert torch.allclose(model.logits(model(ids)), logits(model, ids), atol=1e-5)
