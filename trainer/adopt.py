"""Make a run and a tokenizer out of a released GGUF, so that training goes on where only the model file is left.

Run: ``hrgc-train adopt --model models/hrgc-27m-q8_0.gguf --out .data/run``. Weights and average are the file's, in
float32; optimisers and the position in the data are not in it and start afresh.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from tqdm import tqdm

from hrgc import gguf_check, tokens
from hrgc.errors import InputError
from hrgc.gguf_header import Header, read_header
from trainer import checkpoint, export, gguf_layouts, networks, record
from trainer.batches import Position
from trainer.checkpoint import Progress, TrainerState
from trainer.export import Vocabulary
from trainer.model import ModelConfig, Network
from trainer.tokenizer import MODEL_FILE, TokenizerConfig

ARCHITECTURE = "hrm_text"
SAMPLES, STEPS, DATA = "hrgc.training.samples", "hrgc.training.steps", "hrgc.training.data"
TOKENIZER = "hrgc.tokenizer.sha256"
"""Key of the hash of the tokenizer that a file was trained with."""


@dataclass(frozen=True)
class AdoptConfig:
    """What becomes a run."""

    model: str = "models/hrgc-27m-q8_0.gguf"
    """GGUF that ``hrgc-train export`` or ``release`` wrote."""
    out: str = ".data/run"
    """Folder of the run; it must not hold a checkpoint."""
    tokenizer: str = ".data/tokenizer"
    """Folder of the tokenizer; one of the same vocabulary stays as it is."""


def header_of(path: Path) -> Header:
    """Read what *path* says of itself; raises InputError for a foreign file and ModelError for a damaged one."""
    if not path.is_file():
        raise InputError(f"no model at {path}", "hrgc-train adopt --model FILE.gguf")
    header = read_header(path)
    if header.architecture != ARCHITECTURE:
        raise InputError(f"{path} is of architecture {header.architecture!r}", f"only {ARCHITECTURE} can be adopted")
    if DATA not in header.metadata or not all(header.text(key).isdecimal() for key in (SAMPLES, STEPS)):
        raise InputError(f"{path} does not say how it was trained", "adopt a file that hrgc-train export wrote")
    gguf_check.check(header)
    return header


def shape_of(header: Header) -> ModelConfig:
    """Return the shape of the network in a file."""

    def size(key: str) -> int:
        return header.integer(f"{ARCHITECTURE}.{key}") or 0

    def number(key: str) -> float:
        """Return the shortest number that is stored as the file's: 1e-6, not its nearest float32."""
        return float(str(np.float32(header.number(f"{ARCHITECTURE}.{key}") or 0.0)))

    return ModelConfig(
        ARCHITECTURE,
        vocab_size=len(header.tokens),
        width=size("embedding_length"),
        heads=size("attention.head_count"),
        feed_forward=size("feed_forward_length"),
        layers_per_stack=size("hrm.layers_per_stack"),
        h_cycles=size("hrm.h_cycles"),
        l_cycles=size("hrm.l_cycles"),
        context=header.context_length,
        rope_base=number("rope.freq_base"),
        norm_eps=number("attention.layer_norm_rms_epsilon"),
    )


def network_of(header: Header) -> Network:
    """Return the network in a file with its weights in float32; raises InputError for sizes that ours cannot have."""
    import gguf  # noqa: PLC0415 - only this stage and the export need it

    model = networks.build(shape_of(header))
    for key, value in gguf_layouts.keys(model).items():
        stored = header.number(f"{ARCHITECTURE}.{key}")
        if stored is None or np.float32(stored) != np.float32(value):
            raise InputError(f"{header.path} has {key} {stored}, not {value}", "adopt a file that hrgc-train wrote")
    stored_tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(header.path).tensors}
    for name, values in gguf_layouts.tensors(model):
        tensor = stored_tensors[name]
        values[...] = gguf.quants.dequantize(tensor.data, tensor.tensor_type)  # the weight itself, seen by numpy
    return model


