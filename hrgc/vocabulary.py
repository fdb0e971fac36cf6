"""A model's tokens: segments to ids, ids back to segments, and which ids may be written.

Ids come from the file; names come from ``hrgc.tokens``. Foreign text can never become a special id: ``encode`` takes
segments, and ``hrgc.tokens.plain`` cuts text that spells one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hrgc import tokens
from hrgc.gguf_check import BYTE, NORMAL
from hrgc.llama import Runtime
from hrgc.tokens import Segment, plain

CACHED_TEXTS = 32768
"""Texts whose ids are remembered; a window's lines come again with every candidate."""


_UNWRITABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]|^<0x(?:0[0-8A-F]|1[0-9A-F]|7F)>$")
"""Pieces and byte tokens with control characters other than the tab: a raw line break would break the line's bounds."""


class Vocabulary:
    """Tokens of one loaded model."""

    def __init__(self, runtime: Runtime) -> None:
        """Read the tables of *runtime*'s file."""
        header = runtime.header
        self.size = runtime.vocabulary_size
        known = {name: at for at, name in enumerate(header.tokens)}
        table = (*tokens.CONTROL_TOKENS, *tokens.SPECIAL_TOKENS)
        self._ids = {name: known[name] for name in table if name in known}
        self._names = {at: name for name, at in self._ids.items()}
        self._piece = lru_cache(maxsize=None)(runtime.piece)
        self.text = lru_cache(maxsize=CACHED_TEXTS)(runtime.tokenize)
        kinds = np.asarray(header.array("tokenizer.ggml.token_type"), np.int64)
        foreign = set(np.flatnonzero((kinds != NORMAL) & (kinds != BYTE)).tolist())
        foreign |= {at for at, name in enumerate(header.tokens) if _UNWRITABLE.search(name)}
        self.ends = frozenset(self._ids[name] for name in (tokens.END_CODE, tokens.EOS) if name in self._ids)
        """Tokens that end written code."""
        self.forbidden = np.array(sorted(foreign - {self.id(tokens.NL), *self.ends}), np.intp)
        """Tokens that code may not hold: all but ``<NL>``, ends, and pieces and bytes without control characters."""
        self.forbidden_first = np.setdiff1d(self.forbidden, [self.id(tokens.INS)])
        """The same for its first token, where ``<INS>`` may stand."""

    def id(self, name: str) -> int:
        """Return the id of a special token; raises KeyError for one that the file lacks (loading refuses those)."""
        return self._ids[name]

    def special_ids(self, names: Iterable[str]) -> NDArray[np.intp]:
        """Return the ids of special tokens, in their order."""
        return np.array([self._ids[name] for name in names], np.intp)

    def count(self, text: str) -> int:
        """Return the number of tokens of foreign *text*."""
        return sum(len(self.text(segment.text)) for segment in plain(text))

    def encode(self, segments: Iterable[Segment]) -> list[int]:
        """Return the ids of *segments*."""
        out: list[int] = []
        for segment in segments:
            if segment.special:
                out.append(self._ids[segment.text])
            else:
                out.extend(self.text(segment.text))
        return out

    def decode(self, ids: Sequence[int]) -> tuple[Segment, ...] | None:
        """Return *ids* as segments, None when the bytes between special tokens are not UTF-8."""
        out: list[Segment] = []
        pending = b""
        for token in ids:
            name = self._names.get(token)
            if name is None:
                pending += self._piece(token)
                continue
            if not _flush(out, pending):
                return None
            pending = b""
            out.append(Segment(name, special=True))
        return tuple(out) if _flush(out, pending) else None


def _flush(out: list[Segment], pending: bytes) -> bool:
    """Append *pending* as foreign text; False when it is not UTF-8."""
    try:
        text = pending.decode("utf-8")
    except UnicodeDecodeError:
        return False
    if text:
        out.append(Segment(text, special=False))
    return True
