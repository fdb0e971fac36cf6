"""Errors in words for people; what is hrgc's own fault goes into the log file."""

from __future__ import annotations

from dataclasses import dataclass

from hrgc import crash
from hrgc.errors import HrgcError


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something could not be done, for people."""

    message: str
    hint: str
    bug: bool = False
    """True when it is hrgc's fault and was logged."""


def trouble(error: BaseException, during: str) -> Trouble:
    """Return what to say of an error; a bug is written to the log file first."""
    if isinstance(error, HrgcError):
        return Trouble(error.message, error.hint)
    try:
        path = crash.log(crash.report(error, during))
    except HrgcError as second:
        return Trouble(f"a bug in hrgc: {crash.title(error)}", second.message, bug=True)
    return Trouble(
        f"a bug in hrgc: {crash.title(error)}", f"your files are untouched; the report is in {path}", bug=True
    )
