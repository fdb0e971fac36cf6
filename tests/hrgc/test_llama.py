"""The model over llama.cpp against a naive reference: one sequence, one token at a time, double precision."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrgc import prompt as layout
from hrgc import tokens
from hrgc.errors import ModelError
from hrgc.model import Choice, PlanChoice
from hrgc.plan_table import _pairs
from hrgc.plugin import Budget
from hrgc.sequence_model import SequenceModel
from hrgc.tokens import Intent, Op, Segment, Target, plain
from tests.model_fixture import TinyModel, write_model
from tests.naive_model import LINES, MARKS, Naive, choices_of, prompt_of


def test_scores_equal_the_naive_reference(model: SequenceModel) -> None:
    """Batched scores over tries equal token-by-token sums, whatever shares a prefix."""
    prompt, choices = prompt_of(model), choices_of(7)
    got = model.score(prompt, choices, Budget())
    naive = Naive(model, prompt)
    assert got == pytest.approx([naive.logprob(choice) for choice in choices], abs=0.02)


def test_a_control_token_in_the_prompt_is_answered(model: SequenceModel) -> None:
    """A prompt that ends in a control token is answered behind it; without one the likelier one is taken."""
    prompt, choices = prompt_of(model), choices_of(3)
    control = model.control(prompt, Budget())
    ways = {token: (*prompt, *layout.control_segments(token)) for token in (tokens.CONTINUE, tokens.REFINE)}
    likelier = tokens.CONTINUE if control.proceed > control.refine else tokens.REFINE
    scores = {token: model.score(way, choices, Budget()) for token, way in ways.items()}
    assert scores[likelier] == pytest.approx(model.score(prompt, choices, Budget()), abs=0.02)
    assert scores[tokens.CONTINUE] != pytest.approx(scores[tokens.REFINE], abs=0.02)


def test_scores_do_not_depend_on_the_batch(model: SequenceModel) -> None:
    """A choice scores the same alone, among hundreds, twice, and in another order."""
    prompt, choices = prompt_of(model), choices_of(300)
    together = model.score(prompt, choices, Budget())
    assert model.score(prompt, choices[:1], Budget())[0] == pytest.approx(together[0], abs=0.02)
    assert model.score(prompt, choices[::-1], Budget()) == pytest.approx(together[::-1], abs=0.02)
    twice = model.score(prompt, [choices[5], choices[5]], Budget())
    assert twice[0] == twice[1]


def test_scores_follow_theprompt_of(model: SequenceModel) -> None:
    """Another prompt gives other scores, and coming back gives the old ones again."""
    choices = choices_of(3)
    first = model.score(prompt_of(model), choices, Budget())
    other = model.score(prompt_of(model, LINES[:3], "add it"), choices, Budget())
    assert other != pytest.approx(first, abs=0.02)
    assert model.score(prompt_of(model), choices, Budget()) == pytest.approx(first, abs=0.02)


def test_a_choice_too_long_for_the_positions_is_not_scored(model: SequenceModel) -> None:
    """It gets minus infinity; the others are scored."""
    long = replace(choices_of(1)[0], lines=tuple("abcdefghij" * 5 for _ in range(40)))
    scores = model.score(prompt_of(model), [long, *choices_of(2)], Budget())
    assert scores[0] == -math.inf
    assert all(math.isfinite(score) for score in scores[1:])


def test_plans_are_the_exact_joint_distribution(model: SequenceModel) -> None:
    """Pairs come with the product of their restricted softmaxes, both intents added up."""
    prompt = prompt_of(model)
    pairs = _pairs(model.decoder, model.decoder.head(prompt), list(MARKS), Target.METHOD)
    got = {(pair.choice.op, pair.choice.mark): pair.choice.logprob for pair in pairs}
    assert sum(map(math.exp, got.values())) == pytest.approx(1.0)
    naive = Naive(model, prompt)
    head = naive.head()
    intents = naive.among(head, [plan_word(i.token) for i in Intent])
    best = np.argsort(-intents)[:2]
    weights = intents[best] - math.log(np.exp(intents[best]).sum())
    for op in (Op.CMP, Op.REWRITE):
        for mark in (1, 4):
            parts = []
            for weight, at in zip(weights, best, strict=True):
                opened = [*head, *naive.ids((*plan_word(tuple(Intent)[at].token), *plan_word(Target.METHOD.token)))]
                ops = naive.among(opened, [plan_word(o.token) for o in Op])
                behind = [*opened, *naive.ids(plan_word(op.token))]
                lines = naive.among(behind, [plan_word(tokens.line_token(m)) for m in MARKS])
                parts.append(weight + ops[list(Op).index(op)] + lines[mark - 1])
            assert got[op, mark] == pytest.approx(float(np.logaddexp(*parts)), abs=0.02)


def plan_word(token: str) -> tuple[Segment, ...]:
    """Return one special token as segments."""
    return (tokens.special(token),)


def test_plans_are_legal_sorted_and_limited(model: SequenceModel) -> None:
    """Only the given lines are used, end lines lie behind, the best come first, and the mass is at most 1."""
    plans = model.plans(prompt_of(model), [2, 5, 6, 200], Target.METHOD, Budget(), limit=12)
    assert len(plans) == 12
    assert {p.mark for p in plans} <= {2, 5, 6}
    assert all(p.end_mark is None or p.mark < p.end_mark in (5, 6) for p in plans)
    assert list(plans) == sorted(plans, key=lambda p: -p.logprob)
    assert sum(math.exp(p.logprob) for p in plans) <= 1 + 1e-9
    assert {p.target for p in plans} == {Target.METHOD}
    assert model.plans(prompt_of(model), [], Target.METHOD, Budget(), limit=5) == ()
    assert model.plans(prompt_of(model), [1], Target.METHOD, Budget(), limit=0) == ()


def test_one_line_plans_make_a_distribution(model: SequenceModel) -> None:
    """With one legal line nothing is left out: the plans' probabilities sum to 1."""
    plans = model.plans(prompt_of(model), [3], Target.METHOD, Budget(), limit=1000)
    assert len(plans) == len(Op)
    assert sum(math.exp(p.logprob) for p in plans) == pytest.approx(1.0)


