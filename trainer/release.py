"""Put a trained model into ``models/``: GGUF, manifest and model card, every number taken from what the tools wrote.

Run: ``hrgc-train release --run .data/run --evaluation .data/evaluation.json``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from tqdm import tqdm

from hrgc.errors import InputError
from hrgc.gguf_header import read_header
from trainer import card, card_edits, checkpoint, export, provenance, record
from trainer.export import ExportConfig

MANIFEST = "manifest.json"
MAX_BYTES = 40_000_000
"""Largest model file that belongs into the repository."""


@dataclass(frozen=True)
class ReleaseConfig:
    """What is released."""

    run: str = ".data/run"
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
    out, run = Path(config.out), Path(config.run)
    if not Path(config.evaluation).is_file():
        raise InputError(f"no evaluation at {config.evaluation}", f"hrgc-train evaluate --run {config.run}")
    measured = record.read_json(Path(config.evaluation))
    model, facts = checkpoint.averaged_model(run)
    if measured["steps"] != facts["progress"]["step"]:
        raise InputError(
            f"{config.evaluation} measures step {measured['steps']}, the checkpoint is at {facts['progress']['step']}",
            f"hrgc-train evaluate --run {config.run} --out {config.evaluation}",
        )
    path = out / f"{config.name}.gguf"
    tokenizer = Path(config.tokenizer) / "tokenizer.model"
    fitted = record.read_json(Path(config.calibration)) if Path(config.calibration).is_file() else {}
    control = config.control if Path(config.control).is_file() else ""
    edits = Path(config.edits) / record.MANIFEST
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".new-{path.name}")
    export.main(
        ExportConfig(
            config.run,
            str(fresh),
            str(tokenizer),
            config.kind,
            "HRGC",
            rank_plan=float(fitted.get("plan", ExportConfig.rank_plan)),
            rank_code=float(fitted.get("code", ExportConfig.rank_code)),
            rank_choice=float(fitted.get("choice", ExportConfig.rank_choice)),
            rank_edit=float(fitted.get("edit", ExportConfig.rank_edit)),
            edits=config.edits if edits.is_file() else "",
            control=control,
        )
    )
    size = fresh.stat().st_size
    if size > MAX_BYTES:
        fresh.unlink()
        raise InputError(f"the model has {size} bytes, more than {MAX_BYTES}", "use --kind q8_0")
    if path.is_file() and same_model(path, fresh):
        fresh.unlink()
    else:
        fresh.replace(path)
    compared = record.read_json(Path(config.rankings)) if Path(config.rankings).is_file() else {}
    decisions = record.read_json(Path(control)) if control else {}
    entry = {
        "file": path.name,
        "sha256": record.sha256(path),
        "description": f"HRM-Text, {model.parameter_count() / 1e6:.1f}M parameters, trained on Go source text",
        "bytes": size,
        "parameters": model.parameter_count(),
        "format": export.FORMAT,
        "token_table": export.token_table_hash(),
        "shape": asdict(model.config),
        "training": facts["progress"] | {"data_hash": facts["data_hash"]},
        "evaluation": measured,
        "ranking": {key: value for key, value in fitted.items() if key != "table"},
        "rankings": compared,
        "controller": decisions,
    }
    record.write_json(out / MANIFEST, {"models": [entry]})
    folders = [Path(name) for name in filter(None, config.pairs.split(","))]
    record.write_json(out / provenance.FILE, provenance.gather(folders))
    sources = card.Sources(run, Path(config.tokenizer), tuple(folders))
    others = Path(config.proxies)
    sections = [
        *([card_edits.section(record.read_json(edits))] if edits.is_file() else []),
        *([card.ranking(fitted)] if fitted else []),
        *([card.rankings(compared)] if compared else []),
        *([card.control(decisions)] if decisions else []),
        *([card.shapes(record.read_json(others))] if others.is_file() else []),
        *([card.repairs(config.repairs)] if config.repairs else []),
    ]
    for section in sections:
        for name, plot in section.plots.items():
            record.write_atomic(out / name, plot.encode())
    text = card.head(entry, model.config, sources) + "".join(section.text for section in sections)
    record.write_atomic(out / "README.md", text.encode())
    record.write_atomic(out / "Modelfile", _MODELFILE.format(file=path.name, context=model.config.context).encode())
    tqdm.write(f"{path}: {size / 1e6:.1f} MB, with {MANIFEST}, {provenance.FILE}, README.md and Modelfile")


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
