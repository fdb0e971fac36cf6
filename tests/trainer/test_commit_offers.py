"""Offers of real changes: which are looked at, and that the hunk people made is among the candidates."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git_repositories import MIT, TinyRepository
from trainer import collect_git, commit_offers, record, rows
from trainer.collect_git import CollectGitConfig
from trainer.commit_offers import CommitOffersConfig

SEARCH = """package search

func first(list []string, wanted string) int {
	for i := 0; i <= len(list); i++ {
		if list[i] == wanted {
			return i
		}
	}
	return -1
}
"""


@pytest.fixture
def mirrors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    """Return a repository with a fix of the catalogue's kind, a fix beyond it, and a change that fixes nothing."""
    monkeypatch.setenv("HRGC_CACHE_DIR", str(shared_cache))
    folder = tmp_path / "mirrors"
    tiny = TinyRepository(folder / "ada+search", {"LICENSE": MIT, "go.mod": "module a.b/s\n", "search.go": SEARCH})
    mended = SEARCH.replace("<= len", "< len")
    tiny.commit("Fix a panic behind the last element", {"search.go": mended})
    other = mended.replace("return -1", "return len(list) - len(wanted)*3 - 7")
    tiny.commit("Fix the result of a miss", {"search.go": other})
    tiny.commit("Add a joke", {"search.go": other.replace("return i\n", "return -1\n")})
    return folder


def test_a_fix_is_offered_with_the_candidate_that_makes_it(mirrors: Path, tmp_path: Path) -> None:
    changes, out = tmp_path / "changes", tmp_path / "offers"
    collect_git.main(CollectGitConfig(str(mirrors), out=str(changes)))
    config = CommitOffersConfig(str(mirrors), str(changes), str(out), offers=10)
    commit_offers.main(config)
    found = list(rows.read(out / "train" / "ada+search.jsonl.gz"))
    assert len(found) == 1
    assert [offer["rule"] for offer in found[0]["offers"] if offer.get("right")] == ["relational-boundary"]
    assert len(found[0]["offers"]) == 11
    counts = record.read_json(out / record.MANIFEST)["counts"]
    assert (counts["tasks"], counts["dropped: says no fix"]) == (1, 1), "the joke"
    every = CommitOffersConfig(str(mirrors), str(changes), str(tmp_path / "every"), any_intent=True)
    assert commit_offers.make_part(every, str(next(changes.glob("*.gz")))) == 2


def test_states_that_do_not_build_are_offered_with_their_repair(mirrors: Path, tmp_path: Path) -> None:
    """A name that a change gives to a parameter and not yet to its use is what somebody in the middle of it has."""
    renamed = SEARCH.replace("wanted string", "want string").replace("== wanted", "== want")
    tiny = TinyRepository(mirrors / "bob+search", {"LICENSE": MIT, "go.mod": "module b.c/s\n", "search.go": SEARCH})
    tiny.commit("Shorten a name", {"search.go": renamed})
    changes, out = tmp_path / "changes", tmp_path / "offers"
    collect_git.main(CollectGitConfig(str(mirrors / "bob+search"), out=str(changes)))
    commit_offers.main(CommitOffersConfig(str(mirrors), str(changes), str(out), build=True))
    found = list(rows.read(out / "train" / "bob+search.jsonl.gz"))
    assert found
    for row in found:
        assert row["rule"] == "half-applied"
        assert 0 < sum(bool(offer.get("right")) for offer in row["offers"]) < len(row["offers"])
        assert all(offer["signs"] for offer in row["offers"])
