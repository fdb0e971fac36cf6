"""The controller's calibration: fitted, measured, and carried to the run time in the GGUF."""

from __future__ import annotations

import numpy as np
import pytest

from hrgc import tokens
from trainer import calibrate_control
from trainer.calibrate_control import DONE, Decisions
from trainer.control_fit import Calibration, calibration_error, coverage_risk, fit, lean, quality, reliability


def decisions(count: int, *, sharpness: float, shift: float, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Return labels drawn from known probabilities, and logits that are too sharp and favour the last class."""
    chance = np.random.default_rng(seed)
    true = chance.normal(size=(count, 3)) * 1.5
    powers = np.exp(true)
    shares = powers / powers.sum(1, keepdims=True)
    labels = np.array([chance.choice(3, p=row) for row in shares])
    return true * sharpness + np.array([0.0, 0.0, shift]), labels


def test_fit_undoes_sharpness_and_bias() -> None:
    """Temperature and bias come back, and the calibration error on other decisions falls."""
    logits, labels = decisions(4000, sharpness=3.0, shift=2.4)
    found = fit(logits, labels)
    assert found.temperature == pytest.approx(3.0, rel=0.1)
    assert found.bias[2] - found.bias[0] == pytest.approx(-0.8, abs=0.15)
    others, right = decisions(4000, sharpness=3.0, shift=2.4, seed=9)
    before, after = (calibration_error(c.probabilities(others), right) for c in (Calibration(), found))
    assert before > 0.15
    assert after < 0.03


def test_fit_stays_finite() -> None:
    """Decisions that are always right, of one class, or none at all give a usable calibration."""
    logits = np.eye(3)[[0, 0, 0, 0]] * 4.0
    found = fit(logits, np.zeros(4, np.int64))
    assert 0.01 < found.temperature < 100
    assert np.isfinite(found.bias).all()
    assert fit(np.zeros((0, 3)), np.zeros(0, np.int64)) == Calibration()


def test_curves() -> None:
    """Reliability counts every decision once; risk is that of the surest decisions."""
    probabilities = np.array([[0.95, 0.03, 0.02], [0.91, 0.05, 0.04], [0.5, 0.3, 0.2], [0.2, 0.55, 0.25]])
    labels = np.array([0, 0, 1, 1])
    rows = reliability(probabilities, labels)
    assert [(row["from"], row["decisions"], row["right"]) for row in rows] == [(0.5, 2, 0.5), (0.9, 2, 1.0)]
    assert calibration_error(probabilities, labels) == pytest.approx(0.5 * 0.07 + 0.5 * 0.025)
    risks = {row["coverage"]: row["risk"] for row in coverage_risk(probabilities, labels)}
    assert (risks[0.5], risks[0.75], risks[1.0]) == (0.0, 0.0, 0.25)
    assert quality(probabilities, labels)["accuracy"] == 0.75


def test_leaning_bounds_false_edits() -> None:
    """The bias of <DONE> rises just as far as the share wants, the others stay; a bound that holds changes nothing."""
    clean = np.array([[float(at), 0.0, 0.0] for at in range(10)])
    for most, gone_on in ((0.0, 0), (0.25, 2), (0.5, 5)):
        raised = lean(Calibration(2.0), clean, DONE, most)
        assert int((raised.probabilities(clean).argmax(1) != DONE).sum()) == gone_on
        assert raised.bias[:2] == (0.0, 0.0)
    assert lean(Calibration(), clean, DONE, 1.0) == Calibration()
    assert lean(Calibration(), clean[:0], DONE, 0.0) == Calibration()


def test_report_counts_false_edits_and_premature_stops() -> None:
    """A controller that leans to DONE stops too early; the fit on the other packages mends it."""
    logits, labels = decisions(1200, sharpness=1.0, shift=3.0)
    clean = (labels == DONE).astype(np.int64)
    document = calibrate_control.report(Decisions(logits, labels, clean, np.arange(1200) % 2))
    assert sum(document["classes"].values()) == document["decisions"] == 1200
    assert list(document["classes"]) == list(tokens.CONTROLLER)
    before, after = document["before"], document["after"]
    assert before["premature_stops"]["of"] == 1200 - clean.sum()
    assert before["premature_stops"]["share"] > 0.5 > after["premature_stops"]["share"]
    assert after["false_edits"]["of"] == clean.sum()
    assert after["negative_log_likelihood"] < before["negative_log_likelihood"]
    strict = calibrate_control.report(Decisions(logits, labels, clean, np.arange(1200) % 2), 0.01)
    assert strict["after"]["false_edits"]["share"] < 0.03
    assert strict["bias"][DONE] > document["bias"][DONE]
