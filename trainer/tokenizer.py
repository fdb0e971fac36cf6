"""Train the SentencePiece tokenizer on Go source as prompts show it.

Run: ``hrgc-train tokenizer``. Ids 0-3 are the control tokens, then every token of ``hrgc.tokens.SPECIAL_TOKENS`` as a
user-defined symbol, then bytes and pieces; ids are never written down anywhere else.
"""

from __future__ import annotations

import io
import itertools
import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc import tokens
from hrgc.errors import ModelError
from hrgc.tokens import Segment
from trainer import gosource, record

MODEL_FILE = "tokenizer.model"

_DELIMITER = "\x1f"
_UNITS = re.compile(
    r"\s?(?:[^\W\d]\w*|\d+|\(\)|\[\]|\{\}|&\^=|<<=|>>=|\.\.\.|//|[-+*/%&|^:=!<>]=|&&|\|\||<<|>>|<-|\+\+|--|&\^|[^\w\s])|\s"
)
"""What a piece may span: one word, number or operator with the space before it. An operator that merged with its
neighbours (``)-1],``) would be another row in every surrounding, and its edits would need more samples."""


@dataclass(frozen=True)
class TokenizerConfig:
    """How the tokenizer is trained."""

    out: str = ".data/tokenizer"
    goroot: str = ""
    """Go toolchain folder, '' to look for one."""
    vocab_size: int = tokens.VOCAB_SIZE
    max_bytes: int = 48_000_000
    """Cap of the training text; unique lines are sampled down to it."""
    comment_share: float = 0.25
    """Part of the comment lines that is kept: problems are prose."""
    longest_line: int = 240
    report_lines: int = 1_000_000
    """Lines that are encoded and decoded again for the report: those trained on, then all sources as they stand."""
    seed: int = 17
    threads: int = 1


class Tokenizer:
    """A trained tokenizer: foreign text and segments to ids and back."""

    def __init__(self, path: Path) -> None:
        """Load *path*; raises ModelError when it lacks a token of the table."""
        import sentencepiece  # noqa: PLC0415 - only stages that tokenize pay for it

        if not path.is_file():
            raise ModelError(f"no tokenizer at {path}", "hrgc-train tokenizer")
        self._sp: Any = sentencepiece.SentencePieceProcessor(model_file=str(path))
        self.path = path
        self.size: int = self._sp.get_piece_size()
        known = {self._sp.id_to_piece(at): at for at in range(self.size)}
        if lacking := tokens.missing(frozenset(known)):
            raise ModelError(f"{path} lacks {len(lacking)} tokens, first {lacking[0]}", "hrgc-train tokenizer")
        self.ids: dict[str, int] = {name: known[name] for name in (*tokens.CONTROL_TOKENS, *tokens.SPECIAL_TOKENS)}
        self.first_piece: int = next(at for at in range(self.size) if not self._fixed(at))
        """Ids below it are control tokens, special tokens and bytes."""
        self.text = lru_cache(maxsize=200_000)(self._text)

    def _fixed(self, token: int) -> bool:
        """Tell whether *token* is a control token, a special token or a byte."""
        piece = self._sp.id_to_piece(token)
        return bool(self._sp.is_control(token) or self._sp.is_unknown(token) or self._sp.is_byte(token)) or (
            tokens.is_special(piece)
        )

    def _text(self, text: str) -> tuple[int, ...]:
        """Return the ids of foreign *text* (cached as ``text``)."""
        return tuple(self._sp.encode(text))

    def count(self, text: str) -> int:
        """Return the number of tokens of foreign *text*."""
        return len(self.text(text))

    def encode(self, segments: Iterable[Segment]) -> list[int]:
        """Return the ids of *segments*: one per special token, pieces of foreign text otherwise."""
        out: list[int] = []
        for segment in segments:
            if segment.special:
                out.append(self.ids[segment.text])
            else:
                out.extend(self.text(segment.text))
        return out

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of *ids*, special tokens spelled out."""
        return str(self._sp.decode(list(ids)))


def corpus_lines(config: TokenizerConfig) -> list[str]:
    """Return unique source lines without indentation, sampled to the size cap, in a seeded order."""
    chance = random.Random(config.seed)
    seen: set[str] = set()
    root = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    for _, text in tqdm(gosource.files(root), desc="sources", unit="file"):
        for raw in text.splitlines():
            line = raw.strip()
            if not line or len(line) > config.longest_line or "\u2581" in line:
                continue
            if line.startswith("//") and chance.random() > config.comment_share:
                continue
            seen.add(line)
    lines = sorted(seen)
    chance.shuffle(lines)
    kept, size = [], 0
    for line in lines:
        size += len(line.encode())
        if size > config.max_bytes:
            break
        kept.append(line)
    return kept


def main(config: TokenizerConfig) -> None:
    """Train the tokenizer and write model, report and manifest; raises GoToolError without Go sources."""
    import sentencepiece  # noqa: PLC0415 - importing the stage must stay cheap

    out = Path(config.out)
    out.mkdir(parents=True, exist_ok=True)
    record.save_config(out, "tokenizer", config)
    lines = corpus_lines(config)
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=(_DELIMITER.join(_UNITS.findall(line)) for line in lines),
        pretokenization_delimiter=_DELIMITER,
        model_writer=model,
        model_type="bpe",
        vocab_size=config.vocab_size,
        byte_fallback=True,
        character_coverage=0.9999,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        add_dummy_prefix=False,
        allow_whitespace_only_pieces=True,
        pad_id=0,
        unk_id=1,
        bos_id=2,
        eos_id=3,
        pad_piece=tokens.PAD,
        unk_piece=tokens.UNK,
        bos_piece=tokens.BOS,
        eos_piece=tokens.EOS,
        user_defined_symbols=list(tokens.SPECIAL_TOKENS),
        num_threads=config.threads,
        max_sentence_length=4 * config.longest_line,
        minloglevel=1,
    )
    path = out / MODEL_FILE
    record.write_atomic(path, model.getvalue())
    facts: dict[str, int | float] = {"lines": len(lines), "bytes": sum(len(line.encode()) for line in lines)}
    facts |= measure(
        Tokenizer(path), itertools.islice(itertools.chain(lines, _report_lines(config)), config.report_lines)
    )
    record.save_manifest(out, [path], **facts)
    tqdm.write(f"{path}: {facts}")


def _report_lines(config: TokenizerConfig) -> Iterator[str]:
    """Yield the lines of all Go sources as they stand, indentation and repetitions included."""
    root = gosource.find_goroot(Path(config.goroot) if config.goroot else None)
    for _, text in gosource.files(root):
        yield from text.splitlines()


def measure(tokenizer: Tokenizer, lines: Iterable[str]) -> dict[str, int | float]:
    """Return what a report says of *tokenizer*: pieces per line, unused rows, and how many lines come back unequal."""
    count = pieces = unequal = 0
    used: set[int] = set()
    for line in tqdm(lines, desc="round trip", unit="line", mininterval=1):
        ids = tokenizer.text(line)
        used.update(ids)
        count += 1
        pieces += len(ids)
        unequal += tokenizer.decode(ids) != line
    fixed = len(tokens.SPECIAL_TOKENS) + len(tokens.CONTROL_TOKENS)
    return {
        "report_lines": count,
        "pieces_per_line": round(pieces / max(1, count), 2),
        "unused_rows": tokenizer.size - len(used) - fixed,
        "unequal_lines": unequal,
    }
