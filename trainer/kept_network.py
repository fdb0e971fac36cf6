"""A released model file with a new edit scorer and new weights in the ranking: its network stays byte for byte.

What was measured of the network, and what it learned from, stays in the manifest and the card as it was written then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hrgc.errors import InputError
from trainer import card_edits, export, record

_FILE = re.compile(r"\d+\.\d MB, SHA-256 `[0-9a-f]{64}`")
_REPLACED = ("hrgc.rank.", "hrgc.edits.")
"""Beginnings of the keys that are written anew."""


def write(old: Path, new: Path, numbers: Mapping[str, float], scorer: npt.NDArray[np.float32] | None) -> None:
    """Write the network and tokenizer of *old* to *new* with other *numbers* (keys under ``hrgc.``) and *scorer*.

    The copy follows gguf's own ``gguf_new_metadata``.
    """
    import gguf  # noqa: PLC0415 - only this stage needs it

    reader = gguf.GGUFReader(str(old))
    writer = gguf.GGUFWriter(str(new), reader.fields["general.architecture"].contents())
    for name, field in reader.fields.items():
        if name.startswith(("GGUF.", "general.architecture", export.COMMIT, *_REPLACED)):
            continue
        kind = field.types[0]
        sub_kind = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=sub_kind)
    writer.add_string(export.COMMIT, record.git_commit())
    for name, number in numbers.items():
        writer.add_float32(f"hrgc.{name}", number)
    if scorer is not None:
        export.add_scorer(writer, scorer)
    for tensor in reader.tensors:
        writer.add_tensor_info(
            tensor.name, tensor.data.shape, tensor.data.dtype, tensor.data.nbytes, tensor.tensor_type
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        writer.write_tensor_data(tensor.data)
    writer.close()


def told(out: Path, name: str) -> tuple[dict[str, Any], str]:
    """Return what the manifest and the card, up to the edit scorer, say of the released file *name*.

    Raises InputError when it is not there or one of them does not know it.
    """
    if not (out / name).is_file():
        raise InputError(f"no released model at {out / name}", "name a run with --run")
    manifest, readme = out / record.MANIFEST, out / "README.md"
    known = record.read_json(manifest)["models"] if manifest.is_file() else []
    entry = next((row for row in known if row["file"] == name), None)
    if entry is None:
        raise InputError(f"{manifest} does not tell of {name}", "name a run with --run")
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    head, found, _ = text.partition(card_edits.TITLE)
    if not found or not _FILE.search(head):
        raise InputError(f"{readme} is no model card with an edit scorer", "name a run with --run")
    return dict(entry), head


def renamed(head: str, entry: Mapping[str, Any]) -> str:
    """Return a card's head with the size and hash that the manifest's *entry* has now."""
    return _FILE.sub(f"{entry['bytes'] / 1e6:.1f} MB, SHA-256 `{entry['sha256']}`", head)
