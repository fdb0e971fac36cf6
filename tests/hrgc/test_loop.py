"""The loop over a toy language: every way it starts, goes on and ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hrgc.attempt import Tools
from hrgc.diagnostics import Stage
from hrgc.events import Attempt, Event, Examined, Finished, Planned, Ranked, RoundStarted, Started, StopReason
from hrgc.loop import Job, refine
from hrgc.model import Choice, Control, Model, ModelInfo, NoModel, PlanChoice, ScriptedModel, Written
from hrgc.plan import Plan, Step
from hrgc.plugin import Budget, Cancel, Validator
from hrgc.state import FailedEdit
from hrgc.tokens import Intent, Op, Segment, Target
from hrgc.validate import Cascade
from tests.fakes import Replacements, ToyWorkspace, WordValidator

PATH = Path("/toy/a.toy")
TYPES = WordValidator("types", Stage.TYPES, (b"itmes", b"cuont"))
Table = dict[bytes, tuple[tuple[bytes, float], ...]]
TABLE: Table = {
    b"itmes": ((b"items", -0.1), (b"times", -2.0)),
    b"cuont": ((b"count", -0.1),),
}


def job(content: bytes, **changes: object) -> Job:
    """Return a job on one toy file."""
    return replace(Job(ToyWorkspace(PATH, content), PATH), **changes)  # type: ignore[arg-type]


def tools(
    *validators: Validator,
    model: Model | None = None,
    table: Table | None = None,
) -> Tools:
    """Return tools with toy plugins."""
    proposer = Replacements(TABLE if table is None else table)
    return Tools(model or NoModel(), Cascade(validators or (TYPES,)), (proposer,))


def run(work: Job, kit: Tools) -> tuple[list[Event], Finished]:
    """Run to the end; returns all events and the last one."""
    events = list(refine(work, kit))
    assert isinstance(events[0], Started)
    last = events[-1]
    assert isinstance(last, Finished)
    return events, last


def test_clean_file_stops_at_once() -> None:
    """Nothing wrong and nothing asked: no round."""
    events, last = run(job(b"items\n"), tools())
    assert last.reason == StopReason.CLEAN
    assert last.rounds == 0
    assert [type(e) for e in events] == [Started, Examined, Finished]


def test_two_findings_are_two_steps_of_one_plan() -> None:
    """Each root finding is a step; one round carries out both."""
    events, last = run(job(b"itmes\ncuont\n"), tools())
    assert last.reason == StopReason.DONE
    assert last.solved
    assert last.results[0].after == b"items\ncount\n"
    assert last.results[0].before == b"itmes\ncuont\n"
    assert last.rounds == 1
    plan = next(e for e in events if isinstance(e, Planned)).plan
    assert {s.line for s in plan.steps} == {1, 2}
    assert [s.line for s in last.steps] == [1, 2]
    assert all(0 < (s.probability or 0) <= 1 for s in plan.steps)


def test_the_likelier_candidate_wins() -> None:
    """Both replacements build; the prior decides."""
    _, last = run(job(b"itmes\n"), tools())
    assert last.results[0].after == b"items\n"


def test_tests_overrule_the_ranking() -> None:
    """A candidate that builds but fails its tests loses to a less likely one that passes."""
    tests = WordValidator("test", Stage.TEST, (b"items",), passes=("TestPop",))
    _, last = run(job(b"itmes\n"), tools(TYPES, tests))
    assert last.results[0].after == b"times\n"
    assert last.after.passed == ("TestPop",)


def test_partial_repair_is_offered_when_it_only_shrinks() -> None:
    """One of two errors can be repaired: that is offered, and the run says problems remain."""
    _, last = run(job(b"itmes\nunknown\n"), tools(WordValidator("types", Stage.TYPES, (b"itmes", b"unknown"))))
    assert not last.solved
    assert last.results[0].after == b"items\nunknown\n"
    assert last.reason == StopReason.EXHAUSTED


def test_half_a_behaviour_repair_is_not_offered() -> None:
    """Fewer failing tests, but not none: internal progress only."""
    tests = WordValidator("test", Stage.TEST, (b"itmes", b"cuont"), passes=("TestA",))
    _, last = run(job(b"itmes\ncuont\n"), tools(tests, table={b"itmes": ((b"items", 0.0),)}))
    assert not last.solved
    assert last.results == ()


def test_two_edits_are_combined_when_no_single_one_helps() -> None:
    """A test that passes only with both edits is found in the second round, as a pair."""
    tests = OneName("test", Stage.TEST, (b"itmes", b"cuont"), passes=("TestA",))
    kit = tools(tests, table={b"itmes": ((b"items", 0.0),), b"cuont": ((b"count", 0.0),)})
    _, last = run(job(b"itmes\ncuont\n"), kit)
    assert last.solved
    assert last.rounds == 2
    assert len(last.steps) == 2


def test_later_rounds_judge_what_is_left_of_the_ranking() -> None:
    """Two candidates a round: the fifth one is found in the third round, and none is judged twice."""
    wrong = tuple((b"itmes" + b"x" * n, -0.1 * n) for n in range(1, 5))
    tests = WordValidator("test", Stage.TEST, (b"itmes",), passes=("TestA",))
    table: Table = {b"itmes": (*wrong, (b"items", -9.0))}
    _, last = run(job(b"itmes\n", candidates=2), tools(tests, table=table))
    assert last.solved
    assert last.rounds == 3
    assert tests.judged == 5
    hopeless = WordValidator("test", Stage.TEST, (b"itmes",), passes=("TestA",))
    _, last = run(job(b"itmes\n", candidates=2), tools(hopeless, table={b"itmes": wrong}))
    assert last.reason == StopReason.EXHAUSTED
    assert hopeless.judged == 4


class OneName(WordValidator):
    """Reports one failing test, whichever word is left."""

    def _find(self, path: Path, content: bytes) -> tuple:  # type: ignore[type-arg]
        """Return at most one finding, always under the same name."""
        return tuple(replace(d, names=("TestA",)) for d in super()._find(path, content)[:1])


def test_edited_plan_limits_the_candidates() -> None:
    """A plan sent behind ``Planned`` is carried out instead of the ranking's."""
    gen = refine(job(b"itmes\ncuont\n"), tools())
    event = next(gen)
    while not isinstance(event, Planned):
        event = next(gen)
    only = Plan(tuple(s for s in event.plan.steps if s.line == 2))
    event = gen.send(only)
    events = [event, *gen]
    accepted = [e for e in events if isinstance(e, Attempt) and e.accepted]
    assert [e.step.line for e in accepted][:1] == [2]


