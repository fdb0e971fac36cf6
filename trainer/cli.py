"""``hrgc-train``: one subcommand per stage; a stage is imported only when it runs."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Callable
from typing import Any, get_type_hints

import click

from hrgc.errors import ExitCode, HrgcError

STAGES: dict[str, tuple[str, str, str]] = {
    "collect-git": ("trainer.collect_git", "CollectGitConfig", "Collect changes from local git clones or mirrors."),
    "collect-github": ("trainer.collect_github", "CollectGithubConfig", "Collect pull requests over GitHub's API."),
    "annotate": ("trainer.annotate", "AnnotateConfig", "Tag collected changes and extract their plans."),
    "pairs-commits": ("trainer.commit_pairs", "CommitPairsConfig", "Turn collected changes into training pairs."),
    "pairs-source": ("trainer.source_pairs", "SourcePairsConfig", "Break mirrored repositories' code into pairs."),
    "offers": ("trainer.offers", "OffersConfig", "Keep what the catalogue proposes for broken functions."),
    "offers-commits": (
        "trainer.commit_offers",
        "CommitOffersConfig",
        "Keep what the catalogue proposes where people mended something.",
    ),
    "offers-tests": (
        "trainer.tested_offers",
        "FailingOffersConfig",
        "Keep what the catalogue proposes where tests fail.",
    ),
    "edits": ("trainer.edits", "EditsConfig", "Fit the edit scorer to what the catalogue proposes."),
    "show": ("trainer.show", "ShowConfig", "Print random pairs as problem, evidence, plan and diff."),
    "tokenizer": ("trainer.tokenizer", "TokenizerConfig", "Train the tokenizer on the standard library's source."),
    "pairs-std": ("trainer.synth", "SynthConfig", "Break standard library code into training pairs."),
    "pack": ("trainer.pack", "PackConfig", "Turn pairs into token shards."),
    "start": ("trainer.start", "StartConfig", "Count an informed start for runs of few samples."),
    "train": ("trainer.train", "TrainConfig", "Train the model; continues from its last checkpoint."),
    "rollouts": ("trainer.rollouts", "RolloutsConfig", "Turn the model's own wrong edits into training pairs."),
    "proxies": ("trainer.proxies", "ProxiesConfig", "Compare shapes and baselines by short runs of equal compute."),
    "bench-train": ("trainer.bench_train", "BenchTrainConfig", "Measure training beside Transformers' own model."),
    "evaluate": ("trainer.evaluate", "EvaluateConfig", "Measure a checkpoint on held-out pairs."),
    "repair-set": ("trainer.repair_set", "RepairSetConfig", "Break tested packages into whole repair tasks."),
    "bug-set": ("trainer.bug_set", "BugSetConfig", "Make repair tasks of bugs that people wrote by hand."),
    "commit-tasks": (
        "trainer.commit_tasks",
        "CommitTasksConfig",
        "Make whole repair tasks from held-out organisations' commits.",
    ),
    "repairs": ("trainer.repair_eval", "RepairConfig", "Run the engine, with a model or without, on repair tasks."),
    "repairs-report": ("trainer.repair_report", "ReportConfig", "Compare runs on the same repair tasks."),
    "judge-set": ("trainer.judge_set", "JudgeSetConfig", "Judge all candidates of repair tasks once, for any ranking."),
    "rank-report": ("trainer.rank_report", "RankReportConfig", "Compare rankings of judged candidates, task by task."),
    "calibrate": ("trainer.calibrate", "CalibrateConfig", "Fit how much a model's opinion counts in the ranking."),
    "calibrate-control": (
        "trainer.calibrate_control",
        "ControlConfig",
        "Calibrate the controller's decision and measure it.",
    ),
    "export": ("trainer.export", "ExportConfig", "Write a checkpoint as GGUF."),
    "adopt": ("trainer.adopt", "AdoptConfig", "Make a run and a tokenizer out of a released GGUF."),
    "export-hf": ("trainer.transformers_folder", "FolderConfig", "Write a checkpoint as a Transformers folder."),
    "parcel": ("trainer.parcel", "ParcelConfig", "Pack folders or trained weights into parts of limited size."),
    "unparcel": ("trainer.unparcel", "UnparcelConfig", "Unpack a parcel."),
    "release": ("trainer.release", "ReleaseConfig", "Export, and write manifest and model card into models/."),
}
"""Subcommand -> (module, config class, one line of help)."""


class Stages(click.Group):
    """Builds each subcommand from its stage's config dataclass, on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the stages in the order they run."""
        del ctx
        return list(STAGES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a stage, importing only that stage."""
        del ctx
        return _command(cmd_name) if cmd_name in STAGES else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the stages without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in STAGES.items()])


def _command(name: str) -> click.Command:
    """Return the click command of a stage: one option per field of its config."""
    module_name, class_name, text = STAGES[name]
    module = importlib.import_module(module_name)
    config_class: type[Any] = getattr(module, class_name)
    stage: Callable[[Any], None] = module.main
    hints = get_type_hints(config_class)

    def run(**values: object) -> None:
        stage(config_class(**values))

    options: list[click.Parameter] = []
    for field in dataclasses.fields(config_class):
        flag = "--" + field.name.replace("_", "-")
        kind = hints[field.name]
        declaration = f"{flag}/--no-{flag[2:]}" if kind is bool else flag
        required = field.default is dataclasses.MISSING
        options.append(
            click.Option(
                [declaration],
                default=None if required else field.default,
                required=required,
                show_default=True,
                type=None if kind is bool else kind,
            )
        )
    return click.Command(name, callback=run, params=options, help=text)


@click.group(cls=Stages)
def stages() -> None:
    """Make the model: tokenizer, pairs, shards, training, evaluation, export."""


def main() -> None:
    """Run the command line; user errors go to standard error with their hint and exit code."""
    try:
        stages(standalone_mode=False)
    except HrgcError as error:
        click.echo(f"hrgc-train: {error.message}\n  {error.hint}", err=True)
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.USAGE)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(ExitCode.INTERRUPTED)
