"""The catalogue as a proposer: candidates of steps for build errors and for suspected lines, with the real helper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Evidence, HotLine, Stage
from hrgc.edits import Overlay, splice
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate, OpenOptions, Workspace
from hrgc.tokens import Intent, Op, Target
from plugins.golang.catalogue import Catalogue
from plugins.golang.language import GoLanguage
from plugins.golang.workspace import GoWorkspace

pytestmark = pytest.mark.usefixtures("go")
MOD = "module example.org/m\n\ngo 1.22\n"
STACK = """package m

type Stack struct{ items []int }

func (s *Stack) Len() int {
	return len(itmes)
}
"""
PARITY = """package m

func Even(n int) bool {
	return n%2 != 0
}

func Other(n int) int {
	return n + 1
}
"""


@contextmanager
def opened(root: Path, files: dict[str, str]) -> Iterator[GoWorkspace]:
    """Write *files* below *root* and open the package."""
    for name, text in {"go.mod": MOD, **files}.items():
        (root / name).write_text(text)
    with GoLanguage().open(root, OpenOptions()) as workspace:
        assert isinstance(workspace, GoWorkspace)
        yield workspace


def proposed(
    workspace: Workspace,
    *,
    evidence: Evidence | None = None,
    overlay: Overlay | None = None,
    steps: Sequence[Step] = (),
) -> list[Candidate]:
    """Return the catalogue's candidates, likeliest first."""
    assert isinstance(workspace, GoWorkspace)
    overlay = overlay or {}
    evidence = evidence or Evidence(workspace.helper.examine(overlay).diagnostics, reached=Stage.TYPES)
    found = Catalogue().propose(workspace, overlay, evidence, steps, Budget())
    return sorted(found, key=lambda c: -c.prior)


def after(workspace: GoWorkspace, candidate: Candidate) -> str:
    """Return the file with a candidate applied."""
    return splice(workspace.read(candidate.path), candidate.edits).decode()


def failing(path: Path, *, hot: tuple[HotLine, ...] = ()) -> Evidence:
    """Return the evidence of one failing test."""
    return Evidence((Diagnostic(path, 0, 0, Stage.TEST, "TestFail", "TestEven fails"),), Stage.TEST, hot)


def test_a_build_error_gets_its_repair_as_a_step(tmp_path: Path) -> None:
    """The likeliest repair names its line, operation, declaration and the finding it answers."""
    with opened(tmp_path, {"a.go": STACK}) as workspace:
        best = proposed(workspace)[0]
        assert "len(s.items)" in after(workspace, best)
    step = best.step
    assert (step.path, step.line, step.end_line) == (tmp_path / "a.go", 6, None)
    assert (step.op, step.intent, step.target, step.symbol) == (Op.FIELD, Intent.FIX, Target.METHOD, "Stack.Len")
    assert step.answers == "undefined: itmes"
    assert (best.code, best.insert, best.source) == (("return len(s.items)",), False, "catalogue")
    assert best.rule
    assert best.prior <= 0.0


def test_an_insertion_goes_after_its_line(tmp_path: Path) -> None:
    """Whole new lines are inserted behind the line before them, without indentation."""
    text = "package m\n\nfunc Sum(xs []int) int {\n\ttotal := 0\n\tfor _, x := range xs {\n\t\ttotal += x\n\t}\n}\n"
    with opened(tmp_path, {"a.go": text}) as workspace:
        best = proposed(workspace)[0]
    assert best.code == ("return total",)
    assert best.insert
    assert best.step.line == 7


def test_a_deletion_has_no_code(tmp_path: Path) -> None:
    """A step that removes a line says so."""
    text = 'package m\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc F() { fmt.Println() }\n'
    with opened(tmp_path, {"a.go": text}) as workspace:
        best = proposed(workspace)[0]
    assert (best.step.line, best.step.op, best.step.intent) == (5, Op.IMPORT, Intent.REMOVE)
    assert best.code == ()
    assert not best.insert


