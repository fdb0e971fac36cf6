"""The command line over real Go: repairs, tests as evidence, bad input, and no socket ever."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from hrgc import proctree
from hrgc.errors import ExitCode
from tests.cli_door import write

_T = TypeVar("_T")
pytestmark = pytest.mark.usefixtures("go")

STACK = """package stack

// Stack is a stack of ints.
type Stack struct{ items []int }

// Push adds an element.
func (s *Stack) Push(v int) { s.itmes = append(s.items, v) }

// Pop removes the last element.
func (s *Stack) Pop() int {
\tlast := len(s.items) - 1
\tv := s.items[last]
\ts.items = s.items[:lst]
\treturn v
}
"""
TEST = """package stack

import "testing"

func TestPop(t *testing.T) {
\tvar s Stack
\ts.Push(1)
\ts.Push(2)
\tif got := s.Pop(); got != 2 {
\t\tt.Fatalf("Pop() = %d, want 2", got)
\t}
}
"""
NO_SOCKETS = """
import os, sys
def hook(event, args):
    if event.startswith("socket.") and event != "socket.gethostname":
        os.write(2, f"socket used: {event} {args}".encode())
        os._exit(99)
sys.addaudithook(hook)
from hrgc.__main__ import main
sys.exit(main())
"""


def _hrgc(*args: str, stdin: str = "", prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Run hrgc in a process of its own in which every use of a socket ends it."""
    return subprocess.run(
        [*prefix, sys.executable, "-c", NO_SOCKETS, *args], input=stdin, capture_output=True, text=True, check=False
    )


@pytest.fixture
def package() -> Path:
    """Return the directory of a broken package with a test."""
    write("go.mod", "module example.com/stack\n\ngo 1.22\n")
    write("stack.go", STACK)
    write("stack_test.go", TEST)
    return Path.cwd()


