"""Wrong edits become samples with the type checker's findings; right ones and other repairs do not."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hrgc.model import PlanChoice, ScriptedModel, Written
from hrgc.tokens import Intent, Op, Target
from tests.git_repositories import TinyRepository
from trainer import rollouts, sample
from trainer.commit_helper import CommitHelper
from trainer.gitlog import Repository
from trainer.rollout_packages import Packages
from trainer.rollout_state import Checker, Edit, Place, Verdict, faulty, find
from trainer.rollouts import RolloutsConfig
from trainer.sample import Attempt, Finding, Kind, Sample

SOURCE = """package demo

import "strings"

// Upper returns the upper-case names that are not empty.
func Upper(names []string) []string {
\tvar out []string

\tfor _, name := range names {
\t\tif name != "" {
\t\t\tout = append(out, strings.ToUpper(name))
\t\t}
\t}
\treturn out
}
"""
BROKEN = Sample(
    "std:demo", Kind.BUILD, "func", "Upper",
    (
        "func Upper(names []string) []string {", "var out []string", "for _, name := range names {",
        'if name != "" {', "out = append(out, strings.ToUper(name))", "}", "}", "return out", "}",
    ),
    op="FIELD", mark=5, code=("out = append(out, strings.ToUpper(name))",),
    findings=(Finding(2, "UndeclaredImportedName", 5, ("ToUper",)),),
)  # fmt: skip


@pytest.fixture(scope="module")
def checker(shared_cache: Path) -> Iterator[Checker]:
    """Return a checker with the real helper."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HRGC_CACHE_DIR", str(shared_cache))  # the module's fixture runs before the test's isolation
        with CommitHelper.build() as helper:
            yield Checker(helper)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Return the function in its package."""
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo.go").write_text(SOURCE)
    (tmp_path / "demo" / "demo_test.go").write_text("package demo\n\nfunc Upper() {}\n")
    found = find(BROKEN, Packages(tmp_path).files(BROKEN))
    assert found is not None
    return found


def edit(mark: int, *lines: str, insert: bool = False) -> Edit:
    """Return an edit of one line."""
    return Edit("FIELD", mark, mark, lines, insert)


def test_a_window_is_found_where_its_repair_stands(place: Place, tmp_path: Path) -> None:
    assert (place.path, place.first, len(place.lines)) == ("demo/demo.go", 5, 10)
    lines = faulty(place, BROKEN)
    assert "\n".join(lines) == "\n".join(place.lines).replace("ToUpper", "ToUper")
    assert find(replace(BROKEN, code=("out = nil",)), Packages(tmp_path).files(BROKEN)) is None


@pytest.mark.parametrize("package", ["deep/demo", "."])
def test_a_window_is_found_in_a_mirror_at_its_commit(tmp_path: Path, package: str) -> None:
    """Later commits and tests do not matter; packages of repositories that are not there have no files."""
    folder = "" if package == "." else f"{package}/"
    tests = "package demo\n\nfunc Upper() {}\n"
    repository = TinyRepository(
        tmp_path / "owner+name", {f"{folder}demo.go": SOURCE, f"{folder}demo_test.go": tests, "other/a.go": tests}
    )
    commit = Repository(repository.path).head
    repository.commit("change", {f"{folder}demo.go": SOURCE.replace("ToUpper", "ToLower")})
    item = replace(BROKEN, origin="owner/name", source=f"owner/name@{commit[:12]}:{package} MIT AND ISC")
    packages = Packages(tmp_path, str(tmp_path))
    found = find(item, packages.files(item))
    assert found is not None
    assert found.path == f"{folder}demo.go"
    assert list(found.files) == [f"{folder}demo.go"]
    assert packages.files(replace(item, source="owner/another@123:demo MIT")) == {}


@pytest.mark.parametrize("windows", [1, 3, 7, 40, 100])
def test_windows_are_taken_evenly(tmp_path: Path, windows: int) -> None:
    sample.write(tmp_path / "pairs.jsonl.gz", [replace(BROKEN, symbol=str(at)) for at in range(40)])
    found = [int(item.symbol) for item in rollouts.chosen(RolloutsConfig(str(tmp_path), windows=windows, dev_share=0))]
    assert len(found) == min(40, windows)
    assert found == sorted(set(found))
    gaps = [after - before for before, after in itertools.pairwise(found)]
    assert not gaps or max(gaps) <= 2 * min(gaps)


def test_an_insertion_and_a_deletion_keep_the_rest_in_place(place: Place) -> None:
    missing = replace(
        BROKEN, lines=(*BROKEN.lines[:1], *BROKEN.lines[2:4], BROKEN.code[0], *BROKEN.lines[5:]), mark=1, insert=True,
        code=("var out []string",), findings=(),
    )  # fmt: skip
    assert [line.strip() for line in faulty(place, missing)] == list(missing.lines)
    assert faulty(place, missing)[1] == "\n\tfor _, name := range names {"


def test_edits_repeat_each_other_by_what_they_read_like_and_lead_to() -> None:
    """Another operation, a line more that stays as it is, and blanks make no other attempt."""
    plan = PlanChoice(Op.DELETE, 5, None, Intent.FIX, Target.FUNC, -0.1)
    gone = Edit.written(plan, Written((" ", ""), insert=False, logprob=-1.0))
    assert gone.lines == ()
    lines = BROKEN.lines
    longer = Edit("REWRITE", 5, 6, ("}",), insert=False)
    assert gone.repeats(longer, lines)
    assert gone.repeats(replace(gone, op="CALL"), lines)
    assert replace(gone, end=6).repeats(gone, lines)
    assert not gone.repeats(edit(5, "out = nil"), lines)


@pytest.mark.go
@pytest.mark.parametrize(
    ("proposed", "verdict", "code"),
    [
        (edit(5, "out = append(out, strings.ToUpper(name))"), Verdict.RIGHT, ""),
        (edit(5, "out = append(out, strings.ToLower(name))"), Verdict.OTHER, ""),
        (edit(5, "out = append(out, strings.ToUpper(names))"), Verdict.WRONG, "IncompatibleAssign"),
        (edit(5, "out = append(out, strings.ToUpper(name)"), Verdict.WRONG, ""),
        (edit(4, "if nam != nil {"), Verdict.WRONG, "UndeclaredName"),
        (edit(5, "out  =  append(out, strings.ToUper(name))"), Verdict.SAME, ""),
    ],
)
def test_the_type_checker_judges_edits(
    checker: Checker, place: Place, proposed: Edit, verdict: Verdict, code: str
) -> None:
    found, row = checker.judge(BROKEN, place, proposed)
    assert found == verdict
    assert (row["diags"][0]["code"] if row else "") == code


@pytest.mark.go
def test_behaviour_that_checks_but_is_not_the_repair_is_wrong(checker: Checker, place: Place) -> None:
    mutant = replace(BROKEN, kind=Kind.BEHAVIOUR, findings=(), op="CMP", mark=4, code=('if name != "" {',))
    lines = list(BROKEN.lines)
    lines[3:5] = ['if name == "" {', BROKEN.code[0]]
    mutant = replace(mutant, lines=tuple(lines))
    assert checker.judge(mutant, place, edit(4, 'if name == "a" {'))[0] == Verdict.WRONG


@pytest.mark.go
@pytest.mark.usefixtures("place")
def test_wrong_edits_become_history_and_states(checker: Checker, tmp_path: Path) -> None:
    plan = PlanChoice(Op.FIELD, 5, None, Intent.FIX, Target.FUNC, -0.1)
    wrong, right = "out = append(out, strings.ToUpper(names))", BROKEN.code[0]
    model = ScriptedModel(
        plan_answers=[(plan,), (plan,)],
        texts=[(Written((wrong,), insert=False, logprob=-1.0),), (Written((right,), insert=False, logprob=-1.0),)],
    )
    config = RolloutsConfig(deliberate_share=0.0, state_share=1.0)
    explorer = rollouts.Explorer(config, model, checker, Packages(tmp_path))
    made = list(explorer.explore(BROKEN, random.Random(1)))
    assert [item.rule for item in made] == ["rollout-state", "rollout"]
    state, history = made
    assert state.lines[4] == wrong
    assert (state.mark, state.code) == (5, (right,))
    assert state.findings[0].code == "IncompatibleAssign"
    assert (state.control, state.origin) == ("<CONTINUE>", BROKEN.origin)
    assert history.tried == (Attempt("FIELD", 5, (wrong,)),)
    assert (history.control, history.lines, history.code) == ("<REFINE>", BROKEN.lines, BROKEN.code)
    assert explorer.counts["wrong"] == explorer.counts["right"] == 1
    assert len(model.prompts) == 2
    assert "<HIST>" in [segment.text for segment in model.prompts[1]]
