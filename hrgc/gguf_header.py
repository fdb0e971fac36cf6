"""Read a GGUF's header (metadata and tensor table) in pure Python, trusting nothing in the file.

Knows the container format only; what a model must hold is ``hrgc.gguf_check``'s business. Nothing native runs here, so
a damaged file ends in a ModelError and never in an abort inside llama.cpp.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import NamedTuple, cast

from hrgc.errors import ModelError

Value = int | float | bool | str | tuple["Value", ...]
"""A metadata value; arrays are tuples."""

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MAX_ENTRIES = 1 << 16
"""Most keys or tensors; real files hold hundreds."""
DEFAULT_ALIGNMENT = 32

STRINGS = 108
"""What ``Header.kinds`` says of an array of strings."""
_STRING, _ARRAY, _BOOL = 8, 9, 7
_SCALARS: dict[int, str] = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
"""struct codes of the scalar value types."""

_BLOCKS: dict[int, tuple[int, int]] = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34), 9: (32, 36),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292), 16: (256, 66),
    17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82), 23: (256, 136),
    24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2), 34: (256, 54),
    35: (256, 66), 39: (32, 17),
}  # fmt: skip
"""Weights and bytes of a block by tensor type (F32, F16, Q4_0 .. MXFP4)."""

_TYPE_NAMES: dict[int, str] = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 10: "Q2_K", 11: "Q3_K", 12: "Q4_K",
    13: "Q5_K", 14: "Q6_K", 20: "IQ4_NL", 23: "IQ4_XS", 30: "BF16", 39: "MXFP4",
}  # fmt: skip

_HINT = "the file is damaged or no GGUF; fetch or export it again, or use --model none"


class Tensor(NamedTuple):
    """One row of the tensor table."""

    name: str
    shape: tuple[int, ...]
    """Sizes, fastest-running dimension first, as GGUF stores them."""
    kind: int
    """GGML type number."""
    offset: int
    """Bytes from the start of the data section."""
    size: int
    """Bytes of data."""


@dataclass(frozen=True, slots=True)
class Header:
    """Everything in a GGUF but the weights."""

    path: Path
    metadata: dict[str, Value]
    kinds: dict[str, int]
    """GGUF value type of each key; for arrays 100 + the type of the elements."""
    tensors: dict[str, Tensor] = field(repr=False)

    def text(self, key: str) -> str:
        """Return the string under *key*, '' when there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def integer(self, key: str) -> int | None:
        """Return the integer under *key*, None when there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def number(self, key: str) -> float | None:
        """Return the number under *key*, None when there is none."""
        value = self.metadata.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    def array(self, key: str) -> tuple[Value, ...]:
        """Return the array under *key*, empty when there is none."""
        value = self.metadata.get(key)
        return value if isinstance(value, tuple) else ()

    @property
    def architecture(self) -> str:
        """llama.cpp's name of the architecture, ``hrm_text`` for ours."""
        return self.text("general.architecture")

    @property
    def tokens(self) -> tuple[str, ...]:
        """The vocabulary in id order."""
        key = "tokenizer.ggml.tokens"
        return cast("tuple[str, ...]", self.array(key)) if self.kinds.get(key) == STRINGS else ()

    @property
    def context_length(self) -> int:
        """Positions the model was trained for, 0 when the file does not say."""
        return self.integer(f"{self.architecture}.context_length") or 0

    @property
    def weights(self) -> str:
        """Type of most of the weights: ``Q8_0``, ``F16`` .., '' without tensors."""
        sizes: dict[int, int] = {}
        for tensor in self.tensors.values():
            sizes[tensor.kind] = sizes.get(tensor.kind, 0) + prod(tensor.shape)
        kind = max(sizes, key=lambda k: sizes[k], default=-1)
        return _TYPE_NAMES.get(kind, f"type {kind}" if sizes else "")

    @property
    def parameters(self) -> int:
        """Number of stored weights."""
        return sum(prod(tensor.shape) for tensor in self.tensors.values())


