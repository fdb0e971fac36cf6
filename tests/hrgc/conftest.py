"""The tiny random model that the tests of the model's runtime share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hrgc import tokens
from hrgc.sequence_model import SequenceModel
from tests.model_fixture import TinyModel, write_model


@pytest.fixture(scope="module")
def tiny_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a random model that likes to end its code."""
    loud = (tokens.END_CODE, tokens.NL, tokens.INS)
    return write_model(tmp_path_factory.mktemp("llama") / "tiny.gguf", TinyModel(gain=0.7, loud=loud))


@pytest.fixture(scope="module")
def model(tiny_path: Path) -> Iterator[SequenceModel]:
    """Return the loaded model."""
    loaded = SequenceModel(tiny_path, threads=1)
    yield loaded
    loaded.close()
