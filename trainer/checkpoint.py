"""Checkpoints: weights, averaged weights, optimisers, random state and data position, written atomically."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hrgc.errors import InputError
from trainer import networks
from trainer.batches import Position
from trainer.model import ModelConfig, Network

FILE = "checkpoint.pt"
FORMAT = 1


@dataclass
class Progress:
    """How far a run is."""

    position: Position
    step: int = 0
    samples: int = 0
    seconds: float = 0.0
    """Wall-clock time of all calls so far."""


@dataclass
class TrainerState:
    """Everything that changes while training."""

    model: Network
    optimizers: list[torch.optim.Optimizer]
    progress: Progress
    data_hash: str
    average_weights: dict[str, Tensor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start the average at the initial weights."""
        self.average_weights = {name: weight.detach().clone() for name, weight in self.model.named_parameters()}

    @torch.no_grad()
    def average(self, decay: float) -> None:
        """Move the average towards the weights, faster in the first steps."""
        step = self.progress.step
        keep = min(decay, (1 + step) / (10 + step))
        weights = dict(self.model.named_parameters())
        torch._foreach_lerp_(  # noqa: SLF001 - the one call that updates all tensors at once
            list(self.average_weights.values()), [weights[name].detach() for name in self.average_weights], 1 - keep
        )

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Swap the averaged weights into the model for a while."""
        weights = dict(self.model.named_parameters())
        kept = {name: weight.detach().clone() for name, weight in weights.items()}
        try:
            with torch.no_grad():
                for name, weight in weights.items():
                    weight.copy_(self.average_weights[name])
            yield
        finally:
            with torch.no_grad():
                for name, weight in weights.items():
                    weight.copy_(kept[name])

    def save(self, folder: Path) -> None:
        """Write the checkpoint; a run killed meanwhile leaves the one before."""
        document = {
            "format": FORMAT,
            "shape": asdict(self.model.config),
            "model": self.model.state_dict(),
            "average": self.average_weights,
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "kinds": [type(optimizer).__name__ for optimizer in self.optimizers],
            "progress": asdict(self.progress),
            "data_hash": self.data_hash,
            "random": torch.get_rng_state(),
        }
        folder.mkdir(parents=True, exist_ok=True)
        scratch = folder / f".{FILE}.{os.getpid()}"
        torch.save(document, scratch)
        scratch.replace(folder / FILE)

    def load(self, folder: Path, device: torch.device, *, seed: int) -> None:
        """Continue from *folder*; other data or other optimisers start their own state afresh."""
        document = read(folder, device)
        self.model.load_state_dict(document["model"])
        self.average_weights = {name: value.to(device, torch.float32) for name, value in document["average"].items()}
        if document["kinds"] == [type(optimizer).__name__ for optimizer in self.optimizers]:
            for optimizer, saved in zip(self.optimizers, document["optimizers"], strict=True):
                rates = [(group["lr"], group["peak"], group["weight_decay"]) for group in optimizer.param_groups]
                optimizer.load_state_dict(saved)
                for group, (rate, peak, decay) in zip(optimizer.param_groups, rates, strict=True):
                    group.update(lr=rate, peak=peak, weight_decay=decay)
        self.progress = progress_of(document)
        if document["data_hash"] != self.data_hash:
            self.progress.position = Position()
            torch.manual_seed(seed + self.progress.step)
        else:
            torch.set_rng_state(document["random"].cpu())


def progress_of(document: dict[str, Any]) -> Progress:
    """Return the progress in a checkpoint."""
    saved = document["progress"]
    return Progress(Position(**saved["position"]), saved["step"], saved["samples"], saved["seconds"])


def read(folder: Path, device: torch.device | None = None) -> dict[str, Any]:
    """Return the checkpoint document of *folder*; raises InputError when there is none or of another format."""
    path = folder / FILE
    if not path.is_file():
        raise InputError(f"no checkpoint at {path}", "hrgc-train train")
    document: dict[str, Any] = torch.load(path, map_location=device or torch.device("cpu"), weights_only=True)
    if document.get("format") != FORMAT:
        raise InputError(
            f"{path} has format {document.get('format')}, wanted {FORMAT}", "train again with this version"
        )
    return document


def shape(folder: Path) -> ModelConfig | None:
    """Return the network's shape in *folder*'s checkpoint, None without one."""
    return ModelConfig(**read(folder)["shape"]) if (folder / FILE).is_file() else None


def averaged_model(folder: Path, *, h_cycles: int = 0, l_cycles: int = 0) -> tuple[Network, dict[str, Any]]:
    """Return the averaged weights as a model in evaluation mode, and the checkpoint's other facts."""
    document = read(folder)
    config = ModelConfig(**document["shape"])
    config = dataclasses.replace(
        config, h_cycles=h_cycles or config.h_cycles, l_cycles=l_cycles or config.l_cycles, gradient_passes=0
    )
    model = networks.build(config)
    model.load_state_dict(document["average"])
    facts = {key: document[key] for key in ("progress", "data_hash")}
    return model.eval(), facts
