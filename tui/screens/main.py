"""The main screen: its parts and how they are laid out, moving about, files and the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import ContentSwitcher, Footer, Input, OptionList, Static

from hrgc.plan import to_json
from hrgc.report import diff as diff_of
from tui.engine import Engine
from tui.phase import Phase
from tui.screens.replaying import Replaying
from tui.widgets.code import CodeView
from tui.widgets.diff import DiffView
from tui.widgets.files import FileList
from tui.widgets.findings import FindingList
from tui.widgets.hint import Hint
from tui.widgets.plan import PlanList
from tui.widgets.rounds import RoundList
from tui.widgets.top import TopBar

if TYPE_CHECKING:
    from hrgc.trace import Trace

EditText = Callable[[str, str], "str | None"]
"""Opens a text (its suffix second) in the person's editor; None when it was not saved."""


class MainScreen(Replaying):
    """What people live in."""

    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - declared so by its base
        (0, "-narrow"),
        (96, "-normal"),
        (150, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - likewise
        (0, "-short"),
        (30, "-high"),
    ]

    def __init__(
        self,
        engine: Engine,
        target: Path,
        remapped: Mapping[str, str],
        *,
        edit: EditText,
        problem: str = "",
        shown: Trace | None = None,
    ) -> None:
        """Work on *target* for *problem*, or show the run *shown* again; texts are edited by *edit*."""
        super().__init__(engine, target, remapped)
        self._edit = edit
        self._problem = problem
        self._shown = shown

    def compose(self) -> ComposeResult:
        """Build the screen."""
        yield TopBar(id="top")
        yield Input(
            self._problem,
            placeholder="what is wrong, or what should change? (empty: make it build and pass)",
            id="problem",
        )
        with Horizontal(id="body"):
            yield FileList(id="files")
            with ContentSwitcher(initial="notice", id="view"):
                yield CodeView(id="code")
                yield DiffView(id="diff")
                yield Static("", id="notice", markup=False)
            with Vertical(id="side"):
                yield PlanList(id="plan")
                yield RoundList(id="rounds")
                yield FindingList(id="findings", classes="-front")
        yield Hint(id="hint")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Open what was asked for."""
        for name, title in (("plan", "plan"), ("rounds", "rounds"), ("findings", "findings"), ("code", "code")):
            self.query_one(f"#{name}").border_title = Content(title)
        if self._shown is not None:
            self.replay(self._shown)
        else:
            self.open_target(self.target)

    def edit_text(self, text: str, suffix: str) -> str | None:
        """Open *text* in the person's editor."""
        return self._edit(text, suffix)

    def action_focus_problem(self) -> None:
        """Let the problem be typed."""
        self.query_one("#problem").focus()

    def action_leave_line(self) -> None:
        """Leave the problem line."""
        if self.typing:
            self.part("code", CodeView).focus()

    def action_show(self, name: str) -> None:
        """Show the code or the change."""
        self.view(name)
        self.query_one(f"#{name}").focus()

    def action_side(self, name: str) -> None:
        """Go to a pane of the side."""
        self.side_pane(name)
        self.query_one(f"#{name}").focus()

    def action_toggle_files(self) -> None:
        """Show or hide the files."""
        shown = self.query_one("#files").display
        self.set_class(not shown, "-files")
        self.set_class(shown, "-no-files")
        if not shown:
            self.query_one("#files").focus()

    def action_next_finding(self, by: int) -> None:
        """Go to the next finding, or the one before."""
        pane = self.part("findings", FindingList)
        count = len(pane.findings)
        if count:
            now = pane.highlighted if pane.highlighted is not None else -by
            pane.highlighted = (now + by) % count
            self._go_to_finding(pane.highlighted)

    @on(OptionList.OptionSelected, "#findings")
    def _finding_selected(self, message: OptionList.OptionSelected) -> None:
        """Jump to a finding's line."""
        self._go_to_finding(message.option_index)

    def _go_to_finding(self, at: int) -> None:
        """Show a finding's line."""
        findings = self.part("findings", FindingList).findings
        if at < len(findings):
            self.view("code")
            self.show_file(findings[at].path, max(1, findings[at].line))

    @on(OptionList.OptionSelected, "#files")
    def _file_selected(self) -> None:
        """Show a file, or open a package."""
        path = self.part("files", FileList).path
        if path is None:
            return
        if path.is_dir():
            self.unless_waiting("Open another", partial(self.open_target, path))
        else:
            self.view("code")
            self.show_file(path)

    def action_open(self) -> None:
        """Ask what to open."""

        def done(path: Path | None) -> None:
            if path is not None:
                self.unless_waiting("Open another", partial(self.open_target, path))

        from tui.screens.open import OpenPath  # noqa: PLC0415 - a dialog is loaded when it is shown

        known = dict.fromkeys((*self.packages, *self.part("files", FileList).paths))
        self.app.push_screen(OpenPath(tuple(known)), done)

    def action_copy(self) -> None:
        """Copy the diff, the plan, or the code's line: what is in front."""
        code = self.part("code", CodeView)
        if self.phase == Phase.PLANNED:
            words, what = to_json(self.plan), "the plan"
        elif self.review is not None and self.part("view", ContentSwitcher).current == "diff":
            words, what = diff_of(self.review.chosen), "the diff"
        elif code.rows:
            words, what = f"{code.path}:{code.cursor + 1}", "file and line"
        else:
            return
        self.app.copy_to_clipboard(words)
        self.inform(f"copied {what}")

    def action_help(self) -> None:
        """Show all keys."""
        from tui.screens.help import keys_page  # noqa: PLC0415 - a dialog is loaded when it is shown

        self.app.push_screen(keys_page(self.remapped))

    def action_legend(self) -> None:
        """Show what the tokens mean."""
        from tui.screens.help import legend_page  # noqa: PLC0415 - likewise

        self.app.push_screen(legend_page())

    def action_quit_app(self) -> None:
        """Quit; ask when hunks were taken but not written."""
        self.unless_waiting("Quit", self._quit)

    def _quit(self) -> None:
        """End the run and the application."""
        self.stop()
        self.app.exit(0)
