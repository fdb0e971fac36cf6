"""Children: results, limits, and that nothing of them is left."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from hrgc import jobs, process, proctree
from hrgc.plugin import Cancel
from hrgc.process import Child, ChildError, Result

ENV = {"PATH": os.environ.get("PATH", os.defpath)}
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="descendants are found through /proc")


def run(*argv: str, timeout: float = 20, env: Mapping[str, str] = ENV, **rest: object) -> Result:
    return process.run(argv, cwd=Path("/"), env=env, timeout=timeout, **rest)  # type: ignore[arg-type]


def python(code: str, **rest: object) -> Result:
    return run(sys.executable, "-c", code, **rest)  # type: ignore[arg-type]


def alive(pid: int) -> bool:
    found = proctree.stat(pid)
    return found is not None and found.state != "Z"


def gone(pid: int) -> bool:
    """Wait a moment for *pid* to end."""
    deadline = time.monotonic() + 2
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not alive(pid)


def open_descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir()) if sys.platform == "linux" else 0


def test_a_result_has_both_streams_and_the_status() -> None:
    result = run("sh", "-c", "echo out; echo err >&2; exit 3")
    assert (result.returncode, result.stdout, result.stderr) == (3, "out\n", "err\n")
    assert not result.ok
    assert result.killed == ""


def test_success_is_ok() -> None:
    assert run("true").ok


def test_the_directory_and_environment_are_the_given_ones(tmp_path: Path) -> None:
    result = process.run(["sh", "-c", "pwd; echo $MINE"], cwd=tmp_path, env={**ENV, "MINE": "here"}, timeout=20)
    assert result.stdout == f"{tmp_path.resolve()}\nhere\n"


def test_nothing_of_our_environment_leaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HRGC_SECRET", "x")
    assert "HRGC_SECRET" not in run("env").stdout


def test_a_missing_program_is_the_callers_to_explain() -> None:
    with pytest.raises(FileNotFoundError):
        run("hrgc-no-such-program")


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert run("printf", r"a\377b").stdout == "a\ufffdb"


def test_stdin_is_closed_when_there_is_none() -> None:
    assert run("cat").stdout == ""


def test_stdin_larger_than_a_pipe_is_fed_while_reading() -> None:
    data = b"0123456789" * 300_000
    assert run("cat", stdin=data).stdout.encode() == data


def test_stdin_that_nobody_reads_is_no_error() -> None:
    assert run("true", stdin=b"x" * 1_000_000).ok


def test_time_ends_a_child() -> None:
    begun = time.monotonic()
    result = run("sleep", "60", timeout=0.2)
    assert (result.killed, result.timed_out, result.returncode) == ("timeout", True, -9)
    assert time.monotonic() - begun < 2


def test_output_is_capped_while_it_is_read() -> None:
    result = run("yes", output_limit=100_000)
    assert result.truncated
    assert result.killed == "output"
    assert len(result.stdout) == 100_000


def test_what_was_printed_before_the_end_is_kept() -> None:
    result = python("import time; print('early', flush=True); time.sleep(60)", timeout=0.5)
    assert result.timed_out
    assert result.stdout == "early\n"


def test_cancel_ends_a_child_from_another_thread() -> None:
    cancel = Cancel()
    threading.Timer(0.2, cancel.cancel).start()
    begun = time.monotonic()
    result = run("sleep", "60", cancel=cancel)
    assert result.killed == "cancel"
    assert time.monotonic() - begun < 2


def test_a_cancelled_run_starts_nothing(tmp_path: Path) -> None:
    cancel = Cancel()
    cancel.cancel()
    assert run("touch", str(tmp_path / "made"), cancel=cancel).killed == "cancel"
    assert not (tmp_path / "made").exists()


@linux_only
def test_memory_ends_a_child() -> None:
    result = python("x = bytearray(1 << 30)\nimport time; time.sleep(60)", memory_limit=200 << 20)
    assert result.killed == "memory"


@linux_only
def test_memory_of_grandchildren_counts() -> None:
    code = "x = bytearray(1 << 30); import time; time.sleep(60)"
    result = run("sh", "-c", f"{sys.executable} -c '{code}'; true", memory_limit=200 << 20)
    assert result.killed == "memory"


@linux_only
def test_memory_of_a_daemon_counts() -> None:
    code = "x = bytearray(1 << 30); import time; time.sleep(60)"
    result = run("sh", "-c", f"(setsid {sys.executable} -c '{code}' &) ; sleep 60", memory_limit=200 << 20)
    assert result.killed == "memory"


@linux_only
def test_a_fork_bomb_is_stopped() -> None:
    code = "import os, time\nfor _ in range(400):\n    if os.fork() == 0: time.sleep(60)\ntime.sleep(60)"
    result = python(code)
    assert result.killed == "processes"


@linux_only
def test_files_have_a_largest_size_and_cores_none() -> None:
    result = python("import resource, time; time.sleep(0.1); print(resource.getrlimit(1)[0], resource.getrlimit(4)[0])")
    assert result.stdout.split() == [str(jobs.FILE_LIMIT), "0"]


@linux_only
@pytest.mark.parametrize(
    "escape",
    [
        "sleep 60 & echo $!",
        "setsid sleep 60 & sleep 0.1; pgrep -s 0 >/dev/null; echo $!",
        "setsid sh -c 'echo $$; exec sleep 60' & sleep 0.2",
        "(setsid sh -c 'echo $$; exec sleep 60' &) ; sleep 0.2",
        "(env -i /usr/bin/setsid /bin/sh -c 'echo $$; exec sleep 60' &) ; sleep 0.2",
        "trap '' TERM HUP INT; nohup sleep 60 >/dev/null 2>&1 & echo $!",
    ],
)
@pytest.mark.parametrize("ending", ["itself", "timeout"])
def test_no_child_of_a_child_is_left(escape: str, ending: str) -> None:
    """Whatever a child starts is gone with it, however it tries to stay."""
    tail = "" if ending == "itself" else "; sleep 60"
    result = run("sh", "-c", escape + tail, timeout=0.6 if ending == "timeout" else 20)
    assert result.timed_out == (ending == "timeout")
    pid = int(result.stdout.split()[0])
    assert gone(pid), f"{escape} left {pid}"


@linux_only
def test_a_child_that_holds_the_pipe_open_does_not_delay_the_end() -> None:
    begun = time.monotonic()
    result = run("sh", "-c", "sleep 60 & echo done")
    assert result.stdout == "done\n"
    assert time.monotonic() - begun < 2


OUTLIVING = """
import ctypes, os, threading, time
threading.Thread(target=time.sleep, args=(60,)).start()
open(os.environ["READY"], "x")
ctypes.CDLL(None).pthread_exit(None)
"""


@linux_only
@pytest.mark.parametrize(
    "orphan",
    [
        ": >$READY; sleep 0.05",
        ": >$READY; exec sh $FOREVER",
        ": >$READY; HRGC_JOB=another exec sleep 60",
        f"exec {sys.executable} $OUTLIVING",
    ],
    ids=["short", "executing again and again", "with the mark of another job", "with a thread that outlives the first"],
)
def test_orphans_are_gone_and_reaped_with_their_run(orphan: str, tmp_path: Path) -> None:
    forever, outliving = tmp_path / "forever.sh", tmp_path / "outliving.py"
    forever.write_text('exec sh "$0"\n')
    outliving.write_text(OUTLIVING)
    run("true")  # starts the guard
    before = set(proctree.children(os.getpid()))
    for number in range(5):
        env = {**ENV, "FOREVER": str(forever), "OUTLIVING": str(outliving), "READY": str(tmp_path / str(number))}
        done = run("sh", "-c", f'(setsid sh -c "{orphan}" &) ; until [ -e $READY ]; do :; done; sleep 0.06', env=env)
        assert done.ok
        left = [proctree.stat(pid) for pid in proctree.children(os.getpid()) if pid not in before]
        assert [found for found in left if found is not None and found.session != os.getsid(0)] == []


KILLED = """
import os, sys
from pathlib import Path
from hrgc import process
env = {"PATH": os.environ["PATH"]}
if sys.argv[1] == "child":
    child = process.Child(["sh", "-c", sys.argv[2]], cwd=Path("/"), env=env)
    child.ask(b"", timeout=60)
