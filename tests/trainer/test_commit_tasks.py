"""Whole-file tasks from commits: packages written out of git, parts taken back, judged by the tests of the commit."""

from __future__ import annotations

import random
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from hrgc.errors import InputError
from hrgc.session import Toolbox
from tests.git_repositories import MIT, TinyRepository
from trainer import collect_git, commit_tasks, record, repair_eval, rows, snapshot
from trainer.collect_git import CollectGitConfig
from trainer.commit_tasks import CommitTasksConfig, taken_back
from trainer.gitlog import Repository
from trainer.repair_eval import RepairConfig
from trainer.repair_set import read

MATHS = """package maths

// Half halves.
func Half(n int) int {
	return n / 2
}

// Clamp keeps n within bounds.
func Clamp(n, low, high int) int {
	if n < low {
		return low
	}
	if n > low {
		return high
	}
	return n
}
"""
TESTS = """package maths

import "testing"

func TestHalf(t *testing.T) {
	if Half(4) != 2 {
		t.Fatal("half")
	}
}

func TestClamp(t *testing.T) {
	for n, want := range map[int]int{1: 2, 3: 3, 9: 4} {
		if got := Clamp(n, 2, 4); got != want {
			t.Fatalf("%d", got)
		}
	}
}
"""
FIXED = MATHS.replace("n > low", "n > high").replace("return n / 2", "half := n / two\n\treturn half")
FIXED = FIXED.replace("package maths\n", "package maths\n\nconst two = 2\n")


@pytest.fixture
def mirror(tmp_path: Path) -> TinyRepository:
    """Return a held-out organisation's repository: one commit mends two functions and brings the test."""
    files = {"LICENSE": MIT, "go.mod": "module example.com/maths\n\ngo 1.22\n", "maths/maths.go": MATHS}
    made = TinyRepository(tmp_path / "urfave+maths", files)
    made.commit("Clamp respects the upper bound (#7)", {"maths/maths.go": FIXED, "maths/maths_test.go": TESTS})
    return made


def write_head(repository: TinyRepository, folder: str, out: Path) -> bool:
    """Write a package of a repository's last commit."""
    with closing(Repository(repository.path).objects()) as objects:
        return snapshot.write(objects, "HEAD", folder, repository.path.name.replace("+", "/"), out)


def test_parts_are_taken_back_alone_and_together() -> None:
    """Every state differs from the answer and is made of the old hunks; long hunks stay."""
    config = CommitTasksConfig("", draws=20)
    states = dict(taken_back(MATHS.encode(), FIXED.encode(), config, random.Random(1)))
    assert FIXED.encode() not in states
    assert states[FIXED.replace("n > high", "n > low").encode()] == 1
    assert states[MATHS.encode()] == 3
    assert set(states.values()) == {1, 2, 3}
    short = CommitTasksConfig("", draws=20, max_lines=1)
    assert set(dict(taken_back(MATHS.encode(), FIXED.encode(), short, random.Random(1)))) == {
        FIXED.replace("n > high", "n > low").encode()
    }


def test_a_package_is_written_with_what_it_imports(tmp_path: Path) -> None:
    """Its own module's packages come along without their tests; others, and links out of the tree, do not."""
    repository = TinyRepository(
        tmp_path / "ada+deep",
        {
            "go.mod": "module example.com/deep\n",
            "a/a.go": 'package a\n\nimport "example.com/deep/b"\n\nvar A = b.B\n',
            "a/a_test.go": 'package a\n\nimport _ "example.com/deep/c"\n',
            "a/testdata/in/x.txt": "x",
            "b/b.go": "package b\n\nvar B = 1\n",
            "b/b_test.go": "package b\n",
            "c/c.go": "package c\n",
            "d/d.go": "package d\n",
        },
    )
    out = tmp_path / "out"
    assert write_head(repository, "a", out)
    found = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    assert found == ["a/a.go", "a/a_test.go", "a/testdata/in/x.txt", "b/b.go", "c/c.go", "go.mod"]
    assert not write_head(repository, "nowhere", tmp_path / "none")
    assert not (tmp_path / "none").exists()
    old = TinyRepository(tmp_path / "ada+old", {"old.go": "package old\n"})
    assert write_head(old, "", tmp_path / "old-out")
    assert (tmp_path / "old-out" / "go.mod").read_text().startswith("module github.com/ada/old\n")


