"""A release that keeps the network: tensors and tokenizer byte for byte, a new scorer, the card's head as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import gguf
import numpy as np
import pytest

from hrgc import edit_scorer
from hrgc.errors import InputError
from hrgc.gguf_header import read_header
from trainer import card_edits, export, networks, record, release
from trainer.export import Vocabulary
from trainer.model import ModelConfig
from trainer.release import ReleaseConfig

HEAD = "# Model card\n\n`hrgc.gguf`: a network. 30.0 MB, SHA-256 `{sha}`.\n\n## Data\n\nWhat it learned from.\n"
TABLE = {"tasks": 4, "top1": 0.5, "top3": 0.75, "top10": 1.0, "reciprocal_rank": 0.6}


def scored(folder: Path, weights: list[float]) -> None:
    """Write what ``hrgc-train edits`` writes."""
    folder.mkdir(exist_ok=True)
    np.savez_compressed(folder / "scorer.npz", weights=np.array(weights, np.float32))
    record.write_json(
        folder / "manifest.json",
        {
            "weights": len(weights),
            "repositories": 2,
            "tasks": {"training": [3], "choosing": [1]},
            "prior": {"behaviour": 0.7, "build": 0.5},
            "held_out": {"offers-build": {"prior": TABLE, "scorer": TABLE}},
            "sources": [{"repository": "ada/stack", "licence": "MIT", "commit": "c0ffee"}],
        },
    )


@pytest.fixture
def settings(tmp_path: Path) -> ReleaseConfig:
    """Return the settings of a release over a released network."""
    out, edits, absent = tmp_path / "models", tmp_path / "edits", str(tmp_path / "absent.json")
    shape = ModelConfig(vocab_size=64, width=32, heads=2, feed_forward=32, layers_per_stack=1, context=64)
    pieces = [f"p{number}".encode() for number in range(64)]
    vocab = Vocabulary(pieces, [-float(number) for number in range(64)], [2, *[1] * 63])
    path = out / "hrgc.gguf"
    export.write_gguf(
        networks.build(shape), vocab, path, kind="q8_0", facts={"name": "HRGC"}, numbers={"rank.plan": 0.9}
    )
    record.write_json(
        out / "manifest.json",
        {
            "models": [
                {"file": path.name, "sha256": "old", "bytes": 1, "shape": {"context": 64}, "evaluation": {"kept": 1}}
            ]
        },
    )
    (out / "README.md").write_text(HEAD.format(sha="0" * 64) + card_edits.TITLE + "old numbers", "utf-8")
    scored(edits, [0.0, 1.0, -2.0, 0.5])
    return ReleaseConfig(
        "",
        out=str(out),
        name="hrgc",
        edits=str(edits),
        calibration=absent,
        rankings=absent,
        control=absent,
        proxies=absent,
    )


def tensors(path: Path) -> dict[str, bytes]:
    """Return the bytes of every tensor."""
    return {tensor.name: tensor.data.tobytes() for tensor in gguf.GGUFReader(str(path)).tensors}


def test_only_the_scorer_and_its_weights_change(settings: ReleaseConfig, tmp_path: Path) -> None:
    path = tmp_path / "models" / "hrgc.gguf"
    before, words = tensors(path), read_header(path).array("tokenizer.ggml.tokens")
    release.main(settings)
    assert tensors(path) == before
    header = read_header(path)
    assert header.array("tokenizer.ggml.tokens") == words
    assert header.number("hrgc.rank.build") == pytest.approx(2.0)
    assert header.number("hrgc.rank.plan") == pytest.approx(export.ExportConfig.rank_plan)
    scorer = edit_scorer.of_file(header)
    assert scorer is not None
    assert scorer.weights.tolist() == pytest.approx([0.0, 1.0, -2.0, 0.5], abs=0.02)
    entry = json.loads((tmp_path / "models" / "manifest.json").read_text("utf-8"))["models"][0]
    assert (entry["sha256"], entry["evaluation"]) == (record.sha256(path), {"kept": 1})
    card = (tmp_path / "models" / "README.md").read_text("utf-8")
    assert card.startswith(HEAD.format(sha=entry["sha256"]).replace("30.0 MB", f"{entry['bytes'] / 1e6:.1f} MB"))
    assert "old numbers" not in card
    assert "| functions broken so that they do not build | 4 |" in card
    sources = json.loads((tmp_path / "models" / "sources.json").read_text("utf-8"))
    assert [(row["repository"], row["licence"]) for row in sources] == [("ada/stack", ["MIT"])]
    written = path.read_bytes()
    release.main(settings)
    assert path.read_bytes() == written, "again, nothing changes"


def test_without_a_release_the_hint_asks_for_a_run(settings: ReleaseConfig, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no released model"):
        release.main(replace(settings, name="other"))
    (tmp_path / "models" / "README.md").write_text("# Something else\n", "utf-8")
    with pytest.raises(InputError, match="no model card"):
        release.main(settings)
