"""The model's runtime: budgets, cancelling, threads, other decoders, and silence."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hrgc.errors import ModelError
from hrgc.model import PlanChoice
from hrgc.plugin import Budget, Cancel
from hrgc.sequence_model import SequenceModel
from hrgc.tokens import Intent, Op, Target
from tests.model_fixture import TinyModel, write_foreign, write_model
from tests.naive_model import LINES, MARKS, Naive, choices_of, prompt_of


def test_an_ended_budget_returns_what_there_is(model: SequenceModel) -> None:
    """Past its deadline every call answers at once: go on, no plans, no scores, no texts."""
    over, prompt = Budget(deadline=0.0), prompt_of(model)
    plan = PlanChoice(Op.CMP, 2, None, Intent.FIX, Target.METHOD, 0.0)
    assert model.control(prompt, over).proceed == 1.0
    assert model.plans(prompt, MARKS, Target.METHOD, over, limit=5) == ()
    assert model.score(prompt, choices_of(3), over) == (-math.inf,) * 3
    assert model.write(prompt, plan, over, count=4, seed=1) == ()


def test_cancel_ends_a_running_decode_and_leaves_the_model_usable(tmp_path: Path) -> None:
    """A decode of seconds ends within a fraction of one, what was done is kept, and scores stay right afterwards."""
    slow = TinyModel(width=256, heads=4, layers=4, feed_forward=1024, h_cycles=4, l_cycles=4, gain=0.7)
    model = SequenceModel(write_model(tmp_path / "slow.gguf", slow))
    try:
        prompt, choices = prompt_of(model), choices_of(300)
        want = model.score(prompt, choices[:2], Budget())
        cancel = Cancel()
        timer = threading.Timer(0.3, cancel.cancel)
        timer.start()
        started = time.monotonic()
        got = model.score(prompt_of(model, problem="change it"), choices, Budget(cancel=cancel))
        took = time.monotonic() - started
        timer.join()
        assert -math.inf in got
        assert took < 2.0
        late = model.score(prompt, choices, Budget(deadline=time.monotonic() + 0.3))
        assert -math.inf in late
        assert model.score(prompt, choices[:2], Budget()) == pytest.approx(want, abs=0.02)
    finally:
        model.close()


def test_threads_may_share_a_model(model: SequenceModel) -> None:
    """Calls from several threads at once give the same answers as one after another."""
    prompts = [prompt_of(model, LINES[: 2 + n % 4]) for n in range(8)]
    want = [model.control(prompt, Budget()) for prompt in prompts]
    got: dict[int, float] = {}
    workers = [
        threading.Thread(target=lambda n=n, p=p: got.update({n: model.control(p, Budget()).done}))
        for n, p in enumerate(prompts)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [got[number] for number in range(8)] == pytest.approx([control.done for control in want], abs=0.01)


@pytest.mark.parametrize("architecture", ["llama", "gpt2"])
def test_other_decoders_run_by_the_same_path(tmp_path: Path, architecture: str) -> None:
    """A decoder of another architecture with our vocabulary scores as the naive reference does."""
    other = SequenceModel(write_foreign(tmp_path / f"{architecture}.gguf", architecture), threads=1)
    try:
        prompt, choices = prompt_of(other), choices_of(4)
        naive = Naive(other, prompt)
        assert other.info.architecture == architecture
        assert other.score(prompt, choices, Budget()) == pytest.approx([naive.logprob(c) for c in choices], abs=0.02)
    finally:
        other.close()


def test_recurrent_models_are_refused(tmp_path: Path) -> None:
    """Their memory cannot be shared by sequences: a model error, not an abort."""
    with pytest.raises(ModelError, match="recurrent"):
        SequenceModel(write_foreign(tmp_path / "mamba.gguf", "mamba"))


def test_info_names_the_model(model: SequenceModel, tiny_path: Path) -> None:
    """Name, architecture, size and fingerprint are known."""
    assert (model.info.name, model.info.architecture) == ("tiny", "hrm_text")
    assert model.info.parameters > 100_000
    assert model.info.path == str(tiny_path)
    assert len(model.info.fingerprint) == 64


QUIET = """
import sys
from pathlib import Path
from hrgc.plugin import Budget
from hrgc.sequence_model import SequenceModel
from hrgc.tokens import plain
model = SequenceModel(Path(sys.argv[1]))
model.control(plain("abc"), Budget())
model.close()
model.close()
"""


def test_nothing_is_printed(tiny_path: Path) -> None:
    """Loading, decoding and closing twice write nothing to the process's output streams."""
    done = subprocess.run([sys.executable, "-c", QUIET, str(tiny_path)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


LAZY = """
import sys
import hrgc.cli
found = {"llama_cpp", "numpy", "textual", "torch"} & set(sys.modules)
sys.exit(f"imported: {found}" if found else 0)
"""


def test_the_command_line_starts_without_llama_cpp() -> None:
    """Importing the command line imports neither llama.cpp nor numpy."""
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
