"""Grouping of token sequences: every prefix once a group, parents first, all sequences covered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hrgc.token_trie import Group, groups

SEQUENCES = st.lists(st.lists(st.integers(0, 3), max_size=7).map(tuple), max_size=30)


def _prefixes(group: Group) -> list[tuple[int, ...]]:
    """Return the prefix that each node stands for."""
    return [group.members[node.first][: node.depth + 1] for node in group.nodes]


@given(SEQUENCES, st.sampled_from([3, 8, 100]), st.sampled_from([2, 5, 100]))
def test_groups_cover_every_sequence_once(sequences: list[tuple[int, ...]], nodes: int, members: int) -> None:
    """All different sequences come, sorted, within the limits; only a single long one may exceed the nodes."""
    made = list(groups(sequences, most_nodes=nodes, most_members=members))
    assert [m for group in made for m in group.members] == sorted({s for s in sequences if s})
    for group in made:
        assert len(group.members) <= members
        assert len(group.nodes) <= nodes or len(group.members) == 1


@given(SEQUENCES)
def test_a_group_is_a_trie_with_parents_first(sequences: list[tuple[int, ...]]) -> None:
    """A node's prefix is unique, comes behind its parent, and belongs to exactly the members that run through it."""
    for group in groups(sequences, most_nodes=1000, most_members=1000):
        seen: set[tuple[int, ...]] = {()}
        for node, prefix in zip(group.nodes, _prefixes(group), strict=True):
            assert prefix not in seen
            assert prefix[:-1] in seen
            seen.add(prefix)
            inside = [n for n, m in enumerate(group.members) if m[: len(prefix)] == prefix and len(m) > len(prefix)]
            assert inside == list(range(node.first, node.last + 1))


@given(SEQUENCES)
def test_paths_run_over_the_edges_of_their_nodes(sequences: list[tuple[int, ...]]) -> None:
    """Equal prefixes share edges and different ones do not."""
    for group in groups(sequences, most_nodes=1000, most_members=1000):
        edges: dict[int, tuple[int, ...]] = {}
        for member, path in zip(group.members, group.paths, strict=True):
            assert len(path) == len(member)
            for depth, edge in enumerate(path):
                assert edges.setdefault(edge, member[: depth + 1]) == member[: depth + 1]
        assert sorted(edges) == list(range(group.edges))
        assert len(set(edges.values())) == group.edges
