"""Fit the edit scorer: a log-linear model of which of the catalogue's candidates mends a broken function.

Run: ``hrgc-train edits`` on what ``hrgc-train offers`` and ``offers-commits`` wrote, with and without ``--build``, and
``offers-tests``. It maximises the log-likelihood of the right candidates among those of their task (conditional logit,
McFadden 1973) with the catalogue's log-prior as one more feature, which counts differently for behaviour and builds, by
Adagrad. Some repositories are held back to choose the pass that is kept; the organisations training never sees measure
the result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import embedding_bag
from tqdm import tqdm

from hrgc.edit_scorer import VERSION
from hrgc.errors import InputError
from trainer import offer_set, offers, provenance, record, split
from trainer.intervals import wilson
from trainer.offer_set import Batch, OfferSet

SCORER = "scorer.npz"
DOMAINS = ("behaviour", "build")
"""What an edit mends."""
_LEAST = 1e-9


@dataclass(frozen=True)
class EditsConfig:
    """How it is fitted."""

    offers: str = ".data/offers,.data/offers-commits,.data/offers-tests,.data/offers-build,.data/offers-build-commits"
    """Folders of offers, separated by commas."""
    repeats: str = "1,4,3,1,1"
    """How often a pass shows the tasks of each folder."""
    out: str = ".data/edits"
    bits: int = 20
    """Of a feature's hash: the scorer has 2 to this power weights."""
    passes: int = 4
    batch: int = 16
    rate: float = 0.05
    decay: float = 1e-6
    """Share of the weights that goes with each batch."""
    held_back: float = 0.08
    """Share of the repositories that choose the pass."""
    refit: bool = True
    """Fit again with those repositories too, for as many passes as they chose."""
    threads: int = 2
    seed: int = 1


def main(config: EditsConfig) -> None:
    """Write the weights and a manifest with what they do; raises InputError without offers."""
    torch.set_num_threads(config.threads)
    folders, out = [Path(name) for name in config.offers.split(",")], Path(config.out)
    parts = [offers.parts(folder, split.TRAIN) for folder in folders]
    back = _held_back([path for some in parts for path in some], config.held_back)
    training = [offer_set.load(path for path in some if path.name not in back) for some in parts]
    choosing = [offer_set.load(path for path in some if path.name in back) for some in parts]
    if not sum(map(len, training)) or not sum(map(len, choosing)):
        raise InputError(f"{config.offers} holds too few offers", "hrgc-train offers --mirrors DIR")
    record.save_config(out, "edits", config, offers=[record.data_hash(folder) for folder in folders])
    domains, sources = [_domain(folder) for folder in folders], _sources(folders)
    weights, shares, history = fit(training, choosing, domains, config)
    if config.refit:
        passes = 1 + int(np.argmax([_worth(row["choosing"]) for row in history]))
        whole = [offer_set.joined(both) for both in zip(training, choosing, strict=True)]
        weights, shares, _ = fit(whole, [], domains, replace(config, passes=passes))
    np.savez_compressed(out / SCORER, weights=weights)
    held_out = {}
    for folder, domain in zip(folders, domains, strict=True):
        held = offer_set.load(offers.parts(folder, split.HELD))
        scored = measure(held, weights, shares[domain])
        held_out[folder.name] = {"prior": measure(held, None, 1.0), "scorer": scored}
        tqdm.write(f"{folder.name}, held out: {held_out[folder.name]}")
    record.save_manifest(
        out,
        [out / SCORER],
        version=VERSION,
        prior=dict(zip(DOMAINS, shares, strict=True)),
        weights=len(weights),
        repositories=len({path.name for some in parts for path in some}),
        tasks={"training": list(map(len, training)), "choosing": list(map(len, choosing))},
        passes=history,
        held_out=held_out,
        sources=sources,
    )


def _sources(folders: Sequence[Path]) -> list[dict[str, Any]]:
    """Return the repositories whose offers train, with licence and commit; raises InputError when mirrors are gone."""
    found: dict[str, dict[str, Any]] = {}
    for folder in folders:
        names = {offers.repository_of(path) for path in offers.parts(folder, split.TRAIN)}
        mirrors = record.read_json(folder / record.CONFIG)["config"]["mirrors"]
        found |= {row["repository"]: row for row in provenance.of_mirrors(names - set(found), mirrors)}
    return list(found.values())


def _held_back(paths: Sequence[Path], share: float) -> set[str]:
    """Return the names of the repositories' parts that choose and do not train; one at least."""
    names = sorted({path.name for path in paths}, key=lambda name: hashlib.sha256(name.encode()).digest())
    return set(names[: max(1, round(share * len(names)))])


def _domain(folder: Path) -> int:
    """Return the place among DOMAINS of what a folder's offers mend."""
    return int(bool(record.read_json(folder / record.CONFIG)["config"].get("build")))


