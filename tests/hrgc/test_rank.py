"""Ranking: model, priors and suspicion in one score; the plan read off it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from hrgc.diagnostics import Diagnostic, Evidence, HotLine, Stage
from hrgc.edits import TextEdit
from hrgc.model import Choice, Decision, ModelInfo, NoModel, PlanChoice, ScriptedModel
from hrgc.plan import Step
from hrgc.plugin import Budget, Candidate
from hrgc.propose import pairs
from hrgc.rank import Ranker, Scored, choice_of, matches, plan_of
from hrgc.state import FailedEdit, State
from hrgc.tokens import Intent, Op, Segment, Target
from tests.fakes import ToyWorkspace

PATH = Path("/toy/a.toy")
SPACE = ToyWorkspace(PATH, b"".join(b"line %d\n" % n for n in range(1, 31)))


def candidate(line: int, text: str, *, op: Op = Op.NAME, prior: float = 0.0, answers: str = "") -> Candidate:
    """Return a candidate that rewrites one line."""
    at = SPACE.content.index(b"line %d\n" % line)
    step = Step(PATH, line, op, answers=answers)
    return Candidate(PATH, (TextEdit(at, at + 4, text.encode()),), step, (text,), prior=prior)


def order(ranked: tuple[Scored, ...]) -> list[str]:
    """Return the candidates' texts, best first."""
    return [s.candidate.code[0] for s in ranked]


def test_without_a_model_priors_and_suspicion_rank() -> None:
    """A suspected line outweighs a small difference of priors; an unsuspected one keeps a floor."""
    state = State(evidence=Evidence(hot=(HotLine(PATH, 2, 1.0), HotLine(PATH, 3, 0.5))))
    ranker = Ranker(NoModel(), SPACE, "")
    made = [candidate(1, "cold", prior=0.5), candidate(3, "warm", prior=0.1), candidate(2, "hot")]
    assert order(ranker.rank(state, made, Decision.CONTINUE, Budget())) == ["hot", "warm", "cold"]


def test_plan_probability_ranks_lines() -> None:
    """A candidate on the planned line beats one on another line, others equal."""
    plan = PlanChoice(Op.NAME, 2, None, Intent.FIX, Target.FUNC, -0.1)
    model = ScriptedModel(plan_answers=[(plan,)], scores={("a",): -9.0, ("b",): -1.0, ("far",): -0.5})
    ranker = Ranker(model, SPACE, "")
    found = [candidate(1, "a"), candidate(2, "b"), candidate(25, "far")]
    ranked = ranker.rank(State(), found, Decision.CONTINUE, Budget())
    assert order(ranked)[:2] == ["b", "far"], "the longer of two windows, where nothing is suspected"
    assert len(model.prompts) == 2, "one plan for each window"
    model.plan_answers = [(plan,)]
    suspected = State(evidence=Evidence(hot=(HotLine(PATH, 25, 0.9), HotLine(PATH, 2, 0.8), HotLine(PATH, 1, 0.8))))
    assert order(ranker.rank(suspected, found, Decision.CONTINUE, Budget()))[0] == "far"


def test_a_share_among_the_candidates_of_a_line_counts() -> None:
    """A long line makes all its texts unlikely; the one that stands out among them comes first all the same."""
    model = ScriptedModel(
        info=ModelInfo("scripted", plan_weight=0.0, code_weight=0.0, choice_weight=1.0),
        scores={("long",): -30.0, ("longer",): -40.0, ("one",): -2.0, ("two",): -2.0},
    )
    made = [candidate(2, "longer"), candidate(2, "long"), candidate(3, "one"), candidate(3, "two")]
    assert order(Ranker(model, SPACE, "").rank(State(), made, Decision.CONTINUE, Budget()))[0] == "long"


def test_code_is_not_scored_where_it_counts_nothing() -> None:
    """Plans alone cost one prompt; the texts' scores would change nothing."""
    plan = PlanChoice(Op.NAME, 2, None, Intent.FIX, Target.FUNC, -0.1)

    class Silent(ScriptedModel):
        def score(self, prompt: Sequence[Segment], choices: Sequence[Choice], budget: Budget) -> tuple[float, ...]:
            raise AssertionError("the code was scored")

    model = Silent(info=ModelInfo("scripted", plan_weight=1.0, code_weight=0.0), plan_answers=[(plan,)])
    ranked = Ranker(model, SPACE, "").rank(State(), [candidate(1, "a"), candidate(2, "b")], Decision.CONTINUE, Budget())
    assert order(ranked) == ["b", "a"]
    assert ranked[0].plan is not None
    assert ranked[0].code is None


