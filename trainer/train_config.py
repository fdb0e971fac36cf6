"""The settings of a training run."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from hrgc.errors import InputError
from trainer.model import ARCHITECTURES, ModelConfig


@dataclass(frozen=True)
class TrainConfig:
    """One run; the shape of the network is only read when there is no checkpoint yet, cycles always."""

    data: str = ".data/shards"
    out: str = ".data/run"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    start: str = ""
    """Folder that ``hrgc-train start`` wrote: a new run begins informed; '' for random weights."""
    architecture: str = "hrm_text"
    """``hrm_text``, or ``gpt2`` and ``t5`` to compare with."""
    width: int = 384
    heads: int = 6
    feed_forward: int = 1024
    layers_per_stack: int = 2
    h_cycles: int = 1
    l_cycles: int = 1
    gradient_passes: int = 0
    batch: int = 40
    """Samples per step and process."""
    accumulate: int = 1
    """Batches summed before a step."""
    optimizer: str = "muon"
    rate: float = 0.003
    """Peak rate of the stacks' matrices."""
    embedding_rate: float = 0.0006
    l_rate_factor: float = 1.0
    h_rate_factor: float = 1.0
    weight_decay: float = 0.05
    warmup: int = 100
    """Steps of linear warm-up."""
    decay_share: float = 0.0
    """Last part of the budget in which rates fall; 0 keeps them, for runs that will be continued."""
    clip: float = 1.0
    ema: float = 0.998
    """Decay of the averaged weights, which are what is evaluated and exported."""
    prompt_weight: float = 0.1
    prompt_share: float = 0.25
    sampled_rows: int = 4096
    batch_tokens: int = 0
    """Tokens, padding included, that a batch holds instead of *batch* samples; 0 for samples."""
    pad_to: int = 0
    """Lengths are padded to multiples of this, so that few shapes occur; 0 to pad to the longest of a batch."""
    curriculum: int = 0
    """Samples of the first epoch that come in the order of their edits' size, small ones first."""
    max_minutes: float = 60.0
    """Wall-clock budget of this call."""
    max_steps: int = 0
    """Steps of this call, 0 for no limit but the minutes."""
    eval_minutes: float = 10.0
    eval_samples: int = 768
    save_minutes: float = 5.0
    log_steps: int = 20
    threads: int = 2
    """Threads of each operation, fewer while other work keeps the processors busy: waiting for a thread that does not
    run costs more than it brings."""
    device: str = "cpu"
    bf16: bool = True
    compile: bool = False
    tensorboard: bool = True
    seed: int = 1


def model_config(config: TrainConfig) -> ModelConfig:
    """Return the network's shape of a run; raises InputError for an unknown architecture."""
    if config.architecture not in ARCHITECTURES:
        raise InputError(f"no architecture {config.architecture!r}", f"--architecture {' or '.join(ARCHITECTURES)}")
    names = {field.name for field in dataclasses.fields(ModelConfig)} & {
        f.name for f in dataclasses.fields(TrainConfig)
    }
    return ModelConfig(**{name: getattr(config, name) for name in names})