class _Reader:
    """A cursor over the mapped file that raises ModelError instead of reading past the end."""

    def __init__(self, data: mmap.mmap, path: Path) -> None:
        self.data, self.path, self.at, self.size = data, path, 0, len(data)

    def fail(self, what: str) -> ModelError:
        """Return the error for *what* is wrong at the cursor."""
        return ModelError(f"{self.path} is not a usable GGUF: {what}", _HINT)

    def take(self, size: int) -> bytes:
        """Return the next *size* bytes."""
        if size < 0 or size > self.size - self.at:
            raise self.fail(f"it ends inside its header, at byte {self.at}")
        start, self.at = self.at, self.at + size
        return self.data[start : self.at]

    def number(self, code: str) -> int:
        """Return the next integer of struct type *code*."""
        value: int = struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]
        return value

    def string(self) -> str:
        """Return the next string; bytes that are not UTF-8 come as surrogates."""
        return self.take(self.number("Q")).decode("utf-8", "surrogateescape")

    def count(self, what: str) -> int:
        """Return the next 64-bit count, refusing absurd ones."""
        value = self.number("Q")
        if value > MAX_ENTRIES:
            raise self.fail(f"it claims {value} {what}")
        return value

    def strings(self, count: int) -> tuple[str, ...]:
        """Return the next *count* strings; the loop is written out because vocabularies are long."""
        out, data, at, size = [], self.data, self.at, self.size
        unpack = struct.Struct("<Q").unpack_from
        for _ in range(count):
            if at + 8 > size:
                raise self.fail("its vocabulary is cut off")
            length = unpack(data, at)[0]
            end = at + 8 + length
            if end > size:
                raise self.fail("its vocabulary is cut off")
            out.append(data[at + 8 : end].decode("utf-8", "surrogateescape"))
            at = end
        self.at = at
        return tuple(out)

    def value(self, kind: int) -> tuple[Value, int]:
        """Return the next value of type *kind* and its type, 100 + the elements' for arrays."""
        if kind == _STRING:
            return self.string(), kind
        if kind == _ARRAY:
            inner, count = self.number("I"), self.number("Q")
            return self._array(inner, count), 100 + inner
        code = _SCALARS.get(kind)
        if code is None:
            raise self.fail(f"it holds a value of unknown type {kind}")
        if kind == _BOOL:
            return self._bool(), kind
        value: Value = struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]
        return value, kind

    def _bool(self) -> bool:
        """Return the next truth value, a byte that must be 0 or 1."""
        byte = self.take(1)[0]
        if byte > 1:
            raise self.fail(f"it holds a truth value of {byte}")
        return byte == 1

    def _array(self, inner: int, count: int) -> tuple[Value, ...]:
        """Return an array of *count* values; arrays of arrays do not occur in models."""
        if inner == _STRING:
            return self.strings(count)
        code = _SCALARS.get(inner)
        if code is None:
            raise self.fail(f"it holds an array of unknown type {inner}")
        width = struct.calcsize("<" + code)
        if count > (self.size - self.at) // width:
            raise self.fail(f"it claims an array of {count} values")
        return struct.unpack(f"<{count}{code}", self.take(width * count))


def printable(text: str) -> str:
    """Return foreign *text* without control characters, which could reprogram a terminal."""
    return "".join(character for character in text if character.isprintable())


def read_header(path: Path) -> Header:
    """Read the header of *path*; raises ModelError when it is unreadable, no GGUF, inconsistent or cut off."""
    try:
        with path.open("rb") as stream:
            if stream.seek(0, 2) < 24:
                raise ModelError(f"{path} is too short for a GGUF", _HINT)
            with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _parse(_Reader(data, path))
    except FileNotFoundError:
        raise ModelError(f"no model file at {path}", "hrgc model list shows the models that are there") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ModelError(f"cannot read the model {path}: {reason}", "name a readable .gguf file") from None


def _parse(reader: _Reader) -> Header:
    """Read metadata and tensor table, and check that the weights are all there."""
    if reader.take(4) != MAGIC:
        raise reader.fail("it does not begin with GGUF")
    version = reader.number("I")
    if version not in VERSIONS:
        raise reader.fail(f"version {version} is not known")
    tensor_count, key_count = reader.count("tensors"), reader.count("keys")
    metadata: dict[str, Value] = {}
    kinds: dict[str, int] = {}
    for _ in range(key_count):
        key = reader.string()
        if key in metadata:
            raise reader.fail(f"the key {key!r} occurs twice")
        metadata[key], kinds[key] = reader.value(reader.number("I"))
    alignment = _alignment(metadata, kinds, reader.fail)
    tensors: dict[str, Tensor] = {}
    end = 0
    for _ in range(tensor_count):
        tensor = _tensor(reader)
        if tensor.name in tensors:
            raise reader.fail(f"the tensor {tensor.name!r} occurs twice")
        if tensor.offset != end:
            raise reader.fail(f"the tensor {tensor.name!r} is not where it should be")
        tensors[tensor.name] = tensor
        end = _padded(tensor.offset + tensor.size, alignment)
    start = _padded(reader.at, alignment)
    last = max((t.offset + t.size for t in tensors.values()), default=0)
    if start + last > reader.size:
        raise reader.fail(f"{start + last - reader.size} bytes of its weights are missing")
    return Header(reader.path, metadata, kinds, tensors)


def _alignment(metadata: dict[str, Value], kinds: dict[str, int], fail: Callable[[str], ModelError]) -> int:
    """Return the alignment of the data section."""
    value = metadata.get("general.alignment", DEFAULT_ALIGNMENT)
    known = kinds.get("general.alignment", 4) == 4
    if not known or not isinstance(value, int) or not 1 <= value <= 1 << 20 or value & (value - 1):
        raise fail(f"an alignment of {value!r} is impossible")
    return value


def _tensor(reader: _Reader) -> Tensor:
    """Read one row of the tensor table."""
    name = reader.string()
    if len(name.encode("utf-8", "surrogateescape")) >= 64:
        raise reader.fail(f"the tensor name {name[:20]!r}... is too long")
    dimensions = reader.number("I")
    if not 1 <= dimensions <= 4:
        raise reader.fail(f"the tensor {name!r} has {dimensions} dimensions")
    shape = tuple(reader.number("Q") for _ in range(dimensions))
    kind, offset = reader.number("I"), reader.number("Q")
    if kind not in _BLOCKS:
        raise reader.fail(f"the tensor {name!r} has the unknown type {kind}")
    weights, width = _BLOCKS[kind]
    if 0 in shape or prod(shape) > 1 << 48 or shape[0] % weights:
        raise reader.fail(f"the tensor {name!r} has the impossible shape {shape}")
    return Tensor(name, shape, kind, offset, prod(shape) // weights * width)


def _padded(size: int, alignment: int) -> int:
    """Return *size* rounded up to a multiple of *alignment*."""
    return -(-size // alignment) * alignment
