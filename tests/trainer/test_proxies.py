"""Short runs compare shapes at equal compute, and training is measured beside Transformers."""

from __future__ import annotations

import importlib.util
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hrgc.errors import InputError
from trainer import bench_train, flops, networks, pack, proxies, record
from trainer.model import HrmText, ModelConfig
from trainer.sample import Part
from trainer.tokenizer import TokenizerConfig
from trainer.tokenizer import main as train_tokenizer

RESPONSE = [int(part) for part in (Part.CONTROL, Part.FRAME, Part.PLAN, Part.PLAN, Part.CODE, Part.CODE)]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a tokenizer and shards of samples that repeat one token."""
    root = tmp_path_factory.mktemp("data")
    train_tokenizer(
        TokenizerConfig(out=str(root / "tokenizer"), vocab_size=2048, max_bytes=300_000, seed=3, report_lines=1000)
    )
    chance = np.random.default_rng(5)
    for split, count in (("train", 60), ("dev", 8)):
        folder = root / "shards" / split
        folder.mkdir(parents=True)
        rows = [np.full(int(chance.integers(14, 30)), int(chance.integers(600, 900)), np.uint16) for _ in range(count)]
        np.concatenate(rows).tofile(folder / "tokens.u16")
        parts = [np.array([0] * (len(row) - len(RESPONSE)) + RESPONSE, np.uint8) for row in rows]
        np.concatenate(parts).tofile(folder / "parts.u8")
        np.cumsum([0, *map(len, rows)]).astype(np.int64).tofile(folder / "offsets.i64")
        np.zeros(count, np.uint8).tofile(folder / "kinds.u8")
    record.save_manifest(root / "shards", sorted((root / "shards").glob("*/*")))
    return root


def test_shapes_within_the_bounds_are_compared() -> None:
    sizes = [networks.outline(ModelConfig(**asdict(shape))).parameter_count() for shape in proxies.SHAPES]
    assert all(20_000_000 <= size <= 30_000_000 for size in sizes), sizes
    assert {shape.architecture for shape in proxies.SHAPES} == {"hrm_text", "gpt2", "t5"}
    assert len({shape.name for shape in proxies.SHAPES}) == len(proxies.SHAPES)


def test_operations_count_cycles_and_lengths() -> None:
    once, twice = (networks.outline(ModelConfig(h_cycles=cycles)) for cycles in (1, 2))
    assert flops.forward_flops(twice, 100, 20) == 2 * flops.forward_flops(once, 100, 20)
    assert flops.forward_flops(once, 200, 40) > 2 * flops.forward_flops(once, 100, 20)
    assert isinstance(once, HrmText)
    stacks = sum(weight.numel() for stack in once.stacks() for weight in stack)
    assert flops.forward_flops(once, 1, 0) == pytest.approx(2 * stacks, rel=1e-3)
    plan = networks.outline(ModelConfig("t5", feed_forward=896))
    assert 0.5 < flops.forward_flops(plan, 100, 20) / flops.forward_flops(once, 100, 20) < 1.0


@pytest.mark.slow
def test_the_comparison_spends_equal_compute_and_is_kept(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = "hrm_text-d384-f1024-n1-c2x1,gpt2-d384-f1536-n2"
    config = proxies.ProxiesConfig(
        str(data / "shards"), str(tmp_path / "proxies"), str(data / "tokenizer" / "tokenizer.model"), minutes=0.1,
        equal="flops", only=names, batch=4, threads=1, eval_samples=8,
    )  # fmt: skip
    proxies.main(config)
    found = tmp_path / "proxies.json"
    rows = record.read_json(found)["shapes"]
    assert [row["name"] for row in rows] == names.split(",")
    assert rows[1]["teraflops"] == pytest.approx(rows[0]["teraflops"], rel=0.3)
    assert all(0 <= row["right_line"] <= 1 and row["samples"] > 0 for row in rows)
    text = (tmp_path / "proxies.md").read_text("utf-8")
    assert all(f"| {name} |" in text for name in names.split(","))
    proxies.main(config)
    assert record.read_json(found)["shapes"] == rows
    proxies.main(replace(config, teraflops=2 * rows[0]["teraflops"]))
    more = record.read_json(found)["shapes"]
    assert [row["samples"] for row in more] == [pytest.approx(2 * row["samples"], abs=8) for row in rows]
    capsys.readouterr()


def test_a_run_that_was_stopped_is_not_reported(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither its shape nor the others; the next call goes on with it."""
    config = proxies.ProxiesConfig(
        str(data / "shards"), str(tmp_path / "proxies"), str(data / "tokenizer" / "tokenizer.model"), teraflops=0.005,
        only="gpt2-d384-f1536-n2", batch=4, threads=1, eval_samples=8,
    )  # fmt: skip
    proxies.main(config)
    (row,) = record.read_json(tmp_path / "proxies.json")["shapes"]
    (tmp_path / "proxies.json").unlink()
    log = tmp_path / "proxies" / row["name"] / "curves.jsonl"
    log.write_text(log.read_text().replace('"split": "dev"', '"split": "train"'))
    proxies.main(config)
    (again,) = record.read_json(tmp_path / "proxies.json")["shapes"]
    assert again["samples"] == row["samples"] + config.batch
    capsys.readouterr()


def test_unknown_shapes_and_measures_are_refused(data: Path) -> None:
    with pytest.raises(InputError, match="nothing"):
        proxies.main(proxies.ProxiesConfig(only="nothing"))
    with pytest.raises(InputError, match="space"):
        proxies.main(proxies.ProxiesConfig(equal="space"))
    assert len(pack.open_shard(data / "shards", "dev")) == 8


def test_waiting_is_not_counted_as_work_of_one_thread() -> None:
    device, threads = torch.device("cpu"), torch.get_num_threads()
    spent = []
    for count in (1, 2):
        torch.set_num_threads(count)
        begun = flops.now(device)
        time.sleep(0.1)
        spent.append(flops.now(device) - begun)
    torch.set_num_threads(threads)
    assert spent[0] < 0.05
    assert spent[1] >= 0.1


@pytest.mark.slow
def test_training_is_measured(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "bench.json"
    bench_train.main(
        bench_train.BenchTrainConfig(
            str(data / "shards"), str(data / "tokenizer" / "tokenizer.model"), str(out), batch=2, steps=1, threads=1
        )
    )
    document = record.read_json(out)
    assert 0 < document["ways"]["ours"]["mfu"] < 1
    assert ("transformers" in document["ways"]) == bool(importlib.util.find_spec("transformers"))


def test_transformers_computes_what_this_network_computes() -> None:
    pytest.importorskip("transformers")
    torch.manual_seed(3)
    model = HrmText(ModelConfig(vocab_size=97, width=64, heads=2, feed_forward=96, context=64, h_cycles=2))
    ids = torch.randint(1, 97, (2, 16))
    with torch.no_grad():
        assert torch.allclose(model(ids), bench_train.borrowed(model)(ids), atol=1e-4)
