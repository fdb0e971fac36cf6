"""From a shape to the network of its architecture."""

from __future__ import annotations

import torch

from trainer.gpt2 import Gpt2
from trainer.model import HrmText, ModelConfig, Network
from trainer.t5 import T5


def outline(config: ModelConfig) -> Network:
    """Return a network without memory for its weights, for counting."""
    with torch.device("meta"):
        return build(config)


def build(config: ModelConfig) -> Network:
    """Return a freshly initialised network of ``config.architecture``."""
    return {"hrm_text": HrmText, "gpt2": Gpt2, "t5": T5}[config.architecture](config)