def test_given_plan_is_the_only_one_carried_out() -> None:
    """With a plan in the job, the run ends behind it."""
    plan = Plan((Step(PATH, 1, Op.NAME),))
    _, last = run(job(b"itmes\ncuont\n", plan=plan), tools())
    assert last.reason == StopReason.PLAN_DONE
    assert last.results[0].after == b"items\ncuont\n"


def test_a_plans_steps_follow_the_lines_of_earlier_ones() -> None:
    """The first step inserts two lines above the second one."""
    plan = Plan((Step(PATH, 1, Op.NAME), Step(PATH, 2, Op.NAME)))
    table: Table = {b"itmes": ((b"one\ntwo\nitems", -0.1),), b"cuont": ((b"count", -0.2),)}
    _, last = run(job(b"itmes\ncuont\n", plan=plan), tools(table=table))
    assert last.results[0].after == b"one\ntwo\nitems\ncount\n"
    assert [s.line for s in last.steps] == [1, 4]


def test_a_plans_steps_may_be_carried_out_in_any_order() -> None:
    """The likelier second step comes first and does not use the first one up."""
    plan = Plan((Step(PATH, 1, Op.NAME), Step(PATH, 2, Op.NAME)))
    table: Table = {b"itmes": ((b"items", -2.0),), b"cuont": ((b"count", -0.1),)}
    _, last = run(job(b"itmes\ncuont\n", plan=plan), tools(table=table))
    assert last.results[0].after == b"items\ncount\n"
    assert [s.line for s in last.steps] == [2, 1]


def test_plan_only_changes_nothing() -> None:
    """The run stops behind the first plan."""
    events, last = run(job(b"itmes\n", plan_only=True), tools())
    assert last.reason == StopReason.PLAN_DONE
    assert last.results == ()
    assert any(isinstance(e, Planned) for e in events)


def test_cancel_before_the_first_round() -> None:
    """A cancelled run ends at once and offers nothing."""
    cancel = Cancel()
    cancel.cancel()
    _, last = run(job(b"itmes\n", budget=Budget(cancel=cancel)), tools())
    assert last.reason == StopReason.CANCELLED
    assert last.results == ()


