"""Compare shapes of the network, and the baselines, by short runs on the same data with the same compute.

Run: ``hrgc-train proxies --minutes 10 --data .data/shards --out .data/proxies``. Every shape trains for the same time,
or with ``--equal flops`` for the operations that the first one spent, or with ``--teraflops N`` for that many. What was
done already is kept: a later call with a larger budget goes on from there, a killed one where it was.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import checkpoint, curves, flops, networks, pack, record, train
from trainer.batches import Numbers
from trainer.checkpoint import Progress
from trainer.train_config import TrainConfig, model_config

_ENDLESS = 1e6
"""Minutes that no run takes."""
_SPARED = 0.01
"""Share of a budget that is not worth another call."""


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
    """Folder of the runs; the comparison is written beside it, as ``.json`` and ``.md``."""
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    minutes: float = 10.0
    """Wall-clock minutes of each shape, of the first one with ``--equal flops``."""
    equal: str = "time"
    """``time`` or ``flops``."""
    teraflops: float = 0.0
    """Operations of each shape in units of 10^12, instead of minutes; 0 for minutes."""
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
    """Train and measure every shape and write the comparison, unless stopped meanwhile; raises InputError."""
    if config.equal not in ("time", "flops"):
        raise InputError(f"--equal {config.equal} is neither time nor flops", "hrgc-train proxies --equal time")
    names = set(filter(None, config.only.split(",")))
    shapes = [shape for shape in SHAPES if not names or shape.name in names]
    if not shapes:
        raise InputError(f"no shape is called {config.only}", f"--only {','.join(shape.name for shape in SHAPES)}")
    out = Path(config.out)
    lengths = _mean_lengths(pack.open_shard(Path(config.data), "train"))
    budget = config.teraflops
    rows: list[dict[str, Any]] = []
    for shape in tqdm(shapes, desc="shapes"):
        row = _measure(shape, config, out / shape.name, lengths, budget)
        if row is None:
            return
        rows.append(row)
        budget = budget or (row["teraflops"] if config.equal == "flops" else 0.0)
    document = {
        "equal": "flops" if budget else "time",
        "settings": asdict(config),
        "data_hash": record.data_hash(Path(config.data)),
        "git_commit": record.git_commit(),
        "shapes": rows,
    }
    record.write_json(out.with_name(f"{out.name}.json"), document)
    text = report(document)
    record.write_atomic(out.with_name(f"{out.name}.md"), text.encode())
    tqdm.write(text)


def _mean_lengths(shard: pack.Shard) -> tuple[float, float]:
    """Return the mean tokens of prompts and responses."""
    answered: Numbers = np.diff(np.concatenate(([0], np.cumsum(np.asarray(shard.parts) > 0)))[shard.offsets])
    return float((shard.lengths - answered).mean()), float(answered.mean())


def _measure(
    shape: Shape, config: ProxiesConfig, folder: Path, lengths: tuple[float, float], budget: float
) -> dict[str, Any] | None:
    """Train one shape for what is left of its *budget*; return what it cost and how it does on the held-out split.

    None when the training was stopped from outside.
    """
    settings = TrainConfig(
        config.data, str(folder), config.tokenizer, **asdict(shape), batch=config.batch, rate=config.rate,
        embedding_rate=config.embedding_rate, warmup=config.warmup, decay_share=config.decay_share, ema=config.ema,
        eval_samples=config.eval_samples, threads=config.threads, device=config.device, compile=config.compile,
        seed=config.seed, tensorboard=False, max_minutes=_ENDLESS, eval_minutes=_ENDLESS,
    )  # fmt: skip
    each = _sample_teraflops(settings, lengths)
    left = _left(config, folder, budget / each)
    if left or _held_out(folder) is None:
        train.main(replace(settings, **(left or {"max_steps": 1})))
    measured = _held_out(folder)
    if measured is None:
        return None
    model, facts = checkpoint.averaged_model(folder)
    progress = facts["progress"]
    return {
        "name": shape.name,
        **asdict(shape),
        "parameters": model.parameter_count(),
        "samples": progress["samples"],
        "minutes": round(progress["seconds"] / 60, 2),
        "teraflops": round(progress["samples"] * each, 3),
        **{name: value for name, value in measured.items() if name.startswith(("loss", "right"))},
    }


def _progress(folder: Path) -> Progress | None:
    """Return how far the run in *folder* is, None when it has not begun."""
    return checkpoint.progress_of(checkpoint.read(folder)) if (folder / checkpoint.FILE).is_file() else None


def _left(config: ProxiesConfig, folder: Path, samples: float) -> dict[str, Any]:
    """Return the limit of the training that is still to be done in *folder*: steps for *samples*, or minutes."""
    done = _progress(folder)
    if samples:
        steps = round((samples - (done.samples if done else 0)) / config.batch)
        return {"max_steps": steps} if steps > samples / config.batch * _SPARED else {}
    minutes = config.minutes - (done.seconds / 60 if done else 0.0)
    return {"max_minutes": minutes} if minutes > config.minutes * _SPARED else {}


def _held_out(folder: Path) -> dict[str, Any] | None:
    """Return what the run in *folder* measured at its checkpoint, None when it was stopped before."""
    done, path = _progress(folder), folder / curves.FILE
    if done is None or not path.is_file():
        return None
    last: dict[str, Any] = json.loads(path.read_text("utf-8").splitlines()[-1])
    return last if last["split"] == "dev" and last["step"] == done.step else None


def _sample_teraflops(settings: TrainConfig, lengths: tuple[float, float]) -> float:
    """Return the operations of learning from one sample of mean length, in units of 10^12."""
    return flops.training_flops(networks.outline(model_config(settings)), *lengths) / 1e12


def report(document: dict[str, Any]) -> str:
    """Return the comparison in words and as a Markdown table, from what ``main`` wrote."""
    rows, settings = document["shapes"], document["settings"]
    unit, what = ("minutes", "minutes of wall clock") if document["equal"] == "time" else ("teraflops", "TFLOP")
    each, seen = ([row[name] for row in rows] for name in (unit, "samples"))
    return _REPORT.format(
        settings=settings,
        spent=f"{min(each):.4g} to {max(each):.4g} {what}",
        seen=f"{min(seen):,} to {max(seen):,}",
        device={"cpu": "a shared CPU", "cuda": "a GPU"}.get(settings["device"], "an unnamed device"),
        table=table(rows),
    )


def table(rows: list[dict[str, Any]]) -> str:
    """Return the comparison as a Markdown table, best held-out line accuracy first."""
    names = ("loss", "loss_control", "loss_plan", "loss_code", "right_control", "right_op", "right_line", "right_code")
    head = f"| shape | parameters | minutes | TFLOP | samples | {' | '.join(names)} |"
    lines = [head, "| --- |" + " ---: |" * (len(names) + 4)]
    for row in sorted(rows, key=lambda row: -row["right_line"]):
        cost = f"{row['parameters'] / 1e6:.1f}M | {row['minutes']:g} | {row['teraflops']:.4g} | {row['samples']:,}"
        lines.append(f"| {row['name']} | {cost} | {' | '.join(f'{row[name]:.3f}' for name in names)} |")
    return "\n".join((*lines, ""))


_REPORT = """`hrgc-train proxies`: short runs on {device}, {spent} and {seen} samples each, from random weights on the
data of `{settings[data]}` in batches of {settings[batch]}, with falling rates at the end. A run of this size says which
shape learns faster at first, not which is better in the end. Averaged weights on at most {settings[eval_samples]}
held-out samples, losses over the whole vocabulary, shares of right answers; operations leave out the output's scores.

{table}"""
