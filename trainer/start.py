"""An informed start: weights that already know which tokens are alike and how to copy, for runs of few samples.

Run: ``hrgc-train start --out .data/start``; ``hrgc-train train --start .data/start`` begins there. Two parts:

- Embeddings: half of each row is the token's neighbourhood in Go source (positive pointwise mutual information with the
  tokens before and behind it, reduced by a singular value decomposition), half is random: alike tokens stay apart.
- Attention: in the first L layer some heads look at the previous token and write it down; in later layers some heads
  look for places whose previous token is the present one and copy what stands there. Training may undo all of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from tqdm import tqdm

from hrgc.errors import InputError
from trainer import record
from trainer.model import Attention, HrmText
from trainer.tokenizer import Tokenizer, TokenizerConfig, corpus_lines

FILE = "embeddings.pt"
LOOKING_HEADS = 6
"""Heads of the first layer that start by looking at the previous token."""
COPYING_HEADS = 3
"""Heads of each later layer that start as copying heads."""
LOOK_BACK, WRITE, MATCH, COPY = 5.5, 4.0, 3.0, 4.0
"""Strengths of looking back, writing down, matching and copying."""
SLOW = 14
"""Slowest rotary frequencies, which carry content that is matched at any distance."""
_FAST = 0.05
"""Rotary angles a step above which a frequency tells neighbouring positions apart."""


@dataclass(frozen=True)
class StartConfig:
    """How the embeddings are counted."""

    out: str = ".data/start"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    goroot: str = ""
    reach: int = 3
    """Neighbours counted on each side."""
    rank: int = 160
    max_bytes: int = 24_000_000
    seed: int = 13
    threads: int = 1


def neighbours(lines: list[tuple[int, ...]], vocab: int, reach: int) -> Tensor:
    """Return the sparse matrix (token, neighbour on the left or right) of positive pointwise mutual information."""
    flat = np.concatenate([np.asarray((*line, *([-1] * reach)), np.int64) for line in lines if line])
    keys: list[npt.NDArray[np.int64]] = []
    counts: list[npt.NDArray[np.float64]] = []
    for offset in range(1, reach + 1):
        left, right = flat[:-offset], flat[offset:]
        inside = (left >= 0) & (right >= 0)
        left, right = left[inside], right[inside]
        for pairs in (left * 2 * vocab + right, right * 2 * vocab + vocab + left):
            unique, number = np.unique(pairs, return_counts=True)
            keys.append(unique)
            counts.append(number / offset)
    merged, where = np.unique(np.concatenate(keys), return_inverse=True)
    weight = np.bincount(where, np.concatenate(counts))
    rows, columns = merged // (2 * vocab), merged % (2 * vocab)
    row_sum = np.bincount(rows, weight, minlength=vocab)
    column_sum = np.bincount(columns, weight, minlength=2 * vocab) ** 0.75
    information = np.log(weight * column_sum.sum() / (row_sum[rows] * column_sum[columns]))
    kept = information > 0
    indices = torch.from_numpy(np.stack((rows[kept], columns[kept])))
    values = torch.from_numpy(information[kept].astype(np.float32))
    return torch.sparse_coo_tensor(indices, values, (vocab, 2 * vocab), check_invariants=False).coalesce()


def reduced(matrix: Tensor, rank: int) -> Tensor:
    """Return unit rows (token, rank) of the matrix's largest directions; tokens without neighbours give zero rows."""
    left, values, _ = torch.svd_lowrank(matrix, q=rank + 16, niter=2)
    rows = left[:, :rank] * values[:rank].sqrt()
    seen = rows.norm(dim=1) > 1e-6
    rows[seen] -= rows[seen].mean(0)
    rows[seen] /= rows[seen].norm(dim=1, keepdim=True)
    return rows


def read(folder: Path) -> Tensor:
    """Return the informed rows in *folder*; raises InputError when there are none."""
    if not (folder / FILE).is_file():
        raise InputError(f"no start in {folder}", "hrgc-train start")
    rows: Tensor = torch.load(folder / FILE, weights_only=True)
    return rows


