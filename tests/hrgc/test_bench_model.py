"""The model benchmark: complete, positive figures, and an error without a model."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from hrgc.bench_model import bench
from hrgc.errors import ModelError
from tests.model_fixture import write_model


def test_bench_measures_our_figures_and_llama_cpp_s(tmp_path: Path) -> None:
    """Every figure is there, and people read both sides in the same lines."""
    result = bench(str(write_model(tmp_path / "tiny.gguf")), threads=1)
    assert all(value > 0 for f in fields(result) if isinstance(value := getattr(result, f.name), float | int))
    text = "\n".join(result.lines())
    assert "pp512" in text
    assert "tg128" in text
    assert "candidates/s" in text


def test_bench_without_a_model_says_what_to_do() -> None:
    """``none`` cannot be measured."""
    with pytest.raises(ModelError) as caught:
        bench("none")
    assert "--model" in caught.value.hint
