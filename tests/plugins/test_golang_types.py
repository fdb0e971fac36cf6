"""The type-check stage over a real workspace, its batches, and its fall back on the go command."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Evidence, Stage
from hrgc.edits import Overlay, TextEdit
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, OpenOptions, Validator, load
from hrgc.tokens import Op
from plugins.golang.helper import Edits, HelperStopped, HelperUnavailable
from plugins.golang.helper_types import Examined
from plugins.golang.language import GoLanguage
from plugins.golang.types import BATCH, TypesValidator
from plugins.golang.workspace import GoWorkspace
from tests.fakes import ToyWorkspace

SOURCE = b"""package calc

import "strings"

func Sum(xs []int) int {
	total := 0
	for _, x := range xs {
		total += x
	}
	return totl
}

func Name(s string) string { return strings.TrimSpace(s) }
"""
TEST = """package calc

import "testing"

func TestSum(t *testing.T) {
	if Sum([]int{1, 2}) != 3 {
		t.Fail()
	}
}
"""
STEP = Step(Path("calc.go"), 10, Op.NAME)


@pytest.fixture
def workspace(tmp_path: Path, go: str) -> Iterator[GoWorkspace]:
    """Open a package with one error."""
    assert go
    (tmp_path / "go.mod").write_text("module example.org/calc\n\ngo 1.22\n")
    (tmp_path / "calc.go").write_bytes(SOURCE)
    (tmp_path / "calc_test.go").write_text(TEST)
    with GoLanguage().open(tmp_path, OpenOptions()) as opened:
        assert isinstance(opened, GoWorkspace)
        yield opened


def replacing(path: Path, old: bytes, new: bytes) -> Candidate:
    """Return the candidate that turns the first *old* into *new*."""
    start = SOURCE.index(old)
    return Candidate(path, (TextEdit(start, start + len(old), new),), STEP)


def codes(found: Sequence[Diagnostic]) -> list[str]:
    return [d.code for d in found]


def test_it_is_the_type_stage_of_the_plugin_table() -> None:
    """The entry point gives a validator of stage TYPES."""
    loaded = [v for v in load("hrgc.validators", Validator) if v.stage is Stage.TYPES]  # type: ignore[type-abstract]
    assert [v.name for v in loaded] == ["go_types"]


def test_examine_names_the_root_cause_first(workspace: GoWorkspace) -> None:
    """An undeclared name comes before the variable that is unused because of it, with an absolute path."""
    found = TypesValidator().examine(workspace, {}, Budget())
    assert found.reached is Stage.TYPES
    assert [(d.code, d.line, d.names, d.root) for d in found.diagnostics][:1] == [
        ("UndeclaredName", 10, ("totl",), True)
    ]
    assert found.diagnostics[0].path == workspace.files[0]


def test_judgements_come_in_order_and_agree_with_go_build(workspace: GoWorkspace) -> None:
    """Each candidate gets the verdict the compiler gives."""
    path = workspace.files[0]
    candidates = [
        replacing(path, b"totl", b"total"),
        replacing(path, b"totl", b"xs"),
        replacing(path, b"totl", b"len(xs)"),
        replacing(path, b"return totl", b"return total, nil"),
        replacing(path, b"return totl", b"return (total"),
        replacing(path, b"return totl\n", b"\n"),
    ]
    judged = list(TypesValidator().judge(workspace, {}, candidates, Budget()))
    assert [j.index for j in judged] == list(range(len(candidates)))
    passed = [not j.diagnostics for j in judged]
    assert passed == [True, False, True, False, False, False]
    for candidate, ok in list(zip(candidates, passed, strict=True))[:3]:
        edit = candidate.edits[0]
        content = SOURCE[: edit.start] + edit.new + SOURCE[edit.end :]
        assert (not workspace.build({path: content}, Budget()).diagnostics) == ok


def test_judging_is_lazy_and_ends_with_the_budget(workspace: GoWorkspace) -> None:
    """A consumer that stops pays for one batch; a budget that is over gives no judgement at all."""
    path = workspace.files[0]
    many = [replacing(path, b"totl", f"total+{n}".encode()) for n in range(3 * BATCH)]
    assert len(list(TypesValidator().judge(workspace, {}, many, Budget()))) == 3 * BATCH
    over = Budget(deadline=time.monotonic() - 1)
    assert list(TypesValidator().judge(workspace, {}, many, over)) == []
    examined = TypesValidator().examine(workspace, {}, over)
    assert not examined.complete
    assert not examined.clean


def test_other_workspaces_are_not_judged() -> None:
    """A workspace of another language is said to be one."""
    toy = ToyWorkspace(Path("/toy/a.txt"), b"")
    assert "no Go helper" in TypesValidator().examine(toy, {}, Budget()).notes[0]
    assert list(TypesValidator().judge(toy, {}, (), Budget())) == []


class DeadHelper:
    """A helper that cannot run, or whose time is over."""

    def __init__(self, error: Exception) -> None:
        """Raise *error* whatever is asked."""
        self.error = error

    def examine(self, overlay: Overlay, budget: Budget) -> Examined:
        """Raise."""
        raise self.error

    def check(self, overlay: Overlay, candidates: Sequence[Edits], budget: Budget) -> list[tuple[Diagnostic, ...]]:
        """Raise."""
        raise self.error


class SlowWorkspace(ToyWorkspace):
    """A workspace without a working helper, whose ``build`` objects to the word bad."""

    helper: DeadHelper
    build_tells = False
    built: int = 0

    def build(self, overlay: Mapping[Path, bytes], budget: Budget) -> Evidence:
        """Object to the word bad."""
        self.built += 1
        if b"bad" in overlay.get(self.path, self.content):
            return Evidence((Diagnostic(self.path, 1, 1, Stage.TYPES, "Other", "bad"),))
        return Evidence(reached=Stage.TYPES)


def test_without_a_helper_the_go_command_judges_and_a_note_says_so() -> None:
    """Every candidate is built, with the same verdicts, only slower."""
    slow = SlowWorkspace(Path("/toy/a.go"), b"a bad word")
    slow.helper = DeadHelper(HelperUnavailable("no compiler", "install one"))
    examined = TypesValidator().examine(slow, {}, Budget())
    assert codes(examined.diagnostics) == ["Other"]
    assert "no compiler" in examined.notes[0]
    candidates = [
        Candidate(slow.path, (TextEdit(2, 5, b"good"),), STEP),
        Candidate(slow.path, (TextEdit(0, 1, b"one"),), STEP),
        Candidate(slow.path, (TextEdit(500, 501, b""),), STEP),
    ]
    judged = list(TypesValidator().judge(slow, {}, candidates, Budget()))
    assert [codes(j.diagnostics) for j in judged] == [[], ["Other"], ["Other"]]
    assert slow.built == 3


def test_a_stopped_helper_gives_no_verdict() -> None:
    """What was not judged is neither passed nor failed."""
    slow = SlowWorkspace(Path("/toy/a.go"), b"a bad word")
    slow.helper = DeadHelper(HelperStopped())
    assert not TypesValidator().examine(slow, {}, Budget()).complete
    assert list(TypesValidator().judge(slow, {}, [Candidate(slow.path, (), STEP)], Budget())) == []
