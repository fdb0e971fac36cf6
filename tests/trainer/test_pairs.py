"""Training pairs: breaks with their repair, records of the Go helper, and the tokens they become."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from hrgc import tokens
from trainer import pack, sample, scene, slips, synth
from trainer.sample import Attempt, Finding, Kind, Part, Sample
from trainer.tokenizer import Tokenizer, TokenizerConfig
from trainer.tokenizer import main as train_tokenizer

POP = (
    "func (s *Stack) Pop(count int) (int, error) {",
    "if len(s.items) == 0 || count < 1 {",
    'return 0, errors.New("empty")',
    "}",
    "last := s.items[len(s.items)-1]",
    "s.items = s.items[:len(s.items)-1]",
    "total := last + count*2",
    "return total, nil",
    "}",
)


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """Return a small tokenizer of Go source."""
    out = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer(TokenizerConfig(out=str(out), vocab_size=2048, max_bytes=400_000, seed=3, report_lines=1000))
    return Tokenizer(out / "tokenizer.model")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (1, {"if cap(s.items) == 0 || count < 1 {", "if len(s.items) != 0 || count < 1 {"}),
        (2, {'return 1, errors.New("empty")'}),
        (4, {"last := s.items[len(s.items)+1]", "last := s.items[len(s.items)-2]"}),
        (6, {"total := last + last*2", "total := last + coutn*2", "total := last - count*2"}),
    ],
)
def test_a_slip_exchanges_one_token(line: int, expected: set[str]) -> None:
    made = {slips.slip(POP, line, random.Random(seed)) for seed in range(400)}
    assert expected <= made
    assert made.isdisjoint({None, POP[line]})


def test_a_line_without_names_or_operators_has_no_slip() -> None:
    assert slips.slip(POP, 3, random.Random(1)) is None
    assert slips.slip(("// count < 1 is refused", "count"), 0, random.Random(1)) is None


def test_a_sample_becomes_prompt_and_response_with_its_parts(tokenizer: Tokenizer) -> None:
    lines = (*POP[:1], "if len(s.items) != 0 || count < 1 {", *POP[2:])
    item = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", lines, "CMP", 2, None, (POP[1],))
    encoded = sample.encode(item, tokenizer)
    assert encoded is not None
    response = tokenizer.decode(encoded.ids[encoded.prompt_length :])
    assert response == (
        "<CONTINUE><PLAN><STEP><INTENT:FIX><TARGET:method><OP:CMP><L2></PLAN><CODE>"
        "if len(s.items) == 0 || count < 1 {</CODE>"
    )
    assert set(encoded.parts[: encoded.prompt_length]) == {Part.NONE}
    plan = [i for i, part in zip(encoded.ids, encoded.parts, strict=True) if part == Part.PLAN]
    assert plan == [tokenizer.ids[name] for name in ("<OP:CMP>", "<L2>", tokens.END_PLAN)]
    assert encoded.parts.count(Part.CONTROL) == 1
    assert encoded.ids[-1] == tokenizer.ids[tokens.END_CODE]


def test_clean_code_is_answered_done_and_history_refine(tokenizer: Tokenizer) -> None:
    clean = sample.encode(Sample("o", Kind.CLEAN, "func", "f", POP), tokenizer)
    assert clean is not None
    assert clean.ids[clean.prompt_length :] == [tokenizer.ids[tokens.DONE]]
    tried = (Attempt("LIT", 3, ('return 1, errors.New("empty")',)),)
    again = Sample("o", Kind.BEHAVIOUR, "func", "f", POP, "LIT", 3, None, (POP[2],), tried=tried)
    encoded = sample.encode(again, tokenizer)
    assert encoded is not None
    assert encoded.ids[encoded.prompt_length] == tokenizer.ids[tokens.REFINE]
    assert tokens.HIST in tokenizer.decode(encoded.ids)


def record_of(window: list[str], fix: dict[str, Any] | None, **more: Any) -> dict[str, Any]:
    """Return a record as the helper writes it."""
    return {
        "pkg": "p", "path": "p.go", "symbol": "f", "kind": "func", "window": window, "fix": fix, "op": "CMP",
        "rule": "r",
        "group": "behaviour", "diags": [], "context": [], "imports": [],
    } | more  # fmt: skip


def test_records_lose_blank_lines_and_keep_their_hunk() -> None:
    window = ["func f() {", "", "a()", "", "b()", "}"]
    item = synth.to_sample(record_of(window, {"first": 3, "last": 5, "lines": ["c()", ""]}), "std")
    assert item is not None
    assert (item.lines, item.mark, item.end_mark, item.code) == (("func f() {", "a()", "b()", "}"), 2, 3, ("c()",))
    behind = synth.to_sample(record_of(window, {"first": 5, "last": 4, "lines": ["x()"]}), "std")
    assert behind is not None
    assert (behind.mark, behind.insert) == (2, True)
    lost = synth.to_sample(record_of(window, {"first": 5, "last": 5, "lines": []}), "std")
    assert lost is not None
    assert (lost.mark, lost.code, lost.insert) == (3, (), False)


def test_findings_point_at_marks() -> None:
    notes = [
        {"code": "UndeclaredName", "stage": "types", "line": 3, "names": ["x"]},
        {"code": "Comma", "stage": "parse", "line": 0, "names": None},
    ]
    fix = {"first": 3, "last": 3, "lines": ["y"]}
    item = synth.to_sample(record_of(["func f() {", "", "x", "}"], fix, diags=notes, group="build"), "std")
    assert item is not None
    assert item.kind == Kind.SYNTAX
    assert [(f.stage, f.mark, f.names) for f in item.findings] == [(2, 2, ("x",)), (1, None, ())]


def test_attempts_never_hold_the_repair() -> None:
    lines = (*POP[:1], "if len(s.items) != 0 || count < 1 {", *POP[2:])
    item = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", lines, "CMP", 2, None, (POP[1],))
    wrong = (*POP[:2], "return 1, nil", *POP[3:])
    other = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", wrong, "LIT", 3, None, (POP[2],))
    found = [a for seed in range(50) for a in scene.attempts(item, [item, other], random.Random(seed))]
    assert found
    assert all((a.mark, a.lines) != (2, item.code) for a in found)
    assert all(item.lines[a.mark - 1 : a.mark] != a.lines for a in found)


def test_written_samples_read_back_equal(tmp_path: Path) -> None:
    found = (Finding(2, "UndeclaredName", 2, ("itmes",)), Finding(4, "TestFail", None, ("TestPop",)))
    made = [
        Sample("o", Kind.CLEAN, "func", "f", POP),
        Sample(
            "o", Kind.BUILD, "method", "Stack.Pop", POP, "NAME", 2, 4, (POP[1], "}"), findings=found, hot=(2, 5),
            context=("type Stack struct",), tried=(Attempt("LIT", 3, ("return 1",)),), problem="fix ▁ Pop",
        ),
    ]  # fmt: skip
    for name in ("one", "two"):
        assert sample.write(tmp_path / f"{name}.jsonl.gz", made) == 2
    assert list(sample.read(tmp_path / "one.jsonl.gz")) == made
    assert (tmp_path / "one.jsonl.gz").read_bytes() == (tmp_path / "two.jsonl.gz").read_bytes()


def test_packing_splits_by_origin_and_counts_what_is_left_out(tmp_path: Path, tokenizer: Tokenizer) -> None:
    names = [f"std:p{number}" for number in range(12)]
    items = [Sample(name, Kind.CLEAN, "func", "f", POP) for name in names for _ in range(5)]
    sample.write(tmp_path / "pairs.jsonl.gz", items)
    config = pack.PackConfig(str(tmp_path), str(tmp_path / "out"), str(tokenizer.path), dev_share=0.5)
    pack.main(config)
    train, dev = (pack.open_shard(tmp_path / "out", split) for split in pack.SPLITS)
    assert len(train) == 5 * sum(not pack.held_out(name, 0.5) for name in names)
    assert len(train) + len(dev) == len(items)
    start, end = train.offsets[0], train.offsets[1]
    encoded = sample.encode(items[0], tokenizer)
    assert encoded is not None
    assert train.tokens[start:end].tolist() == encoded.ids
    assert train.parts[start:end].tolist() == encoded.parts
