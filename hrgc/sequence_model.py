"""The engine's model over a GGUF: controller, ranked plans, scores by teacher forcing, and written code.

Every call shares the prompt's decoded cells with the calls before it. One lock serialises calls, so a model may be used
from any thread; a budget that ends stops the running decode, and the call returns what it has.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from hrgc import edit_scorer, tokens
from hrgc import prompt as layout
from hrgc.code_search import CodeSearch
from hrgc.decoder import Decoder
from hrgc.errors import ModelError
from hrgc.forced_scores import scores
from hrgc.gguf_header import Header, printable
from hrgc.llama import StoppedError
from hrgc.model import Choice, Control, ModelInfo, PlanChoice, Written
from hrgc.model_file import display_name, sha256
from hrgc.plan_table import rank_plans
from hrgc.plugin import Budget
from hrgc.softmax import log_softmax
from hrgc.tokens import Segment, Target


@dataclass(frozen=True, slots=True)
class _Calibration:
    """How the controller's logits become probabilities (metadata ``hrgc.control.*``)."""

    temperature: float
    bias: tuple[float, ...]
    """Added to the logits of ``<CONTINUE>``, ``<REFINE>`` and ``<DONE>`` after dividing by the temperature."""


class SequenceModel:
    """A ``hrgc.model.Model`` that runs a decoder GGUF through llama.cpp."""

    def __init__(self, path: Path, *, threads: int | None = None) -> None:
        """Load *path*; raises ModelError when it is missing, damaged or made for another token table."""
        self.path = path
        self._lock = threading.RLock()
        self._closed = False
        self._decoder = Decoder(path, threads=threads)
        try:
            self._calibration = _calibration(self._decoder.runtime.header)
            self._scorer = edit_scorer.of_file(self._decoder.runtime.header)
        except ModelError:
            self.close()
            raise

    @cached_property
    def info(self) -> ModelInfo:
        """What is known of the model; the fingerprint is computed on first use."""
        runtime = self._decoder.runtime
        return ModelInfo(
            name=display_name(runtime.header),
            architecture=printable(runtime.header.architecture),
            parameters=runtime.parameters,
            path=str(self.path),
            fingerprint=sha256(self.path),
            plan_weight=_weight(runtime.header, "plan"),
            code_weight=_weight(runtime.header, "code"),
            choice_weight=_weight(runtime.header, "choice", 0.0),
            edit_weight=_weight(runtime.header, "edit", 0.0),
            build_weight=_weight(runtime.header, "build", 0.0),
        )

    @property
    def decoder(self) -> Decoder:
        """The loaded model itself, for measurements."""
        return self._decoder

    @contextmanager
    def _in_use(self) -> Iterator[None]:
        """Hold the lock; a closed model is refused, since its memory is gone."""
        with self._lock:
            if self._closed:
                raise RuntimeError(f"the model {self.path} was closed")
            yield

    def count(self, text: str) -> int:
        """Return the number of tokens of foreign *text*."""
        with self._in_use():
            return self._decoder.vocabulary.count(text)

    def rate(self, signs: Sequence[bytes]) -> tuple[float, ...]:
        """Return the edit scorer's rating of each edit; 0 for all when the file has no scorer."""
        return tuple(self._scorer.rate(signs)) if self._scorer else (0.0,) * len(signs)

    def close(self) -> None:
        """Free the model's memory; no call may follow."""
        with self._lock:
            self._closed = True
            self._decoder.runtime.close()

    def control(self, prompt: Sequence[Segment], budget: Budget) -> Control:
        """Return the three-way decision on the state in *prompt*; "go on" when the budget is over."""
        with self._in_use():
            try:
                with self._decoder.runtime.stoppable(budget):
                    row = self._decoder.behind(prompt)
            except StoppedError:
                self._decoder.stopped()
                return Control(1.0, 0.0, 0.0)
            logits = row[self._decoder.vocabulary.special_ids(tokens.CONTROLLER)].astype(np.float64)
            calibrated = logits / self._calibration.temperature + np.asarray(self._calibration.bias)
            proceed, refine, done = np.exp(log_softmax(calibrated)).tolist()
            return Control(proceed, refine, done)

    def plans(
        self, prompt: Sequence[Segment], marks: Sequence[int], target: Target, budget: Budget, *, limit: int
    ) -> tuple[PlanChoice, ...]:
        """Return the most probable (operation, line) pairs with lines among *marks*, best first.

        Log-probabilities are exact and normalised over the legal choices given the two most probable intents; empty
        when the budget is over.
        """
        legal = sorted({mark for mark in marks if 1 <= mark <= tokens.MAX_LINES})
        if not legal or limit < 1:
            return ()
        with self._in_use():
            try:
                with self._decoder.runtime.stoppable(budget):
                    return rank_plans(self._decoder, self._decoder.head(prompt), legal, target, limit)
            except StoppedError:
                self._decoder.stopped()
                return ()

    def score(self, prompt: Sequence[Segment], choices: Sequence[Choice], budget: Budget) -> tuple[float, ...]:
        """Return log p(plan) + log p(code | plan) of each choice; -inf for those the budget did not reach.

        Probabilities are over the whole vocabulary. A choice that does not fit the model's positions gets -inf too.
        """
        if not choices:
            return ()
        done: dict[tuple[int, ...], float] = {}
        with self._in_use():
            wanted = [tuple(self._decoder.vocabulary.encode(response(choice))) for choice in choices]
            try:
                with self._decoder.runtime.stoppable(budget):
                    head = self._decoder.head(prompt)
                    room = self._decoder.positions - len(head)
                    done.update(scores(self._decoder, head, [w for w in wanted if len(w) <= room]))
            except StoppedError:
                self._decoder.stopped()
        return tuple(done.get(sequence, -math.inf) for sequence in wanted)

    def write(
        self, prompt: Sequence[Segment], plan: PlanChoice, budget: Budget, *, count: int, seed: int
    ) -> tuple[Written, ...]:
        """Return up to *count* different texts for *plan*, best first; the same ones for the same *seed*."""
        if count < 1:
            return ()
        with self._in_use():
            search = CodeSearch(self._decoder, count, seed)
            try:
                with self._decoder.runtime.stoppable(budget):
                    search.run(self._decoder.head(prompt), plan)
            except StoppedError:
                self._decoder.stopped()
            return search.texts()


def response(choice: Choice) -> tuple[Segment, ...]:
    """Return what the model would answer behind the plan's opening to carry out *choice*."""
    step = layout.step_segments(choice.intent, choice.target, choice.op, choice.mark, choice.end_mark)
    return (*step, *layout.code_segments(choice.lines, insert=choice.insert))


def _weight(header: Header, part: str, otherwise: float = 1.0) -> float:
    """Return how much a part of the score counts (``hrgc.rank.plan``, ``.code``, ``.choice``)."""
    weight = header.number(f"hrgc.rank.{part}")
    return weight if weight is not None and math.isfinite(weight) else otherwise


def _calibration(header: Header) -> _Calibration:
    """Return the controller's calibration in a file, neutral if there is none; raises ModelError for a wrong one."""
    temperature = header.number("hrgc.control.temperature")
    temperature = 1.0 if temperature is None else temperature
    bias = tuple(float(b) for b in header.array("hrgc.control.bias") if isinstance(b, int | float)) or (0.0, 0.0, 0.0)
    if not (math.isfinite(temperature) and temperature > 0 and len(bias) == 3 and all(map(math.isfinite, bias))):
        raise ModelError(
            f"the controller's calibration in {header.path} is wrong", "export it again with hrgc-train export"
        )
    return _Calibration(temperature, bias)
