"""What a model file says about itself, and its published hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from hrgc.errors import ModelError
from hrgc.model_file import describe, sha256, verify
from tests.model_fixture import TinyModel, write_model


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small quantised model with calibration."""
    keys = (("hrgc.control.bias", (0.0, 0.5, -0.5)),)
    return write_model(tmp_path_factory.mktemp("file") / "small.gguf", TinyModel(quantized=True, metadata=keys))


def test_facts_come_from_the_header(path: Path) -> None:
    """Sizes, type of the weights, hash and the short metadata are told without loading."""
    facts = describe(path)
    assert (facts.name, facts.architecture, facts.weights) == ("tiny", "hrm_text", "Q8_0")
    assert facts.size == path.stat().st_size
    assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    metadata = dict(facts.metadata)
    assert metadata["hrgc.control.bias"] == "0.0, 0.5, -0.5"
    assert metadata["hrm_text.hrm.h_cycles"] == "2"
    assert not any(key.startswith("tokenizer.") for key in metadata)


@pytest.mark.parametrize(("name", "shown"), [("a\x1b[2Jb\nc", "a[2Jbc"), ("none", "odd"), ("\x07", "odd"), ("", "odd")])
def test_names_are_foreign_text(tmp_path: Path, name: str, shown: str) -> None:
    """A name can neither reprogram the terminal nor pass for no model."""
    assert describe(write_model(tmp_path / "odd.gguf", TinyModel(name=name))).name == shown


def test_a_published_hash_must_match(path: Path) -> None:
    """The right hash and none at all pass, another one is an error that shows both."""
    assert verify(path, "").sha256 == verify(path, sha256(path).upper()).sha256
    with pytest.raises(ModelError, match="not the published file") as caught:
        verify(path, "0" * 64)
    assert "000000000000" in caught.value.message


def test_a_missing_file_is_a_model_error(tmp_path: Path) -> None:
    """The message names the file."""
    with pytest.raises(ModelError, match=r"gone\.gguf"):
        sha256(tmp_path / "gone.gguf")
