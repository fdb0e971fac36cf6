"""Write a checkpoint's averaged weights as a GGUF that llama.cpp runs natively, whatever the architecture.

Run: ``hrgc-train export --run .data/run --out .data/hrgc.gguf --kind q8_0``. The tokenizer travels inside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from hrgc import edit_scorer, tokens
from hrgc.errors import InputError
from trainer import checkpoint, edits, gguf_layouts, record
from trainer.model import Network

KINDS = ("f32", "f16", "q8_0")
COMMIT = "hrgc.training.commit"
"""Key of the commit that a file was written at."""
FORMAT = 1
"""Version of the prompt layout and token table that a file was trained for (``hrgc.format``)."""


@dataclass(frozen=True)
class ExportConfig:
    """What is written where."""

    run: str = ".data/run"
    """Folder with the checkpoint."""
    out: str = ".data/hrgc.gguf"
    tokenizer: str = ".data/tokenizer/tokenizer.model"
    kind: str = "q8_0"
    """Type of the matrices: f32, f16 or q8_0."""
    name: str = "HRGC"
    h_cycles: int = 0
    """Cycles at run time, 0 as trained."""
    l_cycles: int = 0
    rank_plan: float = 1.0
    """Weight of log p(plan) in the engine's ranking (``hrgc-train calibrate`` finds it)."""
    rank_code: float = 1.0
    """Weight of log p(code | plan)."""
    rank_choice: float = 0.0
    """Weight of a candidate's share among those of the same plan."""
    rank_edit: float = 0.0
    """Weight of the edit scorer's rating, where tests fail."""
    rank_build: float = 0.0
    """The same where code does not build."""
    edits: str = ""
    """Folder of ``hrgc-train edits`` with the edit scorer to include; '' for none."""
    control: str = ""
    """What ``hrgc-train calibrate-control`` wrote for the checkpoint; '' leaves the controller as trained."""


@dataclass(frozen=True)
class Vocabulary:
    """A SentencePiece vocabulary as GGUF stores it."""

    pieces: list[bytes]
    scores: list[float]
    types: list[int]


def token_table_hash() -> str:
    """Return the hash that names the token table of the plan language."""
    return hashlib.sha256("\n".join((*tokens.CONTROL_TOKENS, *tokens.SPECIAL_TOKENS)).encode()).hexdigest()


def vocabulary(path: Path) -> Vocabulary:
    """Read pieces, scores and types from the tokenizer's protobuf; the types have the same numbers in GGUF."""
    from sentencepiece import sentencepiece_model_pb2 as schema  # noqa: PLC0415 - needs protobuf, only here

    model: Any = schema.ModelProto()  # type: ignore[attr-defined, unused-ignore]  # made at run time
    model.ParseFromString(path.read_bytes())
    return Vocabulary(
        [piece.piece.encode() for piece in model.pieces],
        [float(piece.score) for piece in model.pieces],
        [int(piece.type) for piece in model.pieces],
    )


