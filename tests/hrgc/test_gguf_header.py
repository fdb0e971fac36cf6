"""Reading and refusing GGUF files: nothing damaged may reach llama.cpp, which would end the process."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hrgc import tokens
from hrgc.errors import ExitCode, ModelError
from hrgc.gguf_check import check
from hrgc.gguf_header import Header, read_header
from tests.model_fixture import TinyModel, write_model

LOAD_ALL = """
import sys
from pathlib import Path
from hrgc.errors import ModelError
from hrgc.llama import Runtime
for name in sys.argv[1:]:
    print(name, flush=True)
    try:
        Runtime(Path(name), most_positions=64).close()
    except ModelError:
        pass
"""
"""Loads every file it is given; an abort inside llama.cpp would kill it."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small valid model."""
    return write_model(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def _header_size(path: Path) -> int:
    """Return the bytes before the weights."""
    return path.stat().st_size - sum(tensor.size for tensor in read_header(path).tensors.values())


def test_header_holds_what_was_written(model: Path) -> None:
    """Metadata, vocabulary, tensors and sizes come back as the gguf package wrote them."""
    header = read_header(model)
    check(header)
    assert header.architecture == "hrm_text"
    assert header.text("general.name") == "tiny"
    assert header.context_length == 1536
    assert header.number("hrm_text.embedding_scale") == pytest.approx(4.0)
    assert header.tokens[:4] == tokens.CONTROL_TOKENS
    assert tokens.missing(frozenset(header.tokens)) == ()
    assert header.tensors["token_embd.weight"].shape == (64, len(header.tokens))
    assert header.weights == "F32"
    assert header.parameters == sum(t.size for t in header.tensors.values()) // 4


def test_missing_tokens_are_named(tmp_path: Path) -> None:
    """A model made for another token table is refused, the first missing tokens and a way out named."""
    lacking = (tokens.HOT, tokens.Op.CMP.token)
    path = write_model(tmp_path / "other.gguf", TinyModel(without=lacking))
    with pytest.raises(ModelError, match="lacks 2 of the plan language's") as caught:
        check(read_header(path))
    assert all(token in caught.value.message for token in lacking)
    assert "hrgc model list" in caught.value.hint
    assert caught.value.exit_code is ExitCode.MISSING


@pytest.mark.parametrize("size", [0, 1, 23, 24, 100, 3000, -1, -100])
def test_cut_files_are_refused(model: Path, tmp_path: Path, size: int) -> None:
    """A file that ends early is refused, in its header and in its weights."""
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(model.read_bytes()[:size])
    with pytest.raises(ModelError) as caught:
        read_header(cut)
    assert caught.value.hint


@pytest.mark.parametrize(
    "content", [b"x" * 100, b"GGUF" + b"\xff" * 96, b"GGUF\x03\0\0\0" + b"\xff" * 92, b"\0" * 4096]
)
def test_foreign_files_are_refused(tmp_path: Path, content: bytes) -> None:
    """Files that are no GGUF, or only begin like one, are refused."""
    path = tmp_path / "foreign.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="not a usable GGUF"):
        read_header(path)


def test_unreadable_paths_are_refused(tmp_path: Path) -> None:
    """A missing file and a directory are model errors with a hint."""
    for path in (tmp_path / "none.gguf", tmp_path):
        with pytest.raises(ModelError) as caught:
            read_header(path)
        assert str(path) in caught.value.message
        assert caught.value.hint


def _key(name: str, value: object) -> Callable[[Header], None]:
    """Return a change that sets a key of a header."""

    def change(header: Header) -> None:
        header.metadata[name] = value  # type: ignore[assignment] # the test breaks types on purpose

    return change


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (_key("general.architecture", ""), "names no architecture"),
        (_key("split.count", 2), "part of a split model"),
        (_key("hrgc.format", 99), "prompt layout 99"),
        (_key("tokenizer.ggml.model", "bert"), "tokenizer"),
        (_key("tokenizer.ggml.token_type", (1, 2)), "token types"),
        (_key("tokenizer.ggml.scores", (1.0,)), "token scores"),
        (_key("tokenizer.ggml.eos_token_id", 10**6), "eos token"),
        (_key("hrm_text.embedding_length", 63), "do not divide"),
        (_key("hrm_text.embedding_length", 128), "embedding is"),
        (_key("hrm_text.context_length", 0), "context_length"),
        (_key("hrm_text.block_count", 3), "block_count"),
        (_key("hrm_text.rope.dimension_count", 16), "rotary"),
        (_key("hrm_text.rope.freq_base", float("nan")), "freq_base"),
        (_key("hrm_text.attention.head_count_kv", 3), "head_count_kv"),
        (lambda h: h.tensors.pop("hrm.z_l_init"), "z_l_init is missing"),
        (lambda h: h.tensors.update({"extra": h.tensors["hrm.z_l_init"]}), "does not belong"),
        (lambda h: h.kinds.pop("tokenizer.ggml.tokens"), "no vocabulary"),
    ],
)
def test_inconsistent_models_are_refused(model: Path, change: Callable[[Header], object], complaint: str) -> None:
    """Every inconsistency that llama.cpp would answer with an abort is refused by name."""
    header = read_header(model)
    change(header)
    with pytest.raises(ModelError, match=complaint):
        check(header)


def test_a_token_that_occurs_twice_is_refused(model: Path) -> None:
    """llama.cpp asserts that tokens differ."""
    header = read_header(model)
    names = header.tokens
    header.metadata["tokenizer.ggml.tokens"] = (*names[:-1], names[-2])
    with pytest.raises(ModelError, match="occurs twice"):
        check(header)


def test_damaged_headers_never_end_the_process(model: Path, tmp_path: Path) -> None:
    """Cuts and flipped bits anywhere in the header lead to a ModelError or a working model, never to a crash."""
    source, chance, size = model.read_bytes(), random.Random(4), _header_size(model)
    files = []
    for number in range(160):
        data = bytearray(source)
        if number % 8 == 0:
            data = data[: chance.randrange(len(source))]
        for _ in range(chance.choice((1, 1, 2, 6)) if number % 8 else 0):
            near = chance.choice((chance.randrange(1500), chance.randrange(size - 3000, size), chance.randrange(size)))
            data[near] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{number}.gguf"
        path.write_bytes(data)
        files.append(str(path))
    done = subprocess.run([sys.executable, "-c", LOAD_ALL, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]}: {done.stderr}"
    assert done.stderr == ""


def test_damaged_weights_are_refused(model: Path, tmp_path: Path) -> None:
    """Weights that are no numbers are found when the model is loaded."""
    data = bytearray(model.read_bytes())
    data[-4096:] = b"\xff" * 4096
    path = tmp_path / "nan.gguf"
    path.write_bytes(data)
    script = LOAD_ALL.replace("        pass", "        sys.exit(3)")
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, "")
