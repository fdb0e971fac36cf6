"""From a shape to the network of its architecture."""

from __future__ import annotations

from trainer.gpt2 import Gpt2
from trainer.model import HrmText, ModelConfig, Network
from trainer.t5 import T5


def build(config: ModelConfig) -> Network:
    """Return a freshly initialised network of ``config.architecture``."""
    return {"hrm_text": HrmText, "gpt2": Gpt2, "t5": T5}[config.architecture](config)