def fit(
    training: Sequence[OfferSet], choosing: Sequence[OfferSet], domains: Sequence[int], config: EditsConfig
) -> tuple[npt.NDArray[np.float32], list[float], list[dict[str, Any]]]:
    """Return the weights, the factor of the log-prior in each domain, and what every pass reached on *choosing*.

    Without sets to choose by, the last pass is kept. *domains* tells the domain of each set. Raises InputError when
    there are not as many repeats as sets.
    """
    repeats = [int(times) for times in config.repeats.split(",")]
    if len(repeats) != len(training):
        raise InputError(f"--repeats {config.repeats} is not for {len(training)} folders", "name one number for each")
    every = offer_set.joined(training)
    sizes = [len(some) for some in training]
    order, domain = np.repeat(np.arange(len(every)), np.repeat(repeats, sizes)), np.repeat(domains, sizes)
    weights = torch.zeros(1 << config.bits, 1, requires_grad=True)
    factors = torch.ones(len(DOMAINS), requires_grad=True)
    optimizers = (
        torch.optim.Adagrad([weights], lr=config.rate, initial_accumulator_value=0.01),
        torch.optim.Adam([factors], lr=0.01),
    )
    chance = np.random.default_rng(config.seed)
    best: tuple[float, npt.NDArray[np.float32], list[float]] = (-1.0, np.zeros(0, np.float32), [])
    history = []
    for number in range(config.passes):
        losses = []
        mixed = chance.permutation(order)
        for start in tqdm(range(0, len(mixed), config.batch), desc=f"pass {number + 1}", leave=False):
            chosen = mixed[start : start + config.batch]
            batch = every.batch(chosen)
            loss = _loss(batch, weights, factors[torch.from_numpy(domain[chosen][batch.owner])])
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call, unused-ignore]
            for optimizer in optimizers:
                optimizer.step()
            with torch.no_grad():
                weights.mul_(1.0 - config.decay)
            losses.append(loss.item())
        found = weights.detach().numpy()[:, 0].copy()
        shares = factors.tolist()
        reached = [measure(some, found, shares[at]) for some, at in zip(choosing, domains, strict=False) if len(some)]
        history.append({"loss": float(np.mean(losses)), "prior": shares, "choosing": reached})
        tqdm.write(f"pass {number + 1}: {history[-1]}")
        worth = _worth(reached)
        if worth > best[0] or not choosing:
            best = (worth, found, shares)
    return best[1], best[2], history


def _worth(reached: Sequence[dict[str, Any]]) -> float:
    """Return the mean of the reciprocal ranks of several sets, 0 without any."""
    return float(np.mean([table["reciprocal_rank"] for table in reached])) if reached else 0.0


def _loss(batch: Batch, weights: torch.Tensor, factors: torch.Tensor) -> torch.Tensor:
    """Return the mean of -log p(right candidates) over a batch's tasks; *factors* of each candidate's log-prior."""
    owner = torch.from_numpy(batch.owner)
    tasks = int(batch.owner[-1]) + 1
    scores = _scores(batch, weights) + factors * torch.from_numpy(batch.priors)
    top = torch.full((tasks,), -torch.inf).scatter_reduce(0, owner, scores.detach(), "amax")
    shares = torch.exp(scores - top[owner])
    every = torch.zeros(tasks).index_add(0, owner, shares)
    right = torch.zeros(tasks).index_add(0, owner, shares * torch.from_numpy(batch.right))
    return -torch.log(right / every + _LEAST).mean()


def _scores(batch: Batch, weights: torch.Tensor) -> torch.Tensor:
    """Return the sum of each candidate's weights."""
    signs = torch.from_numpy(batch.signs).long()
    places = (signs.abs() - 1) & (len(weights) - 1)
    ways = signs.sign().to(weights.dtype)
    return embedding_bag(places, weights, torch.from_numpy(batch.offsets), mode="sum", per_sample_weights=ways)[:, 0]


def measure(tasks: OfferSet, weights: npt.NDArray[np.float32] | None, prior: float) -> dict[str, Any]:
    """Return how high the right candidates rank, by the prior alone when there are no weights."""
    scores = [prior * tasks.priors.astype(np.float64)]
    if weights is not None:
        table = torch.from_numpy(weights)[:, None]
        batches = tasks.batches(np.arange(len(tasks)), 256)
        scores.append(np.concatenate([np.zeros(0), *(_scores(batch, table).double().numpy() for batch in batches)]))
    return _table(tasks.ranks(sum(scores)))  # type: ignore[arg-type]  # never the empty sum


def _table(ranks: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Return the shares of tasks whose right candidate is among the first, with intervals, and the mean of 1 / rank."""
    out: dict[str, Any] = {"tasks": len(ranks)}
    for first in (1, 3, 10):
        hits = int((ranks <= first).sum())
        out[f"top{first}"] = round(hits / max(1, len(ranks)), 4)
        out[f"top{first}_interval"] = wilson(hits, len(ranks))
    out["reciprocal_rank"] = round(float((1.0 / ranks).mean()), 4) if len(ranks) else 0.0
    return out


def read(folder: Path) -> npt.NDArray[np.float32]:
    """Return the weights that were written to *folder*; raises InputError when there are none."""
    path = folder / SCORER
    if not path.is_file():
        raise InputError(f"no edit scorer at {path}", "hrgc-train edits")
    weights: npt.NDArray[np.float32] = np.load(path)["weights"]
    return weights
