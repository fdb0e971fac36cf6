"""Put a trained model into ``models/``: GGUF, manifest and model card, every number taken from what the tools wrote.

Run: ``hrgc-train release --run .data/run --evaluation .data/evaluation.json``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.errors import InputError
from hrgc.gguf_header import read_header
from trainer import card, card_edits, checkpoint, export, kept_network, provenance, record
from trainer import edits as scoring
from trainer.export import ExportConfig

MANIFEST = "manifest.json"
MAX_BYTES = 40_000_000
"""Largest model file that belongs into the repository."""


@dataclass(frozen=True)
class ReleaseConfig:
    """What is released."""

    run: str = ".data/run"
    """The run whose network is released; '' keeps the network of the file that is there, and what is said of it."""
    tokenizer: str = ".data/tokenizer"
    pairs: str = ".data/pairs-std"
    """Folders of pairs that were trained on, separated by commas."""
    evaluation: str = ".data/evaluation.json"
    """What ``hrgc-train evaluate`` wrote for this checkpoint."""
    out: str = "models"
    name: str = "hrgc-27m-q8_0"
    kind: str = "q8_0"
    calibration: str = ".data/calibration.json"
    """What ``hrgc-train calibrate`` wrote; without it the model's opinion counts as ``export`` has it."""
    rankings: str = ".data/rankings.json"
    """What ``hrgc-train rank-report`` wrote for the released weights."""
    control: str = ".data/control.json"
    """What ``hrgc-train calibrate-control`` wrote; without it the controller stays as trained."""
    edits: str = ".data/edits"
    """Folder of ``hrgc-train edits``; without it the model has no edit scorer."""
    proxies: str = ".data/proxies.json"
    """What ``hrgc-train proxies`` wrote; without it the card compares no shapes."""
    repairs: str = ""
    """Outcome files of ``hrgc-train repairs`` for the card, separated by commas, the one without a model first.

    Several sets are written ``name=FILE,FILE;name=FILE,FILE``.
    """


def main(config: ReleaseConfig) -> None:
    """Write the model, its manifest and its card; raises InputError for a missing or foreign evaluation.

    A file that is there and holds the same model stays as it is.
    """
    out = Path(config.out)
    path = out / f"{config.name}.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    fitted, compared, decisions = map(_read, (config.calibration, config.rankings, config.control))
    edits = _read(str(Path(config.edits) / record.MANIFEST))
    scratch = path.with_name(f".new-{path.name}")
    numbers = _numbers(fitted, edits)
    if config.run:
        entry, head, sources = _trained(config, path, scratch, numbers, scored=bool(edits))
    else:
        entry, head = kept_network.told(out, path.name)
        kept_network.write(path, scratch, numbers, scoring.read(Path(config.edits)) if edits else None)
        _place(path, scratch)
        entry |= {"bytes": path.stat().st_size, "sha256": record.sha256(path)}
        head, sources = kept_network.renamed(head, entry), provenance.read(out)
    entry |= {
        "ranking": {key: value for key, value in fitted.items() if key != "table"},
        "rankings": compared,
        "controller": decisions,
    }
    record.write_json(out / MANIFEST, {"models": [entry]})
    record.write_json(out / provenance.FILE, provenance.with_offers(sources, edits.get("sources", ())))
    others = _read(config.proxies)
    sections = [
        *([card_edits.section(edits)] if edits else []),
        *([card.ranking(fitted)] if fitted else []),
        *([card.rankings(compared)] if compared else []),
        *([card.control(decisions)] if decisions else []),
        *([card.shapes(others)] if others else []),
        *([card.repairs(config.repairs)] if config.repairs else []),
    ]
    for section in sections:
        for name, plot in section.plots.items():
            record.write_atomic(out / name, plot.encode())
    record.write_atomic(out / "README.md", (head + "".join(section.text for section in sections)).encode())
    context = entry["shape"]["context"]
    record.write_atomic(out / "Modelfile", _MODELFILE.format(file=path.name, context=context).encode())
    tqdm.write(f"{path}: {entry['bytes'] / 1e6:.1f} MB, with {MANIFEST}, {provenance.FILE}, README.md and Modelfile")


