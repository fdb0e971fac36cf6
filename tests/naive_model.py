"""A naive reference for the model over llama.cpp, and prompts and choices to ask both for."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hrgc import prompt as layout
from hrgc import tokens
from hrgc.batch import Batch
from hrgc.model import Choice
from hrgc.plan import Window
from hrgc.sequence_model import SequenceModel
from hrgc.tokens import Intent, Op, Segment, Target

LINES = ("func (s *Stack) Pop() int {", "if len(s.items) < 0 {", "return 0", "}", "return s.items[0]", "}")
MARKS = range(1, len(LINES) + 1)


def prompt_of(model: SequenceModel, lines: Sequence[str] = LINES, problem: str = "fix it") -> tuple[Segment, ...]:
    """Return a packed prompt over *lines*."""
    window = Window(Path("pop.go"), "Stack.Pop", Target.METHOD, tuple(range(1, len(lines) + 1)), tuple(lines))
    return layout.pack(problem, [], ["items []int"], window, count=model.count).segments


class Naive:
    """Logits by decoding one token at a time in one sequence, nothing shared."""

    def __init__(self, model: SequenceModel, prompt: Sequence[Segment]) -> None:
        """Start behind *prompt*."""
        self._decoder = model.decoder
        self._start = self.ids(prompt)

    def ids(self, segments: Sequence[Segment]) -> list[int]:
        """Return the ids of *segments*."""
        return self._decoder.vocabulary.encode(segments)

    def rows(self, more: Sequence[int]) -> np.ndarray:
        """Return the log-probabilities behind the prompt and behind each of *more*."""
        self._decoder.prefix.forget()
        rows = []
        for position, token in enumerate([*self._start, *more]):
            batch = Batch()
            batch.add(token, position, (0,), output=True)
            row = self._decoder.runtime.decode(batch)[0].astype(np.float64)
            rows.append(row - row.max() - math.log(np.exp(row - row.max()).sum()))
        self._decoder.prefix.forget()
        return np.array(rows[len(self._start) - 1 :])

    def head(self) -> list[int]:
        """Return what opens a plan: the likelier control token and the plan's own."""
        row = self.rows([])[0]
        ways = [self.ids(layout.control_segments(t))[0] for t in (tokens.CONTINUE, tokens.REFINE)]
        return [max(ways, key=lambda way: float(row[way])), *self.ids(layout.plan_head())]

    def logprob(self, choice: Choice) -> float:
        """Return log p(plan) + log p(code | plan)."""
        step = layout.step_segments(choice.intent, choice.target, choice.op, choice.mark, choice.end_mark)
        answer = self.ids((*step, *layout.code_segments(choice.lines, insert=choice.insert)))
        head = self.head()
        rows = self.rows([*head, *answer])[len(head) :]
        return float(sum(row[token] for row, token in zip(rows, answer, strict=False)))

    def among(self, more: Sequence[int], legal: Sequence[Sequence[Segment]]) -> np.ndarray:
        """Return the log-probabilities of *legal* tokens behind *more*, normalised over them."""
        row = self.rows(more)[-1][[self.ids(segments)[0] for segments in legal]]
        result: np.ndarray = row - math.log(np.exp(row).sum())
        return result


def choices_of(count: int) -> list[Choice]:
    """Return single-line, multi-line, inserting and deleting choices, many alike in their beginning."""
    chance = random.Random(2)
    made = [
        Choice(Op.DELETE, 3, 4, Intent.REMOVE, Target.METHOD, (), insert=False),
        Choice(Op.INSERT, 2, None, Intent.ADD, Target.METHOD, ("return nil", "x := 1"), insert=True),
        Choice(Op.REWRITE, 1, 6, Intent.FIX, Target.METHOD, ("a", "<PLAN>", "b"), insert=False),
    ]
    while len(made) < count:
        text = f"if len(s.items) {chance.choice('<>=!')}= {chance.randrange(9)} {{"
        op, mark = chance.choice((Op.CMP, Op.LIT)), chance.choice((1, 2))
        made.append(Choice(op, mark, None, Intent.FIX, Target.METHOD, (text,), insert=False))
    return made