def main(config: StartConfig) -> None:
    """Count, reduce and write the embeddings' informed part; raises GoToolError without Go sources."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    out, tokenizer = Path(config.out), Tokenizer(Path(config.tokenizer))
    record.save_config(out, "start", config, tokenizer=record.sha256(tokenizer.path))
    text = corpus_lines(TokenizerConfig(goroot=config.goroot, max_bytes=config.max_bytes))
    lines = [tokenizer.text(line) for line in tqdm(text, desc="tokens", unit="line", mininterval=2)]
    rows = reduced(neighbours(lines, tokenizer.size, config.reach), config.rank)
    torch.save(rows, out / FILE)
    record.save_manifest(out, [out / FILE], lines=len(lines))


@torch.no_grad()
def inform(model: HrmText, rows: Tensor) -> None:
    """Start *model* from *rows*: embeddings half informed, attention ready to copy."""
    config = model.config
    spread, _ = torch.linalg.qr(torch.randn(config.width, rows.shape[1]))
    informed = rows @ spread.T
    known = rows.norm(dim=1) > 0.5
    weight = model.embedding.weight
    mixed = weight / weight.norm(dim=1, keepdim=True) + informed
    weight[known] = (mixed / mixed.norm(dim=1, keepdim=True))[known].to(weight.dtype)
    layers = [*model.l_stack.layers, *model.h_stack.layers]
    seen, _ = torch.linalg.qr(torch.randn(config.width, config.width))
    contents, _ = torch.linalg.qr(torch.randn(config.width, config.width))
    first = layers[0].get_submodule("attention")
    assert isinstance(first, Attention)
    for head in range(LOOKING_HEADS):
        _look_back(first, head, model.z_l_init, seen, contents)
    for layer in layers[1:]:
        attention = layer.get_submodule("attention")
        assert isinstance(attention, Attention)
        for head in range(COPYING_HEADS):
            _copy_behind_same(attention, head, model.z_l_init, seen)


def _slice(attention: Attention, head: int) -> slice:
    """Return the rows of a head in its projections."""
    return slice(head * attention.head_width, (head + 1) * attention.head_width)


def _look_back(attention: Attention, head: int, constant: Tensor, seen: Tensor, contents: Tensor) -> None:
    """Let *head* attend to the previous token and add ``seen`` times its content.

    Every input carries *constant*, so queries and keys can be made alike at all positions; the rotary difference of one
    step between them then makes the previous position the best.
    """
    half = attention.head_width // 2
    rows = _slice(attention, head)
    angle = 10_000.0 ** -(torch.arange(half) / half)
    fast = (angle > _FAST).float()
    query = torch.cat((fast, torch.zeros(half)))
    key = torch.cat((fast * angle.cos(), fast * angle.sin()))
    direction = constant / constant.norm().square() * math.sqrt(2.0)
    attention.q.weight[rows] = LOOK_BACK * query[:, None] * direction
    attention.k.weight[rows] = LOOK_BACK * key[:, None] * direction
    attention.gate.weight[rows] = 0.0
    part = contents[:, rows]
    attention.v.weight[rows] = part.T
    attention.output.weight[:, rows] = WRITE * seen @ part


def _copy_behind_same(attention: Attention, head: int, constant: Tensor, seen: Tensor) -> None:
    """Let *head* attend to places whose written-down previous token equals the present one, and copy what is there.

    Only the slow half of the rotary frequencies carries content, since the distance must not matter.
    """
    width, half = attention.head_width, attention.head_width // 2
    rows = _slice(attention, head)
    start = half - SLOW
    slow = torch.cat((torch.arange(start, half), torch.arange(half + start, width)))
    part = torch.randn(seen.shape[0], len(slow)) / math.sqrt(seen.shape[0])
    part -= torch.outer(constant, constant @ part) / constant.square().sum()
    query = torch.zeros(width, seen.shape[0])
    key = torch.zeros(width, seen.shape[0])
    query[slow] = MATCH * part.T
    key[slow] = MATCH * part.T @ seen.T
    attention.q.weight[rows], attention.k.weight[rows] = query, key
    copied, _ = torch.linalg.qr(torch.randn(seen.shape[0], width))
    attention.gate.weight[rows] = 0.0
    attention.v.weight[rows] = copied.T
    attention.output.weight[:, rows] = COPY * copied