process.run(["sh", "-c", sys.argv[2]], cwd=Path("/"), env=env, timeout=60)
"""


@linux_only
@pytest.mark.parametrize("kind", ["run", "child"])
def test_nothing_outlives_a_killed_process(kind: str, tmp_path: Path) -> None:
    """SIGKILL leaves no time to clean up: a guard ends the group, and what moved to another session."""
    pids = tmp_path / "pids"
    script = f"echo $$ >>{pids}; sleep 60 & echo $! >>{pids}; setsid sh -c 'echo $$ >>{pids}; exec sleep 60' & wait"
    with subprocess.Popen([sys.executable, "-c", KILLED, kind, script]) as victim:
        deadline = time.monotonic() + 20
        while not pids.exists() or len(pids.read_text().split()) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        victim.kill()
    for pid in map(int, pids.read_text().split()):
        assert gone(pid)


@linux_only
def test_runs_side_by_side_leave_each_others_children_alone() -> None:
    results: list[Result] = []

    def work(seconds: float) -> None:
        results.append(run("sh", "-c", f"(sleep {seconds} & wait); (setsid sleep {seconds} & wait); echo whole"))

    threads = [threading.Thread(target=work, args=(0.05 * n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.stdout for r in results] == ["whole\n"] * 6


def test_a_run_leaves_no_descriptor_open() -> None:
    run("true")
    before = open_descriptors()
    for _ in range(5):
        run("true", stdin=b"x")
        run("sleep", "9", timeout=0.01)
    after = open_descriptors()
    assert after == before


ECHO = """
import sys
while True:
    head = sys.stdin.buffer.readline()
    if not head:
        break
    body = sys.stdin.buffer.read(int(head))
    if body == b"die":
        sys.stderr.write("giving up\\n")
        sys.exit(7)
    if body == b"hang":
        import time; time.sleep(60)
    if body == b"noise":
        sys.stdout.buffer.write(b"this is no frame, and it goes on and on and on\\n")
    elif body == b"huge":
        sys.stdout.buffer.write(b"99999999999\\n")
    else:
        sys.stdout.buffer.write(b"%d\\n%s" % (len(body), body[::-1]))
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def child() -> Child:
    return Child([sys.executable, "-c", ECHO], cwd=Path("/"), env=ENV)


