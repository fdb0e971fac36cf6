"""The cascade: cheapest stage first, early exit, lazy last stage, honest about time."""

from __future__ import annotations

from pathlib import Path

from hrgc.diagnostics import Stage
from hrgc.edits import TextEdit
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate
from hrgc.tokens import Op
from hrgc.validate import Cascade, StageReport
from tests.fakes import ToyWorkspace, WordValidator

PATH = Path("/toy/a.toy")
SPACE = ToyWorkspace(PATH, b"xx\n")


def candidates(*words: bytes) -> list[Candidate]:
    """Return candidates that put each word in place of the content."""
    return [Candidate(PATH, (TextEdit(0, 2, w),), Step(PATH, 1, Op.NAME)) for w in words]


def test_stages_run_in_order_and_stop_early() -> None:
    """A later stage never sees what an earlier one killed; verdicts carry the stage reached."""
    tests = WordValidator("test", Stage.TEST, (b"bad",), passes=("TestA",))
    types = WordValidator("types", Stage.TYPES, (b"ill",))
    reports: list[StageReport] = []
    judging = Cascade((tests, types)).judge(SPACE, {}, candidates(b"ill", b"bad", b"good"), Budget(), reports)
    verdicts = {v.index: v.evidence for v in judging}
    assert verdicts[0].failing_stage == Stage.TYPES
    assert verdicts[1].failing_stage == Stage.TEST
    assert verdicts[1].reached == Stage.TYPES
    assert verdicts[2].clean
    assert verdicts[2].passed == ("TestA",)
    assert tests.judged == 2
    assert [(r.validator, r.tried, r.killed) for r in reports] == [("types", 3, 1), ("test", 2, 1)]


def test_the_last_stage_is_lazy() -> None:
    """A consumer that stops saves the rest, and the report says how far it came."""
    tests = WordValidator("test", Stage.TEST, ())
    reports: list[StageReport] = []
    judging = Cascade((tests,)).judge(SPACE, {}, candidates(b"a", b"b", b"c"), Budget(), reports)
    assert next(judging).index == 0
    judging.close()
    assert tests.judged == 1
    assert reports[0].tried == 1


def test_examine_stops_at_the_first_stage_with_findings() -> None:
    """Tests do not run on code that does not build."""
    tests = WordValidator("test", Stage.TEST, (b"xx",))
    types = WordValidator("types", Stage.TYPES, (b"xx",))
    evidence = Cascade((tests, types)).examine(SPACE, {}, Budget())
    assert evidence.failing_stage == Stage.TYPES
    assert len(evidence.diagnostics) == 1


def test_vet_is_asked_apart() -> None:
    """Vet judges winners only: it is no stage of the cascade."""
    vet = WordValidator("vet", Stage.VET, (b"xx",))
    cascade = Cascade((vet,))
    assert cascade.examine(SPACE, {}, Budget()).clean
    assert not cascade.vet(SPACE, {}, Budget()).clean


def test_no_time_is_said() -> None:
    """A stage that was not run makes the evidence incomplete."""
    evidence = Cascade((WordValidator("types", Stage.TYPES, ()),)).examine(SPACE, {}, Budget(deadline=0.0))
    assert not evidence.complete
    assert "time is up" in evidence.notes[0]