class _Rater(NoModel):
    """Rates an edit by the number its signs hold."""

    info = ModelInfo("rater", plan_weight=0.0, code_weight=0.0, edit_weight=1.0, build_weight=0.1)

    def rate(self, signs: Sequence[bytes]) -> tuple[float, ...]:
        """Return the numbers."""
        return tuple(float(one or b"0") for one in signs)


def test_edits_are_rated_by_the_stage_that_fails() -> None:
    """Ratings count as much as was measured for failing tests and for build errors; of syntax they know nothing."""
    made = [replace(candidate(2, "plain", prior=0.5), signs=b"0"), replace(candidate(2, "better"), signs=b"3")]
    failing = State(evidence=Evidence((Diagnostic(PATH, 2, 1, Stage.TEST, "fail", "x"),), reached=Stage.TEST))
    broken = State(evidence=Evidence((Diagnostic(PATH, 2, 1, Stage.TYPES, "fail", "x"),), reached=Stage.TYPES))
    garbled = State(evidence=Evidence((Diagnostic(PATH, 2, 1, Stage.PARSE, "fail", "x"),), reached=Stage.PARSE))
    ranker = Ranker(_Rater(), SPACE, "")
    assert order(ranker.rank(failing, made, Decision.CONTINUE, Budget())) == ["better", "plain"]
    assert order(ranker.rank(broken, made, Decision.CONTINUE, Budget())) == ["plain", "better"]
    made[1] = replace(made[1], signs=b"6")
    assert order(ranker.rank(broken, made, Decision.CONTINUE, Budget())) == ["better", "plain"]
    assert order(ranker.rank(garbled, made, Decision.CONTINUE, Budget())) == ["plain", "better"]


def test_where_nothing_is_wrong_the_network_is_asked_whatever_its_weight() -> None:
    """A change that a person asks for has no findings to go by, and the edit scorer reads no requests."""
    info = ModelInfo("scripted", plan_weight=0.0, code_weight=0.0, edit_weight=1.0)
    model = ScriptedModel(info=info, scores={("a",): -5.0, ("b",): -1.0})
    clean = Ranker(model, SPACE, "use b").rank(
        State(), [candidate(1, "a"), candidate(2, "b")], Decision.CONTINUE, Budget()
    )
    assert order(clean) == ["b", "a"]
    assert all(scored.model is not None for scored in clean)
    failing = State(evidence=Evidence((Diagnostic(PATH, 2, 1, Stage.TEST, "fail", "x"),), reached=Stage.TEST))
    found = Ranker(model, SPACE, "").rank(failing, [candidate(1, "a"), candidate(2, "b")], Decision.CONTINUE, Budget())
    assert all(scored.model is None for scored in found)


def test_a_guess_at_clean_code_is_not_sure() -> None:
    """Plan and code together count; a candidate the model has no opinion of is none of its own."""
    made = candidate(2, "a")
    assert Scored(made, 0.0, -1.0, plan=math.log(0.5), code=math.log(0.2)).sure
    assert not Scored(made, 0.0, -9.0, plan=math.log(0.9), code=math.log(0.02)).sure
    assert not Scored(made, 5.0).sure


def test_candidates_outside_any_window_keep_the_floor() -> None:
    """A step whose end lies in no window is not scored and ranks below the scored ones."""
    model = ScriptedModel(scores={("in",): -3.0})
    outside = Candidate(PATH, (TextEdit(0, 1, b"x"),), Step(PATH, 1, Op.REWRITE, end_line=29), ("out",))
    ranked = Ranker(model, SPACE, "").rank(State(), [outside, candidate(2, "in")], Decision.CONTINUE, Budget())
    assert {s.candidate.code[0]: s.model for s in ranked}["out"] is None
    view = Ranker(model, SPACE, "").view(State(), Step(PATH, 1, Op.NAME), Decision.CONTINUE)
    assert choice_of(outside, view.window) is None


def test_unreached_scores_fall_back_to_the_worst() -> None:
    """A candidate the budget did not reach is ranked, not lost."""
    model = ScriptedModel(scores={("a",): -2.0, ("b",): -math.inf})
    ranked = Ranker(model, SPACE, "").rank(State(), [candidate(1, "b"), candidate(2, "a")], Decision.CONTINUE, Budget())
    assert order(ranked) == ["a", "b"]


