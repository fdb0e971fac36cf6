"""``hrgc fix -i``: asks about each hunk as ``git add -p`` does, has the choice judged again, and writes it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace

import click

from hrgc import session, writing
from hrgc.cli import paint
from hrgc.cli.app import write_product
from hrgc.cli.talk import Talk
from hrgc.diagnostics import added
from hrgc.events import FileResult
from hrgc.pieces import Piece, chosen_results, pieces
from hrgc.plugin import Budget
from hrgc.report import Outcome, finding_line, verdict
from hrgc.session import Request, Toolbox

HELP = """\
y  take this hunk            n  leave it
a  take it and all others    d  leave it and all others
s  split it                  e  edit it by hand
q  stop here, write nothing  ?  this help
"""
Edit = Callable[[str], "str | None"]
"""Opens a text in the person's editor; None when it was not saved."""


def review(outcome: Outcome, request: Request, toolbox: Toolbox, talk: Talk, edit: Edit) -> Outcome:
    """Ask about every hunk, judge the choice when it is not the whole repair, and write it.

    Returns the outcome with what was chosen as its result, written or not.
    """
    finished = outcome.finished
    assert finished is not None
    talk.verdict(outcome)
    if not finished.results:
        talk.summary(outcome)
        return outcome
    queue = [piece for result in finished.results for piece in pieces(result)]
    chosen = Asker(talk, edit).ask(queue)
    results = chosen_results(finished.results, chosen)
    whole = results == finished.results
    if not results:
        talk.say("nothing was taken; nothing was written")
        return replace(outcome, finished=replace(finished, results=(), after=finished.before, steps=()))
    if whole:
        outcome = writing.write(outcome, results)
    else:
        outcome = _judged(outcome, results, request, toolbox)
        assert outcome.finished is not None
        talk.say(f"verdict of what was taken: {verdict(outcome.finished.after)}")
        talk.findings(outcome)
        worse = added(outcome.finished.after, finished.before)
        for found in worse:
            talk.say(f"new: {finding_line(found)}", style="red")
        if worse and not click.confirm("this brings new problems; write it all the same?", default=False, err=True):
            talk.say("nothing was written")
            return outcome
        outcome = writing.write(outcome, results)
    talk.summary(outcome)
    return outcome


def _judged(outcome: Outcome, results: Sequence[FileResult], request: Request, toolbox: Toolbox) -> Outcome:
    """Return the outcome with the validators' word on a part of the repair."""
    assert outcome.finished is not None
    overlay = {result.path: result.after for result in results}
    evidence = session.recheck(request.target, toolbox, request.options, overlay, Budget())
    return replace(outcome, finished=replace(outcome.finished, results=tuple(results), after=evidence))


class Asker:
    """Asks about pieces one by one on stderr, reading answers from stdin."""

    def __init__(self, talk: Talk, edit: Edit) -> None:
        """Talk through *talk*; *edit* opens an editor."""
        self._talk = talk
        self._edit = edit

    def ask(self, queue: Sequence[Piece]) -> tuple[Piece, ...]:
        """Return the pieces that were taken; none after ``q``."""
        left, taken = list(queue), list[Piece]()
        while left:
            piece = left.pop(0)
            self._show(piece)
            answer = self._answer(piece, len(left))
            if answer == "q":
                return ()
            if answer == "d":
                break
            if answer == "s":
                left[:0] = piece.split
            elif answer == "e":
                left[:0] = self._edited(piece)
            elif answer in ("y", "a"):
                taken.append(piece)
                if answer == "a":
                    return (*taken, *left)
        return tuple(taken)

    def _show(self, piece: Piece) -> None:
        """Print a piece on stdout."""
        text = piece.diff()
        write_product(paint.diff(text) if paint.enabled("auto", sys.stdout) else paint.visible(text))

    def _answer(self, piece: Piece, others: int) -> str:
        """Ask until one of the letters comes; the end of input stops as ``q`` does."""
        letters = "ynad" + ("s" if len(piece.edits) > 1 else "") + "eq?"
        while True:
            more = f" ({others} more)" if others else ""
            click.echo(f"Take this hunk{more} [{','.join(letters)}]? ", nl=False, err=True)
            line = sys.stdin.readline()
            if not line:
                click.echo(err=True)
                return "q"
            answer = line.strip().lower()[:1]
            if answer and answer in letters.replace("?", ""):
                return answer
            click.echo(HELP, nl=False, err=True)

    def _edited(self, piece: Piece) -> tuple[Piece, ...]:
        """Return the piece with its new lines edited by hand; as it was when the editor was left without saving."""
        old_text = piece.text
        text = self._edit(old_text)
        return (piece,) if text is None or text == old_text else (piece.edited(text),)
