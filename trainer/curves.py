"""What a run measures: sums over batches, written as JSON lines and for TensorBoard."""

from __future__ import annotations

import json
import resource
from collections import defaultdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from trainer.batches import Batch
from trainer.checkpoint import Progress
from trainer.loss import Scores

FILE = "curves.jsonl"


class Tally:
    """Scores summed over batches."""

    def __init__(self) -> None:
        """Start empty."""
        self._sums: dict[str, float] = defaultdict(float)
        self._counts: dict[str, int] = defaultdict(int)
        self._loss, self._batches, self.tokens = 0.0, 0, 0

    def add(self, scores: Scores, batch: Batch | None) -> None:
        """Add one batch's scores."""
        self._loss += float(scores.loss)
        self._batches += 1
        if batch is not None:
            self.tokens += int((batch.ids != 0).sum())
        for name, value in scores.parts.items():
            self._sums[f"loss_{name}"] += value
            self._counts[f"loss_{name}"] += scores.counts[name]
        for name, value in scores.hits.items():
            self._sums[f"right_{name}"] += value
            self._counts[f"right_{name}"] += scores.counts[name]

    def means(self) -> dict[str, float]:
        """Return every mean: ``loss``, ``loss_<part>`` and ``right_<what>``."""
        out = {"loss": self._loss / max(1, self._batches)}
        out |= {name: value / max(1, self._counts[name]) for name, value in self._sums.items()}
        return out


class Curves:
    """The run's log."""

    def __init__(self, folder: Path, *, tensorboard: bool, quiet: bool = False) -> None:
        """Append to ``curves.jsonl`` in *folder*."""
        folder.mkdir(parents=True, exist_ok=True)
        self._path, self._quiet = folder / FILE, quiet
        self._board: Any = None
        self._last: tuple[float, int] = (0.0, 0)
        if tensorboard:
            from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - slow to import, and optional

            self._board = SummaryWriter(str(folder / "tensorboard"))

    def write(self, split: str, progress: Progress, tally: Tally, *, rate: float) -> None:
        """Write the means of *split* at the run's present step."""
        values = tally.means() | {"rate": rate}
        if split == "train":
            seconds, samples = progress.seconds - self._last[0], progress.samples - self._last[1]
            values["samples_per_second"] = samples / seconds if self._last[1] and seconds > 0 else 0.0
            values["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            self._last = (progress.seconds, progress.samples)
        row = {
            "split": split,
            "step": progress.step,
            "samples": progress.samples,
            "seconds": round(progress.seconds, 1),
        }
        row |= {name: round(value, 5) for name, value in values.items()}
        if not self._quiet:
            with self._path.open("a", encoding="utf-8") as stream:
                stream.write(json.dumps(row) + "\n")
            if split != "train" or progress.step % 100 == 0:
                tqdm.write(json.dumps(row))
        if self._board is not None:
            for name, value in values.items():
                self._board.add_scalar(f"{split}/{name}", value, progress.step)

    def close(self) -> None:
        """Flush TensorBoard's file."""
        if self._board is not None:
            self._board.close()
