"""Train the model on token shards; continues exactly from its last checkpoint.

Run: ``hrgc-train train --data .data/shards --out .data/run --max-minutes 60`` or under ``torchrun --nproc-per-node
N``. A later call with other data, rates or cycles goes on from the same weights. SIGTERM and the end of the budget
save before leaving.
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import distributed
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import batches, checkpoint, heap, networks, optim, pack, record, start
from trainer.batches import Batch, Position
from trainer.checkpoint import Progress, TrainerState
from trainer.curves import Curves, Tally
from trainer.loss import LossConfig, Scores, score
from trainer.model import HrmText, Network
from trainer.tokenizer import Tokenizer
from trainer.train_config import TrainConfig, model_config


class NotFiniteError(InputError):
    """The loss left the numbers; nothing was saved after the last good checkpoint."""


__all__ = ["NotFiniteError", "TrainConfig", "Trainer", "main", "open_trainer", "optimizers_of"]


@dataclass
class Trainer:
    """A run in progress."""

    config: TrainConfig
    model: Network
    state: TrainerState
    loss: LossConfig
    train: pack.Shard
    dev: pack.Shard
    device: torch.device
    rank: int
    world: int
    stopping: bool = False

    def autocast(self) -> contextlib.AbstractContextManager[Any]:
        """Return the precision that forward runs use."""
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.config.bf16)

    def stream(self) -> Iterator[Batch]:
        """Return the batches from the run's position on."""
        config = self.config
        plan = batches.Plan(
            config.batch, config.seed, tokens=config.batch_tokens, pad_to=config.pad_to, curriculum=config.curriculum
        )
        position = self.state.progress.position
        return batches.stream(self.train, plan, position, rank=self.rank, world=self.world)

    def step(self, stream: Iterator[Batch], factor: float) -> list[Scores]:
        """Do one optimiser step and return the scores of its batches; raises NotFiniteError."""
        for optimizer in self.state.optimizers:
            optimizer.zero_grad(set_to_none=True)
            for group in optimizer.param_groups:
                group["lr"] = group["peak"] * factor
        found = []
        for _ in range(self.config.accumulate):
            batch = next(stream).to(self.device)
            with self.autocast():
                scores = score(self.model, batch, self.loss)
            if not math.isfinite(scores.loss.item()):
                raise NotFiniteError(
                    f"the loss is {scores.loss.item()} at step {self.state.progress.step}",
                    "continue from the last checkpoint with a lower --rate",
                )
            torch.autograd.backward(scores.loss / self.config.accumulate)
            found.append(dataclasses.replace(scores, loss=scores.loss.detach()))
        if self.world > 1:
            self._average_gradients()
        self._clip()
        for optimizer in self.state.optimizers:
            optimizer.step()
        progress = self.state.progress
        progress.step += 1
        progress.samples += sum(scores.counts["control"] for scores in found) * self.world
        self.state.average(self.config.ema)
        return found

    def _average_gradients(self) -> None:
        """Average gradients over all processes."""
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.world
        for gradient, part in zip(gradients, torch.split(flat, [g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view_as(gradient))

    def _clip(self) -> None:
        """Shorten the gradient when it is too long; touching every weight for a factor of one is left out."""
        gradients = [weight.grad for weight in self.model.parameters() if weight.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if norm.item() > self.config.clip:
            torch.nn.utils.clip_grads_with_norm_(self.model.parameters(), self.config.clip, norm)

    @torch.no_grad()
    def evaluate(self) -> Tally:
        """Return losses and accuracies of the averaged weights on the held-out split, over the whole vocabulary."""
        tally = Tally()
        whole = dataclasses.replace(self.loss, sampled_rows=0)
        count = min(self.config.eval_samples, len(self.dev))
        members = torch.linspace(0, len(self.dev) - 1, count).long().numpy()
        members = members[self.dev.lengths[members].argsort()]
        with self.state.averaged(), self.autocast():
            for at in range(0, count, 32):
                batch = batches.collate(self.dev, members[at : at + 32], self.config.pad_to).to(self.device)
                tally.add(score(self.model, batch, whole), batch)
        return tally


def open_trainer(config: TrainConfig) -> Trainer:
    """Build a run from its config and what its folder already holds."""
    torch.set_num_threads(config.threads)
    torch.set_flush_denormal(True)  # noqa: FBT003 - torch's own signature
    rank, world = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
    device = (
        torch.device(config.device, int(os.environ.get("LOCAL_RANK", "0")))
        if config.device == "cuda"
        else (torch.device(config.device))
    )
    if world > 1:
        distributed.init_process_group("nccl" if config.device == "cuda" else "gloo")
    torch.manual_seed(config.seed)
    tokenizer = Tokenizer(Path(config.tokenizer))
    out, data = Path(config.out), Path(config.data)
    shape = checkpoint.shape(out)
    wanted = model_config(config)
    if shape is not None:
        wanted = dataclasses.replace(
            shape, h_cycles=wanted.h_cycles, l_cycles=wanted.l_cycles, gradient_passes=wanted.gradient_passes
        )
    model = networks.build(wanted)
    if shape is None and config.start:
        if not isinstance(model, HrmText):
            raise InputError(f"{config.architecture} has no informed start", "leave --start away")
        start.inform(model, start.read(Path(config.start)))
    model = model.to(device)
    state = TrainerState(model, optimizers_of(model, config), Progress(Position()), record.data_hash(data))
    if shape is not None:
        state.load(out, device, seed=config.seed + rank)
    if rank == 0:
        record.save_config(out, "train", config, data=record.data_hash(data), tokenizer=record.sha256(tokenizer.path))
    loss = LossConfig(
        specials=tokenizer.first_piece,
        sampled_rows=config.sampled_rows,
        prompt_weight=config.prompt_weight,
        prompt_share=config.prompt_share,
    )
    if config.compile:
        _compile(model, few_shapes=config.pad_to > 0)
    return Trainer(
        config, model, state, loss, pack.open_shard(data, "train"), pack.open_shard(data, "dev"), device, rank, world
    )


def optimizers_of(model: Network, config: TrainConfig) -> list[torch.optim.Optimizer]:
    """Return the optimisers that a run asks for."""
    return optim.build(
        model,
        kind=config.optimizer,
        rate=config.rate,
        embedding_rate=config.embedding_rate,
        decay=config.weight_decay,
        stack_rates=(config.l_rate_factor, config.h_rate_factor),
    )


def _compile(model: Network, *, few_shapes: bool) -> None:
    """Compile the network's forward run: once for each of few shapes, or once for all."""
    from torch import _dynamo  # noqa: PLC0415, PLC2701 - where the limit is set; slow to import

    _dynamo.config.recompile_limit = 64
    model.compile(dynamic=not few_shapes)


def main(config: TrainConfig) -> None:
    """Train until the budget ends; raises InputError without data and NotFiniteError when the loss is lost."""
    trainer = open_trainer(config)
    state, out = trainer.state, Path(config.out)

    def stop(_signal: int, _frame: object) -> None:
        trainer.stopping = True

    before = signal.signal(signal.SIGTERM, stop)
    try:
        _run(trainer, out)
    finally:
        signal.signal(signal.SIGTERM, before)
        if trainer.world > 1:
            distributed.destroy_process_group()
    if trainer.rank == 0:
        record.save_manifest(out, [out / checkpoint.FILE], step=state.progress.step, samples=state.progress.samples)


def _run(trainer: Trainer, out: Path) -> None:
    """Step, log, evaluate and save until the budget ends."""
    config, progress = trainer.config, trainer.state.progress
    begun = saved = judged = time.monotonic()
    first_step, spent_before = progress.step, progress.seconds
    stream = trainer.stream()
    curves = Curves(out, tensorboard=config.tensorboard and trainer.rank == 0, quiet=trainer.rank != 0)
    bar = tqdm(desc="train", unit="step", initial=progress.step, mininterval=5, disable=trainer.rank != 0)
    tally = Tally()
    while True:
        now = time.monotonic()
        _yield_processors(config)
        share = (now - begun) / 60 / max(config.max_minutes, 1e-9)
        if config.max_steps:
            share = max(share, (progress.step - first_step) / config.max_steps)
        if _agreed(trainer, stop=share >= 1 or trainer.stopping):
            break
        factor = optim.rate_factor(progress.step, config.warmup, share, config.decay_share)
        for scores in trainer.step(stream, factor):
            tally.add(scores, None)
        bar.update()
        progress.seconds = spent_before + time.monotonic() - begun
        if progress.step % config.log_steps == 0:
            curves.write("train", progress, tally, rate=factor)
            tally = Tally()
            heap.release()
        if trainer.rank == 0 and now - judged > config.eval_minutes * 60:
            curves.write("dev", progress, trainer.evaluate(), rate=factor)
            judged = time.monotonic()
        if trainer.rank == 0 and now - saved > config.save_minutes * 60:
            trainer.state.save(out)
            saved = time.monotonic()
    bar.close()
    if trainer.rank == 0:
        trainer.state.save(out)
        if not trainer.stopping:
            curves.write("dev", progress, trainer.evaluate(), rate=0.0)
    curves.close()


def _yield_processors(config: TrainConfig) -> None:
    """Use one thread while the machine has more to do than it has processors."""
    if config.device != "cpu" or config.threads < 2:
        return
    wanted = config.threads if os.getloadavg()[0] < 2 + (os.cpu_count() or 1) else 1
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)


def _agreed(trainer: Trainer, *, stop: bool) -> bool:
    """Let all processes stop at the same step: as soon as one wants to."""
    if trainer.world == 1:
        return stop
    flag = torch.tensor(float(stop), device=trainer.device)
    distributed.all_reduce(flag)
    return bool(flag.item() > 0)