def vocabulary_of(header: Header) -> Vocabulary:
    """Return pieces, scores and types in a file."""
    return Vocabulary(
        [piece.encode() for piece in header.tokens],
        [float(cast("float", score)) for score in header.array("tokenizer.ggml.scores")],
        [int(cast("int", kind)) for kind in header.array("tokenizer.ggml.token_type")],
    )


def tokenizer_model(vocab: Vocabulary) -> bytes:
    """Return the SentencePiece model of *vocab* with the settings that ``hrgc-train tokenizer`` trains with."""
    from sentencepiece import sentencepiece_model_pb2 as schema  # noqa: PLC0415 - needs protobuf, only here

    model: Any = schema.ModelProto()  # type: ignore[attr-defined, unused-ignore]  # made at run time
    for text, score, kind in zip(vocab.pieces, vocab.scores, vocab.types, strict=True):
        piece = model.pieces.add(piece=text.decode(), score=score)
        if kind != gguf_check.NORMAL:
            piece.type = kind
    _set_trainer(model.trainer_spec, vocab)
    _set_normalizer(model.normalizer_spec)
    return bytes(model.SerializeToString())


def _set_trainer(spec: Any, vocab: Vocabulary) -> None:
    """Set how the pieces were learned and how text is split into them."""
    spec.model_type = spec.BPE
    spec.vocab_size = len(vocab.pieces)
    spec.character_coverage = 0.9999
    spec.num_threads = TokenizerConfig.threads
    spec.max_sentence_length = 4 * TokenizerConfig.longest_line
    spec.allow_whitespace_only_pieces = True
    spec.byte_fallback = True
    spec.pretokenization_delimiter = "\x1f"
    kinds = zip(vocab.pieces, vocab.types, strict=True)
    spec.user_defined_symbols.extend(text.decode() for text, kind in kinds if kind == gguf_check.USER_DEFINED)
    spec.pad_id, spec.unk_id, spec.bos_id, spec.eos_id = range(4)
    spec.pad_piece, spec.unk_piece, spec.bos_piece, spec.eos_piece = tokens.PAD, tokens.UNK, tokens.BOS, tokens.EOS


def _set_normalizer(spec: Any) -> None:
    """Set that text stays as it is."""
    spec.name = "identity"
    spec.precompiled_charsmap = b""
    spec.add_dummy_prefix = False
    spec.remove_extra_whitespaces = False


def write_tokenizer(header: Header, config: AdoptConfig) -> Path:
    """Write the file's tokenizer unless it is there; raises InputError when another one is."""
    folder = Path(config.tokenizer)
    path, vocab = folder / MODEL_FILE, vocabulary_of(header)
    if path.is_file():
        if export.vocabulary(path) != vocab:
            raise InputError(f"{path} is another tokenizer", "choose another folder with --tokenizer")
        return path
    record.save_config(folder, "adopt", config, model=record.sha256(header.path))
    record.write_atomic(path, tokenizer_model(vocab))
    record.save_manifest(folder, [path])
    return path


def write_run(header: Header, config: AdoptConfig) -> Progress:
    """Write the file's weights as a checkpoint and return its progress; equal files make equal checkpoints."""
    out, progress = Path(config.out), Progress(Position(), int(header.text(STEPS)), int(header.text(SAMPLES)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(progress.step)
        state = TrainerState(network_of(header), [], progress, header.text(DATA))
        record.save_config(out, "adopt", config, model=record.sha256(header.path))
        state.save(out)
    record.save_manifest(out, [out / checkpoint.FILE], step=progress.step, samples=progress.samples)
    return progress


def main(config: AdoptConfig) -> None:
    """Write run and tokenizer; raises InputError for a foreign file and where a checkpoint is already."""
    there = Path(config.out) / checkpoint.FILE
    if there.exists():
        raise InputError(f"{there} is already there", "choose another folder with --out")
    header = header_of(Path(config.model))
    tokenizer = write_tokenizer(header, config)
    progress = write_run(header, config)
    same = record.sha256(tokenizer) == header.text(TOKENIZER)
    tqdm.write(f"{there}: step {progress.step}, {progress.samples} samples, weights of type {header.weights}")
    tqdm.write(f"{tokenizer}: {'the very bytes' if same else 'pieces and scores'} of the tokenizer it was trained with")
