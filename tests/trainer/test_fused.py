"""What is computed block by block equals the plain functions, gradients included."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - the usual name

from trainer import fused


@pytest.mark.parametrize("kind", [torch.float32, torch.bfloat16])
def test_the_norm_is_the_plain_one(kind: torch.dtype) -> None:
    torch.manual_seed(1)
    x, upstream = (torch.randn(3, 700, 48) * 2, torch.randn(3, 700, 48))
    ours, plain = x.to(kind).requires_grad_(), x.to(kind).float().requires_grad_()
    got, wanted = fused.rms_norm(ours, 1e-6), F.rms_norm(plain, (48,), None, 1e-6)
    torch.autograd.backward([got, wanted], [upstream.to(kind), upstream.to(kind).float()])
    limit = 1e-5 if kind == torch.float32 else 0.02
    assert got.dtype == kind
    assert torch.allclose(got.float(), wanted, atol=limit, rtol=limit)
    assert ours.grad is not None
    assert plain.grad is not None
    assert torch.allclose(ours.grad.float(), plain.grad, atol=limit, rtol=limit)


def test_the_norm_agrees_with_finite_differences() -> None:
    torch.manual_seed(2)
    x = torch.randn(2, 5, 8, requires_grad=True)
    direction, upstream = torch.randn_like(x), torch.randn_like(x)
    torch.autograd.backward(fused.rms_norm(x, 1e-6), upstream)
    assert x.grad is not None
    with torch.no_grad():
        step = 1e-2
        ahead, behind = (fused.rms_norm(x + sign * step * direction, 1e-6) for sign in (1, -1))
    slope = ((ahead - behind) * upstream).sum() / (2 * step)
    assert slope.item() == pytest.approx((x.grad * direction).sum().item(), rel=1e-2)


@pytest.mark.parametrize("columns", [50, 20_000])
def test_the_cross_entropy_is_the_plain_one(columns: int) -> None:
    """With one block of rows, and with several."""
    torch.manual_seed(3)
    states, table = torch.randn(150, 16), torch.randn(columns, 16) * 0.3
    targets, shares = torch.randint(columns, (150,)), torch.rand(150)
    correction = torch.randn(columns)
    ours = [states.clone().requires_grad_(), table.clone().requires_grad_()]
    plain = [states.clone().requires_grad_(), table.clone().requires_grad_()]
    total, losses, best = fused.cross_entropy(ours[0], ours[1], targets, correction, shares, judged=90)
    scores = plain[0] @ plain[1].T
    wanted = F.cross_entropy(scores + correction, targets, reduction="none")
    torch.autograd.backward([total * 3, (wanted @ shares) * 3])
    assert torch.allclose(losses, wanted, atol=1e-4)
    assert total.item() == pytest.approx((wanted @ shares).item(), rel=1e-5)
    assert torch.equal(best, scores.argmax(1)[:90])
    for got, right in zip(ours, plain, strict=True):
        assert got.grad is not None
        assert right.grad is not None
        assert torch.allclose(got.grad, right.grad, atol=1e-4)


def test_the_cross_entropy_computes_in_the_precision_asked_for() -> None:
    torch.manual_seed(4)
    states, table = torch.randn(40, 16, requires_grad=True), torch.randn(90, 16, requires_grad=True)
    targets = torch.randint(90, (40,))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        total, losses, _ = fused.cross_entropy(states, table, targets, torch.zeros(90), torch.ones(40), judged=0)
    torch.autograd.backward(total)
    wanted = F.cross_entropy(states @ table.T, targets, reduction="none")
    assert torch.allclose(losses, wanted, atol=0.15)
    assert not torch.allclose(losses, wanted, atol=1e-4)
    assert table.grad is not None
    assert table.grad.dtype == torch.float32