def test_written_texts_carry_the_probability_they_score(model: SequenceModel) -> None:
    """What is written scores, teacher-forced, what it was written with (up to other spellings of the same text)."""
    prompt = prompt_of(model)
    plan = model.plans(prompt, MARKS, Target.METHOD, Budget(), limit=1)[0]
    written = model.write(prompt, plan, Budget(), count=16, seed=3)
    assert len(written) >= 3
    assert list(written) == sorted(written, key=lambda text: -text.logprob)
    assert len({(text.lines, text.insert) for text in written}) == len(written)
    naive = Naive(model, prompt)
    step = naive.ids(layout.step_segments(plan.intent, plan.target, plan.op, plan.mark, plan.end_mark))
    head = naive.head()
    before = float(sum(r[t] for r, t in zip(naive.rows([*head, *step])[len(head) :], step, strict=False)))
    choice = Choice(plan.op, plan.mark, plan.end_mark, plan.intent, plan.target, (), insert=False)
    spelled = [replace(choice, lines=text.lines, insert=text.insert) for text in written]
    scores = model.score(prompt, spelled, Budget())
    same = [abs(score - before - text.logprob) < 0.05 for score, text in zip(scores, written, strict=True)]
    assert sum(same) >= 1
    assert same[[text.lines for text in written].index(())] if any(not t.lines for t in written) else True


def test_writing_is_deterministic_with_a_seed(model: SequenceModel) -> None:
    """The same seed writes the same texts; another one writes others."""
    prompt, plan = prompt_of(model), PlanChoice(Op.CMP, 2, None, Intent.FIX, Target.METHOD, 0.0)
    first = model.write(prompt, plan, Budget(), count=12, seed=1)
    assert model.write(prompt, plan, Budget(), count=12, seed=1) == first
    assert {t.lines for t in model.write(prompt, plan, Budget(), count=12, seed=2)} != {t.lines for t in first}
    assert model.write(prompt, plan, Budget(), count=0, seed=1) == ()
    assert len(model.write(prompt, plan, Budget(), count=1, seed=1)) <= 1