def _hashes(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_broken_package_is_repaired_and_undone(package: Path) -> None:
    before = _hashes(package)
    shown = _hrgc("fix", "--model", "none", "stack.go")
    assert shown.returncode == 0, shown.stderr
    assert "+func (s *Stack) Push(v int) { s.items = append(s.items, v) }" in shown.stdout
    assert "+\ts.items = s.items[:last]" in shown.stdout
    assert "verdict: builds, vet is clean, 1 test passes" in shown.stderr
    assert "fixed 2 of 2 problems in stack.go" in shown.stderr
    assert _hashes(package) == before
    assert _hrgc("fix", "--model", "none", "-w", "-q", ".").returncode == 0
    assert Path("stack.go").read_text() == STACK.replace("itmes", "items").replace("lst]", "last]")
    assert _hrgc("check", ".").returncode == 0
    assert _hrgc("undo").returncode == 0
    assert _hashes(package) == before


@pytest.mark.usefixtures("package")
def test_the_diff_can_be_applied_by_patch() -> None:
    done = _hrgc("fix", "--model", "none", "-d", "stack.go")
    assert done.returncode == ExitCode.PROBLEMS
    if shutil.which("patch"):
        subprocess.run(["patch", "-p1"], input=done.stdout, text=True, check=True, capture_output=True)
        assert _hrgc("check", ".").returncode == 0


@pytest.mark.parametrize("command", [("patch", "-p1"), ("git", "apply")])
def test_the_diff_of_a_package_elsewhere_can_be_applied_at_its_root(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """Names are relative to the module's root."""
    inner = package / "inner"
    inner.mkdir()
    (package / "stack.go").rename(inner / "stack.go")
    monkeypatch.chdir(tmp_path)
    done = _hrgc("fix", "--model", "none", str(inner))
    assert done.stdout.startswith("--- a/inner/stack.go\n+++ b/inner/stack.go\n")
    assert f"note: names in the diff are relative to {package}\n" in done.stderr
    if shutil.which(command[0]):
        subprocess.run(command, cwd=package, input=done.stdout, text=True, check=True, capture_output=True)
        assert "s.items = append" in (inner / "stack.go").read_text()


@pytest.mark.usefixtures("package")
def test_an_editors_buffer_is_repaired_within_its_package() -> None:
    Path("stack.go").write_text(STACK.replace("itmes", "items").replace("lst]", "last]"))
    buffer = STACK.replace("lst]", "last]")
    done = _hrgc("fix", "--model", "none", "-q", "-", "--stdin-filename", "stack.go", stdin=buffer)
    assert (done.returncode, done.stdout) == (0, buffer.replace("itmes", "items"))
    assert "itmes" not in Path("stack.go").read_text()


def test_stdin_alone_is_called_so() -> None:
    """No message shows the temporary folder that go sees the file in."""
    done = _hrgc("fix", "--model", "none", "-", stdin="package a\n\nvar x = foo.Bar\n")
    assert done.returncode == ExitCode.PROBLEMS
    assert "note: no go.mod: checked as module stdin, " in done.stderr
    assert "  stdin:3:9: undefined: foo [UndeclaredName]\n" in done.stderr
    assert "hrgc-stdin" not in done.stdout + done.stderr


def test_stdin_alone() -> None:
    done = _hrgc("fix", "--model", "none", "-", stdin='package main\n\nfunc main() { fmt.Println("hi") }\n')
    assert done.returncode == 0, done.stderr
    assert 'import "fmt"' in done.stdout


def test_a_plan_goes_round(package: Path) -> None:
    plan = _hrgc("plan", "--model", "none", "-o", "json", "stack.go")
    assert plan.returncode == 0, plan.stderr
    assert {step["line"] for step in json.loads(plan.stdout)["steps"]} == {7, 13}
    write("plan.json", plan.stdout)
    done = _hrgc("apply", "--model", "none", "-w", "plan.json")
    assert done.returncode == 0, done.stderr
    assert _hrgc("check", "-q", str(package)).returncode == 0


def test_later_steps_of_a_plan_follow_what_earlier_ones_insert() -> None:
    """The import that the first step adds moves the second step's line."""
    write("go.mod", "module example.com/words\n\ngo 1.22\n")
    broken = (
        "package words\n\nfunc Loud(text string) string {\n\tlouder := strings.ToUpper(text)\n\treturn louderr\n}\n"
    )
    write("words.go", broken)
    plan = _hrgc("plan", "--model", "none", "-o", "json", "words.go")
    document = json.loads(plan.stdout)
    document["steps"] = [step for step in document["steps"] if step["operation"] in ("IMPORT", "NAME")]
    assert [step["line"] for step in document["steps"]] == [1, 5]
    write("plan.json", json.dumps(document))
    done = _hrgc("apply", "--model", "none", "-w", "plan.json")
    assert done.returncode == 0, done.stderr
    fixed = broken.replace("louderr", "louder").replace("words\n\n", 'words\n\nimport "strings"\n\n')
    assert Path("words.go").read_text() == fixed


@pytest.mark.usefixtures("package")
def test_replay_needs_no_go() -> None:
    live = _hrgc("fix", "--model", "none", "stack.go")
    env = {**os.environ, "PATH": "/nonexistent", "HRGC_GO": "/nonexistent"}
    again = subprocess.run(
        [sys.executable, "-m", "hrgc", "replay", "last"], env=env, capture_output=True, text=True, check=False
    )
    assert (again.returncode, again.stdout, again.stderr) == (0, live.stdout, live.stderr)


@pytest.mark.parametrize(
    ("name", "content", "code", "message"),
    [
        ("empty.go", b"", ExitCode.USAGE, "is empty"),
        ("binary.go", b"\x7fELF\0\0", ExitCode.USAGE, "is a binary file"),
        ("notes.txt", b"hello", ExitCode.USAGE, "not a file hrgc can work on"),
        ("latin.go", b"package a\n// \xe9\n", ExitCode.USAGE, "is not UTF-8"),
        ("a_test.go", b"package a\n", ExitCode.USAGE, "test"),
        ("gone.go", None, ExitCode.USAGE, "does not exist"),
        (".", None, ExitCode.NO_GO_FILES, "no Go files"),
        ("./...", None, ExitCode.NO_GO_FILES, "no Go files"),
    ],
)
def test_bad_input_is_one_line_and_a_hint(name: str, content: bytes | None, code: ExitCode, message: str) -> None:
    if content is not None:
        Path(name).write_bytes(content)
    done = _hrgc("fix", "-w", name)
    assert done.returncode == code
    assert done.stdout == ""
    first, second = done.stderr.splitlines()
    assert first.startswith("hrgc: ")
    assert message in first
    assert second.startswith("  hint: ")


def test_fifty_megabytes_are_refused_at_once() -> None:
    Path("huge.go").write_bytes(b"package a\n" + b"// x\n" * 10_000_000)
    done = _hrgc("fix", "huge.go")
    assert done.returncode == ExitCode.USAGE
    assert "MiB" in done.stderr.splitlines()[0]


def test_no_go_is_exit_3(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _hashes(package)
    monkeypatch.setenv("HRGC_GO", "/nonexistent/go")
    for command in ("fix", "check", "plan"):
        done = _hrgc(command, "stack.go")
        assert done.returncode == ExitCode.MISSING
        assert "HRGC_GO is /nonexistent/go, which is not a working go command" in done.stderr
    assert _hashes(package) == before


def test_everything_works_where_there_is_no_network(package: Path) -> None:
    unshare = shutil.which("unshare")
    probe = subprocess.run([unshare or "false", "-rn", "true"], check=False, capture_output=True)
    if probe.returncode:
        pytest.skip("no network namespaces here; the audit hook watches the other tests")
    for args in (("check", "stack.go"), ("plan", "stack.go"), ("fix", "-w", "stack.go"), ("doctor",), ("sessions",)):
        done = _hrgc(*args, prefix=(unshare or "", "-rn"))
        assert done.returncode == (1 if args[0] == "check" else 0), done.stderr
    assert "itmes" not in (package / "stack.go").read_text()


def test_a_package_is_repaired_behind_the_one_it_imports() -> None:
    """Packages come in the order of their names; one that was held up by an import gets a second go."""
    write("go.mod", "module example.com/shop\n\ngo 1.22\n")
    write(
        "app/app.go",
        'package app\n\nimport "example.com/shop/store"\n\nvar X, y = store.Get(), undefinedd\n\nvar undefined = 1\n',
    )
    write(
        "store/store.go",
        "package store\n\n// Get gives.\nfunc Get() int {\n\treturn valu()\n}\n\nfunc value() int { return 1 }\n",
    )
    done = _hrgc("fix", "--model", "none", "-w", "./...")
    assert done.returncode == 0, done.stderr
    assert "app once more: what it imports may be repaired now\n" in done.stderr
    assert _hrgc("check", "./...").returncode == 0


@pytest.mark.skipif(sys.platform != "linux", reason="descendants are found through /proc")
def test_nothing_is_left_of_a_killed_run() -> None:
    """SIGKILL while the package's tests hang: go, the test binary and the checker end with hrgc."""
    write("go.mod", "module example.com/hang\n\ngo 1.22\n")
    write("hang.go", "package hang\n\n// Wait never returns.\nfunc Wait() {\n\tfor {\n\t}\n}\n")
    write("hang_test.go", 'package hang\n\nimport "testing"\n\nfunc TestWait(t *testing.T) { Wait() }\n')
    with subprocess.Popen([sys.executable, "-m", "hrgc", "fix", "--model", "none", "."]) as hrgc:
        _until(lambda: any(_program(pid).endswith(".test") for pid in proctree.tree(hrgc.pid)), 120)
        left = proctree.tree(hrgc.pid)[1:]
        hrgc.kill()
    assert len(left) > 1
    _until(lambda: all(found is None or found.state == "Z" for found in map(proctree.stat, left)), 3)


def _program(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/exe").readlink().name
    except OSError:
        return ""


def _until(holds: Callable[[], _T], seconds: float) -> _T:
    """Wait until something holds and return it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_the_hook_would_notice() -> None:
    code = NO_SOCKETS.partition("from hrgc")[0] + "import socket; socket.socket().connect(('127.0.0.1', 9))"
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 99
