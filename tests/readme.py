"""Writes the generated parts of README.md: ``python -m tests.readme``. A test compares those that do not vary."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from hrgc.cli.group import cli
from hrgc.errors import ExitCode
from tests import case_runner

README = Path(__file__).parent.parent / "README.md"
CODES = {
    ExitCode.OK: "clean, or repaired and validated",
    ExitCode.PROBLEMS: "problems remain, or `--check` or `--diff` found a change",
    ExitCode.USAGE: "wrong usage, configuration or input",
    ExitCode.MISSING: "Go or the model is missing or unusable",
    ExitCode.TIMEOUT: "the time ended before the work did",
    ExitCode.NO_GO_FILES: "no Go files where they were asked for",
    ExitCode.BUG: "a bug in hrgc; a report is in the log file",
    ExitCode.INTERRUPTED: "ended by Ctrl-C",
    ExitCode.TERMINATED: "ended by SIGTERM",
}


def help_block() -> str:
    """Return what ``hrgc --help`` prints."""
    shown = CliRunner().invoke(cli, ["--help"], prog_name="hrgc", terminal_width=100)
    return f"```\n{shown.output.strip()}\n```"


def codes_block() -> str:
    """Return the rows of the exit code table."""
    rows = [f"| {code.value} | {text} |" for code, text in CODES.items()]
    return "\n".join(["", "| exit code | meaning |", "| --- | --- |", *rows, ""])


def session_block() -> str:
    """Return a recorded session: the demo's first case, as a terminal shows it."""
    with tempfile.TemporaryDirectory(prefix="hrgc-readme-") as folder:
        case_runner.unpack("demo/stack", Path(folder))
        done = subprocess.run(
            [sys.executable, "-m", "hrgc", "fix", "stack.go"],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
    return f"```console\n$ hrgc fix stack.go\n{done.stdout.strip()}\n```"


def with_block(text: str, name: str, block: str) -> str:
    """Return *text* with the lines between the marks of *name* replaced."""
    pattern = re.compile(rf"(<!-- begin {name}[^\n]*-->\n).*?(<!-- end {name} -->)", re.DOTALL)
    assert pattern.search(text), name
    return pattern.sub(lambda m: f"{m[1]}{block}\n{m[2]}", text)


def main() -> None:
    """Write all parts."""
    text = README.read_text(encoding="utf-8")
    for name, block in (("session", session_block()), ("help", help_block()), ("codes", codes_block())):
        text = with_block(text, name, block)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
