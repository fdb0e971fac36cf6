"""Measure training: tokens a second and use of the device, beside Transformers' own model in the same run.

Run: ``hrgc-train bench-train --data .data/shards``. Three ways to learn from the same batches with the same optimisers,
turn by turn: this trainer; Transformers' layers under this trainer's loss; and Transformers as it comes, its forward
run computing the loss over the whole vocabulary at every position. Where Transformers is not installed, only the first
is measured.
"""

from __future__ import annotations

import dataclasses
import importlib.util
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from tqdm import tqdm

from trainer import flops, record, train, transformers_folder
from trainer.batches import Batch, Position
from trainer.checkpoint import Progress, TrainerState
from trainer.model import HrmText, ModelConfig, Network, matrices
from trainer.train_config import TrainConfig

Step = Callable[[Batch], None]


@dataclass(frozen=True)
class BenchTrainConfig:
    """What is measured."""

    data: str = ".data/shards"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    out: str = ".data/bench-train.json"
    batch: int = 16
    steps: int = 10
    """Measured steps of each way, behind two that are not."""
    h_cycles: int = 1
    l_cycles: int = 1
    threads: int = 2
    device: str = "cpu"
    compile: bool = False
    """Compile this trainer's and Transformers' forward runs."""


class Borrowed(Network):
    """Transformers' model in the place of ours."""

    def __init__(self, config: ModelConfig, inner: Any) -> None:
        """Use *inner*, an ``HrmTextForCausalLM``, embedding included."""
        nn.Module.__init__(self)
        self.config = config
        self.inner = inner
        self.embedding = inner.model.embed_tokens

    def forward(self, ids: Tensor, starts: Tensor | None = None) -> Tensor:
        """Return the final hidden states."""
        del starts
        out: Tensor = self.inner.model(input_ids=ids, use_cache=False).last_hidden_state
        return out

    def stacks(self) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
        """Return the matrices of both stacks."""
        return matrices(self.inner.model.L_module), matrices(self.inner.model.H_module)


def borrowed(model: HrmText) -> Borrowed:
    """Return Transformers' model with the weights of ours; raises ImportError without Transformers."""
    from transformers import HrmTextConfig, HrmTextForCausalLM  # noqa: PLC0415 - optional, and slow to import

    device = model.embedding.weight.device
    inner = HrmTextForCausalLM(HrmTextConfig(**transformers_folder.document(model.config))).to(device)
    missing = inner.load_state_dict(transformers_folder.tensors(model), strict=False)
    assert not missing.unexpected_keys, missing
    return Borrowed(model.config, inner.train())


def main(config: BenchTrainConfig) -> None:
    """Measure, print and write the comparison; raises InputError without data."""
    device = torch.device(config.device)
    torch.set_num_threads(config.threads)
    peak = flops.matmul_peak(device)
    with tempfile.TemporaryDirectory() as scratch:
        ways, stream, model = _ways(config, Path(scratch))
        found = _measured(ways, stream, model, config)
    peak = max(peak, flops.matmul_peak(device))
    document = {
        "peak_tflops": round(peak / 1e12, 4),
        "device": torch.cuda.get_device_name(device) if device.type == "cuda" else f"{config.threads} CPU threads",
        "clock": "processor time" if flops.by_processor(device) else "wall clock",
        "torch": torch.__version__,
        "settings": dataclasses.asdict(config),
        "ways": {name: row | {"mfu": round(row["flops_per_second"] / peak, 4)} for name, row in found.items()},
        "git_commit": record.git_commit(),
    }
    if "transformers" in found:
        ratios = {name: found["ours"]["tokens_per_second"] / row["tokens_per_second"] for name, row in found.items()}
        document["times_faster_than"] = {name: round(ratio, 3) for name, ratio in ratios.items() if name != "ours"}
    record.write_json(Path(config.out), document)
    tqdm.write(table(document))


