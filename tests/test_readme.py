"""The README says what the program does."""

from __future__ import annotations

from hrgc.errors import ExitCode
from tests import readme


def test_generated_parts_are_current() -> None:
    """Help and exit codes in the README are those of the program (python -m tests.readme writes them)."""
    text = readme.README.read_text(encoding="utf-8")
    assert readme.help_block() in text
    assert readme.codes_block() in text


def test_every_exit_code_is_explained() -> None:
    """The table is complete."""
    assert set(readme.CODES) == set(ExitCode)
