"""The one error family for the user, and the exit codes; nothing here prints or exits."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Documented exit codes of every ``hrgc`` command."""

    OK = 0
    """Clean, or fixed and validated."""
    PROBLEMS = 1
    """Problems remain, or ``--check``/``--diff`` found a change."""
    USAGE = 2
    """Wrong usage, configuration or input."""
    MISSING = 3
    """Go or the model is missing or unusable."""
    TIMEOUT = 4
    """The time budget ended before the work did."""
    NO_GO_FILES = 5
    """No Go files were found where they were asked for."""
    BUG = 70
    """A bug in hrgc; a report was written to the log file."""
    INTERRUPTED = 130
    """Ended by Ctrl-C."""
    TERMINATED = 143
    """Ended by SIGTERM."""


class HrgcError(Exception):
    """Something the user can act on: what went wrong, where, and what to do next."""

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, hint: str) -> None:
        """Keep *message* (what and where) and *hint* (what to do next, never empty)."""
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        """Return the message alone; the doors print the hint on a line of its own."""
        return self.message


class InputError(HrgcError):
    """A file, plan or argument that cannot be worked on."""


class ConfigError(HrgcError):
    """A setting that is wrong or cannot be read."""


class NoGoFilesError(HrgcError):
    """Nothing to work on: the path holds no Go files."""

    exit_code = ExitCode.NO_GO_FILES


class ModelError(HrgcError):
    """The model is missing, corrupt, or was made for another token table."""

    exit_code = ExitCode.MISSING


class GoToolError(HrgcError):
    """The Go toolchain is missing, too old, or cannot load the package."""

    exit_code = ExitCode.MISSING


class PluginError(HrgcError):
    """A plugin could not be loaded or broke its contract."""

    exit_code = ExitCode.MISSING


class CancelledError(HrgcError):
    """A person stopped the work before it had a result."""

    exit_code = ExitCode.INTERRUPTED


class FileChangedError(HrgcError):
    """A file changed on disk since it was read; nothing was written."""

    exit_code = ExitCode.PROBLEMS
