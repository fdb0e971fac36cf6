"""Writes code for a plan: several beam groups advance together, one decode a token, over one shared prompt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hrgc import prompt as layout
from hrgc.batch import Batch
from hrgc.beams import Beam, BeamGroup, Best, Sampled, top_tokens
from hrgc.decoder import Decoder
from hrgc.llama import SEQUENCES, SPARE_CELLS, Runtime
from hrgc.model import PlanChoice, Written

LONGEST = 160
"""Longest code the model may write, in tokens."""
MOST_BEAMS = 64


class CodeSearch:
    """Different texts for one plan: half the best by beams, half drawn without replacement."""

    def __init__(self, decoder: Decoder, count: int, seed: int) -> None:
        """Look for *count* texts (at most ``MOST_BEAMS``), samples drawn by *seed*."""
        self._decoder = decoder
        self._count = min(count, MOST_BEAMS)
        best = (self._count + 1) // 2
        ends = decoder.vocabulary.ends
        self._groups = [BeamGroup(Best(best), ends)]
        if self._count > best:
            self._groups.append(BeamGroup(Sampled(self._count - best, seed), ends))

    def run(self, head: list[int], plan: PlanChoice) -> None:
        """Write until every beam has ended or is too long; raises StoppedError, what has ended stays in ``texts``."""
        decoder = self._decoder
        step = layout.step_segments(plan.intent, plan.target, plan.op, plan.mark, plan.end_mark)
        start = [*head, *decoder.vocabulary.encode(step)]
        first = self._successors(decoder.prefix.load(start), decoder.vocabulary.forbidden_first)
        for group in self._groups:
            group.step([first])
        lanes = _Lanes(decoder.runtime, len(self._groups))
        cells = SPARE_CELLS
        for position in range(len(start), min(len(start) + LONGEST, decoder.positions)):
            cells -= sum(len(group.alive) for group in self._groups)
            if cells < 0 or not any(group.alive for group in self._groups):
                break
            rows = iter(lanes.advance([group.alive for group in self._groups], position))
            for group in self._groups:
                group.step([self._successors(next(rows), decoder.vocabulary.forbidden) for _ in group.alive])
        decoder.runtime.keep(0)

    def _successors(
        self, row: NDArray[np.float32], forbidden: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Return the best legal successors behind *row* with their log-probabilities."""
        return top_tokens(row, forbidden, self._decoder.normalizer(row))

    def texts(self) -> tuple[Written, ...]:
        """Return the different texts that were finished, best first."""
        found = [text for group in self._groups for beam in group.ended if (text := self._read(beam))]
        distinct: dict[tuple[tuple[str, ...], bool], Written] = {}
        for text in sorted(found, key=lambda text: (-text.logprob, text.lines)):
            distinct.setdefault((text.lines, text.insert), text)
        return tuple(distinct.values())[: self._count]

    def _read(self, beam: Beam) -> Written | None:
        """Return a beam as text, None for broken UTF-8 and for an insertion of nothing."""
        segments = self._decoder.vocabulary.decode(beam.tokens[:-1])
        if segments is None:
            return None
        lines, insert = layout.parse_code(segments)
        return None if insert and not lines else Written(lines, insert, beam.logprob)


class _Lanes:
    """The sequences that hold the beams alive: successors of one beam fork its sequence, dead ones free theirs."""

    def __init__(self, runtime: Runtime, groups: int) -> None:
        """Start every group from the prompt in sequence 0."""
        self._runtime = runtime
        self._held: list[list[int]] = [[0] for _ in range(groups)]
        self._free = list(range(SEQUENCES - 1, 0, -1))

    def advance(self, groups: Sequence[Sequence[Beam]], position: int) -> NDArray[np.float32]:
        """Decode the last token of every beam at *position* and return its logits, group after group."""
        batch = Batch()
        for number, beams in enumerate(groups):
            lanes = list(self._assign(number, beams, position))
            self._held[number] = lanes
            for beam, lane in zip(beams, lanes, strict=True):
                batch.add(beam.tokens[-1], position, (lane,), output=True)
        return self._runtime.decode(batch)

    def _assign(self, number: int, beams: Sequence[Beam], position: int) -> Iterator[int]:
        """Yield a sequence for each beam of a group; the first successor of a beam goes on in its sequence."""
        held = self._held[number]
        first: dict[int, int] = {}
        forks: dict[int, list[int]] = {}
        for at, beam in enumerate(beams):
            lane = held[beam.parent]
            if lane == 0 or lane in first:
                forks.setdefault(lane, []).append(at)
            else:
                first[lane] = at
        lanes = {at: lane for lane, at in first.items()}
        for lane in held:
            if lane and lane not in first:
                self._runtime.cut(lane, 0)
                self._free.append(lane)
        for lane, places in forks.items():
            for at in places:
                lanes[at] = self._free.pop()
                self._runtime.fork(lane, lanes[at], position)
        yield from (lanes[at] for at in range(len(beams)))
