"""Calibration of the controller's three-way decision, and what it is worth: reliability, coverage against risk.

Logits are divided by a temperature and shifted by one bias a class, as ``hrgc.sequence_model`` does with what the GGUF
says under ``hrgc.control``. All arrays have one row a decision and one column a class.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

BINS = 10
"""Bins of equal width over the confidence."""
COVERAGES = tuple(share / 20 for share in range(1, 21))
PENALTY = 1e-2
"""Pull towards no change, for classes that few decisions have or that are always right."""
_HAIR = 1e-6
"""By how much a raised score wins."""

Logits = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Calibration:
    """How logits become probabilities."""

    temperature: float = 1.0
    bias: tuple[float, ...] = (0.0, 0.0, 0.0)

    def probabilities(self, logits: Logits) -> Logits:
        """Return the calibrated probabilities."""
        shifted = logits / self.temperature + np.asarray(self.bias)
        shifted -= shifted.max(axis=1, keepdims=True)
        powers = np.exp(shifted)
        out: Logits = powers / powers.sum(axis=1, keepdims=True)
        return out


def fit(logits: Logits, labels: Labels) -> Calibration:
    """Return the temperature and biases of least negative log-likelihood; neutral for no decisions."""
    if not len(labels):
        return Calibration()
    given, wanted = torch.from_numpy(logits), torch.from_numpy(labels)
    log_temperature = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(logits.shape[1], dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([log_temperature, bias], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        scores = given / log_temperature.exp() + bias
        loss = torch.nn.functional.cross_entropy(scores, wanted)
        loss = loss + PENALTY * (log_temperature.square().sum() + bias.square().sum())
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call, unused-ignore]
    centred = bias.detach() - bias.detach().mean()
    return Calibration(float(log_temperature.detach().exp()), tuple(centred.tolist()))


def lean(found: Calibration, logits: Logits, column: int, most: float) -> Calibration:
    """Return *found* with the bias of *column* raised until at most a share *most* of *logits* decides otherwise."""
    if not len(logits):
        return found
    scores = logits / found.temperature + np.asarray(found.bias)
    gaps = np.sort(np.delete(scores, column, axis=1).max(axis=1) - scores[:, column])[::-1]
    allowed = int(most * len(gaps))
    raised = 0.0 if allowed >= len(gaps) else max(0.0, float(gaps[allowed]) + _HAIR)
    return Calibration(found.temperature, tuple(b + raised * (at == column) for at, b in enumerate(found.bias)))


def reliability(probabilities: Logits, labels: Labels) -> list[dict[str, float]]:
    """Return one row for every bin of the decision's confidence that has any: how sure, and how often right."""
    confidence, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    places = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows: list[dict[str, float]] = []
    for place in sorted(set(places.tolist())):
        chosen = places == place
        rows.append(
            {
                "from": place / BINS,
                "to": (place + 1) / BINS,
                "decisions": int(chosen.sum()),
                "confidence": round(float(confidence[chosen].mean()), 4),
                "right": round(float(right[chosen].mean()), 4),
            }
        )
    return rows


def calibration_error(probabilities: Logits, labels: Labels) -> float:
    """Return the expected calibration error: the mean gap between confidence and accuracy over the bins."""
    rows = reliability(probabilities, labels)
    total = sum(row["decisions"] for row in rows)
    return sum(row["decisions"] * abs(row["confidence"] - row["right"]) for row in rows) / max(1, total)


def coverage_risk(probabilities: Logits, labels: Labels) -> list[dict[str, float]]:
    """Return the share of wrong decisions among the surest, for growing shares of all decisions."""
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != labels)[order]
    rows: list[dict[str, float]] = []
    for coverage in COVERAGES:
        count = max(1, round(coverage * len(labels)))
        rows.append({"coverage": coverage, "risk": round(float(wrong[:count].mean()), 4)})
    return rows


def quality(probabilities: Logits, labels: Labels) -> dict[str, Any]:
    """Return accuracy, log-likelihood, calibration error and both curves."""
    chosen = probabilities[np.arange(len(labels)), labels]
    return {
        "accuracy": round(float((probabilities.argmax(axis=1) == labels).mean()), 4),
        "negative_log_likelihood": round(float(-np.log(np.maximum(chosen, 1e-12)).mean()), 4),
        "calibration_error": round(calibration_error(probabilities, labels), 4),
        "reliability": reliability(probabilities, labels),
        "coverage_risk": coverage_risk(probabilities, labels),
    }
