"""The exact joint distribution over intent, operation and line of a plan, in two small decodes behind the prompt.

All intents and operations are teacher-forced in one batch, so nothing is sampled: a pair's probability is a product of
softmaxes, each over the tokens that are legal at its place.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hrgc import prompt as layout
from hrgc import tokens
from hrgc.batch import Batch
from hrgc.decoder import Decoder
from hrgc.model import PlanChoice
from hrgc.softmax import among, log_add
from hrgc.tokens import Intent, Op, Target

TOP_INTENTS = 2
"""Intents whose plans are looked at."""
RARE_INTENT = math.log(0.02)
"""A second intent less likely than this is left out: it would double the work."""
FAR_BEHIND = 8.0
"""Pairs this much less likely than the best one are not asked for a last line."""
MOST_END_LINES = 48
"""Best (operation, line) pairs that are also asked for a last line."""

_OPS, _INTENTS = tuple(Op), tuple(Intent)


@dataclass(frozen=True, slots=True)
class _Pair:
    """An (operation, line) pair with the sequence that holds its plan up to the operation."""

    choice: PlanChoice
    sequence: int


def rank_plans(
    decoder: Decoder, head: list[int], marks: Sequence[int], target: Target, limit: int
) -> tuple[PlanChoice, ...]:
    """Return the *limit* most probable plans behind *head* with lines among *marks* (sorted), best first.

    A pair that is not asked for a last line stands for itself with all of them. Raises StoppedError.
    """
    pairs = _pairs(decoder, head, marks, target)
    worth = sum(pair.choice.logprob > pairs[0].choice.logprob - FAR_BEHIND for pair in pairs)
    asked = pairs[: min(2 * limit, worth, MOST_END_LINES)]
    choices = [
        choice for pair, rows in _line_rows(decoder, head, asked) for choice in _ends(decoder, pair, rows, marks)
    ]
    if len(choices) < limit:
        choices += [pair.choice for pair in pairs[len(asked) :]]
    decoder.runtime.keep(0)
    return tuple(sorted(choices, key=lambda choice: -choice.logprob)[:limit])


def _pairs(decoder: Decoder, head: list[int], marks: Sequence[int], target: Target) -> list[_Pair]:
    """Return every (operation, line) pair, best first; equal pairs of both intents are added up under the likelier."""
    vocabulary, runtime = decoder.vocabulary, decoder.runtime
    intents = among(decoder.prefix.load(head), vocabulary.special_ids(tokens.INTENT_TOKENS))
    chosen = np.argsort(-intents, kind="stable")[:TOP_INTENTS]
    chosen = chosen[intents[chosen] >= min(RARE_INTENT, float(intents[chosen[0]]))]
    weights = intents[chosen] - log_add(intents[chosen].tolist())
    op_ids, line_ids = vocabulary.special_ids(tokens.OP_TOKENS), _line_ids(decoder, marks)
    batch = Batch()
    for number, intent in enumerate(chosen):
        lanes = range(1 + number * len(_OPS), 1 + (number + 1) * len(_OPS))
        for lane in lanes:
            runtime.fork(0, lane, len(head))
        batch.add(vocabulary.id(tokens.INTENT_TOKENS[intent]), len(head), lanes, output=False)
        batch.add(vocabulary.id(target.token), len(head) + 1, lanes, output=True)
        for lane, op in zip(lanes, op_ids, strict=True):
            batch.add(int(op), len(head) + 2, (lane,), output=True)
    rows = runtime.decode(batch)
    table = np.empty((len(chosen), len(_OPS), len(marks)))
    for number, weight in enumerate(weights):
        at = number * (len(_OPS) + 1)
        ops = among(rows[at], op_ids)
        for op in range(len(_OPS)):
            table[number, op] = weight + ops[op] + among(rows[at + 1 + op], line_ids)
    total, likelier = np.logaddexp.reduce(table, axis=0), table.argmax(axis=0)
    order = np.argsort(-total, axis=None, kind="stable")
    pairs = []
    for op, line in zip(*np.unravel_index(order, total.shape), strict=True):
        number = int(likelier[op, line])
        choice = PlanChoice(_OPS[op], marks[line], None, _INTENTS[chosen[number]], target, float(total[op, line]))
        pairs.append(_Pair(choice, 1 + number * len(_OPS) + int(op)))
    return pairs


def _line_ids(decoder: Decoder, marks: Sequence[int]) -> NDArray[np.intp]:
    """Return the ids of line marks."""
    return decoder.vocabulary.special_ids(tokens.line_token(mark) for mark in marks)


def _line_rows(decoder: Decoder, head: list[int], pairs: Sequence[_Pair]) -> list[tuple[_Pair, NDArray[np.float32]]]:
    """Return each pair with the logits behind its line."""
    lane = 1 + TOP_INTENTS * len(_OPS)
    depth = len(head) + 3
    batch = Batch()
    for offset, pair in enumerate(pairs):
        decoder.runtime.fork(pair.sequence, lane + offset, depth)
        token = decoder.vocabulary.id(tokens.line_token(pair.choice.mark))
        batch.add(token, depth, (lane + offset,), output=True)
    return list(zip(pairs, decoder.runtime.decode(batch), strict=True))


def _ends(decoder: Decoder, pair: _Pair, row: NDArray[np.float32], marks: Sequence[int]) -> list[PlanChoice]:
    """Return the pair as a plan of one line, and with the likeliest last line behind it."""
    later = [mark for mark in marks if mark > pair.choice.mark]
    close = decoder.vocabulary.encode(layout.plan_tail())[0]
    logprobs = pair.choice.logprob + among(row, [close, *_line_ids(decoder, later)])
    alone = replace(pair.choice, logprob=float(logprobs[0]))
    if not later:
        return [alone]
    last = int(np.argmax(logprobs[1:]))
    return [alone, replace(pair.choice, end_mark=later[last], logprob=float(logprobs[1 + last]))]
