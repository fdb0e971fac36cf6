"""Results as SARIF 2.1.0: findings with their rules, and the repair as fixes that a viewer can apply."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import quote

from hrgc import __version__
from hrgc.diagnostics import Diagnostic, Stage
from hrgc.discovery import display
from hrgc.edits import Hunk, hunks, split_lines, uses_crlf
from hrgc.events import FileResult
from hrgc.report import REASONS, Outcome

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(outcomes: Sequence[Outcome]) -> str:
    """Return all outcomes as one SARIF log with one run."""
    results = [row for outcome in outcomes for row in _results(outcome)]
    rules = sorted({(str(row["ruleId"]), _stage_of(row)) for row in results})
    run = {
        "tool": {
            "driver": {
                "name": "hrgc",
                "version": __version__,
                "rules": [{"id": code, "properties": {"stage": stage}} for code, stage in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(outcomes)],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _stage_of(row: dict[str, object]) -> str:
    """Return the stage that a result's properties name."""
    properties = row["properties"]
    assert isinstance(properties, dict)
    return str(properties["stage"])


def _invocation(outcomes: Iterable[Outcome]) -> dict[str, object]:
    """Return whether every target could be worked on, and what hindered the others."""
    rows = tuple(outcomes)
    errors = [o.error for o in rows if o.error is not None]
    return {
        "executionSuccessful": not errors,
        "exitCode": max((int(o.exit_code) for o in rows), default=0),
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": f"{error.message} ({error.hint})"}} for error in errors
        ],
    }


def _results(outcome: Outcome) -> Iterable[dict[str, object]]:
    """Return the results of one target: what is gone carries the fix, what is left does not."""
    contents: dict[Path, bytes] = {}
    fixes: list[dict[str, object]] = []
    if outcome.finished is not None and outcome.finished.results:
        contents = {r.path: r.before for r in outcome.finished.results}
        fixes = [_fix(outcome.finished.results, REASONS[outcome.finished.reason])]
    for found in outcome.fixed:
        yield _result(found, contents) | {"fixes": fixes}
    after = {r.path: r.after for r in outcome.finished.results} if outcome.finished is not None else {}
    for found in outcome.remaining:
        yield _result(found, after)


def _result(found: Diagnostic, contents: dict[Path, bytes]) -> dict[str, object]:
    """Return one finding."""
    location: dict[str, object] = {"artifactLocation": {"uri": _uri(found.path)}}
    if found.line:
        region: dict[str, object] = {"startLine": found.line}
        if found.column:
            region["startColumn"] = _column(found, contents)
        location["region"] = region
    return {
        "ruleId": found.code,
        "level": "warning" if found.stage == Stage.VET else "error",
        "message": {"text": found.message or found.code},
        "locations": [{"physicalLocation": location}],
        "properties": {"stage": found.stage.name.lower()},
    }


def _fix(results: Iterable[FileResult], reason: str) -> dict[str, object]:
    """Return a whole repair as one fix."""
    changes = [
        {
            "artifactLocation": {"uri": _uri(result.path)},
            "replacements": [_replacement(hunk, result) for hunk in hunks(result.before, result.after)],
        }
        for result in results
    ]
    return {"description": {"text": f"repair found by hrgc ({reason})"}, "artifactChanges": changes}


def _replacement(hunk: Hunk, result: FileResult) -> dict[str, object]:
    """Return one hunk: whole lines from its first up to the start of the line behind its last."""
    end = "\r\n" if uses_crlf(result.before) else "\n"
    region = {"startLine": hunk.first, "startColumn": 1, "endLine": hunk.last + 1, "endColumn": 1}
    return {"deletedRegion": region, "insertedContent": {"text": "".join(line + end for line in hunk.lines)}}


def _uri(path: Path) -> str:
    """Return a relative URI below the working directory, a file URI elsewhere."""
    shown = display(path)
    return quote(Path(shown).as_posix()) if not Path(shown).is_absolute() else path.as_uri()


def _column(found: Diagnostic, contents: dict[Path, bytes]) -> int:
    """Return a finding's column in characters; the tools count bytes."""
    content = contents.get(found.path)
    if content is None and found.path.is_file():
        content = found.path.read_bytes()
    lines = split_lines(content or b"")
    if not 1 <= found.line <= len(lines):
        return found.column
    return len(lines[found.line - 1][: found.column - 1].decode("utf-8", "replace")) + 1
