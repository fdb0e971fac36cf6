"""Offers where tests fail: a small repository is broken, its own tests notice, and the candidates come with signs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.git_repositories import MIT, TinyRepository
from trainer import record, rows, tested_offers
from trainer.gitlog import Repository
from trainer.tested_offers import FailingOffersConfig

SEARCH = """package search

// First returns the place of wanted, -1 when it is not there.
func First(list []string, wanted string) int {
	for i := 0; i < len(list); i++ {
		if list[i] == wanted {
			return i
		}
	}
	return -1
}
"""
TESTS = """package search

import "testing"

func TestFirst(t *testing.T) {
	if got := First([]string{"a", "b", "a"}, "b"); got != 1 {
		t.Errorf("got %d, want 1", got)
	}
}

func TestMiss(t *testing.T) {
	if got := First([]string{"a", "b"}, "c"); got != -1 {
		t.Errorf("got %d, want -1", got)
	}
}
"""
FOREIGN = 'package far\n\nimport "example.com/far/away"\n\nfunc F() { away.G() }\n'


@pytest.fixture
def mirrors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared_cache: Path) -> Path:
    """Return a repository of a tested package and one that needs another module."""
    monkeypatch.setenv("HRGC_CACHE_DIR", str(shared_cache))
    folder = tmp_path / "mirrors"
    files = {"LICENSE": MIT, "go.mod": "module a.b/s\n\ngo 1.22\n", "search.go": SEARCH, "search_test.go": TESTS}
    far = {"far/far.go": FOREIGN, "far/far_test.go": "package far\n"}
    TinyRepository(folder / "ada+search", files | far)
    return folder


@pytest.mark.usefixtures("go")
def test_what_tests_notice_is_offered(mirrors: Path, tmp_path: Path) -> None:
    out = tmp_path / "offers"
    config = FailingOffersConfig(str(mirrors), str(out), per_function=6, offers=10)
    tested_offers.main(config)
    found = list(rows.read(out / "train" / "ada+search.jsonl.gz"))
    assert found
    for row in found:
        right = [offer.get("right", False) for offer in row["offers"]]
        assert 0 < sum(right) < len(right) <= sum(right) + 10
        assert all(offer["signs"] for offer in row["offers"])
    counts = record.read_json(out / record.MANIFEST)["counts"]
    assert counts["tasks"] == len(found)
    assert counts["packages dropped: import other modules"] == 1
    assert tested_offers.make_part(config, str(mirrors / "ada+search")) == len(found), "a part that is there is kept"


def test_packages_of_other_modules_are_told_by_their_imports(mirrors: Path) -> None:
    repository = Repository(mirrors / "ada+search")
    assert sorted(tested_offers.tested_folders(repository, 1)) == ["", "far"]
    objects = repository.objects()
    assert tested_offers.alone(objects, "HEAD", "")
    assert not tested_offers.alone(objects, "HEAD", "far")
    objects.close()
