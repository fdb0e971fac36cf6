"""Pairs from changes of tiny repositories: hunks, half-applied commits, duplicates, a look at them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrgc.errors import InputError
from tests.git_repositories import TinyRepository, with_history
from trainer import collect_git, commit_pairs, pack, provenance, record, sample, show
from trainer.collect_git import CollectGitConfig
from trainer.commit_pairs import CommitPairsConfig
from trainer.dedupe import Deduplicator
from trainer.sample import Finding, Kind, Sample
from trainer.show import ShowConfig


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, shared_cache: Path) -> Iterator[Path]:
    """Return a folder with ``changes`` and ``pairs`` of a training and a held-out repository."""
    root = tmp_path_factory.mktemp("chain")
    patch = pytest.MonkeyPatch()
    patch.setenv("HRGC_CACHE_DIR", str(shared_cache))  # the module's fixture runs before the test's isolation
    made = with_history(root / "repositories" / "ada+stack")
    made.edit("Rename total to sum", "stack.go", ("total", "sum"))
    other = TinyRepository(root / "repositories" / "urfave+tiny")
    other.edit("Add a peek to Pop", "stack.go", ("return last, nil", "s.pops += 1\n\treturn last, nil"))
    collect_git.main(CollectGitConfig(repositories=str(root / "repositories"), out=str(root / "changes")))
    make_pairs(root)
    yield root
    patch.undo()


def make_pairs(root: Path) -> None:
    """Run the pairs stage."""
    commit_pairs.main(
        CommitPairsConfig(
            changes=str(root / "changes"), out=str(root / "pairs"), mirrors=str(root / "repositories"), refine_share=0.5
        )
    )


def train_pairs(root: Path) -> list[Sample]:
    """Return the training pairs."""
    return [item for path in pack.pair_files(str(root / "pairs" / "train")) for item in sample.read(path)]


def test_real_hunks_carry_the_subject_the_intent_and_where_they_come_from(chain: Path) -> None:
    found = [item for item in train_pairs(chain) if item.kind == Kind.COMMIT]
    by_problem = {item.problem: item for item in found}
    fixed = by_problem["Fix off by one in Pop"]
    assert (fixed.op, fixed.intent, fixed.target, fixed.symbol) == ("CMP", "FIX", "method", "Stack.Pop")
    assert fixed.lines[fixed.mark - 1] == "if len(s.items) < 0 {"
    assert fixed.code == ("if len(s.items) == 0 {",)
    assert fixed.origin == "ada"
    assert fixed.source.startswith("ada/stack@")
    assert fixed.source.endswith(":stack.go MIT")


def test_half_applied_commits_give_true_build_errors(chain: Path) -> None:
    found = [item for item in train_pairs(chain) if item.rule == "half-applied"]
    assert found
    for item in found:
        assert item.kind in {Kind.BUILD, Kind.SYNTAX}
        assert item.findings
        assert any(note.mark for note in item.findings)
        assert show.repaired(item) != item.lines
    named = [item for item in found if any(note.code == "UndeclaredName" for note in item.findings)]
    assert {item.symbol for item in named} == {"Stack.Sum"}


def test_organisations_are_kept_apart(chain: Path) -> None:
    assert [path.name for path in (chain / "pairs" / "heldout").iterdir()] == ["urfave+tiny.jsonl.gz"]
    assert {item.origin for item in train_pairs(chain)} == {"ada"}
    counts = record.read_json(chain / "pairs" / record.MANIFEST)["counts"]
    assert counts["train pairs"] == len(train_pairs(chain))
    assert counts["licence MIT"] == counts["train pairs"] + counts["heldout pairs"]
    assert counts["changes"] == 5


def test_running_again_goes_on_from_the_parts_and_ends_the_same(chain: Path) -> None:
    before = train_pairs(chain)
    part = next((chain / "pairs" / "raw").glob("ada*.jsonl.gz"))
    made = part.stat().st_mtime_ns
    next((chain / "pairs" / "raw").glob("urfave*.counts.json")).unlink()
    make_pairs(chain)
    assert part.stat().st_mtime_ns == made
    assert train_pairs(chain) == before


def test_show_prints_problem_evidence_plan_and_diff(chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show.main(ShowConfig(pairs=str(chain / "pairs" / "train"), op="cmp", count=1))
    text = capsys.readouterr().out
    assert "problem:  Fix off by one in Pop" in text
    assert "plan:     FIX method, line 2: change the comparison [CMP]" in text
    assert "    2 - if len(s.items) < 0 {\n      + if len(s.items) == 0 {" in text
    show.main(ShowConfig(pairs=str(chain / "pairs" / "train"), rule="half-applied", count=1))
    assert "evidence: types " in capsys.readouterr().out
    show.main(ShowConfig(pairs=str(chain / "pairs"), report=True))
    assert "licence:\n  MIT" in capsys.readouterr().out
    with pytest.raises(InputError, match="filters"):
        show.main(ShowConfig(pairs=str(chain / "pairs" / "train"), contains="no such text"))


def an_edit(**more: object) -> Sample:
    """Return a sample of a longer function."""
    lines = ("func f() {", *(f"a{n} := g{n}(b{n}, c{n})" for n in range(12)), "}")
    base = Sample("ada", Kind.COMMIT, "func", "f", lines, "CALL", 6, None, ("a4 := h4(b4, c4)",))
    return dataclasses.replace(base, **more)  # type: ignore[arg-type]


def test_provenance_names_repositories_commits_and_licences(chain: Path) -> None:
    (row,) = provenance.gather([chain / "pairs" / "train"])
    assert (row["repository"], row["licence"]) == ("ada/stack", ["MIT"])
    assert row["commits"] == len({item.source.partition(":")[0] for item in train_pairs(chain)}) > 1
    assert row["pairs"] == len(train_pairs(chain))


def test_duplicates_are_dropped_exactly_and_nearly() -> None:
    seen = Deduplicator()
    assert seen.seen(an_edit()) == ""
    assert seen.seen(an_edit(origin="bo", problem="another")) == "exact"
    near = list(an_edit().lines)
    near[2] = "a1 := g1(b1, d1)"
    assert seen.seen(an_edit(lines=tuple(near))) == "near"
    assert seen.seen(an_edit(mark=10, code=("a8 := h8(b8)",))) == ""
    assert seen.seen(an_edit(findings=(Finding(2, "UndeclaredName"),))) in {"", "near"}