def test_imports_are_ranked_by_their_rule() -> None:
    """The model has no opinion of the import block; it must not push a missing import behind everything."""
    model = ScriptedModel(scores={("a",): -2.0, ("b",): -9.0})
    made = [candidate(1, "a"), candidate(2, "b"), candidate(3, "i", op=Op.IMPORT, prior=1.0)]
    assert order(Ranker(model, SPACE, "").rank(State(), made, Decision.CONTINUE, Budget())) == ["i", "a", "b"]


def test_plan_of_a_ranking() -> None:
    """One step a finding, its probability the share of its pair; the rest are alternatives."""
    made = [
        Scored(candidate(1, "a", answers="one"), 0.0),
        Scored(candidate(1, "b", answers="one"), 0.0),
        Scored(candidate(2, "c", answers="one"), 0.0),
        Scored(candidate(5, "d", answers="two"), -50.0),
    ]
    plan, others = plan_of(made, "p")
    assert [(s.line, round(s.probability or 0, 3)) for s in plan.steps] == [(1, 0.667), (5, 1.0)]
    assert [(s.line, round(s.probability or 0, 3)) for s in others] == [(2, 0.333)]
    assert plan_of([], "p")[0].steps == ()


@pytest.mark.parametrize(
    ("step", "want"),
    [
        (Step(PATH, 2, Op.NAME), True),
        (Step(PATH, 1, Op.NAME, end_line=3), True),
        (Step(PATH, 2, Op.REWRITE), True),
        (Step(PATH, 2, Op.CMP), False),
        (Step(PATH, 3, Op.NAME), False),
        (Step(Path("/other"), 2, Op.NAME), False),
    ],
)
def test_matches(step: Step, want: bool) -> None:  # noqa: FBT001 - a table's column
    """File and lines must fit, and the operation unless it is REWRITE."""
    assert matches(candidate(2, "x"), (step,)) is want


def test_pairs_join_edits_that_do_not_touch() -> None:
    """Best sums first; edits of one place are never joined."""
    ranked = [Scored(candidate(1, "a"), -1.0), Scored(candidate(1, "b"), -2.0), Scored(candidate(9, "c"), -3.0)]
    made = pairs(ranked, 10)
    assert [c.prior for c in made] == [-4.0, -5.0]
    assert all(len(c.edits) == 2 and len(c.also) == 1 for c in made)


def test_the_prompt_holds_failures() -> None:
    """Failed attempts of the window are shown to the model, and the state's window is cached until it changes."""
    finding = Diagnostic(PATH, 2, 1, Stage.TYPES, "UndeclaredName", "undefined: x", ("x",))
    state = State(evidence=Evidence((finding,)))
    ranker = Ranker(ScriptedModel(info=ModelInfo("s")), SPACE, "fix it")
    first = ranker.view(state, Step(PATH, 2, Op.NAME), Decision.CONTINUE)
    assert ranker.view(state, Step(PATH, 3, Op.NAME), Decision.CONTINUE) is first
    failed = replace(state, failed=(FailedEdit(PATH, candidate(2, "nope").step, ("nope",)),))
    texts = [s.text for s in ranker.view(failed, Step(PATH, 2, Op.NAME), Decision.REFINE).answering]
    assert texts[-1] == "<REFINE>"
    assert texts[texts.index("<HIST>") + 1 : -2] == ["<OP:NAME>", "<L2>", "nope"]


def test_without_feedback_the_model_is_told_no_evidence() -> None:
    """Findings, suspected lines and failed attempts leave the prompt; what ranks beside the model keeps them."""
    found = Diagnostic(PATH, 2, 1, Stage.TYPES, "UndeclaredName", "undefined: itmes", ("itmes",))
    failed = FailedEdit(PATH, candidate(3, "tried").step, ("tried",), "failed")
    state = State(evidence=Evidence((found,), hot=(HotLine(PATH, 2, 1.0),)), failed=(failed,))
    prompts = []
    for feedback in (True, False):
        ranker = Ranker(ScriptedModel(), SPACE, "", feedback=feedback)
        view = ranker.view(state, Step(PATH, 2, Op.NAME), Decision.CONTINUE)
        prompts.append([segment.text for segment in view.prompt])
    assert {"itmes", "tried", "<HOT>"} <= set(prompts[0])
    assert not {"itmes", "tried", "<HOT>", "<HIST>"} & set(prompts[1])
