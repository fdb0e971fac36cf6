"""How fast a model runs here, next to llama.cpp's own figures for the same file in the same run.

Our figures include everything the engine pays: batches, softmax over the vocabulary, and the choice of tokens.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from hrgc import prompt as layout
from hrgc.batch import Batch
from hrgc.beams import top_tokens
from hrgc.decoder import Decoder
from hrgc.errors import ModelError
from hrgc.forced_scores import scores
from hrgc.model import Choice
from hrgc.model_choice import resolve
from hrgc.sequence_model import response
from hrgc.tokens import Intent, Op, Target

PROMPT, DECODE, SEQUENCES = 512, 128, 16
"""Sizes of llama.cpp's own benchmark (pp512, tg128), and how many sequences are written at once."""
CHOICES, CHOICE_TOKENS, SCORED_PROMPT = 200, 15, 300
"""A typical ranking: this many one-line candidates of about so many tokens behind a prompt of so many."""
REPEATS = 3


@dataclass(frozen=True, slots=True)
class ModelBench:
    """Speeds of one model file on this machine, best of some runs each."""

    name: str
    threads: int
    prompt: float
    """Prompt tokens per second (512 tokens) through our runtime."""
    llama_prompt: float
    """The same by llama.cpp itself (its pp512)."""
    decode: float
    """Tokens per second of one sequence written greedily through our runtime, 128 tokens."""
    llama_decode: float
    """The same by llama.cpp itself (its tg128)."""
    decode_many: float
    """Tokens per second of 16 sequences written together."""
    choices: float
    """Candidates scored per second: 200 lines of about 15 tokens behind a prompt of 300, prompt decoded before."""
    choice_tokens: float
    """Tokens of those candidates per second, those in shared beginnings counted for each."""
    batch_limit: float
    """Tokens per second of llama.cpp with all logits, in batches as large as the scorer's, behind the same prompt."""
    decoded: float
    """Tokens the scorer really decoded per second: compare with *batch_limit*."""

    def lines(self) -> tuple[str, ...]:
        """Return the figures for people, one a line."""
        return (
            f"model {self.name}, {self.threads} threads",
            f"prompt      {self.prompt:8.0f} tokens/s   llama.cpp pp{PROMPT}: {self.llama_prompt:8.0f}",
            f"decode      {self.decode:8.0f} tokens/s   llama.cpp tg{DECODE}: {self.llama_decode:8.0f}",
            f"decode x{SEQUENCES}  {self.decode_many:8.0f} tokens/s",
            f"scoring     {self.choices:8.0f} candidates/s = {self.choice_tokens:.0f} tokens/s",
            f"  decoded   {self.decoded:8.0f} tokens/s   llama.cpp, all logits: {self.batch_limit:8.0f}",
        )


def bench(model: str = "", *, threads: int | None = None) -> ModelBench:
    """Measure the model that *model* means (path, name, '' for the default one); raises ModelError without one."""
    path = resolve(model)
    if path is None:
        raise ModelError("no model to measure", "name one: --model PATH; hrgc model list shows what is there")
    decoder = Decoder(path, threads=threads)
    try:
        llama_prompt, llama_decode = decoder.runtime.plain_speed(PROMPT, DECODE)
        score_seconds, answers, nodes = _scoring(decoder)
        return ModelBench(
            name=path.stem,
            threads=decoder.runtime.threads,
            prompt=PROMPT / _fastest(lambda: _read(decoder, PROMPT)),
            llama_prompt=llama_prompt,
            decode=DECODE / _fastest(lambda: _write(decoder, 1)),
            llama_decode=llama_decode,
            decode_many=DECODE * SEQUENCES / _fastest(lambda: _write(decoder, SEQUENCES)),
            choices=len(answers) / score_seconds,
            choice_tokens=sum(map(len, answers)) / score_seconds,
            batch_limit=_batch_limit(decoder),
            decoded=nodes / score_seconds,
        )
    finally:
        decoder.runtime.close()


