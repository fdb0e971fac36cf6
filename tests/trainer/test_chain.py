"""The whole chain through the command line: tiny git repositories of the test's own become a model file."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from hrgc import tokens
from hrgc.gguf_header import read_header
from tests.git_repositories import TinyRepository, with_history
from trainer import cli, record

TRAIN = (
    "--width", "32", "--heads", "2", "--feed-forward", "64", "--layers-per-stack", "1", "--batch", "2",
    "--max-steps", "3", "--eval-samples", "2", "--sampled-rows", "64", "--threads", "1", "--no-bf16",
    "--no-tensorboard",
)  # fmt: skip


def stage(*words: object) -> str:
    """Run one stage and return what it prints."""
    done = CliRunner().invoke(cli.stages, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Iterator[Path]:
    """Return a folder with repositories, changes, plans and pairs; one organisation is held out."""
    root = tmp_path_factory.mktemp("chain")
    patch = pytest.MonkeyPatch()
    patch.setenv("HRGC_CACHE_DIR", str(shared_cache))  # the module's fixture runs before the test's isolation
    for name in ("ada+stack", "bo+stack"):
        made = with_history(root / "repositories" / name)
        made.edit(f"Rename total for {name}", "stack.go", ("total", f"sum{name[0]}"))
    held = TinyRepository(root / "repositories" / "urfave+tiny")
    held.edit("Add a peek to Pop", "stack.go", ("return last, nil", "s.pops += 1\n\treturn last, nil"))
    stage("collect-git", "--repositories", root / "repositories", "--out", root / "changes")
    stage("annotate", "--changes", root / "changes", "--out", root / "plans")
    stage(*pairs_of(root, "pairs"))
    yield root
    patch.undo()


def pairs_of(root: Path, name: str) -> tuple[object, ...]:
    """Return the command line that makes pairs in the folder *name*."""
    return (
        "pairs-commits", "--changes", root / "changes", "--mirrors", root / "repositories", "--refine-share", "0.5",
        "--out", root / name,
    )  # fmt: skip


def test_repositories_become_a_model_file(chain: Path) -> None:
    stage(
        "tokenizer", "--out", chain / "tokenizer", "--vocab-size", 2048, "--max-bytes", 300_000, "--report-lines", 2000
    )
    model = chain / "tokenizer" / "tokenizer.model"
    shared = ("--tokenizer", model, "--out")
    stage(
        "pack",
        "--pairs",
        chain / "pairs" / "train",
        "--dev-share",
        0.5,
        "--max-tokens",
        1500,
        *shared,
        chain / "shards",
    )
    packed = record.read_json(chain / "shards" / record.MANIFEST)
    pairs = record.read_json(chain / "pairs" / record.MANIFEST)["counts"]
    assert packed["train_samples"] + packed["dev_samples"] == pairs["train pairs"] > 0
    stage("train", "--data", chain / "shards", *TRAIN, *shared, chain / "run")
    stage("export", "--run", chain / "run", *shared, chain / "model.gguf")
    header = read_header(chain / "model.gguf")
    assert set(tokens.SPECIAL_TOKENS) <= set(header.array("tokenizer.ggml.tokens"))
    assert header.text("general.architecture") == "hrm_text"


def test_every_stage_reports_what_it_kept_and_dropped(chain: Path) -> None:
    folders = ",".join(str(chain / name) for name in ("changes", "plans", "pairs"))
    text = stage("show", "--report", "--pairs", folders)
    for group in ("dropped", "intent", "operation", "error", "licence", "source", "rule", "tag"):
        assert f"\n{group}:\n" in text, group
    assert "ada/stack" in text
    assert "duplicate:" in text  # both repositories have the same history


@pytest.mark.slow
def test_killed_pairs_go_on_and_end_in_the_same_bytes(chain: Path) -> None:
    argv = [sys.executable, "-m", "trainer", *map(str, pairs_of(chain, "killed"))]
    child = subprocess.Popen(argv, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True)
    raw = chain / "killed" / "raw"
    deadline = time.monotonic() + 120
    while not list(raw.glob("*.counts.json")) and child.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    assert len(list(raw.glob("*.counts.json"))) in {1, 2}
    stage(*pairs_of(chain, "killed"))
    assert whole(chain / "killed") == whole(chain / "pairs")


def whole(folder: Path) -> dict[str, bytes]:
    """Return the bytes of everything a stage made, its times aside."""
    made = {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.gz"))}
    made |= {path.name: path.read_bytes() for path in sorted(folder.rglob("*.counts.json"))}
    return made | {"counts": repr(record.read_json(folder / record.MANIFEST)["counts"]).encode()}