def test_a_child_answers_frame_by_frame(child: Child) -> None:
    assert child.ask(b"abc", timeout=10) == b"cba"
    assert child.ask(b"", timeout=10) == b""
    big = bytes(range(256)) * 20_000
    assert child.ask(big, timeout=10) == big[::-1]
    assert child.alive
    assert child.memory > 0 or sys.platform != "linux"
    child.close()
    assert not child.alive


def test_a_child_that_dies_says_why(child: Child) -> None:
    with pytest.raises(ChildError):
        child.ask(b"die", timeout=10)
    assert child.errors == "giving up\n"
    assert not child.alive
    with pytest.raises(ChildError):
        child.ask(b"abc", timeout=10)


@pytest.mark.parametrize("bad", [b"noise", b"huge"])
def test_a_child_that_speaks_otherwise_is_ended(child: Child, bad: bytes) -> None:
    with pytest.raises(ChildError):
        child.ask(bad, timeout=10)
    assert not child.alive


def test_a_child_that_hangs_is_ended(child: Child) -> None:
    with pytest.raises(ChildError, match="in time"):
        child.ask(b"hang", timeout=0.2)
    assert not child.alive


def test_cancel_ends_the_question(child: Child) -> None:
    cancel = Cancel()
    threading.Timer(0.2, cancel.cancel).start()
    begun = time.monotonic()
    with pytest.raises(ChildError):
        child.ask(b"hang", timeout=30, cancel=cancel)
    assert time.monotonic() - begun < 5


def test_a_closed_child_may_be_closed_again(child: Child) -> None:
    child.close()
    child.close()


def test_many_kills_do_not_hang(child: Child) -> None:
    child.close()
    for _ in range(20):
        other = Child([sys.executable, "-c", ECHO], cwd=Path("/"), env=ENV)
        threading.Timer(0.02, other.close).start()
        with pytest.raises(ChildError):
            other.ask(b"hang", timeout=30)
