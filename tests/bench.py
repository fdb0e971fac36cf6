"""``make bench``: everything that is compared is measured side by side in one run; only ratios mean anything.

``--quick`` judges fewer candidates. Without a model the runtime's part is left out and said so. ``--packages FOLDER``
compares instead the verdicts on candidates of 20 packages at or below the folder, 120 each.
"""

from __future__ import annotations

from pathlib import Path

import click

from hrgc.bench_model import bench
from hrgc.errors import ModelError
from plugins.golang import bench_check, bench_schemata, bench_verdicts
from tests.bench_start import start_up

PACKAGES = 20
EACH = 120
"""Candidates of a package in the comparison of verdicts."""


def checks(*, quick: bool) -> tuple[str, ...]:
    """Return the resident check beside ``go build -overlay`` for each candidate."""
    found = bench_check.measure(candidates=60 if quick else 200)
    return (
        f"resident check   {found.resident_ms:8.3f} ms a candidate ({found.per_second:.0f} a second)",
        f"go build         {found.build_ms:8.3f} ms a candidate",
        f"ratio            {found.ratio:8.0f} x on the same {found.candidates} candidates",
        f"disagreements    {len(found.disagreements):8d}",
        *(f"  line {d.line}: resident {d.resident!r}, build {d.build!r}" for d in found.disagreements),
    )


def tests(*, quick: bool) -> tuple[str, ...]:
    """Return one test binary for all candidates beside one ``go test -overlay`` each."""
    return bench_schemata.measure(20 if quick else 100).lines()


def verdicts(folder: Path) -> None:
    """Print whether shared binaries and one ``go test`` each agree on real packages' candidates."""
    done = []
    for found in bench_verdicts.measure([folder], wanted=PACKAGES, each=EACH):
        print("\n".join(found.lines()), flush=True)
        done.append(found.bench)
    total, different = sum(b.candidates for b in done), sum(len(b.disagreements) for b in done)
    print(f"{total} candidates of {len(done)} packages, {different} disagreements")


def model() -> tuple[str, ...]:
    """Return the runtime beside llama.cpp's own figures for the same file."""
    try:
        return bench().lines()
    except ModelError as error:
        return (f"no model to measure: {error.message}",)


@click.command()
@click.option("--quick", is_flag=True)
@click.option("--packages", type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(*, quick: bool, packages: Path | None) -> None:
    """Print every part, or the verdicts on real packages."""
    if packages is not None:
        verdicts(packages)
        return
    for title, part in (
        ("start-up", start_up),
        ("type checks", lambda: checks(quick=quick)),
        ("tests", lambda: tests(quick=quick)),
        ("model", model),
    ):
        print(f"\n{title}", flush=True)
        for line in part():
            print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
