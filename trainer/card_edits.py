"""The model card's part about the edit scorer, from what ``hrgc-train edits`` wrote."""

from __future__ import annotations

from typing import Any

from trainer.card import Section

_WHAT = {
    "offers": "functions broken by the operators",
    "offers-algo": "algorithmic functions broken by the operators",
    "offers-commits": "small hunks of real commits that say they fix something",
    "offers-changes": "small hunks of real commits of any kind",
    "offers-tests": "functions broken so that a test of theirs fails",
    "offers-build": "functions broken so that they do not build",
    "offers-build-commits": "real commits with a hunk taken back, so that they do not build",
}
TITLE = "\n## Edit scorer\n"
"""Where the part begins."""
_TEXT = """{title}
`hrgc-train edits`: {weights:,} weights over hashed features of an edit and its surroundings (patterns of tokens that it
brings or takes away, names by their types, words of the comment, what the rest of the file repeats, how the results of
failing tests are wrong), fitted to tell the candidate that mends a function from the catalogue's others:
{training} tasks, {choosing} more to choose the pass, parts of {repositories} repositories. Rank of the mending
candidate among at most some fifty, in organisations that were never trained on:

| tasks | of | ranked by | first | in 3 | in 10 | reciprocal rank |
| --- | ---: | --- | ---: | ---: | ---: | ---: |
{rows}
"""


def section(told: dict[str, Any]) -> Section:
    """Return the part of the card."""
    rows = []
    for name, tables in told["held_out"].items():
        if not tables["prior"]["tasks"]:
            continue
        for by, table in (("the catalogue's prior", tables["prior"]), ("prior and scorer", tables["scorer"])):
            shares = " | ".join(f"{table[key]:.0%}" for key in ("top1", "top3", "top10"))
            what = _WHAT.get(name.rstrip("-0123456789"), name)
            rows.append(f"| {what} | {table['tasks']:,} | {by} | {shares} | {table['reciprocal_rank']:.3f} |")
    counts = {key: " + ".join(f"{count:,}" for count in told["tasks"][key]) for key in ("training", "choosing")}
    text = _TEXT.format(
        title=TITLE, weights=told["weights"], repositories=told["repositories"], rows="\n".join(rows), **counts
    )
    return Section(text, {})
