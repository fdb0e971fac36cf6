"""Plans on the disk: read, saved in one step, and the target a plan is for."""

from __future__ import annotations

from pathlib import Path

from hrgc import files
from hrgc import plan as plans
from hrgc.errors import InputError
from hrgc.plan import Plan


def read(path: Path) -> Plan:
    """Read a plan document; raises InputError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the plan {path}: {error}", "save one with: hrgc plan FILE -o json") from None
    return plans.from_json(text)


def save(plan: Plan, path: Path) -> None:
    """Write a plan document in one step; raises InputError."""
    try:
        files.write_atomic(path, plans.to_json(plan).encode("utf-8", "surrogateescape") + b"\n")
    except OSError as error:
        raise InputError(f"cannot save the plan {path}: {error.strerror or error}", "choose another place") from None


def target_of(plan: Plan) -> Path:
    """Return the file a plan is for, or the package of its files; raises InputError when that is not one package."""
    named = {step.path for step in plan.steps}
    if not named:
        raise InputError("the plan has no steps", "make one with: hrgc plan FILE -o json")
    if len(named) == 1:
        return named.pop()
    folders = {path.parent for path in named}
    if len(folders) > 1:
        raise InputError(f"the plan is for {len(folders)} packages", "split it: one plan for each package")
    return folders.pop()
