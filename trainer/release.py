"""Put a trained model into ``models/``: GGUF, manifest and model card, every number taken from what the tools wrote.

Run: ``hrgc-train release --run .data/run --evaluation .data/evaluation.json``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from hrgc.errors import InputError
from trainer import checkpoint, curves, evaluate, export, record, repair_report
from trainer.export import ExportConfig
from trainer.model import ModelConfig

MANIFEST = "manifest.json"
MAX_BYTES = 40_000_000
"""Largest model file that belongs into the repository."""


@dataclass(frozen=True)
class ReleaseConfig:
    """What is released."""

    run: str = ".data/run"
    tokenizer: str = ".data/tokenizer"
    pairs: str = ".data/pairs-std"
    evaluation: str = ".data/evaluation.json"
    """What ``hrgc-train evaluate`` wrote for this checkpoint."""
    out: str = "models"
    name: str = "hrgc-27m-q8_0"
    kind: str = "q8_0"
    calibration: str = ".data/calibration.json"
    """What ``hrgc-train calibrate`` wrote; without it the model's opinion counts in full."""
    repairs: str = ""
    """Outcome files of ``hrgc-train repairs`` for the card, separated by commas, the one without a model first."""


def main(config: ReleaseConfig) -> None:
    """Write the model, its manifest and its card; raises InputError for a missing or foreign evaluation."""
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
    plan, code = float(fitted.get("plan", 1.0)), float(fitted.get("code", 1.0))
    export.main(
        ExportConfig(config.run, str(path), str(tokenizer), config.kind, "HRGC", rank_plan=plan, rank_code=code)
    )
    size = path.stat().st_size
    if size > MAX_BYTES:
        path.unlink()
        raise InputError(f"the model has {size} bytes, more than {MAX_BYTES}", "use --kind q8_0")
    entry = {
        "file": path.name,
        "sha256": record.sha256(path),
        "description": f"HRM-Text, {model.parameter_count() / 1e6:.1f}M parameters, trained on the Go standard library",
        "bytes": size,
        "parameters": model.parameter_count(),
        "format": export.FORMAT,
        "token_table": export.token_table_hash(),
        "shape": asdict(model.config),
        "training": facts["progress"] | {"data_hash": facts["data_hash"]},
        "evaluation": measured,
        "ranking": {key: value for key, value in fitted.items() if key != "table"},
    }
    record.write_json(out / MANIFEST, {"models": [entry]})
    card = render(entry, model.config, Path(config.tokenizer), Path(config.pairs), run)
    if fitted:
        without = fitted["without_model"]
        card += _RANKING.format(**fitted, without_rank=without["reciprocal_rank"], without_ten=without["within_ten"])
    if config.repairs:
        compared = repair_report.report(Path(name) for name in config.repairs.split(","))
        card += _REPAIRS.format(table=compared)
    record.write_atomic(out / "README.md", card.encode())
    record.write_atomic(out / "Modelfile", _MODELFILE.format(file=path.name, context=model.config.context).encode())
    tqdm.write(f"{path}: {size / 1e6:.1f} MB, with {MANIFEST}, README.md and Modelfile")


def _inputs(folder: Path) -> dict[str, Any]:
    """Return a stage's manifest and configuration, empty when the folder is not here."""
    out: dict[str, Any] = {}
    for name in (record.CONFIG, record.MANIFEST):
        if (folder / name).is_file():
            out |= record.read_json(folder / name)
    return out


_MODELFILE = """# ollama create hrgc -f Modelfile; prompts are raw (hrgc writes them), so the template adds nothing.
FROM ./{file}
TEMPLATE "{{{{ .Prompt }}}}"
PARAMETER num_ctx {context}
PARAMETER temperature 0
PARAMETER stop "</CODE>"
PARAMETER stop "<DONE>"
"""

