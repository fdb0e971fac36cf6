"""What a model file must hold before llama.cpp may see it: vocabulary, sizes and, for ``hrm_text``, all shapes.

llama.cpp answers many inconsistencies with an assertion that ends the process; each of them is refused here first.
"""

from __future__ import annotations

import math

from hrgc import tokens
from hrgc.errors import ModelError
from hrgc.gguf_header import Header, printable

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
"""GGUF token types."""

FORMAT = 1
"""Version of the prompt layout that this program packs; a model says with ``hrgc.format`` what it was trained on."""

_UINT32, _FLOAT32, _STRING = 4, 6, 8
_ARRAY = 100
_ID_KEYS = ("bos", "eos", "eot", "eom", "unknown", "seperator", "padding", "cls", "mask", "fim_pre", "fim_suf")
_MAX_WIDTH = 1 << 16
_MAX_CONTEXT = 1 << 17
_HRM = "hrm_text"


def check(header: Header) -> None:
    """Raise ModelError, naming the first thing that is wrong and what to do, unless *header* can be loaded safely."""
    if not header.architecture:
        raise _refuse(header, "it names no architecture (general.architecture)")
    if (header.integer("split.count") or 0) > 1:
        raise _refuse(header, "it is one part of a split model", "join the parts with llama-gguf-split --merge")
    made_for = header.integer("hrgc.format")
    if made_for not in (None, FORMAT):
        raise _refuse(
            header, f"it was trained on prompt layout {made_for}, this is {FORMAT}", "install the hrgc it was made for"
        )
    _check_vocabulary(header)
    _check_token_table(header)
    _check_sizes(header)
    if header.architecture == _HRM:
        _check_hrm(header)


def _refuse(header: Header, what: str, hint: str = "") -> ModelError:
    """Return the error for *what* is wrong with the file."""
    return ModelError(
        f"{header.path} cannot be used: {printable(what)}",
        hint or "export it again with hrgc-train export, or use --model none",
    )


def _check_vocabulary(header: Header) -> None:
    """Check that tokens, scores and types fit together and that the ids named elsewhere exist."""
    kind = header.text("tokenizer.ggml.model")
    if kind not in ("llama", "gpt2"):
        raise _refuse(
            header, f"its tokenizer {kind or 'has no name'!r} is not one of llama (SentencePiece) and gpt2 (BPE)"
        )
    names = header.tokens
    different = frozenset(names)
    if not names:
        raise _refuse(header, "it has no vocabulary (tokenizer.ggml.tokens)")
    if len(different) != len(names):
        raise _refuse(header, "a token occurs twice in its vocabulary")
    types = header.array("tokenizer.ggml.token_type")
    if len(types) != len(names) or header.kinds["tokenizer.ggml.token_type"] not in (_ARRAY + 4, _ARRAY + 5):
        raise _refuse(header, "its token types do not fit its vocabulary")
    scores = header.array("tokenizer.ggml.scores")
    if kind == "llama" and (len(scores) != len(names) or header.kinds["tokenizer.ggml.scores"] != _ARRAY + _FLOAT32):
        raise _refuse(header, "its token scores do not fit its vocabulary")
    if kind == "llama" and any(f"<0x{byte:02X}>" not in different for byte in range(256)):
        raise _refuse(header, "its vocabulary lacks byte tokens")
    if kind == "gpt2" and header.kinds.get("tokenizer.ggml.merges") != _ARRAY + _STRING:
        raise _refuse(header, "its tokenizer has no merges")
    for key in _ID_KEYS:
        value = header.metadata.get(f"tokenizer.ggml.{key}_token_id")
        if value is not None and not (isinstance(value, int) and 0 <= value < len(names)):
            raise _refuse(header, f"its {key} token is number {value} of {len(names)}")


def _check_token_table(header: Header) -> None:
    """Check the vocabulary against the token table of the plan language."""
    lacking = tokens.missing(frozenset(header.tokens))
    if lacking:
        some = ", ".join(lacking[:5]) + (", ..." if len(lacking) > 5 else "")
        raise _refuse(
            header,
            f"its vocabulary lacks {len(lacking)} of the plan language's {len(tokens.SPECIAL_TOKENS)} tokens: {some}",
            "it was made for another program or version; use one that hrgc model list shows, or --model none",
        )