def test_written_code_holds_no_special_token(model: SequenceModel) -> None:
    """No token of the table is spelled by what is written, and lines are stripped."""
    prompt, plan = prompt_of(model), PlanChoice(Op.INSERT, 1, None, Intent.ADD, Target.METHOD, 0.0)
    for seed in range(2):
        for text in model.write(prompt, plan, Budget(), count=16, seed=seed):
            for line in text.lines:
                assert line == line.strip()
                assert not any(token in line for token in tokens.SPECIAL_TOKENS)


def test_control_is_a_softmax_over_three_tokens(model: SequenceModel) -> None:
    """The controller's probabilities are those of its tokens behind the prompt."""
    prompt = prompt_of(model)
    control = model.control(prompt, Budget())
    want = np.exp(Naive(model, prompt).among([], [plan_word(token) for token in tokens.CONTROLLER]))
    assert (control.proceed, control.refine, control.done) == pytest.approx(want.tolist(), abs=0.01)


def test_control_is_calibrated_by_the_file(tiny_path: Path, model: SequenceModel, tmp_path: Path) -> None:
    """Temperature and bias in the metadata move the controller's probabilities."""
    keys = (("hrgc.control.temperature", 2.0), ("hrgc.control.bias", (0.0, 0.0, 50.0)))
    loud = (tokens.END_CODE, tokens.NL, tokens.INS)
    calibrated = SequenceModel(write_model(tmp_path / "c.gguf", TinyModel(gain=0.7, loud=loud, metadata=keys)))
    try:
        control = calibrated.control(prompt_of(model), Budget())
    finally:
        calibrated.close()
    plain_control = model.control(prompt_of(model), Budget())
    assert control.done > 0.999
    assert math.log(control.proceed / control.refine) == pytest.approx(
        math.log(plain_control.proceed / plain_control.refine) / 2, abs=0.02
    )
    assert tiny_path.is_file()


@pytest.mark.parametrize("keys", [("hrgc.control.temperature", 0.0), ("hrgc.control.bias", (1.0,))])
def test_wrong_calibration_is_refused(tmp_path: Path, keys: tuple[str, float | tuple[float, ...]]) -> None:
    """A temperature of 0 or a bias of the wrong length is a model error."""
    with pytest.raises(ModelError, match="calibration"):
        SequenceModel(write_model(tmp_path / "w.gguf", TinyModel(metadata=(keys,))))


@given(text=st.lists(st.one_of(st.sampled_from(tokens.SPECIAL_TOKENS), st.text(max_size=5))).map("".join))
def test_foreign_text_never_becomes_a_special_token(model: SequenceModel, text: str) -> None:
    """Text that spells tokens of the table is encoded in ordinary tokens and read back unchanged."""
    vocabulary = model.decoder.vocabulary
    ids = vocabulary.encode(plain(text))
    special = set(vocabulary.special_ids((*tokens.CONTROL_TOKENS[:1], *tokens.SPECIAL_TOKENS)).tolist())
    assert not special & set(ids)
    assert vocabulary.count(text) == len(ids)
    back = vocabulary.decode(ids)
    encodable = text.encode("utf-8", "replace").decode().replace("\u2581", " ")
    assert back is not None
    assert "".join(segment.text for segment in back) == encodable


def test_broken_bytes_are_not_text(model: SequenceModel) -> None:
    """Byte tokens that make no UTF-8 are refused, those that do are joined."""
    vocabulary = model.decoder.vocabulary
    good = vocabulary.encode(plain("ü"))
    assert len(good) == 2
    assert vocabulary.decode(good) == (Segment("ü", special=False),)
    assert vocabulary.decode(good[:1]) is None


def test_a_prompt_that_does_not_fit_is_a_model_error(model: SequenceModel) -> None:
    """The message names both lengths."""
    with pytest.raises(ModelError, match="1536 positions"):
        model.control(plain("x" * 1600), Budget())
