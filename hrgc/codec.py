"""Frozen dataclasses to JSON values and back, by their annotations; what traces and reports are made of.

Knows no particular dataclass and touches no file. Bytes become ``{"text": ...}`` when they are UTF-8 and
``{"base64": ...}`` otherwise, paths become strings, tuples become lists, infinite floats become their names.
"""

from __future__ import annotations

import base64
import math
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from hrgc.errors import InputError

_T = TypeVar("_T")


def encode(value: object) -> Any:
    """Return *value* as JSON data; raises TypeError for a kind of value that is not supported."""
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(encode(key)): encode(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    return _encode_scalar(value)


def _encode_scalar(value: object) -> Any:
    """Encode what JSON has no form of its own for."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return _encode_bytes(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"cannot encode {type(value).__name__}")


def decode(kind: type[_T], data: object) -> _T:
    """Return JSON *data* as a value of *kind*; raises InputError naming the field that does not fit."""
    return cast("_T", _decode(kind, data, kind.__name__))


def _encode_bytes(value: bytes) -> dict[str, str]:
    """Return bytes as text when that loses nothing."""
    try:
        return {"text": value.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}


def _decode_bytes(data: object) -> bytes:
    """Read what ``_encode_bytes`` wrote; raises KeyError, ValueError or TypeError when it did not."""
    if not isinstance(data, Mapping):
        raise TypeError("bytes need an object with text or base64")
    return str(data["text"]).encode("utf-8") if "text" in data else base64.b64decode(data["base64"], validate=True)


@cache
def _hints(kind: type) -> dict[str, Any]:
    """Return the resolved annotations of a dataclass."""
    return get_type_hints(kind)


def _decode(kind: Any, data: object, where: str) -> object:
    """Decode by annotation; *where* is the dotted name for messages."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _decode_union(kind, data, where)
    if origin is tuple:
        return _decode_tuple(get_args(kind), data, where)
    if origin is not None and issubclass(origin, Mapping):
        key, item = get_args(kind)
        rows = _need(data, dict, where)
        return {_decode(key, k, where): _decode(item, v, f"{where}.{k}") for k, v in rows.items()}
    if is_dataclass(kind):
        return _decode_dataclass(cast("type", kind), data, where)
    return _decode_scalar(kind, data, where)


def _decode_dataclass(kind: type, data: object, where: str) -> object:
    """Decode an object; fields that are absent keep their default, unknown ones are ignored (newer writers)."""
    row = _need(data, dict, where)
    hints = _hints(kind)
    values = {
        field.name: _decode(hints[field.name], row[field.name], f"{where}.{field.name}")
        for field in fields(kind)
        if field.name in row
    }
    try:
        return kind(**values)
    except TypeError as error:
        raise InputError(f"{where}: {error}", "the file was written by another version of hrgc") from None


def _decode_union(kind: Any, data: object, where: str) -> object:
    """Decode an optional value, or the first alternative that fits."""
    arms = get_args(kind)
    if data is None and types.NoneType in arms:
        return None
    problem: InputError | None = None
    for arm in arms:
        if arm is types.NoneType:
            continue
        try:
            return _decode(arm, data, where)
        except InputError as error:
            problem = error
    raise problem or _misfit(where, data)


def _decode_tuple(arms: tuple[Any, ...], data: object, where: str) -> tuple[object, ...]:
    """Decode ``tuple[X, ...]`` and tuples of fixed length."""
    rows = _need(data, list, where)
    if len(arms) == 2 and arms[1] is Ellipsis:
        return tuple(_decode(arms[0], row, f"{where}[{i}]") for i, row in enumerate(rows))
    if len(arms) != len(rows):
        raise _misfit(where, data)
    return tuple(_decode(arm, row, f"{where}[{i}]") for i, (arm, row) in enumerate(zip(arms, rows, strict=True)))


def _decode_scalar(kind: Any, data: object, where: str) -> object:
    """Decode a value without parts."""
    try:
        if kind in (Any, object):
            return data
        if kind is bytes:
            return _decode_bytes(data)
        if kind is float and isinstance(data, int | float | str) and not isinstance(data, bool):
            return float(data)
        if issubclass(kind, Enum):
            return kind(data)
        if kind is Path and isinstance(data, str):
            return Path(data)
        if isinstance(data, kind) and (kind is bool or not isinstance(data, bool)):
            return data
    except (KeyError, TypeError, ValueError):
        pass
    raise _misfit(where, data)


def _need(data: object, kind: type[_T], where: str) -> _T:
    """Return *data* when it is a *kind*; raises InputError otherwise."""
    if not isinstance(data, kind):
        raise _misfit(where, data)
    return data


def _misfit(where: str, data: object) -> InputError:
    """Return the error for data that does not fit."""
    shown = repr(data)
    return InputError(
        f"{where} cannot be {shown if len(shown) <= 60 else shown[:57] + '...'}",
        "the file is damaged, or was written by another version of hrgc",
    )
