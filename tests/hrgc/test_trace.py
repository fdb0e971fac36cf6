"""Traces: events come back equal, dead runs leave readable ones, ids are found."""

from __future__ import annotations

import json
from collections.abc import Generator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrgc import codec, events, trace
from hrgc.diagnostics import Condition, Diagnostic, Evidence, HotLine, Stage
from hrgc.errors import ConfigError, InputError
from hrgc.events import Event, Finished, StopReason
from hrgc.model import Control, Decision
from hrgc.plan import Plan, Step
from hrgc.tokens import Intent, Op, Target

_TEXT = st.text(max_size=20)
_PATHS = st.sampled_from([Path("/a/b.go"), Path("/x y/ä.go"), Path("/raw/\udcff.go")])
_FLOATS = st.floats(allow_nan=False)
_STEPS = st.builds(
    Step, _PATHS, st.integers(1, 99), st.sampled_from(Op), st.sampled_from(Intent), st.sampled_from(Target), _TEXT,
    st.none() | st.integers(1, 99), _TEXT, st.none() | _FLOATS,
)  # fmt: skip
_DIAGNOSTICS = st.builds(
    Diagnostic, _PATHS, st.integers(0, 99), st.integers(0, 99), st.sampled_from(Stage), _TEXT, _TEXT,
    st.lists(_TEXT, max_size=2).map(tuple), st.booleans(),
)  # fmt: skip
_EVIDENCE = st.builds(
    Evidence,
    st.lists(_DIAGNOSTICS, max_size=2).map(tuple),
    st.sampled_from(Stage),
    st.lists(st.builds(HotLine, _PATHS, st.integers(1, 99), _FLOATS), max_size=2).map(tuple),
    st.lists(_TEXT, max_size=2).map(tuple),
    st.lists(_TEXT, max_size=2).map(tuple),
    conditions=st.lists(
        st.builds(Condition, _PATHS, *[st.integers(0, 99)] * 2, st.booleans(), st.lists(st.integers(0, 31)).map(tuple)),
        max_size=2,
    ).map(tuple),
)
for _kind, _strategy in ((Path, _PATHS), (Step, _STEPS), (Evidence, _EVIDENCE), (float, _FLOATS)):
    st.register_type_strategy(_kind, _strategy)
_EVENTS = st.one_of(*(st.builds(kind) for kind in get_args(Event)))


def _finished(reason: StopReason = StopReason.DONE) -> Finished:
    path = Path("/p/a.go")
    return Finished(
        reason,
        (events.FileResult(path, b"package p\r\n", b"\xff\x00"),),
        Evidence((Diagnostic(path, 1, 2, Stage.TYPES, "UnusedVar", "declared", ("x",)),)),
        Evidence(reached=Stage.TEST),
        rounds=1,
        judged=7,
        elapsed=0.5,
        steps=(Step(path, 1, Op.CMP),),
    )


def _header(run_id: str = "20260101-000000-abcd") -> trace.Header:
    return trace.Header(run_id, "stack.go", "none", 7, {"target": "stack.go", "seed": 7}, started=12.5)


def _script(*items: Event, error: BaseException | None = None) -> Generator[Event, Plan | None, Finished]:
    yield from items
    if error is not None:
        raise error
    return _finished()


@given(_EVENTS)
@settings(max_examples=150, suppress_health_check=list(HealthCheck), deadline=None)
def test_every_event_comes_back_equal_from_its_line(event: Event) -> None:
    line = trace.event_line(event)
    assert "\n" not in line
    data = json.loads(line)
    kind = {k.__name__: k for k in get_args(Event)}[data.pop("event")]
    assert codec.decode(kind, data) == event


def test_a_run_is_written_and_read_back() -> None:
    began = events.RoundStarted(1, Control(0.5, 0.25, 0.25), Decision.CONTINUE, overruled=False)
    path = trace.path_of("20260101-000000-abcd")
    seen = list(trace.record(_script(began), trace.Writer(path, _header())))
    assert seen == [began]
    got = trace.read(path)
    assert got.header == _header()
    assert got.events == (began, _finished())
    assert got.finished == _finished()
    assert got.end is not None
    assert got.end.outcome == "finished"


def test_the_finished_event_is_written_once_when_it_is_also_yielded() -> None:
    path = trace.path_of("20260101-000000-abcd")
    list(trace.record(_script(_finished()), trace.Writer(path, _header())))
    assert trace.read(path).events == (_finished(),)


