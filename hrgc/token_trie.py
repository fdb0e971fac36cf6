"""Token sequences arranged so that every shared prefix is computed once; pure Python, no model in sight.

A group is a trie small enough for one decode call. Its nodes come in depth-first order, so a parent always precedes its
children, and every node knows which of the group's sequences run through it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Node:
    """An inner node: a token whose successors' probabilities are wanted."""

    token: int
    depth: int
    """0 for the first token behind the shared prompt."""
    first: int
    """The group's sequences ``first..last`` run through this node."""
    last: int
    children: dict[int, int] = field(default_factory=dict)
    """Index among ``Group.edges`` by child token."""


@dataclass(slots=True)
class Group:
    """A trie over some token sequences."""

    members: list[tuple[int, ...]]
    """The sequences, sorted."""
    nodes: list[Node]
    """Inner nodes, parents first."""
    paths: list[list[int]]
    """For each member the edges it runs over; their log-probabilities sum to the member's."""
    roots: dict[int, int]
    """Edges that leave the prompt itself, by token."""
    edges: int
    """Number of edges."""


def groups(sequences: Sequence[tuple[int, ...]], *, most_nodes: int, most_members: int) -> Iterator[Group]:
    """Yield groups over the different *sequences*, in sorted order, each within both limits.

    A single sequence longer than *most_nodes* gets a group of its own. Empty sequences are left out.
    """
    pending: list[tuple[int, ...]] = []
    size = 0
    for sequence in sorted({s for s in sequences if s}):
        extra = len(sequence) - 1 - (_shared(pending[-1], sequence) if pending else 0)
        if pending and (size + extra > most_nodes or len(pending) == most_members):
            yield _build(pending)
            pending, size = [], 0
            extra = len(sequence) - 1
        pending.append(sequence)
        size += max(0, extra)
    if pending:
        yield _build(pending)


def _shared(left: tuple[int, ...], right: tuple[int, ...]) -> int:
    """Return how many inner nodes of *right* exist already because of its sorted predecessor *left*."""
    count = 0
    for a, b in zip(left[:-1], right[:-1], strict=False):
        if a != b:
            break
        count += 1
    return count


def _build(members: list[tuple[int, ...]]) -> Group:
    """Build the trie of sorted *members*; each member runs over as many edges as it has tokens."""
    group = Group(members, [], [], {}, 0)
    stack: list[Node] = []
    for number, member in enumerate(members):
        keep = _shared(members[number - 1], member) if number else 0
        del stack[min(keep, len(stack)) :]
        for node in stack:
            node.last = number
        for depth in range(len(stack), len(member) - 1):
            node = Node(member[depth], depth, number, number)
            group.nodes.append(node)
            stack.append(node)
        path = []
        for depth, token in enumerate(member):
            successors = stack[depth - 1].children if depth else group.roots
            if token not in successors:
                successors[token] = group.edges
                group.edges += 1
            path.append(successors[token])
        group.paths.append(path)
    return group