def test_an_edit_with_its_import_is_planned_where_it_is_used(tmp_path: Path) -> None:
    """The step of a two-place repair is the telling one; both edits are made."""
    text = 'package m\n\nfunc Label(n int) string {\n\treturn "n=" + n\n}\n'
    with opened(tmp_path, {"a.go": text}) as workspace:
        best = proposed(workspace)[0]
        assert 'import "strconv"' in after(workspace, best)
    assert best.step.line == 4
    assert best.code == ('return "n=" + strconv.Itoa(n)',)


def test_a_syntax_error_is_repaired(tmp_path: Path) -> None:
    """A file that does not parse gets its repair, too."""
    with opened(
        tmp_path, {"a.go": "package m\n\nfunc F(n int) int {\n\tif n > 0\n\t\treturn 1\n\t}\n\treturn 0\n}\n"}
    ) as ws:
        best = proposed(ws)[0]
        assert "if n > 0 {" in after(ws, best)
    assert best.step.op == Op.SYNTAX
    assert best.step.line == 4


def test_the_overlay_is_what_is_repaired(tmp_path: Path) -> None:
    """Candidates refer to the overlay's contents, not to those on disk."""
    with opened(tmp_path, {"a.go": "package m\n"}) as workspace:
        path = tmp_path / "a.go"
        best = proposed(workspace, overlay={path: STACK.encode()})[0]
        assert b"len(s.items)" in splice(STACK.encode(), best.edits)


def test_steps_limit_what_is_proposed(tmp_path: Path) -> None:
    """With steps, only their lines and operations are changed; REWRITE stands for any operation."""
    with opened(tmp_path, {"a.go": STACK}) as workspace:
        path = tmp_path / "a.go"
        names = proposed(workspace, steps=[Step(path, 6, Op.FIELD)])
        anything = proposed(workspace, steps=[Step(path, 6, Op.REWRITE)])
        elsewhere = proposed(workspace, steps=[Step(path, 1, Op.REWRITE)])
    assert names
    assert {c.step.op for c in names} == {Op.FIELD}
    assert len(anything) > len(names)
    assert not elsewhere


def test_failing_tests_change_suspected_functions(tmp_path: Path) -> None:
    """When the package builds, the operators work on the declarations of suspected lines only."""
    with opened(tmp_path, {"a.go": PARITY}) as workspace:
        path = tmp_path / "a.go"
        found = proposed(workspace, evidence=failing(path, hot=(HotLine(path, 4, 1.0),)))
        assert any("n%2 == 0" in after(workspace, c) for c in found)
    assert {c.step.symbol for c in found} == {"Even"}


def test_failing_tests_without_suspicion_change_every_function(tmp_path: Path) -> None:
    """When nothing is suspected, everything is."""
    with opened(tmp_path, {"a.go": PARITY}) as workspace:
        found = proposed(workspace, evidence=failing(tmp_path / "a.go"))
    assert {c.step.symbol for c in found} == {"Even", "Other"}


def test_a_plan_is_carried_out_on_code_that_builds(tmp_path: Path) -> None:
    """A step on clean code gives the operators' edits of its line and class."""
    with opened(tmp_path, {"a.go": PARITY}) as workspace:
        path = tmp_path / "a.go"
        found = proposed(workspace, evidence=Evidence(reached=Stage.TYPES), steps=[Step(path, 4, Op.CMP)])
    assert found
    assert {(c.step.line, c.step.op) for c in found} == {(4, Op.CMP)}


def test_a_budget_that_is_over_ends_quietly(tmp_path: Path) -> None:
    """No time, no candidates, no error."""
    with opened(tmp_path, {"a.go": STACK}) as workspace:
        evidence = Evidence(workspace.helper.examine({}).diagnostics, reached=Stage.TYPES)
        assert not list(Catalogue().propose(workspace, {}, evidence, (), Budget(deadline=0.0)))