def test_an_answer_reaches_the_run() -> None:
    answers: list[Plan | None] = []

    def run() -> Generator[Event, Plan | None, Finished]:
        answers.append((yield events.Planned(1, Plan(), ())))
        return _finished()

    recorded = trace.record(run(), trace.Writer(trace.path_of("1"), _header()))
    next(recorded)
    with pytest.raises(StopIteration):
        recorded.send(Plan(problem="mine"))
    assert answers == [Plan(problem="mine")]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError("disk"), SystemExit(143)])
def test_a_dying_run_leaves_what_it_did(error: BaseException) -> None:
    ended = events.RoundEnded(1, 1, 0, 0.1)
    path = trace.path_of("20260101-000000-abcd")
    with pytest.raises(type(error)):
        list(trace.record(_script(ended, error=error), trace.Writer(path, _header())))
    got = trace.read(path)
    assert got.events == (ended,)
    assert got.end is not None
    assert got.end.outcome == type(error).__name__
    assert got.finished is None


def test_a_run_given_up_by_its_consumer_is_closed() -> None:
    path = trace.path_of("1")
    recorded = trace.record(_script(events.RoundEnded(1, 0, 1, 0.1)), trace.Writer(path, _header()))
    next(recorded)
    recorded.close()
    end = trace.read(path).end
    assert end is not None
    assert end.outcome == "closed"


def test_a_line_cut_off_by_a_crash_is_dropped() -> None:
    path = trace.path_of("1")
    list(trace.record(_script(events.RoundEnded(1, 0, 1, 0.1)), trace.Writer(path, _header())))
    data = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(data[:2]) + data[2][:-10])
    got = trace.read(path)
    assert len(got.events) == 1
    assert got.end is None


def test_damage_in_the_middle_names_the_line() -> None:
    path = trace.path_of("1")
    list(trace.record(_script(events.RoundEnded(1, 0, 1, 0.1)), trace.Writer(path, _header())))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], '{"event":"Nonsense"}', *lines[2:]]) + "\n")
    with pytest.raises(InputError, match=r"1\.jsonl:2: not a trace line"):
        trace.read(path)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\xff\xfe", b"[]\n", b'{"header":{"id":1}}\n'])
def test_a_file_that_is_no_trace_is_refused(content: bytes) -> None:
    Path("x").write_bytes(content)
    with pytest.raises(InputError):
        trace.read(Path("x"))


def test_the_ends_are_read_without_the_middle() -> None:
    path = trace.path_of("1")
    list(trace.record(_script(events.RoundEnded(1, 0, 1, 0.1)), trace.Writer(path, _header())))
    got = trace.read_ends(path)
    assert (got.header, got.events) == (_header(), (_finished(),))
    assert got.end is not None
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))
    assert trace.read_ends(path).events == ()


def test_another_format_is_refused() -> None:
    Path("x").write_text(json.dumps({"header": {**codec.encode(_header()), "format": "hrgc.trace/9"}}) + "\n")
    with pytest.raises(InputError, match=r"hrgc\.trace/9"):
        trace.read(Path("x"))


def test_runs_are_found_by_id_part_and_last() -> None:
    for run_id in ("20260101-000000-aaaa", "20260102-000000-aabb"):
        trace.Writer(trace.path_of(run_id), _header(run_id)).close("finished")
    assert trace.find("20260101-000000-aaaa").stem == "20260101-000000-aaaa"
    assert trace.find("aabb").stem == trace.find("last").stem == "20260102-000000-aabb"
    with pytest.raises(InputError, match="2 runs"):
        trace.find("aa")
    with pytest.raises(InputError, match="no run or trace file"):
        trace.find("zzz")
    assert trace.read_header(trace.find("last")).id == "20260102-000000-aabb"


def test_old_traces_are_removed() -> None:
    for number in range(5):
        trace.Writer(trace.path_of(f"2026010{number}"), _header()).close("finished")
    trace.prune(trace.path_of("x").parent, 2)
    assert [p.stem for p in trace.listing()] == ["20260104", "20260103"]


def test_a_folder_that_cannot_be_made_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("file").touch()
    monkeypatch.setenv("HRGC_STATE_DIR", str(Path("file/state").absolute()))
    with pytest.raises(ConfigError, match="file/state"):
        trace.Writer(trace.path_of("1"), _header())


def test_ids_sort_by_time_and_differ() -> None:
    ids = {trace.new_id() for _ in range(5)}
    assert len(ids) > 1
    assert all(len(i) == len("20260101-000000-abcd") for i in ids)