_RANKING = """
## Weights in the ranking

Fitted by `hrgc-train calibrate` on {tasks} repair tasks that are not reported elsewhere: log p(plan) counts {plan:g},
log p(code | plan) {code:g} beside the proposers' priors. On those tasks the right candidate has mean reciprocal rank
{reciprocal_rank:.3f} (without the model {without_rank:.3f}) and is among the first ten in {within_ten:.0%}
(without {without_ten:.0%}).
"""

_REPAIRS = """
## Whole repairs, with and without this model

The same engine on the same tasks: mutants of tested functions in repositories that were never trained on, half of the
tests shown, all of them judging. A call is a test run.

{table}"""

_CARD = """# Model card

Written by `hrgc-train release`; do not edit. Every number comes from the run's own records.

`{file}`: {description}. {megabytes:.1f} MB, SHA-256 `{sha256}`.

## Network

HRM-Text (`hrm_text` in llama.cpp): width {shape.width}, {shape.heads} heads, feed-forward {shape.feed_forward},
{shape.layers_per_stack} layers in each of the two stacks, {shape.h_cycles} x ({shape.l_cycles} L + 1 H) passes,
{shape.vocab_size:,} tokens, {shape.context:,} positions, {parameters:,} parameters (embedding tied).

## Data

Functions of the Go standard library and its commands ({goroot}, BSD licence), broken by typed operators and judged by
the type checker; the answer is the edit that restores the code. No benchmark and no other repository was used.
Tokenizer: SentencePiece BPE, {lines:,} lines, {pieces_per_line} pieces a line, {unused_rows:,} rows unused.
Packages are split by a hash of their path: what is measured below comes from packages that were never trained on.

## Training

{steps:,} steps, {samples:,} samples, {minutes:.0f} minutes of wall clock on two shared CPU cores at lowest priority.
Loss 0.4 plan + 0.4 code + 0.2 control; the averaged weights are shipped.

{curve}
## Held-out packages

At most {limit} samples of `{pairs}`, shares in percent; intervals are in `manifest.json`. Lines are ranked over the
whole window; `pair` is operation and line together; `code_exact` is the greedy text behind the right plan.

{table}

## Limits

Trained for CPU minutes, not GPU hours: it ranks candidates that validators judge, and is not fit to write code alone.
It knows one hunk at a time, windows of at most 96 lines, and English requests of a few words.
"""


def render(entry: dict[str, Any], shape: ModelConfig, tokenizer: Path, pairs: Path, run: Path) -> str:
    """Return the model card."""
    words, made, training = _inputs(tokenizer), _inputs(pairs), entry["training"]
    return _CARD.format(
        file=entry["file"],
        description=entry["description"],
        megabytes=entry["bytes"] / 1e6,
        sha256=entry["sha256"],
        shape=shape,
        parameters=entry["parameters"],
        goroot=made.get("goroot", "the installed toolchain"),
        lines=words.get("lines", 0),
        pieces_per_line=words.get("pieces_per_line", "?"),
        unused_rows=words.get("unused_rows", 0),
        steps=training["step"],
        samples=training["samples"],
        minutes=training["seconds"] / 60,
        curve=_curve(run),
        limit=entry["evaluation"]["limit"],
        pairs=Path(entry["evaluation"]["pairs"]).name,
        table="\n".join(evaluate.table(entry["evaluation"]["groups"])),
    )


def _curve(run: Path) -> str:
    """Return the held-out losses of the run as a table."""
    path = run / curves.FILE
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.is_file() else []
    held_out = [row for row in rows if row["split"] == "dev"]
    if not held_out:
        return ""
    names = ("samples", "loss_control", "loss_plan", "loss_code", "right_op", "right_line", "right_code")
    head = [f"| {' | '.join(names)} |", "|" + " ---: |" * len(names)]
    step = max(1, len(held_out) // 12)
    chosen = [*held_out[:-1:step], held_out[-1]]
    body = [f"| {' | '.join(f'{row[name]:g}' for name in names)} |" for row in chosen]
    return "\n".join((*head, *body, ""))
