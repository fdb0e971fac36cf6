"""Baselines and ablations: what each takes away, and that runs are not mixed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from hrgc.diagnostics import Evidence
from hrgc.edits import Overlay, TextEdit
from hrgc.errors import InputError
from hrgc.model import ModelInfo, NoModel, ScriptedModel
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, Workspace
from hrgc.rank import Weights
from hrgc.session import Request
from hrgc.tokens import Op
from tests.fakes import ToyWorkspace
from trainer import record, repair_eval, repair_modes, repair_set, rows
from trainer.repair_eval import RepairConfig
from trainer.repair_set import RepairSetConfig, Task

HELPER = Path(repair_modes.__file__).parent.parent / "plugins" / "golang" / "helper"
SPACE = ToyWorkspace(Path("/toy/a.toy"), b"one\n")
PACKAGE = {
    "go.mod": "module example.com/p\n\ngo 1.22\n",
    "p.go": 'package p\n\nimport "strings"\n\n// Loud shouts.\nfunc Loud(s string, n int) string {\n'
    "\tif n < 1 {\n\t\treturn s\n\t}\n\treturn strings.ToUpper(s)\n}\n",
    "p_test.go": 'package p\n\nimport "testing"\n\nfunc TestLoud(t *testing.T) {\n\tif Loud("a", 1) != "A" {\n'
    '\t\tt.Fatal()\n\t}\n}\n\nfunc TestQuiet(t *testing.T) {\n\tif Loud("a", 0) != "a" {\n\t\tt.Fatal()\n\t}\n}\n',
}  # fmt: skip


class Fixed:
    """Proposes three edits of different rules."""

    name = "fixed"

    def propose(
        self, workspace: Workspace, overlay: Overlay, evidence: Evidence, steps: Sequence[Step], budget: Budget
    ) -> Iterable[Candidate]:
        """Yield one candidate a rule."""
        step = Step(SPACE.path, 1, Op.NAME)
        for at, rule in enumerate(("remove-import", "near-name", "relational")):
            yield Candidate(SPACE.path, (TextEdit(0, at, b"x"),), step, rule=rule, prior=float(-at))


def proposed(proposer: repair_modes.RuleFilter | repair_modes.Shuffled) -> list[Candidate]:
    """Return what a proposer yields."""
    return list(proposer.propose(SPACE, {}, Evidence(), (), Budget()))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout with one tested package."""
    folder = tmp_path / "checkout" / "repo"
    folder.mkdir(parents=True)
    for name, text in PACKAGE.items():
        (folder / name).write_text(text)
    return folder.parent


def test_rules_keep_what_the_peers_do() -> None:
    """Import removal stays, the correction of a misspelling goes; every rule named is one of the catalogue's."""
    assert [c.rule for c in proposed(repair_modes.RuleFilter(Fixed(), repair_modes.RULES))] == ["remove-import"]
    source = "".join(path.read_text() for path in HELPER.glob("fix*.go"))
    assert [rule for rule in sorted(repair_modes.RULES) if f'"{rule}"' not in source] == []


def test_random_order_depends_on_the_seed_alone() -> None:
    """The same edits with other priors: equal for equal seeds, not for all seeds in the catalogue's order."""
    orders = set()
    for seed in range(20):
        found = proposed(repair_modes.Shuffled(Fixed(), seed))
        assert found == proposed(repair_modes.Shuffled(Fixed(), seed))
        assert all(0.0 <= c.prior <= 1.0 for c in found)
        orders.add(tuple(c.rule for c in sorted(found, key=lambda c: c.prior)))
    assert len(orders) == 6


def test_modes_change_one_thing_each() -> None:
    """Every mode is told apart from the full one; unknown modes and those that lack a model are refused."""

    def load() -> ScriptedModel:
        return ScriptedModel(info=ModelInfo("scripted", plan_weight=0.3, code_weight=0.2, edit_weight=0.6))

    full = repair_modes.toolbox("full", load, 0)
    assert full.weights is None
    assert full.feedback
    assert full.proposers
    assert not repair_modes.toolbox("no-catalogue", load, 0).proposers
    assert not repair_modes.toolbox("no-feedback", load, 0).feedback
    planless = repair_modes.toolbox("no-plan", load, 0).weights
    assert planless is not None
    assert (planless.plan, planless.code, planless.edit) == (0.0, 0.2, 0.6)
    assert repair_modes.toolbox("no-scorer", load, 0).weights == Weights(0.3, 0.2)
    assert repair_modes.toolbox("scorer", load, 0).weights == Weights(0.0, 0.0, edit=0.6)
    request = Request(SPACE.path)
    assert repair_modes.limited("no-recursion", request).max_rounds == 1
    assert repair_modes.limited("no-plan", request) == request
    for mode, model in (("best", load), ("no-plan", NoModel), ("no-catalogue", NoModel)):
        with pytest.raises(InputError):
            repair_modes.toolbox(mode, model, 0)