def _fastest(work: Callable[[], float]) -> float:
    """Return the shortest time that *work* reports."""
    return min(work() for _ in range(REPEATS))


def _ids(decoder: Decoder, count: int, seed: int) -> list[int]:
    """Return *count* ordinary tokens."""
    forbidden = set(decoder.vocabulary.forbidden.tolist())
    ordinary = [at for at in range(decoder.vocabulary.size) if at not in forbidden]
    return random.Random(seed).choices(ordinary, k=count)


def _read(decoder: Decoder, length: int) -> float:
    """Return the seconds that a new prompt of *length* tokens takes."""
    ids = _ids(decoder, length, seed=1)
    decoder.prefix.forget()
    started = time.perf_counter()
    decoder.prefix.load(ids)
    return time.perf_counter() - started


def _write(decoder: Decoder, sequences: int) -> float:
    """Return the seconds of writing ``DECODE`` tokens greedily in *sequences* sequences behind a short prompt."""
    prompt = _ids(decoder, 16, seed=2)
    decoder.prefix.forget()
    decoder.prefix.load(prompt)
    for sequence in range(1, sequences + 1):
        decoder.runtime.fork(0, sequence, len(prompt))
    last = _ids(decoder, sequences, seed=3)
    started = time.perf_counter()
    for depth in range(DECODE):
        batch = Batch()
        for sequence, token in enumerate(last, start=1):
            batch.add(token, len(prompt) + depth, (sequence,), output=True)
        last = [
            int(top_tokens(row, decoder.vocabulary.forbidden, decoder.normalizer(row))[0][0])
            for row in decoder.runtime.decode(batch)
        ]
    seconds = time.perf_counter() - started
    decoder.runtime.keep(0)
    return seconds


def _scoring(decoder: Decoder) -> tuple[float, list[tuple[int, ...]], int]:
    """Return (seconds, answers, decoded tokens) of scoring a typical list of candidates."""
    chance = random.Random(4)
    lines = [_words(decoder, chance) for _ in range(20)]
    answers: list[tuple[int, ...]] = []
    while len(answers) < CHOICES:
        words = list(chance.choice(lines))
        words[chance.randrange(len(words))] = _words(decoder, chance)[0]
        op, mark = chance.choice(tuple(Op)), chance.randrange(1, 21)
        choice = Choice(op, mark, None, Intent.FIX, Target.FUNC, (" ".join(words),), insert=False)
        answers.append(tuple(decoder.vocabulary.encode(response(choice))))
    head = [*_ids(decoder, SCORED_PROMPT, seed=5), *decoder.vocabulary.encode(layout.plan_head())]
    decoder.prefix.forget()
    decoder.prefix.load(head)

    def once() -> float:
        started = time.perf_counter()
        for _ in scores(decoder, head, answers):
            pass
        return time.perf_counter() - started

    nodes = len({a[:length] for a in answers for length in range(1, len(a))})
    return _fastest(once), answers, nodes


def _words(decoder: Decoder, chance: random.Random) -> list[str]:
    """Return words of some ``CHOICE_TOKENS`` tokens together, less those of the plan."""
    out: list[str] = []
    plan = 8
    while decoder.vocabulary.count(" ".join(out)) < CHOICE_TOKENS - plan:
        out.append("".join(chance.choices("abcdefgh", k=2)))
    return out


def _batch_limit(decoder: Decoder) -> float:
    """Return the tokens per second of a plain batch with all logits: what scoring cannot beat."""
    prompt, size = _ids(decoder, SCORED_PROMPT, seed=5), 256
    more = _ids(decoder, size, seed=6)
    decoder.prefix.forget()
    decoder.prefix.load(prompt)

    def once() -> float:
        decoder.runtime.cut(0, len(prompt))
        batch = Batch()
        for offset, token in enumerate(more):
            batch.add(token, len(prompt) + offset, (0,), output=True)
        started = time.perf_counter()
        decoder.runtime.decode(batch)
        return time.perf_counter() - started

    limit = size / _fastest(once)
    decoder.prefix.forget()
    return limit
