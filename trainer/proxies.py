"""Compare shapes of the network, and the baselines, by short runs on the same data with the same compute.

Run: ``hrgc-train proxies --minutes 10 --data .data/shards --out .data/proxies``. Every shape trains for the same time,
or with ``--equal flops`` for the operations that the first one spent; both are reported. What is measured already is
kept when the command is called again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import checkpoint, curves, flops, networks, pack, record, train
from trainer.batches import Numbers
from trainer.train_config import TrainConfig, model_config

DOCUMENT, TABLE = "proxies.json", "proxies.md"


@dataclass(frozen=True)
class Shape:
    """One network that is compared."""

    architecture: str
    width: int
    heads: int
    feed_forward: int
    layers_per_stack: int
    h_cycles: int = 1
    l_cycles: int = 1

    @property
    def name(self) -> str:
        """A short name, also that of its folder."""
        size = f"{self.architecture}-d{self.width}-f{self.feed_forward}-n{self.layers_per_stack}"
        return f"{size}-c{self.h_cycles}x{self.l_cycles}" if self.architecture == "hrm_text" else size


SHAPES = (
    Shape("hrm_text", 384, 6, 1024, 2),
    Shape("hrm_text", 384, 6, 1024, 2, h_cycles=2),
    Shape("hrm_text", 384, 6, 1024, 2, h_cycles=2, l_cycles=2),
    Shape("hrm_text", 384, 6, 1024, 1, h_cycles=2),
    Shape("hrm_text", 320, 5, 896, 4),
    Shape("hrm_text", 256, 4, 1024, 5),
    Shape("gpt2", 384, 6, 1536, 2),
    Shape("t5", 384, 6, 896, 2),
)
"""Shapes between 20 and 30 million parameters; the first is the one that is shipped."""


@dataclass(frozen=True)
class ProxiesConfig:
    """What is compared on what."""

    data: str = ".data/shards"
    out: str = ".data/proxies"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    minutes: float = 10.0
    """Wall-clock minutes of each shape, of the first one with ``--equal flops``."""
    equal: str = "time"
    """``time`` or ``flops``."""
    only: str = ""
    """Names of the shapes to compare, separated by commas; '' for all."""
    batch: int = 64
    rate: float = 0.003
    embedding_rate: float = 0.001
    warmup: int = 20
    decay_share: float = 0.3
    ema: float = 0.99
    eval_samples: int = 768
    threads: int = 2
    device: str = "cpu"
    compile: bool = False
    seed: int = 1


def main(config: ProxiesConfig) -> None:
    """Train and measure every shape and write ``proxies.json`` and ``proxies.md``; raises InputError."""
    if config.equal not in ("time", "flops"):
        raise InputError(f"--equal {config.equal} is neither time nor flops", "hrgc-train proxies --equal time")
    names = set(filter(None, config.only.split(",")))
    shapes = [shape for shape in SHAPES if not names or shape.name in names]
    if not shapes:
        raise InputError(f"no shape is called {config.only}", f"--only {','.join(shape.name for shape in SHAPES)}")
    out = Path(config.out)
    lengths = _mean_lengths(pack.open_shard(Path(config.data), "train"))
    rows: list[dict[str, Any]] = []
    for shape in tqdm(shapes, desc="shapes"):
        budget = rows[0]["teraflops"] if config.equal == "flops" and rows else 0.0
        rows.append(_measure(shape, config, out / shape.name, lengths, budget))
        document = {"equal": config.equal, "minutes": config.minutes, "data_hash": record.data_hash(Path(config.data))}
        record.write_json(out / DOCUMENT, document | {"git_commit": record.git_commit(), "shapes": rows})
    text = table(rows)
    record.write_atomic(out / TABLE, text.encode())
    tqdm.write(text)


def _mean_lengths(shard: pack.Shard) -> tuple[float, float]:
    """Return the mean tokens of prompts and responses."""
    answered: Numbers = np.diff(np.concatenate(([0], np.cumsum(np.asarray(shard.parts) > 0)))[shard.offsets])
    return float((shard.lengths - answered).mean()), float(answered.mean())


def _measure(
    shape: Shape, config: ProxiesConfig, folder: Path, lengths: tuple[float, float], budget: float
) -> dict[str, Any]:
    """Train one shape, unless that was done, and return what it cost and how it does on the held-out split."""
    settings = TrainConfig(
        config.data, str(folder), config.tokenizer, **asdict(shape), batch=config.batch, rate=config.rate,
        embedding_rate=config.embedding_rate, warmup=config.warmup, decay_share=config.decay_share, ema=config.ema,
        max_minutes=config.minutes, eval_samples=config.eval_samples, eval_minutes=config.minutes + 1,
        threads=config.threads, device=config.device, compile=config.compile, seed=config.seed, tensorboard=False,
    )  # fmt: skip
    each = _sample_teraflops(settings, lengths)
    if not (folder / record.MANIFEST).is_file():
        if budget:
            steps = max(1, round(budget / each / config.batch))
            settings = TrainConfig(**asdict(settings) | {"max_steps": steps, "max_minutes": 60 * config.minutes})
        train.main(settings)
    model, facts = checkpoint.averaged_model(folder)
    progress = facts["progress"]
    held_out = [json.loads(line) for line in (folder / curves.FILE).read_text("utf-8").splitlines()][-1]
    return {
        "name": shape.name,
        **asdict(shape),
        "parameters": model.parameter_count(),
        "samples": progress["samples"],
        "minutes": round(progress["seconds"] / 60, 2),
        "teraflops": round(progress["samples"] * each, 3),
        **{name: value for name, value in held_out.items() if name.startswith(("loss", "right"))},
    }


def _sample_teraflops(settings: TrainConfig, lengths: tuple[float, float]) -> float:
    """Return the operations of learning from one sample of mean length, in units of 10^12."""
    return flops.training_flops(networks.outline(model_config(settings)), *lengths) / 1e12


def table(rows: list[dict[str, Any]]) -> str:
    """Return the comparison as a Markdown table, best held-out line accuracy first."""
    names = ("loss", "loss_plan", "loss_code", "right_control", "right_op", "right_line", "right_code")
    head = f"| shape | parameters | minutes | TFLOP | samples | {' | '.join(names)} |"
    lines = [head, "| --- |" + " ---: |" * (len(names) + 4)]
    for row in sorted(rows, key=lambda row: -row["right_line"]):
        cost = f"{row['parameters'] / 1e6:.1f}M | {row['minutes']:g} | {row['teraflops']:.4g} | {row['samples']:,}"
        lines.append(f"| {row['name']} | {cost} | {' | '.join(f'{row[name]:.3f}' for name in names)} |")
    return "\n".join((*lines, ""))
