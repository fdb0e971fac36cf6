"""The edit scorer: what is offered for broken functions, what is learned from it, and how a model file carries it."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrgc import edit_scorer
from hrgc.edit_scorer import EditScorer
from hrgc.errors import InputError, ModelError
from hrgc.gguf_header import read_header
from tests.git_repositories import GPL, MIT, STACK, TinyRepository
from trainer import edits, offer_set, offers, record, rows
from trainer.edits import EditsConfig
from trainer.offers import OffersConfig


def packed(*signs: int) -> bytes:
    """Return signs as a proposer writes them."""
    return np.array(signs, "<i4").tobytes()


def offer(rule: str, prior: float, *signs: int) -> dict[str, Any]:
    """Return an offer as the stage writes it."""
    return {"rule": rule, "prior": prior, "signs": base64.b64encode(packed(*signs)).decode()}


def planted(folder: Path, repositories: int, tasks: int, *, build: bool = False) -> None:
    """Write offers of which the right one always brings feature 7, or takes feature 9 away; priors mislead a little."""
    chance = np.random.default_rng(3)
    for number in range(repositories):
        for _ in range(tasks):
            others = [[int(s) for s in chance.integers(20, 500, 6)] for _ in range(7)]
            telling = int(chance.choice([7, -9]))
            noise = [int(s) for s in chance.integers(20, 500, 5)]
            found = [offer("a", -2.0, telling, *noise) | {"right": True}, *(offer("b", -1.0, *o) for o in others)]
            rows.append(folder / "train" / f"ada+n{number}.jsonl.gz", [{"symbol": "f", "rule": "b", "offers": found}])
    record.write_json(folder / "manifest.json", {"data_hash": "x", "files": {}})
    record.write_json(folder / "config.json", {"config": {"mirrors": str(folder.parent / "mirrors"), "build": build}})


def test_offers_hold_the_repair_and_signs(tmp_path: Path) -> None:
    """Each repository gets its part below its split; others' licences and refused repositories give none."""
    mirrors, out = tmp_path / "mirrors", tmp_path / "offers"
    TinyRepository(mirrors / "ada+stack", {"LICENSE": MIT, "go.mod": "module a.b/stack\n", "stack.go": STACK})
    TinyRepository(mirrors / "urfave+tiny", {"LICENSE": MIT, "queue.go": STACK.replace("Stack", "Queue")})
    TinyRepository(mirrors / "bob+copyleft", {"LICENSE": GPL, "stack.go": STACK})
    config = OffersConfig(str(mirrors), str(out), offers=12)
    for name in ("ada+stack", "urfave+tiny", "bob+copyleft"):
        offers.make_part(config, str(mirrors / name))
    assert sorted(path.name for path in out.rglob("*.gz")) == ["ada+stack.jsonl.gz", "urfave+tiny.jsonl.gz"]
    found = list(rows.read(out / "train" / "ada+stack.jsonl.gz"))
    assert found
    for row in found:
        right = [offer for offer in row["offers"] if offer.get("right")]
        assert right
        assert len(row["offers"]) - len(right) <= 12
        assert all(base64.b64decode(offer["signs"]) for offer in row["offers"])
    tasks = offer_set.load([out / "train" / "ada+stack.jsonl.gz"])
    assert len(tasks) == len(found)
    assert tasks.right.sum() == sum(bool(offer.get("right")) for row in found for offer in row["offers"])


def test_broken_builds_come_with_their_repairs(tmp_path: Path) -> None:
    mirrors, out = tmp_path / "mirrors", tmp_path / "offers"
    TinyRepository(mirrors / "ada+stack", {"LICENSE": MIT, "go.mod": "module a.b/stack\n", "stack.go": STACK})
    config = OffersConfig(str(mirrors), str(out), build=True, per_function=8)
    assert offers.make_part(config, str(mirrors / "ada+stack")) > 0
    found = list(rows.read(out / "train" / "ada+stack.jsonl.gz"))
    assert all(sum(bool(offer.get("right")) for offer in row["offers"]) >= 1 for row in found)
    assert any(len(row["offers"]) > 2 for row in found)


def test_telling_features_are_learned(tmp_path: Path) -> None:
    planted(tmp_path / "offers", repositories=12, tasks=24)
    planted(tmp_path / "more", repositories=4, tasks=2, build=True)
    TinyRepository(tmp_path / "mirrors" / "ada+n1", {"LICENSE": MIT, "stack.go": STACK})
    folders, out = f"{tmp_path / 'offers'},{tmp_path / 'more'}", str(tmp_path / "edits")
    config = EditsConfig(folders, "1,2", out, bits=10, passes=6, batch=8, rate=0.1, held_back=0.3, threads=1)
    edits.main(config)
    weights = edits.read(tmp_path / "edits")
    assert weights[6] > 3 * np.abs(weights[19:]).mean()
    assert weights[8] < -3 * np.abs(weights[19:]).mean()
    told = record.read_json(tmp_path / "edits" / record.MANIFEST)
    assert told["passes"][-1]["choosing"][0]["top1"] > 0.8
    assert set(told["prior"]) == {"behaviour", "build"}
    assert [(row["repository"], row["licence"]) for row in told["sources"]] == [("ada/n1", "MIT")]
    assert [a + b for a, b in zip(told["tasks"]["training"], told["tasks"]["choosing"], strict=True)] == [288, 8]
    with pytest.raises(InputError, match="not for 2 folders"):
        edits.main(replace(config, repeats="1"))
    tasks = offer_set.load(sorted((tmp_path / "offers" / "train").glob("*.gz")))
    assert edits.measure(tasks, None, 1.0)["top1"] == 0.0, "the prior alone is always wrong here"


def test_without_offers_the_hint_names_the_stage(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="too few offers"):
        edits.main(EditsConfig(str(tmp_path / "none"), "1", str(tmp_path / "out")))
    with pytest.raises(InputError, match="no edit scorer"):
        edits.read(tmp_path)


def test_ratings_add_up_signed_weights() -> None:
    scorer = EditScorer(np.arange(8, dtype=np.float32))
    # Hash 2 brought, hash 5 taken away, hash 11 folded onto 3; the mean of those with signs is taken off.
    assert scorer.rate([packed(3, -6), b"", packed(12)]) == [2.0 - 5.0, 0.0, 3.0]
    assert scorer.rate([]) == []
    shifted = scorer.rate([packed(3), packed(5)])
    assert shifted == [-1.0, 1.0]


def test_a_file_carries_the_scorer(tmp_path: Path) -> None:
    import gguf  # noqa: PLC0415 - only here

    weights = np.linspace(-2.0, 3.0, 16, dtype=np.float32)
    content, scale = edit_scorer.stored(weights)

    def write(path: Path, body: bytes, version: int) -> Path:
        writer = gguf.GGUFWriter(str(path), "hrm_text")
        writer.add_array(edit_scorer.WEIGHTS, body)
        writer.add_float32(edit_scorer.SCALE, scale)
        writer.add_uint32(edit_scorer.FORMAT, version)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        return path

    found = edit_scorer.of_file(read_header(write(tmp_path / "good.gguf", content, edit_scorer.VERSION)))
    assert found is not None
    assert np.abs(found.weights - weights).max() <= scale / 2 + 1e-6
    assert edit_scorer.of_file(read_header(write(tmp_path / "other.gguf", content, 99))) is None
    with pytest.raises(ModelError, match="edit scorer is damaged"):
        edit_scorer.of_file(read_header(write(tmp_path / "odd.gguf", content[:-1], edit_scorer.VERSION)))