def _check_sizes(header: Header) -> None:
    """Check the sizes that every decoder has, and the shape of the embedding."""
    width = _size(header, "embedding_length", _MAX_WIDTH)
    _size(header, "context_length", _MAX_CONTEXT)
    _size(header, "block_count", 512)
    heads = _size(header, "attention.head_count", 1024)
    if width % heads:
        raise _refuse(header, f"{heads} attention heads do not divide a width of {width}")
    if header.metadata.get(f"{header.architecture}.attention.causal") is False:
        raise _refuse(header, f"{header.architecture} reads text in both directions and cannot write any")
    _check_optional_sizes(header, width, heads)
    embedding = header.tensors.get("token_embd.weight")
    if embedding is None or embedding.shape != (width, len(header.tokens)):
        shape = embedding.shape if embedding else "missing"
        raise _refuse(header, f"its embedding is {shape}, not {(width, len(header.tokens))}")


def _check_optional_sizes(header: Header, width: int, heads: int) -> None:
    """Check the sizes of attention that have defaults; llama.cpp asserts that views of tensors stay inside them."""
    limits = {
        "attention.head_count_kv": heads,
        "attention.key_length": width,
        "attention.value_length": width,
        "rope.dimension_count": width,
        "feed_forward_length": _MAX_WIDTH,
    }
    found = {
        key: _size(header, key, most)
        for key, most in limits.items()
        if f"{header.architecture}.{key}" in header.metadata
    }
    key_heads = found.get("attention.head_count_kv", heads)
    if heads % key_heads:
        raise _refuse(header, f"{key_heads} key heads do not divide {heads} heads")
    if found.get("rope.dimension_count", 2) % 2:
        raise _refuse(header, f"rotary dimensions are {found['rope.dimension_count']}, an odd number")


def _size(header: Header, key: str, most: int) -> int:
    """Return a size of the architecture, refusing one that is missing, of another type or absurd."""
    name = f"{header.architecture}.{key}"
    value = header.integer(name)
    if value is None or header.kinds[name] != _UINT32 or not 1 <= value <= most:
        raise _refuse(header, f"{name} is {header.metadata.get(name, 'missing')!r}")
    return value


def _check_hrm(header: Header) -> None:
    """Check sizes and every tensor of the ``hrm_text`` architecture."""
    _check_hrm_sizes(header)
    wanted = _hrm_shapes(header)
    allowed = {**wanted, "output.weight": wanted["token_embd.weight"]}
    for name, shape in wanted.items():
        if name not in header.tensors:
            raise _refuse(header, f"the tensor {name} is missing")
        if header.tensors[name].shape != shape:
            raise _refuse(header, f"the tensor {name} is {header.tensors[name].shape}, not {shape}")
    for name, tensor in header.tensors.items():
        if allowed.get(name) != tensor.shape:
            raise _refuse(header, f"the tensor {name} does not belong into this architecture")


def _check_hrm_sizes(header: Header) -> None:
    """Check the sizes of ``hrm_text`` against each other."""
    width, heads = _size(header, "embedding_length", _MAX_WIDTH), _size(header, "attention.head_count", 1024)
    h_cycles, l_cycles = _size(header, "hrm.h_cycles", 64), _size(header, "hrm.l_cycles", 64)
    blocks = _size(header, "hrm.layers_per_stack", 64) * h_cycles * (l_cycles + 1)
    if _size(header, "block_count", 512) != blocks:
        raise _refuse(header, f"{_HRM}.block_count is not layers x h_cycles x (l_cycles + 1) = {blocks}")
    rope = _size(header, "rope.dimension_count", _MAX_WIDTH)
    if rope != width // heads:
        raise _refuse(header, f"rotary dimensions are {rope}, not the head width {width // heads}")
    for key in ("attention.layer_norm_rms_epsilon", "rope.freq_base", "embedding_scale"):
        value = header.number(f"{_HRM}.{key}")
        if value is None or not math.isfinite(value) or value <= 0:
            raise _refuse(header, f"{_HRM}.{key} is {value}")


def _hrm_shapes(header: Header) -> dict[str, tuple[int, ...]]:
    """Return the shape of every tensor that ``hrm_text`` needs, in GGUF order of dimensions."""
    width, feed = _size(header, "embedding_length", _MAX_WIDTH), _size(header, "feed_forward_length", _MAX_WIDTH)
    short = width // _size(header, "attention.head_count", 1024) * _size(header, "attention.head_count_kv", 1024)
    matrices = {
        "attn_q": (width, width), "attn_k": (width, short), "attn_v": (width, short), "attn_gate": (width, width),
        "attn_output": (width, width), "ffn_gate": (width, feed), "ffn_up": (width, feed), "ffn_down": (feed, width),
    }  # fmt: skip
    wanted: dict[str, tuple[int, ...]] = {"hrm.z_l_init": (width,), "token_embd.weight": (width, len(header.tokens))}
    for block in range(2 * _size(header, "hrm.layers_per_stack", 64)):
        wanted |= {f"blk.{block}.{part}.weight": shape for part, shape in matrices.items()}
    return wanted
