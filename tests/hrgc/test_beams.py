"""Beam search and sampling without replacement over a known distribution."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from hrgc.beams import Beam, BeamGroup, Best, Sampled, Selection, top_tokens

END = 0
CHANCES = {(): (0.2, 0.5, 0.3), (1,): (0.6, 0.1, 0.3), (2,): (0.9, 0.05, 0.05)}
"""Probability of tokens 0 (the end), 1 and 2 behind a text; texts of two tokens always end."""


def _successors(beam: Beam) -> tuple[np.ndarray, np.ndarray]:
    """Return the toy distribution behind a beam, best first."""
    chances = np.array(CHANCES.get(beam.tokens, (1.0, 1e-9, 1e-9)))
    order = np.argsort(-chances, kind="stable")
    return order, np.log(chances[order])


def _run(selection: Selection) -> list[Beam]:
    """Search to the end and return what ended, best first."""
    group = BeamGroup(selection, frozenset({END}))
    while group.alive:
        group.step([_successors(beam) for beam in group.alive])
    return sorted(group.ended, key=lambda beam: -beam.logprob)


def test_beams_find_the_most_probable_sequences() -> None:
    """With enough width the result is exact: 1-end, 2-end, end alone, 1-2-end."""
    found = [(beam.tokens, round(math.exp(beam.logprob), 6)) for beam in _run(Best(4))]
    assert found == [((1, 0), 0.3), ((2, 0), 0.27), ((0,), 0.2), ((1, 2, 0), 0.15)]


def test_width_one_is_greedy() -> None:
    """One beam follows the likeliest token."""
    assert [beam.tokens for beam in _run(Best(1))] == [(1, 0)]


def test_samples_differ_and_follow_their_probabilities() -> None:
    """Samples of one run are different sequences; the first one's frequency is its probability."""
    first: Counter[tuple[int, ...]] = Counter()
    for seed in range(2000):
        group = BeamGroup(Sampled(3, seed), frozenset({END}))
        while group.alive:
            group.step([_successors(beam) for beam in group.alive])
        assert len({beam.tokens for beam in group.ended}) == len(group.ended) <= 3
        first[max(group.ended, key=lambda beam: beam.rank).tokens] += 1
    assert first[(1, 0)] / 2000 == pytest.approx(0.3, abs=0.04)
    assert first[(2, 0)] / 2000 == pytest.approx(0.27, abs=0.04)
    assert first[(0,)] / 2000 == pytest.approx(0.2, abs=0.04)


def test_samples_are_the_same_for_the_same_seed() -> None:
    """A seed fixes the samples, another one changes them."""
    runs = [[beam.tokens for beam in _run(Sampled(2, seed))] for seed in (1, 1, 2, 3, 4, 5)]
    assert runs[0] == runs[1]
    assert any(run != runs[0] for run in runs[2:])


def test_top_tokens_leave_out_the_forbidden() -> None:
    """The best legal tokens come in order with probabilities over the whole row, ties by id."""
    row = np.array([1.0, 5.0, 3.0, 3.0, -20.0], np.float32)
    normalizer = float(np.log(np.exp(row.astype(np.float64)).sum()))
    ids, logprobs = top_tokens(row, np.array([1]), normalizer)
    assert ids.tolist() == [2, 3, 0]
    assert logprobs[0] == pytest.approx(3.0 - normalizer)
    assert row[1] == 5.0


def test_top_tokens_of_a_flat_row_are_capped() -> None:
    """A row without preference does not make a beam branch into the whole vocabulary."""
    row = np.random.default_rng(1).random(5000, dtype=np.float32)
    ids, logprobs = top_tokens(row, np.array([], np.intp), 0.0)
    assert ids.tolist() == np.argsort(-row, kind="stable")[:64].tolist()
    assert (np.diff(logprobs) <= 0).all()


def test_a_text_that_rambles_is_given_up() -> None:
    """A beam whose probability has gone is dropped, so a model without a clue ends soon."""
    group = BeamGroup(Best(2), frozenset({END}))
    steps = 0
    while group.alive:
        steps += 1
        group.step([(np.array([steps]), np.array([-7.0])) for _ in group.alive])
    assert (steps, group.ended) == (6, [])


@pytest.mark.parametrize(("pattern", "steps"), [((5,), 6), ((5, 6, 7), 18)])
def test_a_text_that_goes_round_in_a_circle_is_given_up(pattern: tuple[int, ...], steps: int) -> None:
    """The same short pattern six times ends a beam, however probable."""
    group = BeamGroup(Best(1), frozenset({END}))
    done = 0
    while group.alive:
        group.step([(np.array([pattern[done % len(pattern)]]), np.array([-0.01]))])
        done += 1
    assert (done, group.ended) == (steps, [])