def test_the_baselines_differ_on_a_misspelt_package(checkout: Path, tmp_path: Path, go: str) -> None:
    """The full engine repairs a misspelling, the peers' rules do not; runs of two modes are not mixed in a file."""
    assert go
    right = PACKAGE["p.go"]
    wrong = right.replace("ToUpper", "ToUper")
    task = Task("t", "repo", "repo/p.go", "build", wrong, right, "", "FIELD", "typo", 10)
    rows.append(tmp_path / "tasks.jsonl.gz", [asdict(task)])
    config = RepairConfig(str(tmp_path / "tasks.jsonl.gz"), str(checkout), out=str(tmp_path / "full.jsonl"))
    repair_eval.main(config)
    rules = RepairConfig(config.tasks, config.checkout, mode="rules", out=str(tmp_path / "rules.jsonl"))
    repair_eval.main(rules)
    (full,) = repair_eval.read_outcomes(Path(config.out))
    (peers,) = repair_eval.read_outcomes(Path(rules.out))
    assert (full.right, full.exact, full.changed, full.mode) == (True, True, True, "full")
    assert (peers.right, peers.plausible, peers.changed, peers.mode) == (False, False, False, "rules")
    with pytest.raises(InputError, match="other mode"):
        repair_eval.main(RepairConfig(config.tasks, config.checkout, mode="rules", out=config.out))
    repair_eval.main(config)
    assert len(repair_eval.read_outcomes(Path(config.out))) == 1, "a solved task is not run again"


def test_sets_grow_package_by_package(checkout: Path, tmp_path: Path, go: str) -> None:
    """Each group has the state it promises; a package that is in the set is not broken again."""
    assert go
    config = RepairSetConfig(
        str(checkout), str(tmp_path), build=4, behaviour=4, clean=4, share=1.0, per_function=6, test_seconds=120.0
    )
    repair_set.main(replace(config, build=0, clean=0))
    repair_set.main(config)
    repair_set.main(config)
    made = {group: repair_set.read(tmp_path / f"{stem}.jsonl.gz") for group, stem in repair_set.SETS.items()}
    for tasks in made.values():
        assert tasks
        assert len({task.name for task in tasks}) == len(tasks)
    for task in itertools.chain(made["build"], made["behaviour"]):
        assert (task.content != task.right, task.problem, task.right) == (True, "", PACKAGE["p.go"])
        assert bool(task.shown) == (task.group == "behaviour")
    (clean,) = made["clean"]
    assert clean.content == clean.right == PACKAGE["p.go"]
    assert clean.problem
    assert clean.shown
    told = record.read_json(tmp_path / "repair-set" / "config.json")["inputs"]
    assert told["sets"]["mutfix.jsonl.gz"]["tasks"] == len(made["behaviour"])
    assert told["counts"]["packages"] == 2, "one look for mutants, one for all else"


def test_packages_without_tests_that_pass_give_build_tasks_alone(checkout: Path, tmp_path: Path, go: str) -> None:
    """Failing tests judge no behaviour, and tests that import what is not here do not even build."""
    assert go
    tests = checkout / "repo" / "p_test.go"
    counts: set[str] = set()
    for number, text in enumerate((tests.read_text().replace('"A"', '"B"'), 'package p\n\nimport _ "example.org/q"\n')):
        tests.write_text(text)
        out = tmp_path / str(number)
        config = RepairSetConfig(str(checkout), str(out), build=4, behaviour=4, clean=4, share=1.0, test_seconds=120.0)
        repair_set.main(config)
        assert {path.name for path in out.glob("*.gz")} == {"buildfix-syn.jsonl.gz"}
        counts |= set(record.read_json(out / "repair-set" / "config.json")["inputs"]["counts"])
    assert {what.rpartition(": ")[2] for what in counts if what.startswith("packages without")} == {
        "tests fail",
        "tests do not build here",
    }


def test_outcomes_of_older_runs_are_read(tmp_path: Path) -> None:
    """A line without the newer fields reads as a run in full."""
    old = {
        "name": "a", "group": "build", "op": "", "rule": "", "plausible": True, "right": True, "exact": True,
        "calls": 1, "seconds": 1.0, "rounds": 1, "reason": "done", "source": "catalogue",
    }  # fmt: skip
    (tmp_path / "old.jsonl").write_text(json.dumps(old) + "\n")
    assert repair_eval.read_outcomes(tmp_path / "old.jsonl")[0].mode == "full"


def test_rows_survive_a_torn_write(tmp_path: Path) -> None:
    """What is whole stays and is read on; the torn member is cut off and can be appended to again."""
    path = tmp_path / "deep" / "rows.jsonl.gz"
    assert rows.resume(path) == []
    rows.append(path, [{"n": 1}, {"n": 2}])
    rows.append(path, [{"n": 3, "text": "é" * 100_000}])
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:20])
    assert [row["n"] for row in rows.resume(path)] == [1, 2, 3]
    assert path.read_bytes() == whole
    assert rows.append(path, []) == 0
    rows.append(path, [{"n": 4}])
    assert [row["n"] for row in rows.read(path)] == [1, 2, 3, 4]
