"""Training: parts and weights of the loss, exact resume, learning, and stages that leave records."""

from __future__ import annotations

import dataclasses
import json
import math
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file

from hrgc.errors import InputError
from tests.trainer import tiny_pairs
from trainer import (
    batches,
    checkpoint,
    cli,
    evaluate,
    export,
    loss,
    optim,
    pack,
    record,
    release,
    start,
    train,
    transformers_folder,
)
from trainer.batches import Batch, Plan, Position
from trainer.intervals import wilson
from trainer.model import HrmText, ModelConfig
from trainer.tokenizer import TokenizerConfig
from trainer.tokenizer import main as train_tokenizer
from trainer.train import TrainConfig


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small tokenizer, pairs and shards."""
    root = tmp_path_factory.mktemp("data")
    train_tokenizer(
        TokenizerConfig(out=str(root / "tokenizer"), vocab_size=2048, max_bytes=400_000, seed=3, report_lines=1000)
    )
    tiny_pairs.write(root / "pairs" / "pairs.jsonl.gz")
    name = str(root / "tokenizer" / "tokenizer.model")
    pack.main(pack.PackConfig(str(root / "pairs"), str(root / "shards"), name, 120, dev_share=0.3, dev_limit=40))
    return root


def config_for(data: Path, out: Path, **changes: object) -> TrainConfig:
    """Return the config of a tiny run."""
    base = TrainConfig(
        data=str(data / "shards"), out=str(out), tokenizer=str(data / "tokenizer" / "tokenizer.model"), width=32,
        heads=2, feed_forward=64, layers_per_stack=1, batch=8, warmup=2, max_minutes=5, eval_samples=16, log_steps=1,
        threads=1, sampled_rows=128, tensorboard=False, bf16=False,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def batch_of(ids: list[list[int]], parts: list[list[int]]) -> Batch:
    """Return a batch."""
    return Batch(torch.tensor(ids), torch.tensor(parts), torch.zeros(len(ids), dtype=torch.long))


def model_of(vocab: int = 300) -> HrmText:
    """Return a tiny random model."""
    torch.manual_seed(1)
    return HrmText(ModelConfig(vocab_size=vocab, width=32, heads=2, feed_forward=64, layers_per_stack=1, context=64))


def test_each_part_counts_its_share_whatever_its_length() -> None:
    model = model_of()
    ids = [[9, 5, 7, 8, 11, 12, 13, 14]]
    parts = [[0, 1, 2, 2, 3, 3, 3, 3]]
    whole = loss.LossConfig(specials=20, sampled_rows=0, prompt_weight=0.0)
    with torch.no_grad():
        got = loss.score(model, batch_of(ids, parts), whole)
        scores = model.logits(model(torch.tensor(ids)))[0].log_softmax(-1)
    per = [-float(scores[at - 1, ids[0][at]]) for at in range(1, 8)]
    wanted = 0.2 * per[0] + 0.4 * (per[1] + per[2]) / 2 + 0.4 * sum(per[3:]) / 4
    assert math.isclose(float(got.loss), wanted, rel_tol=1e-4)
    assert got.counts["code"] == got.counts["plan"] == 1


def test_predicting_the_same_position_is_not_rewarded() -> None:
    """A copying model, which the initial tied weights nearly are, must score badly on shifted targets."""
    model = model_of()
    ids, parts = [[9, 5, 7, 8]], [[0, 1, 2, 3]]
    with torch.no_grad():
        got = loss.score(model, batch_of(ids, parts), loss.LossConfig(20, 0, 0.0))
    assert float(got.loss) > math.log(300) * 0.8


def test_sampled_rows_estimate_the_whole_vocabulary() -> None:
    model = model_of(vocab=3000)
    ids = torch.randint(1, 3000, (4, 12)).tolist()
    parts = [[0] * 6 + [1, 2, 2, 3, 3, 3]] * 4
    with torch.no_grad():
        exact = float(loss.score(model, batch_of(ids, parts), loss.LossConfig(20, 0, 0.0)).loss)
        drawn = [float(loss.score(model, batch_of(ids, parts), loss.LossConfig(20, 512, 0.0)).loss) for _ in range(20)]
    assert abs(sum(drawn) / len(drawn) - exact) < 0.05


@pytest.mark.parametrize("kind", ["muon", "adamw"])
def test_a_run_learns_and_leaves_its_records(data: Path, tmp_path: Path, kind: str) -> None:
    rate = 0.05 if kind == "muon" else 0.02
    train.main(config_for(data, tmp_path, max_steps=30, optimizer=kind, rate=rate))
    rows = [json.loads(line) for line in (tmp_path / "curves.jsonl").read_text("utf-8").splitlines()]
    losses = [row["loss"] for row in rows if row["split"] == "train"]
    assert sum(losses[-10:]) < 0.85 * sum(losses[:10])
    assert record.read_json(tmp_path / "manifest.json")["step"] == 30
    saved = record.read_json(tmp_path / "config.json")
    assert saved["config"]["optimizer"] == kind
    assert saved["inputs"]["data"] == record.data_hash(data / "shards")


def test_a_resumed_run_ends_where_an_unbroken_one_does(data: Path, tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    train.main(config_for(data, whole, max_steps=8))
    train.main(config_for(data, parts, max_steps=5))
    train.main(config_for(data, parts, max_steps=3))
    ends = [checkpoint.read(folder) for folder in (whole, parts)]
    assert ends[0]["progress"]["position"] == ends[1]["progress"]["position"]
    for name, weight in ends[0]["model"].items():
        assert torch.equal(weight, ends[1]["model"][name]), name
    for name, weight in ends[0]["average"].items():
        assert torch.equal(weight, ends[1]["average"][name]), name


def test_an_informed_start_copies_what_followed_before(data: Path, tmp_path: Path) -> None:
    """In a repeated sequence the look-back and matching heads attend to what followed the present token before."""
    settings = start.StartConfig(str(tmp_path), str(data / "tokenizer" / "tokenizer.model"), rank=24, max_bytes=200_000)
    start.main(settings)
    rows = start.read(tmp_path)
    assert rows.shape == (2048, 24)
    torch.manual_seed(5)
    model = HrmText(ModelConfig(vocab_size=2048))
    start.inform(model, rows)
    once = torch.randint(600, 2048, (1, 30))
    ids = torch.cat((once, torch.randint(600, 2048, (1, 10)), once), dim=1)
    plain = HrmText(model.config)
    assert follows(model, ids, 40) > 3 * follows(plain, ids, 40)


def follows(model: HrmText, ids: torch.Tensor, distance: int) -> float:
    """Return how much more the right next token is expected than the others, the present one aside."""
    with torch.no_grad():
        scores = model.logits(model(ids))[0]
    places = torch.arange(distance, ids.shape[1] - 1)
    scores[places, ids[0, places]] = -99.0
    return float(scores.softmax(-1)[places, ids[0, places + 1]].mean())


@pytest.mark.slow
def test_two_processes_train_the_same_weights(data: Path, tmp_path: Path) -> None:
    """Gradients are averaged over processes, and only the first one writes."""
    config = config_for(data, tmp_path / "run", max_steps=3)
    options = [
        text for field in dataclasses.fields(config) for text in _option(field.name, getattr(config, field.name))
    ]
    argv = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "-m", "trainer"]
    done = subprocess.run([*argv, "train", *options], capture_output=True, text=True, timeout=200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert record.read_json(tmp_path / "run" / "manifest.json")["samples"] == 3 * 8 * 2


def _option(name: str, value: object) -> list[str]:
    """Return a config field as command-line words."""
    flag = name.replace("_", "-")
    if isinstance(value, bool):
        return [f"--{flag}" if value else f"--no-{flag}"]
    return [f"--{flag}", str(value)] if value != "" else []


def test_cycles_may_change_between_calls(data: Path, tmp_path: Path) -> None:
    train.main(config_for(data, tmp_path, max_steps=2))
    train.main(config_for(data, tmp_path, max_steps=1, h_cycles=2, gradient_passes=2))
    shape = checkpoint.shape(tmp_path)
    assert shape is not None
    assert (shape.h_cycles, shape.layers_per_stack) == (2, 1)


def test_a_loss_that_is_no_number_stops_the_run(data: Path, tmp_path: Path) -> None:
    trainer = train.open_trainer(config_for(data, tmp_path))
    assert isinstance(trainer.model, HrmText)
    with torch.no_grad():
        trainer.model.z_l_init.fill_(math.nan)
    stream = batches.stream(trainer.train, Plan(4, 1), Position())
    with pytest.raises(train.NotFiniteError) as caught:
        trainer.step(stream, 1.0)
    assert "--rate" in caught.value.hint


def test_every_sample_is_seen_once_an_epoch_by_one_process(data: Path) -> None:
    shard = pack.open_shard(data / "shards", "train")
    seen = [i for members in batches.order(shard.lengths, Plan(4, 3), epoch=0) for i in members.tolist()]
    assert len(seen) == len(set(seen))
    assert len(shard) - len(seen) < 4
    first = batches.order(shard.lengths, Plan(4, 3), epoch=1)
    assert [m.tolist() for m in first] != [m.tolist() for m in batches.order(shard.lengths, Plan(4, 3), epoch=0)]
    ranks = [batches.stream(shard, Plan(4, 3), Position(), rank=rank, world=2) for rank in (0, 1)]
    assert not torch.equal(next(ranks[0]).ids, next(ranks[1]).ids)


def test_rates_rise_stay_and_fall() -> None:
    assert optim.rate_factor(0, 10, 0.0, 0.0) == pytest.approx(0.1)
    assert optim.rate_factor(50, 10, 0.7, 0.3) == pytest.approx(1.0)
    assert optim.rate_factor(50, 10, 0.85, 0.3) == pytest.approx(0.5)
    assert optim.rate_factor(50, 10, 1.0, 0.3) == pytest.approx(0.02)


def test_orthogonal_updates_have_singular_values_near_one() -> None:
    torch.manual_seed(2)
    values = torch.linalg.svdvals(optim.orthogonal(torch.randn(3, 16, 40), steps=6))
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_evaluation_and_release_write_what_was_measured(data: Path, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "models"
    train.main(config_for(data, run, max_steps=2))
    tokenizer = data / "tokenizer"
    measured = tmp_path / "evaluation.json"
    config = evaluate.EvaluateConfig(
        str(run), str(data / "pairs"), str(tokenizer / "tokenizer.model"), str(measured), 12, 200, 0.3, 1
    )
    evaluate.main(config)
    groups = json.loads(measured.read_text("utf-8"))["groups"]
    assert groups["all broken"]["line_top1"]["low"] <= groups["all broken"]["line_top1"]["share"]
    absent = str(tmp_path / "absent.json")
    settings = release.ReleaseConfig(
        str(run),
        str(tokenizer),
        str(data / "pairs"),
        str(measured),
        str(out),
        calibration=absent,
        rankings=absent,
        control=absent,
    )
    release.main(settings)
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))["models"][0]
    assert manifest["sha256"] == record.sha256(out / manifest["file"])
    assert manifest["token_table"] == export.token_table_hash()
    card = (out / "README.md").read_text("utf-8")
    assert manifest["sha256"] in card
    assert "| all broken |" in card
    modelfile = (out / "Modelfile").read_text("utf-8")
    assert f"FROM ./{manifest['file']}" in modelfile
    assert 'TEMPLATE "{{ .Prompt }}"' in modelfile
    model = out / manifest["file"]
    model.write_bytes(model.read_bytes().replace(record.git_commit().encode(), b"0" * len(record.git_commit())))
    written = record.sha256(model)
    release.main(settings)
    assert record.sha256(model) == written, "the same model, written at another commit"
    release.main(replace(settings, kind="f16"))
    assert record.sha256(model) != written
    assert not list(out.glob(".new-*"))
    train.main(config_for(data, run, max_steps=1))
    with pytest.raises(InputError, match="measures step 2"):
        release.main(settings)


def test_the_transformers_folder_holds_every_weight_once(data: Path, tmp_path: Path) -> None:
    run, out = tmp_path / "run", tmp_path / "folder"
    train.main(config_for(data, run, max_steps=1, layers_per_stack=2))
    tokenizer = data / "tokenizer" / "tokenizer.model"
    transformers_folder.main(transformers_folder.FolderConfig(str(run), str(out), str(tokenizer)))
    weights = load_file(out / "model.safetensors")
    model, _ = checkpoint.averaged_model(run)
    assert isinstance(model, HrmText)
    assert sum(weight.numel() for weight in weights.values()) == model.parameter_count()
    ours = model.h_stack.layers[1].get_parameter("attention.output.weight")
    assert torch.equal(weights["model.H_module.layers.1.self_attn.o_proj.weight"], ours)
    settings = record.read_json(out / "config.json")
    assert (settings["prefix_lm"], settings["tie_word_embeddings"], settings["head_dim"]) == (False, True, 16)


def test_intervals_contain_the_share() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(30, 100)
    assert 0.2 < low < 0.3 < high < 0.41


def test_the_command_line_lists_its_stages_and_reports_user_errors(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(cli.stages, ["--help"])
    assert listed.exit_code == 0
    assert all(name in listed.output for name in cli.STAGES)
    options = runner.invoke(cli.stages, ["train", "--help"])
    assert "--max-minutes" in options.output
    missing = runner.invoke(cli.stages, ["pack", "--pairs", str(tmp_path / "none")])
    assert isinstance(missing.exception, InputError)
