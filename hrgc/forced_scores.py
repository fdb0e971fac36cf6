"""Log-probabilities of given token sequences behind a prompt (teacher forcing), hundreds per decode call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hrgc.batch import Batch
from hrgc.decoder import Decoder
from hrgc.llama import SEQUENCES
from hrgc.token_trie import Group, groups

NODES = 256
"""Tokens of one decode call: more gain no speed, fewer make the budget's grain finer."""


def scores(
    decoder: Decoder, head: list[int], sequences: Sequence[tuple[int, ...]]
) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield (sequence, log-probability) of the different *sequences* behind *head*, group by group.

    Shared beginnings are computed once. Raises StoppedError.
    """
    behind = decoder.prefix.load(head)
    for group in groups(sequences, most_nodes=NODES, most_members=SEQUENCES - 1):
        edges = _edges(decoder, head, behind, group)
        for member, path in zip(group.members, group.paths, strict=True):
            yield member, float(edges[path].sum())


def _edges(decoder: Decoder, head: list[int], behind: NDArray[np.float32], group: Group) -> NDArray[np.float64]:
    """Return the log-probability of every edge of a trie."""
    edges = np.zeros(group.edges)
    _take(decoder, edges, behind, group.roots)
    batch = Batch()
    for node in group.nodes:
        batch.add(node.token, len(head) + node.depth, range(node.first + 1, node.last + 2), output=True)
    if len(batch):
        for number in range(1, len(group.members) + 1):
            decoder.runtime.fork(0, number, len(head))
        for node, row in zip(group.nodes, decoder.runtime.decode(batch), strict=True):
            _take(decoder, edges, row, node.children)
        decoder.runtime.keep(0)
    return edges


def _take(decoder: Decoder, edges: NDArray[np.float64], row: NDArray[np.float32], successors: dict[int, int]) -> None:
    """Store the log-probabilities of a node's successors."""
    normalizer = decoder.normalizer(row)
    for token, edge in successors.items():
        edges[edge] = float(row[token]) - normalizer
