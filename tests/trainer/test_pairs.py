"""Training pairs: breaks with their repair, records of the Go helper, and the tokens they become."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from hrgc import tokens
from trainer import breaks, lexical, pack, sample, scene, synth
from trainer.sample import Kind, Part, Sample
from trainer.tokenizer import Tokenizer, TokenizerConfig
from trainer.tokenizer import main as train_tokenizer

SOURCE = """package stack

import "errors"

func helper(n int) error {
	return nil
}

// Pop takes the last item.
func (s *Stack) Pop(count int) (int, error) {
	if len(s.items) == 0 || count < 1 {
		return 0, errors.New("empty")
	}

	last := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	total := last + count*2
	helper(total)
	return total, nil
}
"""


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """Return a small tokenizer of Go source."""
    out = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer(TokenizerConfig(out=str(out), vocab_size=2048, max_bytes=400_000, seed=3))
    return Tokenizer(out / "tokenizer.model")


@pytest.fixture
def pop() -> lexical.Function:
    """Return the method of ``SOURCE``."""
    return list(lexical.functions(SOURCE, "std:stack"))[-1]


def repaired(item: Sample) -> tuple[str, ...]:
    """Return the window with the sample's answer carried out."""
    end = item.end_mark or item.mark
    if item.insert:
        return (*item.lines[: item.mark], *item.code, *item.lines[item.mark :])
    return (*item.lines[: item.mark - 1], *item.code, *item.lines[end:])


def test_functions_are_found_with_their_context(pop: lexical.Function) -> None:
    assert pop.symbol == "Stack.Pop"
    assert pop.target == "method"
    assert pop.lines[0].startswith("func (s *Stack) Pop")
    assert pop.lines[-1] == "}"
    assert "" not in pop.lines
    assert pop.context == ("func helper(n int) error", 'import "errors"')


@pytest.mark.parametrize("rule", sorted(breaks.RULES))
def test_each_break_carries_the_repair_that_restores_the_window(rule: str, pop: lexical.Function) -> None:
    made = [breaks.RULES[rule][1](pop.lines, random.Random(seed)) for seed in range(40)]
    found = [broken for broken in made if broken is not None]
    if not found:
        pytest.skip("the rule has nothing to break in this function")
    for broken in found:
        item = Sample(
            "o", broken.kind, "method", "Stack.Pop", broken.lines, broken.op, broken.mark, broken.end_mark,
            broken.code, broken.insert,
        )  # fmt: skip
        assert repaired(item) == pop.lines


def test_a_sample_becomes_prompt_and_response_with_its_parts(pop: lexical.Function, tokenizer: Tokenizer) -> None:
    lines = (*pop.lines[:1], "if len(s.items) != 0 || count < 1 {", *pop.lines[2:])
    item = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", lines, "CMP", 2, None, (pop.lines[1],))
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


def test_clean_code_is_answered_done_and_history_refine(pop: lexical.Function, tokenizer: Tokenizer) -> None:
    clean = sample.encode(Sample("o", Kind.CLEAN, "func", "f", pop.lines), tokenizer)
    assert clean is not None
    assert clean.ids[clean.prompt_length :] == [tokenizer.ids[tokens.DONE]]
    tried = (sample.Attempt("LIT", 3, ('return 1, errors.New("empty")',)),)
    again = Sample("o", Kind.BEHAVIOUR, "func", "f", pop.lines, "LIT", 3, None, (pop.lines[2],), tried=tried)
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


def test_attempts_never_hold_the_repair(pop: lexical.Function) -> None:
    lines = (*pop.lines[:1], "if len(s.items) != 0 || count < 1 {", *pop.lines[2:])
    item = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", lines, "CMP", 2, None, (pop.lines[1],))
    wrong = (*pop.lines[:2], "return 1, nil", *pop.lines[3:])
    other = Sample("o", Kind.BEHAVIOUR, "method", "Stack.Pop", wrong, "LIT", 3, None, (pop.lines[2],))
    found = [a for seed in range(50) for a in scene.attempts(item, [item, other], random.Random(seed))]
    assert found
    assert all((a.mark, a.lines) != (2, item.code) for a in found)


def test_written_samples_read_back_equal(tmp_path: Path, pop: lexical.Function) -> None:
    made = list(lexical.broken_samples(pop, lexical.LexicalConfig(), random.Random(2)))
    assert sample.write(tmp_path / "pairs.jsonl.gz", made) == len(made) > 2
    assert list(sample.read(tmp_path / "pairs.jsonl.gz")) == made


def test_packing_splits_by_origin_and_counts_what_is_left_out(
    tmp_path: Path, pop: lexical.Function, tokenizer: Tokenizer
) -> None:
    names = [f"std:p{number}" for number in range(12)]
    items = [Sample(name, Kind.CLEAN, "func", "f", pop.lines) for name in names for _ in range(5)]
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