def _ways(config: BenchTrainConfig, scratch: Path) -> tuple[dict[str, Step], Iterator[Batch], Network]:
    """Return a step for each way of learning, the batches, and the network whose operations count."""
    settings = TrainConfig(
        config.data, str(scratch), config.tokenizer, h_cycles=config.h_cycles, l_cycles=config.l_cycles,
        batch=config.batch, threads=config.threads, device=config.device, tensorboard=False,
    )  # fmt: skip
    ours = train.open_trainer(settings)
    stream = ours.stream()
    ways: dict[str, Step] = {"ours": _step(ours)}
    if importlib.util.find_spec("transformers"):
        assert isinstance(ours.model, HrmText)
        for name in ("transformers' layers", "transformers"):
            theirs = _adopted(ours, borrowed(ours.model))
            ways[name] = _step(theirs) if name != "transformers" else _plain_step(theirs)
            if config.compile:
                theirs.model.compile(dynamic=True)
    if config.compile:
        ours.model.compile(dynamic=True)
    return ways, stream, ours.model


def _step(trainer: train.Trainer) -> Step:
    """Return one step of the trainer."""

    def step(batch: Batch) -> None:
        trainer.step(iter([batch]), 1.0)

    return step


def _adopted(trainer: train.Trainer, model: Network) -> train.Trainer:
    """Return the trainer with another network and optimisers of its own."""
    optimizers = train.optimizers_of(model, trainer.config)
    state = TrainerState(model, optimizers, Progress(Position()), trainer.state.data_hash)
    return dataclasses.replace(trainer, model=model, state=state)


def _plain_step(trainer: train.Trainer) -> Step:
    """Return one step as Transformers' users write it: labels in, loss out, the same optimisers."""
    model = trainer.model
    assert isinstance(model, Borrowed)

    def step(batch: Batch) -> None:
        for optimizer in trainer.state.optimizers:
            optimizer.zero_grad(set_to_none=True)
        labels = batch.ids.masked_fill(batch.ids == 0, -100)
        with trainer.autocast():
            found = model.inner(input_ids=batch.ids, labels=labels, use_cache=False)
        torch.autograd.backward(found.loss)
        torch.nn.utils.clip_grad_norm_(model.parameters(), trainer.config.clip)
        for optimizer in trainer.state.optimizers:
            optimizer.step()
        trainer.state.average(trainer.config.ema)

    return step


def _measured(
    ways: dict[str, Step], stream: Iterator[Batch], model: Network, config: BenchTrainConfig
) -> dict[str, dict[str, float]]:
    """Return the speeds of each way over the same batches, medians of its steps' speeds."""
    device = torch.device(config.device)
    speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in tqdm(range(config.steps + 2), desc="steps"):
        batch = next(stream).to(device)
        lengths = (batch.ids != 0).sum(1).tolist()
        work = sum(flops.training_flops(model, length, 0) for length in lengths)
        for name, step in ways.items():
            begun = flops.now(device)
            step(batch)
            spent = flops.now(device) - begun
            if turn >= 2:
                speeds[name].append((sum(lengths) / spent, work / spent))
    return {
        name: {
            "tokens_per_second": round(statistics.median(tokens for tokens, _ in rows), 1),
            "flops_per_second": round(statistics.median(work for _, work in rows)),
        }
        for name, rows in speeds.items()
    }


def table(document: dict[str, Any]) -> str:
    """Return the comparison as a Markdown table."""
    speed = f"bfloat16 products {document['peak_tflops']:g} TFLOP/s"
    lines = [
        f"{document['device']}, {speed}, torch {document['torch']}, by {document['clock']}",
        "",
        "| way | tokens/s | TFLOP/s | use of the device |",
        "| --- | ---: | ---: | ---: |",
    ]
    for name, row in document["ways"].items():
        rate = row["flops_per_second"] / 1e12
        lines.append(f"| {name} | {row['tokens_per_second']:,.0f} | {rate:.3g} | {row['mfu']:.1%} |")
    return "\n".join((*lines, ""))
