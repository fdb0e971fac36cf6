"""The review: hunks taken and left with the choice judged again, writing, undo, and looking on behind a rejection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from textual import on, work

from hrgc.events import Finished
from hrgc.report import Outcome, counted
from tui import messages, text
from tui.phase import Phase
from tui.review import Review
from tui.screens.ask import Ask
from tui.screens.confirm import Confirm
from tui.screens.planning import Planning
from tui.trouble import trouble
from tui.widgets.diff import DiffView


class Reviewing(Planning):
    """Reviews."""

    def _changed(self, new: Review) -> None:
        """Show another choice and have it judged."""
        if self.review is None or new is self.review:
            return
        self.review = new
        self.part("diff", DiffView).show(new)
        self.set_phase(Phase.REVIEW if new.pending or not new.written else Phase.WRITTEN)
        self._judge_choice()

    def _judge_choice(self) -> None:
        """Have the current choice judged unless that is known."""
        if self.review is None or self.review.evidence is not None:
            return
        self.judging += 1
        if not self.review.chosen and self.opened is not None and not self.review.written:
            self.review = self.review.judged(self.opened.evidence)
            self.redraw()
            return
        self._judge(self.judging, self.target, self.review.overlay)

    @work(thread=True, exclusive=True, exit_on_error=False, group="judge")
    def _judge(self, number: int, target: Path, overlay: Mapping[Path, bytes]) -> None:
        """Judge a choice of hunks."""
        try:
            self.post_message(messages.ChoiceJudged(number, self.engine.judge(target, overlay)))
        except Exception as error:  # noqa: BLE001 - door two of three
            self.post_message(messages.Failed(number, "judge", trouble(error, f"judging {target}")))

    @on(messages.ChoiceJudged)
    def _choice_judged(self, message: messages.ChoiceJudged) -> None:
        """Show the verdict of the choice."""
        if message.number == self.judging and self.review is not None:
            self.review = self.review.judged(message.evidence)
            self.redraw()

    def action_take(self, taken: bool) -> None:  # noqa: FBT001 - a binding's argument
        """Take or leave the chosen hunk and go to the next one."""
        if self.review is None:
            return
        diff = self.part("diff", DiffView)
        at = diff.current
        self._changed(self.review.decide(at, taken=taken))
        following = self.review.undecided(at)
        diff.choose(at if following is None else following)

    def action_take_rest(self, taken: bool) -> None:  # noqa: FBT001 - a binding's argument
        """Take or leave the chosen hunk and all behind it."""
        if self.review is not None:
            self._changed(self.review.decide(self.part("diff", DiffView).current, taken=taken, rest=True))

    def action_split_hunk(self) -> None:
        """Split the chosen hunk."""
        if self.review is None:
            return
        new = self.review.split(self.part("diff", DiffView).current)
        if new is self.review:
            self.inform("this hunk is one change only")
        self._changed(new)

    def action_edit_hunk(self) -> None:
        """Open the chosen hunk's new text in the person's editor."""
        if self.review is None or not self.review.choices:
            return
        at = self.part("diff", DiffView).current
        piece = self.review.choices[at].piece
        edited = self.edit_text(piece.text, piece.result.path.suffix)
        if edited is not None and edited != piece.text:
            self._changed(self.review.edit(at, edited))

    def action_toggle_diff(self) -> None:
        """Switch between unified and side by side."""
        diff = self.part("diff", DiffView)
        diff.set_side(side=not diff.side)

    def action_undo(self) -> None:
        """Take back the last choice; behind writing, what was written; elsewhere ask about the last write."""
        if self.review is not None and self.phase == Phase.REVIEW and self.review.past:
            self._changed(self.review.undo())
        elif self.phase == Phase.WRITTEN:
            self._turn("", undo=True)
        elif self.phase == Phase.REVIEW:
            self.inform("nothing was chosen yet")
        else:
            self._ask_turn(undo=True)

    def action_redo(self) -> None:
        """Do again what was taken back."""
        if self.review is not None and self.review.future:
            self._changed(self.review.redo())
        else:
            self._ask_turn(undo=False)

    def _ask_turn(self, *, undo: bool) -> None:
        """Ask whether the last write is to be taken back, or done again."""

        def done(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes:
                self._turn("", undo=undo)

        what = "Take back the last write of any run?" if undo else "Write again what was taken back last?"
        self.app.push_screen(Confirm(text.plain(what, "bold")), done)

    @work(thread=True, exclusive=True, exit_on_error=False, group="write")
    def _turn(self, spec: str, *, undo: bool) -> None:
        """Undo or redo a write."""
        try:
            record = self.engine.undo(spec) if undo else self.engine.redo(spec)
            self.post_message(messages.Turned(record, undone=undo))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(0, "write", trouble(error, "undo")))

    @on(messages.Turned)
    def _turned(self, message: messages.Turned) -> None:
        """Show the files as they are now."""
        self.inform(f"{'taken back' if message.undone else 'written again'}: {message.record.summary}")
        if self.review is not None and self.phase in (Phase.WRITTEN, Phase.REVIEW):
            self.review = self.review.unsaved() if message.undone else self.review.saved()
            self.reopen(Phase.REVIEW if message.undone else Phase.WRITTEN)
        else:
            self.open_target(self.target)

    def action_write(self) -> None:
        """Write the hunks in use; a choice that brings new problems needs a second yes."""
        if self.review is None:
            return
        if not self.review.pending:
            self.inform("there is nothing to write: no hunk is in use" if not self.review.taken else "already written")
            return
        if self.review.evidence is None:
            self.inform("the choice is still being judged")
            return
        new = self.review.new_problems
        if not new:
            self._begin_writing()
            return

        def done(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes:
                self._begin_writing()

        words = f"This choice brings {counted(len(new), 'new problem')}. Write it all the same?"
        self.app.push_screen(Confirm(text.plain(words, "bold $text-error")), done)

    def _begin_writing(self) -> None:
        """Hand the choice to the writer."""
        review, finished = self.review, self.story.finished
        if review is None or finished is None:
            return
        done = replace(finished, results=review.pending, after=review.evidence or finished.after)
        run_id = self.fix.id if self.fix is not None else ""
        self._write(Outcome(text.short_path(self.target), done, run_id=run_id), done)

    @work(thread=True, exclusive=True, exit_on_error=False, group="write")
    def _write(self, outcome: Outcome, done: Finished) -> None:
        """Write files."""
        try:
            self.post_message(messages.Wrote(self.engine.write(outcome, done.results)))
        except Exception as error:  # noqa: BLE001 - door two
            self.post_message(messages.Failed(0, "write", trouble(error, "writing")))

    @on(messages.Wrote)
    def _wrote(self, message: messages.Wrote) -> None:
        """Show that it is on the disk, and look at the files again."""
        del message
        if self.review is None:
            return
        self.review = self.review.saved()
        self.inform("written; undo takes it back")
        self.reopen(Phase.WRITTEN)

    def action_reject(self) -> None:
        """Refuse the hunks that were left (all when none was), say why, and look for something else."""
        review = self.review
        if review is None:
            return
        if all(choice.in_use for choice in review.choices):
            review = review.decide(0, taken=False, rest=True)
        left = len(review.choices) - review.taken

        def done(reason: str | None) -> None:
            if reason is not None and self.review is not None:
                self._look_on(review, reason.strip())

        question = f"Why not {'this hunk' if left == 1 else f'these {left} hunks'}?"
        hint = "the reason goes to the model; it may be empty: enter looks on, esc leaves"
        self.app.push_screen(Ask(question, placeholder="for example: keep the API", hint=hint), done)

    def _look_on(self, review: Review, reason: str) -> None:
        """Begin a run that keeps what was taken and avoids what was left."""
        from tui import rejecting  # noqa: PLC0415 - the first screen does not wait for the engine

        old = self.fix.request if self.fix is not None else self.engine.request(self.target, "")
        kept = {result.path: result.after for result in review.chosen}
        before = {result.path: result.before for result in review.results}
        avoid = rejecting.refused(self.story, review, {**self.contents, **before}, kept, reason)
        problem = f"{old.problem}; {reason}" if old.problem and reason else old.problem or reason
        self.start(replace(old, overlay=kept, avoid=(*old.avoid, *avoid), problem=problem, plan=None))

    def action_candidates(self) -> None:
        """Browse what was tried; a candidate that is chosen becomes the change to review."""

        def done(chosen: Review | None) -> None:
            if chosen is not None and self.phase != Phase.REPLAY:
                self.view("diff")
                self._show_whole(replace(chosen, origin=origin))

        origin = self.review.origin if self.review is not None else self.evidence
        if not self.story.judged:
            self.inform("no candidate was judged")
            return
        from tui.screens.candidates import Candidates  # noqa: PLC0415 - the first screen does not wait for the engine

        self.app.push_screen(Candidates(self.story, self._originals()), done)

    def _show_whole(self, new: Review) -> None:
        """Show another repair and have it judged."""
        self.review = new
        diff = self.part("diff", DiffView)
        diff.show(new)
        diff.choose(0)
        diff.focus()
        self.set_phase(Phase.REVIEW)
        self._judge_choice()

    def _originals(self) -> dict[Path, bytes]:
        """Return the files as the run's package was opened."""
        before = {r.path: r.before for r in self.review.results} if self.review is not None else {}
        return {**self.contents, **before}

    def unless_waiting(self, what: str, then: Callable[[], None]) -> None:
        """Do *then*; ask before when hunks were taken but not written."""
        review = self.review
        if (
            review is None
            or self.phase != Phase.REVIEW
            or not review.pending
            or not any(c.taken for c in review.choices)
        ):
            then()
            return

        def done(yes: bool | None) -> None:  # noqa: FBT001 - a dialog's answer
            if yes:
                then()

        question = text.plain(f"Hunks you took are not written. {what} all the same?", "bold")
        self.app.push_screen(Confirm(question), done)