def write_gguf(
    model: Network,
    vocab: Vocabulary,
    path: Path,
    *,
    kind: str,
    facts: dict[str, str],
    numbers: Mapping[str, float | Sequence[float]] | None = None,
    scorer: npt.NDArray[np.float32] | None = None,
) -> None:
    """Write *model* to *path* with matrices of *kind*; *facts* and *numbers* become keys under ``hrgc.``.

    *scorer* are the weights of an edit scorer to include.
    """
    import gguf  # noqa: PLC0415 - only this stage needs it

    scratch = path.with_name(f".{path.name}")
    path.parent.mkdir(parents=True, exist_ok=True)
    config = model.config
    writer = gguf.GGUFWriter(str(scratch), config.architecture)
    writer.add_name(facts.get("name", "HRGC"))
    writer.add_license("apache-2.0")
    file_types = {"f32": 0, "f16": 1, "q8_0": 7}
    writer.add_file_type(file_types[kind])
    for key, value in gguf_layouts.keys(model).items():
        name = f"{config.architecture}.{key}"
        if isinstance(value, int):
            writer.add_uint32(name, value)
        else:
            writer.add_float32(name, value)
    _add_vocabulary(writer, vocab)
    writer.add_uint32("hrgc.format", FORMAT)
    writer.add_string("hrgc.token_table", token_table_hash())
    for key, fact in facts.items():
        writer.add_string(f"hrgc.{key}", fact)
    for key, number in (numbers or {}).items():
        if isinstance(number, Sequence):
            writer.add_array(f"hrgc.{key}", [float(value) for value in number])
        else:
            writer.add_float32(f"hrgc.{key}", number)
    if scorer is not None:
        add_scorer(writer, scorer)
    for tensor_name, values in gguf_layouts.tensors(model):
        _add_tensor(writer, tensor_name, values, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    scratch.replace(path)


def add_scorer(writer: Any, scorer: npt.NDArray[np.float32]) -> None:
    """Write an edit scorer's keys."""
    content, scale = edit_scorer.stored(scorer)
    writer.add_array(edit_scorer.WEIGHTS, content)
    writer.add_float32(edit_scorer.SCALE, scale)
    writer.add_uint32(edit_scorer.FORMAT, edit_scorer.VERSION)


def _add_vocabulary(writer: Any, vocab: Vocabulary) -> None:
    """Write the tokenizer's keys: SentencePiece without a space in front and without start and end tokens."""
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(vocab.pieces)
    writer.add_token_scores(vocab.scores)
    writer.add_token_types(vocab.types)
    writer.add_pad_token_id(0)
    writer.add_unk_token_id(1)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(3)
    writer.add_add_bos_token(False)  # noqa: FBT003 - gguf's own signature
    writer.add_add_eos_token(False)  # noqa: FBT003 - likewise
    writer.add_add_space_prefix(False)  # noqa: FBT003 - likewise


def _add_tensor(writer: Any, name: str, values: npt.NDArray[np.float32], kind: str) -> None:
    """Write one tensor; vectors and small tables stay in full precision."""
    import gguf  # noqa: PLC0415 - only this stage needs it

    if values.ndim == 1 or kind == "f32" or name in gguf_layouts.PRECISE:
        writer.add_tensor(name, np.ascontiguousarray(values, np.float32))
    elif kind == "f16":
        writer.add_tensor(name, values.astype(np.float16))
    else:
        quantised = gguf.quants.quantize(values, gguf.GGMLQuantizationType.Q8_0)
        writer.add_tensor(name, quantised, raw_dtype=gguf.GGMLQuantizationType.Q8_0)


def _control(path: Path, step: int) -> dict[str, float | Sequence[float]]:
    """Return the controller's calibration as metadata; raises InputError when it was fitted to another checkpoint."""
    found = record.read_json(path)
    if found["steps"] != step:
        raise InputError(
            f"{path} calibrates step {found['steps']}, the checkpoint is at {step}", "hrgc-train calibrate-control"
        )
    return {"control.temperature": found["temperature"], "control.bias": found["bias"]}


def main(config: ExportConfig) -> None:
    """Export the checkpoint; raises InputError for an unknown kind or a missing checkpoint."""
    if config.kind not in KINDS:
        raise InputError(f"kind {config.kind!r} is none of {', '.join(KINDS)}", "hrgc-train export --kind q8_0")
    folder, out, tokenizer = Path(config.run), Path(config.out), Path(config.tokenizer)
    model, facts = checkpoint.averaged_model(folder, h_cycles=config.h_cycles, l_cycles=config.l_cycles)
    provenance = {
        "name": config.name,
        "training.samples": str(facts["progress"]["samples"]),
        "training.steps": str(facts["progress"]["step"]),
        "training.data": facts["data_hash"],
        COMMIT.removeprefix("hrgc."): record.git_commit(),
        "tokenizer.sha256": record.sha256(tokenizer),
    }
    numbers: dict[str, float | Sequence[float]] = {
        "rank.plan": config.rank_plan,
        "rank.code": config.rank_code,
        "rank.choice": config.rank_choice,
        "rank.edit": config.rank_edit,
        "rank.build": config.rank_build,
    }
    if config.control:
        numbers |= _control(Path(config.control), facts["progress"]["step"])
    scorer = edits.read(Path(config.edits)) if config.edits else None
    vocab = vocabulary(tokenizer)
    write_gguf(model, vocab, out, kind=config.kind, facts=provenance, numbers=numbers, scorer=scorer)
    tqdm.write(f"{out}: {out.stat().st_size / 1e6:.1f} MB, {model.parameter_count() / 1e6:.1f}M parameters")
