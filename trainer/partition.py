"""One job per repository, over processes of this machine or a Ray cluster: the same code path behind one flag.

A job is a function of (config, item) that writes its own part atomically, so a killed run goes on where it stopped.
"""

from __future__ import annotations

import importlib
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

from hrgc.errors import ConfigError

Config = TypeVar("Config")
Result = TypeVar("Result")

LOCAL = ""
"""Engine of this machine's processes."""


def each(
    job: Callable[[Config, str], Result],
    config: Config,
    items: Sequence[str],
    *,
    workers: int = 1,
    cluster: str = LOCAL,
) -> Iterator[tuple[str, Result]]:
    """Yield (item, result) as jobs finish; raises what a job raises, ConfigError without the engine asked for.

    *cluster* is '' for this machine, ``ray`` for a Ray runtime started here, or a Ray address.
    """
    if cluster != LOCAL:
        yield from _on_ray(job, config, items, workers, cluster)
    elif workers <= 1 or len(items) <= 1:
        for item in items:
            yield item, job(config, item)
    else:
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(items)), mp_context=context) as pool:
            running = {pool.submit(job, config, item): item for item in items}
            try:
                for future in as_completed(running):
                    yield running[future], future.result()
            finally:
                for future in running:
                    future.cancel()


def _on_ray(
    job: Callable[[Config, str], Result], config: Config, items: Sequence[str], workers: int, cluster: str
) -> Iterator[tuple[str, Result]]:
    """Run the jobs as Ray tasks, at most *workers* at a time; every node must see the same folders."""
    try:
        ray: Any = importlib.import_module("ray")
    except ImportError:
        raise ConfigError("Ray is not installed", "pip install 'hrgc[cluster]', or leave --cluster away") from None
    started = not ray.is_initialized()
    if started:
        ray.init(address=None if cluster == "ray" else cluster, log_to_driver=False, include_dashboard=False)
    try:
        task = ray.remote(num_cpus=1, max_retries=2)(job)
        shared = ray.put(config)
        waiting = list(items)
        running: dict[Any, str] = {}
        while waiting or running:
            while waiting and len(running) < max(1, workers):
                item = waiting.pop(0)
                running[task.remote(shared, item)] = item
            done, _ = ray.wait(list(running), num_returns=1)
            for reference in done:
                yield running.pop(reference), ray.get(reference)
    finally:
        if started:
            ray.shutdown()