def test_no_time_left() -> None:
    """A deadline in the past ends the run with that reason."""
    _, last = run(job(b"itmes\n", budget=Budget(deadline=0.0)), tools())
    assert last.reason == StopReason.SECONDS


def test_refused_edits_do_not_come_back() -> None:
    """What a person refused with a reason is left out."""
    refused = FailedEdit(PATH, Step(PATH, 1, Op.NAME), ("items",), "wrong word")
    _, last = run(job(b"itmes\n", avoid=(refused,)), tools())
    assert last.results[0].after == b"times\n"


def test_refused_edits_do_not_come_back_in_later_rounds() -> None:
    """A failed round adds to what is avoided; the model's own text is held to it, too."""
    refused = FailedEdit(PATH, Step(PATH, 1, Op.NAME), ("items",), "wrong word")
    choice = PlanChoice(Op.NAME, 1, None, Intent.FIX, Target.FUNC, -0.1)
    model = ScriptedModel(plan_answers=[(choice,)], texts=[(Written(("items",), insert=False, logprob=-1.0),)])
    tests = WordValidator("test", Stage.TEST, (b"itmes", b"times"), passes=("TestPop",))
    _, last = run(job(b"itmes\n", avoid=(refused,)), tools(tests, model=model, table={b"itmes": ((b"times", -0.1),)}))
    assert last.rounds > 1
    assert last.results == ()


def test_done_from_the_model_is_overruled_while_something_is_wrong() -> None:
    """Validators know better than the controller."""
    model = ScriptedModel(controls=[Control(0.0, 0.1, 0.9)])
    events, last = run(job(b"itmes\n"), tools(model=model))
    started = next(e for e in events if isinstance(e, RoundStarted))
    assert started.overruled
    assert last.solved


class Preferring(ScriptedModel):
    """Prefers some lines."""

    def score(self, prompt: object, choices: object, budget: Budget) -> tuple[float, ...]:
        """Rate lines with ``times`` far above others."""
        assert isinstance(choices, list | tuple)
        return tuple(0.0 if "times" in "".join(c.lines) else -20.0 for c in choices if isinstance(c, Choice))


def test_the_model_ranks() -> None:
    """The model's preference outweighs the prior."""
    choice = PlanChoice(Op.NAME, 1, None, Intent.FIX, Target.FUNC, -0.1)
    model = Preferring(plan_answers=[(choice,)])
    _, last = run(job(b"itmes\n"), tools(model=model))
    assert last.results[0].after == b"times\n"
    assert model.prompts, "the model was shown the state"
    assert all(isinstance(s, Segment) for s in model.prompts[0])


def test_the_model_writes_what_no_rule_can() -> None:
    """With an empty catalogue the model's own line is taken."""
    choice = PlanChoice(Op.REWRITE, 1, None, Intent.FIX, Target.FUNC, -0.1)
    model = ScriptedModel(plan_answers=[(choice,)], texts=[(Written(("items",), insert=False, logprob=-1.0),)])
    events, last = run(job(b"\titmes\n"), tools(model=model, table={}))
    assert last.results[0].after == b"\titems\n"
    assert ("model", 1) in next(e for e in events if isinstance(e, Ranked)).by_source


def test_a_wish_on_clean_code_needs_a_model() -> None:
    """With a problem text, nothing wrong and no model, nothing is offered."""
    _, last = run(job(b"times\n", problem="call it items"), tools(table={b"times": ((b"items", 0.0),)}))
    assert last.results == ()
    assert last.reason == StopReason.EXHAUSTED


def test_a_wish_on_clean_code_is_granted_by_the_model() -> None:
    """The model's text is offered when the state stays clean."""
    choice = PlanChoice(Op.NAME, 1, None, Intent.UPDATE, Target.FUNC, -0.1)
    model = ScriptedModel(
        info=ModelInfo("scripted"),
        controls=[Control(0.9, 0.05, 0.05)],
        plan_answers=[(choice,)],
        texts=[(Written(("items",), insert=False, logprob=-1.0),)],
    )
    _, last = run(job(b"times\n", problem="call it items"), tools(model=model, table={}))
    assert last.results[0].after == b"items\n"
    assert last.reason == StopReason.DONE