def _read(name: str) -> dict[str, Any]:
    """Return a document, an empty one for a file that is not there."""
    found: dict[str, Any] = record.read_json(Path(name)) if Path(name).is_file() else {}
    return found


def _numbers(fitted: dict[str, Any], edits: dict[str, Any]) -> dict[str, float]:
    """Return the weights in the ranking: what was calibrated, and for builds the scorer as it was fitted to them."""
    usual = {"plan": ExportConfig.rank_plan, "code": ExportConfig.rank_code}
    found = {
        f"rank.{name}": float(fitted.get(name, usual.get(name, 0.0))) for name in ("plan", "code", "choice", "edit")
    }
    return found | {"rank.build": 1.0 / edits["prior"]["build"] if edits else 0.0}


def _trained(
    config: ReleaseConfig, path: Path, scratch: Path, numbers: dict[str, float], *, scored: bool
) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """Write a run's network; returns the manifest's entry, the card's head and the sources of the pairs."""
    run = Path(config.run)
    if not Path(config.evaluation).is_file():
        raise InputError(f"no evaluation at {config.evaluation}", f"hrgc-train evaluate --run {config.run}")
    measured = record.read_json(Path(config.evaluation))
    model, facts = checkpoint.averaged_model(run)
    if measured["steps"] != facts["progress"]["step"]:
        raise InputError(
            f"{config.evaluation} measures step {measured['steps']}, the checkpoint is at {facts['progress']['step']}",
            f"hrgc-train evaluate --run {config.run} --out {config.evaluation}",
        )
    export.main(
        ExportConfig(
            config.run,
            str(scratch),
            str(Path(config.tokenizer) / "tokenizer.model"),
            config.kind,
            "HRGC",
            edits=config.edits if scored else "",
            control=config.control if Path(config.control).is_file() else "",
            rank_plan=numbers["rank.plan"],
            rank_code=numbers["rank.code"],
            rank_choice=numbers["rank.choice"],
            rank_edit=numbers["rank.edit"],
            rank_build=numbers["rank.build"],
        )
    )
    _place(path, scratch)
    entry = {
        "file": path.name,
        "sha256": record.sha256(path),
        "description": f"HRM-Text, {model.parameter_count() / 1e6:.1f}M parameters, trained on Go source text",
        "bytes": path.stat().st_size,
        "parameters": model.parameter_count(),
        "format": export.FORMAT,
        "token_table": export.token_table_hash(),
        "shape": asdict(model.config),
        "training": facts["progress"] | {"data_hash": facts["data_hash"]},
        "evaluation": measured,
    }
    folders = [Path(name) for name in filter(None, config.pairs.split(","))]
    head = card.head(entry, model.config, card.Sources(run, Path(config.tokenizer), tuple(folders)))
    return entry, head, provenance.gather(folders)


def _place(path: Path, scratch: Path) -> None:
    """Put a written model in place unless the same is there; raises InputError for one that is too large."""
    size = scratch.stat().st_size
    if size > MAX_BYTES:
        scratch.unlink()
        raise InputError(f"the model has {size} bytes, more than {MAX_BYTES}", "use --kind q8_0")
    if path.is_file() and same_model(path, scratch):
        scratch.unlink()
    else:
        scratch.replace(path)


def same_model(old: Path, new: Path) -> bool:
    """Tell whether two GGUF files differ in nothing but the commit that wrote them."""
    contents = (p.read_bytes().replace(read_header(p).text(export.COMMIT).encode(), b"") for p in (old, new))
    return next(contents) == next(contents)


_MODELFILE = """# ollama create hrgc -f Modelfile; prompts are raw (hrgc writes them), so the template adds nothing.
FROM ./{file}
TEMPLATE "{{{{ .Prompt }}}}"
PARAMETER num_ctx {context}
PARAMETER temperature 0
PARAMETER stop "</CODE>"
PARAMETER stop "<DONE>"
"""
