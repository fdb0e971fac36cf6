"""Calibrate the controller on held-out pairs: fit its temperature and biases, and say what its decisions are worth.

Run: ``hrgc-train calibrate-control --run .data/run --pairs .data/pairs-std``. The numbers behind calibration are
cross-fitted: two halves of the packages, each measured with what was fitted on the other. ``export --control FILE``
writes the fit into the GGUF, where ``hrgc`` reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from hrgc import tokens
from hrgc.errors import InputError
from trainer import checkpoint, evaluate, record
from trainer.control_fit import Calibration, Labels, Logits, fit, lean, quality
from trainer.intervals import wilson
from trainer.model import Network
from trainer.sample import Kind, Sample
from trainer.tokenizer import Tokenizer

DONE = tokens.CONTROLLER.index(tokens.DONE)


@dataclass(frozen=True)
class ControlConfig:
    """Which checkpoint decides about what."""

    run: str = ".data/run"
    pairs: str = ".data/pairs-std"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    out: str = ".data/control.json"
    limit: int = 1000
    """Decisions, taken evenly over the held-out pairs."""
    max_tokens: int = 512
    dev_share: float = 0.02
    threads: int = 2
    false_edits: float = 1.0
    """Share of clean code that may be edited: the bias of ``<DONE>`` is raised as far as that needs."""


@dataclass(frozen=True)
class Decisions:
    """The controller's logits with the right answers."""

    logits: Logits
    labels: Labels
    clean: Labels
    """1 where nothing is wrong with the code."""
    fold: Labels
    """0 or 1, the same for a whole package."""

    def fitted(self, chosen: npt.NDArray[np.bool_], false_edits: float) -> Calibration:
        """Return the calibration of some decisions, leaning to ``<DONE>`` as far as *false_edits* wants."""
        found = fit(self.logits[chosen], self.labels[chosen])
        return lean(found, self.logits[chosen & (self.clean == 1)], DONE, false_edits)


def ask(model: Network, tokenizer: Tokenizer, config: evaluate.EvaluateConfig) -> Decisions:
    """Return the model's decisions on held-out pairs; raises InputError when there are none."""
    judge = evaluate.Judge(model, tokenizer)
    rows = [(judge.ways(encoded), item) for item, encoded in evaluate.chosen(tokenizer, config, "decide")]
    if not rows:
        raise InputError(f"no held-out pair in {config.pairs}", "name a folder of pairs with --pairs")
    items = [item for _, item in rows]
    return Decisions(
        np.array([ways for ways, _ in rows], np.float64),
        np.array([tokens.CONTROLLER.index(item.control) for item in items], np.int64),
        np.array([item.kind == Kind.CLEAN for item in items], np.int64),
        np.array([_fold(item) for item in items], np.int64),
    )


def _fold(item: Sample) -> int:
    """Return the half of the packages that a sample is in."""
    return hashlib.sha256(f"control:{item.origin}".encode()).digest()[0] % 2


def report(found: Decisions, false_edits: float = 1.0) -> dict[str, Any]:
    """Return the fit on all decisions, and quality, false edits and premature stops with and without one."""
    plain = Calibration().probabilities(found.logits)
    crossed = plain.copy()
    for mine in (found.fold == 0, found.fold == 1):
        if mine.any() and not mine.all():
            crossed[mine] = found.fitted(~mine, false_edits).probabilities(found.logits[mine])
    final = found.fitted(np.ones_like(found.fold, np.bool_), false_edits)
    return {
        "temperature": final.temperature,
        "bias": list(final.bias),
        "decisions": len(found.labels),
        "classes": {name: int((found.labels == at).sum()) for at, name in enumerate(tokens.CONTROLLER)},
        "before": quality(plain, found.labels) | dict(_stops(plain, found)),
        "after": quality(crossed, found.labels) | dict(_stops(crossed, found)),
    }


def _stops(probabilities: Logits, found: Decisions) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield how often the controller goes on with clean code, and how often it stops at broken code."""
    stops = probabilities.argmax(axis=1) == DONE
    clean = found.clean == 1
    for name, wrong, among in (("false_edits", ~stops, clean), ("premature_stops", stops, ~clean)):
        hits, total = int((wrong & among).sum()), int(among.sum())
        low, high = wilson(hits, total)
        yield name, {"count": hits, "of": total, "share": round(hits / max(1, total), 4), "low": low, "high": high}


def main(config: ControlConfig) -> None:
    """Write the fit and what it is worth as JSON; raises InputError without checkpoint or pairs."""
    torch.set_num_threads(config.threads)
    tokenizer = Tokenizer(Path(config.tokenizer))
    model, facts = checkpoint.averaged_model(Path(config.run))
    asked = evaluate.EvaluateConfig(
        config.run,
        config.pairs,
        config.tokenizer,
        limit=config.limit,
        max_tokens=config.max_tokens,
        dev_share=config.dev_share,
    )
    document = report(ask(model, tokenizer, asked), config.false_edits) | {
        "false_edits_wanted": config.false_edits,
        "pairs": config.pairs,
        "steps": facts["progress"]["step"],
        "git_commit": record.git_commit(),
    }
    record.write_json(Path(config.out), document)
    for name in ("before", "after"):
        row = document[name]
        tqdm.write(
            f"{name}: {row['accuracy']:.1%} right, calibration error {row['calibration_error']:.3f}, "
            f"false edits {row['false_edits']['share']:.1%}, premature stops {row['premature_stops']['share']:.1%}"
        )
