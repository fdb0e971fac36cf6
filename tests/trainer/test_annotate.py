"""Plans from changes: intents, targets, documents and the serialised form, measured on samples made for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrgc import tokens
from hrgc.tokens import Intent
from tests.git_repositories import with_history
from trainer import annotate, change, collect_git, hierarchy, intents, plan_extract, record, regions
from trainer.annotate import AnnotateConfig
from trainer.change import Change, FileChange, Remark
from trainer.collect_git import CollectGitConfig
from trainer.commit_helper import CommitHelper

DATA = Path(__file__).parent / "data"
ACCURACY, F1 = 0.90, 0.95
"""Floors; the measured values are in the assertion messages."""


@pytest.fixture
def helper() -> Iterator[CommitHelper]:
    """Return a running Go helper."""
    with CommitHelper.build() as made:
        yield made


def rows(name: str) -> list[list[str]]:
    """Return the rows of a table."""
    lines = (DATA / name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def a_change(body: str, title: str = "Fix it", words: str = "", **more: object) -> Change:
    """Return a change of one file from diff lines."""
    found = tuple(regions.split(1, 1, body))
    return Change(
        "git", "ada/stack", "c" * 40, "p" * 40, "MIT", "2024-05-01T10:00:00Z", "ada", title, words,
        (FileChange("a.go", found),), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_intents_of_the_sample_are_found() -> None:
    table = rows("intents.tsv")
    assert len(table) == 200
    wrong = [
        (want, subject)
        for want, subject, body in table
        if (intents.of_text(subject, body.replace("\\n", "\n")) or Intent.UPDATE).value != want
    ]
    accuracy = 1 - len(wrong) / len(table)
    assert accuracy >= ACCURACY, (accuracy, wrong)


def test_targets_of_the_sample_are_found(helper: CommitHelper) -> None:
    table = rows("targets.tsv")
    items = [a_change(text.replace("\\n", "\n").replace("\\t", "\t")) for _, text in table]
    right = said = wanted = 0
    wrong: list[tuple[str, ...]] = []
    for (want, _), (item, edits) in zip(table, plan_extract.edits(items, helper), strict=True):
        got, expected = set(plan_extract.extract(item, edits).targets), set(want.split(","))
        right, said, wanted = right + len(got & expected), said + len(got), wanted + len(expected)
        if got != expected:
            wrong.append((want, *sorted(got)))
    f1 = 2 * right / (said + wanted)
    assert f1 >= F1, (f1, wrong)


def test_steps_follow_hunks_and_take_their_words_from_the_body(helper: CommitHelper) -> None:
    item = a_change(
        " func (s *Stack) Pop() int {\n+\tif s.n == 0 {\n+\t\treturn 0\n+\t}\n \ts.n--\n"
        "-\treturn s.n\n+\treturn s.items[s.n]\n }\n"
        " \n+func (s *Stack) Peek() int {\n+\treturn s.items[s.n-1]\n+}",
        "Fix Pop of an empty stack",
        "It panicked.\n\n- Guard Pop against an empty stack\n- Add Peek to look without taking",
    )
    ((_, edits),) = plan_extract.edits([item], helper)
    plan = plan_extract.extract(item, edits)
    assert (plan.intent, plan.stated) == (Intent.FIX, True)
    assert [(s.step.op.value, s.step.intent.value, s.step.symbol, s.step.line) for s in plan.steps] == [
        ("GUARD", "FIX", "Stack.Pop", 1), ("INDEX", "FIX", "Stack.Pop", 3), ("DECL", "ADD", "Stack.Peek", 5),
    ]  # fmt: skip
    assert [s.description for s in plan.steps][::2] == [
        "Guard Pop against an empty stack", "Add Peek to look without taking",
    ]  # fmt: skip
    assert plan.targets == ("method:Stack.Pop", "method:Stack.Peek")


def test_without_words_the_diff_decides(helper: CommitHelper) -> None:
    item = a_change("+func New() {\n+}", "stack")
    ((_, edits),) = plan_extract.edits([item], helper)
    plan = plan_extract.extract(item, edits)
    assert (plan.intent, plan.stated) == (Intent.ADD, False)


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("It is slow.", "NAT"),
        ("Call `New` first.", "MIX"),
        ("Do\n\n\tgo test\n", "MIX"),
        ("```go\nx\n```", "MIX"),
        ("", ""),
    ],
)
def test_texts_are_told_apart(text: str, tag: str) -> None:
    assert annotate.tag_text(text) == tag


def test_the_document_and_the_serialised_form_hold_the_whole_record(helper: CommitHelper) -> None:
    item = a_change(
        " func f(a int) bool {\n-\treturn a < 1\n+\treturn a <= 1 // <PLAN>\n }",
        "Fix the bound of f",
        "It was one too low.",
        remarks=(Remark("bo", "Looks <DONE> to me"),),
    )
    ((_, edits),) = plan_extract.edits([item], helper)
    plan = plan_extract.extract(item, edits)
    document = json.loads(json.dumps(hierarchy.document(item, plan, edits)))
    assert document["plan"]["steps"] == [
        {
            "intent": "FIX", "target": "func:f", "operation": "CMP", "file": "a.go", "line": 2,
            "description": "Fix the bound of f",
        }
    ]  # fmt: skip
    assert document["solution"]["validation"]["syntax"] is True
    segments = hierarchy.serialise(item, plan, edits)
    assert hierarchy.from_json(json.loads(json.dumps(hierarchy.to_json(segments)))) == segments
    special = [segment.text for segment in segments if segment.special]
    for name in (
        "REPO",
        "PR_TITLE",
        "PR_BODY",
        "PLAN",
        "CONTEXT",
        "FILE",
        "BEFORE",
        "CODE",
        "AFTER",
        "VALIDATE",
        "COMMENTS",
    ):
        assert special.count(f"<{name}>") == special.count(f"</{name}>") == 1, name
    assert special[special.index(tokens.STEP) :][:5] == ["<STEP>", "<INTENT:FIX>", "<TARGET:func>", "<OP:CMP>", "<L2>"]
    assert tokens.DONE not in special
    text = "".join(segment.text for segment in segments)
    assert "<AFTER>return a <= 1 // <PLAN></AFTER>" in text


def test_the_stage_writes_parts_counts_and_goes_on(tmp_path: Path) -> None:
    with_history(tmp_path / "ada+stack")
    changes, out = tmp_path / "changes", tmp_path / "plans"
    collect_git.main(CollectGitConfig(repositories=str(tmp_path / "ada+stack"), out=str(changes)))
    annotate.main(AnnotateConfig(changes=str(changes), out=str(out)))
    counts = record.read_json(out / record.MANIFEST)["counts"]
    assert counts["changes"] == 3
    assert (counts["intent FIX"], counts["intent stated"], counts["tag CODE"]) == (2, 3, 3)
    (part,) = out.glob(f"*{annotate.SUFFIX}")
    documents = list(change.read_rows(part))
    assert [row["problem"]["description"] for row in documents][-1] == "Fix off by one in Pop"
    before = part.stat().st_mtime_ns
    annotate.main(AnnotateConfig(changes=str(changes), out=str(out)))
    assert part.stat().st_mtime_ns == before