def test_commits_become_tasks_of_both_kinds(mirror: TinyRepository, tmp_path: Path, go: str) -> None:
    """What no longer builds and what fails its test become tasks that can be solved; none is doubled."""
    assert go
    collect_git.main(CollectGitConfig(repositories=str(mirror.path), out=str(tmp_path / "changes")))
    config = CommitTasksConfig(
        str(mirror.path),
        changes=str(tmp_path / "changes"),
        checkout=str(tmp_path / "checkout"),
        out=str(tmp_path / "sets"),
        draws=20,
        test_seconds=120.0,
    )
    commit_tasks.main(config)
    build, behaviour = (tmp_path / "sets" / f"{stem}.jsonl.gz" for stem in ("buildfix-real", "commitfix"))
    for path, problem in ((build, ""), (behaviour, "Clamp respects the upper bound")):
        tasks = read(path)
        assert tasks
        assert {task.problem for task in tasks} == {problem}
        assert {task.right for task in tasks} == {FIXED}
        assert all((tmp_path / "checkout" / task.path).read_text() == FIXED for task in tasks)
    assert all("TestClamp" in task.shown for task in read(behaviour))
    shutil.rmtree(tmp_path / "sets" / commit_tasks.STAGE)
    sizes = [len(list(rows.read(path))) for path in (build, behaviour)]
    commit_tasks.main(config)
    assert [len(list(rows.read(path))) for path in (build, behaviour)] == sizes
    run = RepairConfig(str(behaviour), config.checkout, out=str(tmp_path / "none.jsonl"), limit=1)
    repair_eval.main(run)
    (outcome,) = repair_eval.read_outcomes(Path(run.out))
    assert outcome.right


def test_a_commit_whose_tests_cannot_be_built_gives_build_tasks(
    mirror: TinyRepository, tmp_path: Path, go: str
) -> None:
    """Half-applied commits need the compiler alone; why there is no behaviour task is counted."""
    assert go
    foreign = 'package maths\n\nimport _ "example.org/assert"\n'
    mirror.commit("Half of odd numbers (#8)", {"maths/maths.go": MATHS, "maths/maths_test.go": foreign})
    collect_git.main(CollectGitConfig(repositories=str(mirror.path), out=str(tmp_path / "changes")))
    config = CommitTasksConfig(
        str(mirror.path),
        changes=str(tmp_path / "changes"),
        checkout=str(tmp_path / "checkout"),
        out=str(tmp_path / "sets"),
        test_seconds=120.0,
    )
    commit_tasks.main(config)
    tasks = read(tmp_path / "sets" / "buildfix-real.jsonl.gz")
    assert {task.right for task in tasks} == {FIXED, MATHS}
    told = record.read_json(tmp_path / "sets" / commit_tasks.STAGE / "config.json")["inputs"]["counts"]
    assert told["commits"] == 2
    assert told["packages without tasks of behaviour: tests do not build here"] == 1
    run = RepairConfig(str(tmp_path / "sets" / "buildfix-real.jsonl.gz"), config.checkout)
    (task,) = [task for task in tasks if task.right == MATHS][:1]
    assert repair_eval.solve(task, run, Toolbox.load()).right, "the missing package is missed in the right file, too"


def test_old_module_files_are_written_without_requirements() -> None:
    """They would make the go command read module files that are not there; newer ones build without."""
    old = "module a.b/c\n\ngo 1.12\n\nrequire x.y/z v1.0.0 // indirect\n\nrequire (\n\td.e/f v1.0.0\n)\n"
    old += "\nreplace d.e/f => ../f\n"
    assert snapshot.standing_alone(old).split() == ["module", "a.b/c", "go", "1.12"]
    assert snapshot.standing_alone(old.replace("1.12", "1.17")) == old.replace("1.12", "1.17")


def test_mirrors_of_training_organisations_are_refused(tmp_path: Path) -> None:
    """Evaluation sets come from held-out organisations alone."""
    repository = TinyRepository(tmp_path / "ada+maths", {"LICENSE": MIT, "maths.go": MATHS})
    with pytest.raises(InputError, match="held-out"):
        commit_tasks.main(CommitTasksConfig(str(repository.path), out=str(tmp_path / "sets")))
