"""Measuring a checkpoint: which position answers which question, and what the shares are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from hrgc import tokens
from trainer import evaluate, sample
from trainer.evaluate import Judge, macro_f1
from trainer.model import ModelConfig, Network
from trainer.sample import Finding, Kind, Sample
from trainer.tokenizer import Tokenizer, TokenizerConfig
from trainer.tokenizer import main as train_tokenizer

ITEM = Sample(
    "std:demo",
    Kind.BUILD,
    "method",
    "Stack.Pop",
    ("func (s *Stack) Pop() int {", "return s.itmes[0]", "}"),
    op="FIELD",
    mark=2,
    code=("return s.items[0]",),
    intent="UPDATE",
    findings=(Finding(2, "MissingFieldOrMethod", 2, ("itmes",)),),
)


class Oracle(Network):
    """Knows one sequence and says at every position what comes next in it."""

    def __init__(self, ids: list[int], size: int) -> None:
        """Answer with the tokens of *ids*."""
        super().__init__(ModelConfig(vocab_size=size, width=8, heads=1))
        self._ids, self._size = torch.tensor([*ids, 0]), size

    def forward(self, ids: Tensor, starts: Tensor | None = None) -> Tensor:
        """Return the next id at every position, as a row that ``logits`` passes on."""
        following = self._ids[1 : ids.shape[1] + 1]
        return torch.nn.functional.one_hot(following, self._size).float().expand(len(ids), -1, -1)

    def logits(self, hidden: Tensor) -> Tensor:
        """Return the rows."""
        return 20.0 * hidden


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """Return a small tokenizer of Go source."""
    out = tmp_path_factory.mktemp("tokenizer")
    train_tokenizer(TokenizerConfig(out=str(out), vocab_size=2048, max_bytes=400_000, seed=3))
    return Tokenizer(Path(out) / "tokenizer.model")


def test_a_model_that_knows_the_answer_is_right_everywhere(tokenizer: Tokenizer) -> None:
    """Decision, intent, target, operation, line and text are each read behind what comes before them."""
    encoded = sample.encode(ITEM, tokenizer)
    assert encoded is not None
    judge = Judge(Oracle(encoded.ids, tokenizer.size), tokenizer)
    judged = judge.judge(ITEM, encoded)
    assert (judged.control, judged.control_right) == (tokens.CONTINUE, True)
    assert (judged.intent_right, judged.target, judged.wanted) == (True, "method", "method")
    assert (judged.op_place, judged.line_place, judged.pair_place, judged.code_exact) == (1, 1, 1, True)
    ways = judge.ways(encoded)
    assert ways.index(max(ways)) == tokens.CONTROLLER.index(tokens.CONTINUE)
    rates = evaluate.summarise([judged])["build"]
    assert rates["intent"]["share"] == rates["target"]["share"] == rates["target_f1"] == 1.0


def test_macro_f1_weighs_classes_alike() -> None:
    """Nine right answers of a frequent class do not hide a rare one that is never named."""
    assert macro_f1([("func", "func")] * 9 + [("type", "func")]) == pytest.approx((18 / 19 + 0.0) / 2)
    assert macro_f1([]) == 0.0
