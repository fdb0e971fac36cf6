"""The main screen's ground: what is open, where it stands, and drawing all of that into the widgets."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, TypeVar

from textual.binding import BindingType
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Input, Static

from hrgc.diagnostics import Evidence
from hrgc.edits import split_lines
from hrgc.plan import Plan, Step, lint
from hrgc.safe import visible
from tui import keys, text
from tui.engine import Engine, Opened
from tui.hints import Hints, View
from tui.phase import Phase
from tui.queue import Queue
from tui.review import Review
from tui.runs import Run
from tui.story import Story
from tui.widgets.code import CodeView
from tui.widgets.diff import DiffView
from tui.widgets.files import FileList
from tui.widgets.findings import FindingList
from tui.widgets.hint import Hint
from tui.widgets.plan import PlanList
from tui.widgets.rounds import RoundList
from tui.widgets.top import TopBar

_Part = TypeVar("_Part", bound=Widget)
BUSY = {Phase.CHECKING: "opening and checking", Phase.PLANNING: "planning", Phase.RUNNING: "trying candidates"}


class Base(Screen[None]):
    """State and drawing."""

    BINDINGS: ClassVar[list[BindingType]] = list(keys.bindings())

    def __init__(self, engine: Engine, target: Path, remapped: Mapping[str, str]) -> None:
        """Show *target*, worked on by *engine*; *remapped* keys are named in hints."""
        super().__init__()
        self.engine = engine
        self.target = target
        self.remapped = remapped
        self.hints = Hints(remapped)
        self.phase = Phase.CHECKING
        self.number = 0
        """Counts openings and runs; answers to older ones are dropped."""
        self.judging = 0
        """Counts judgings of a choice, likewise."""
        self.opened: Opened | None = None
        self.contents: dict[Path, bytes] = {}
        self.packages: tuple[Path, ...] = ()
        self.story = Story()
        self.fix: Run | None = None
        self.plan = Plan()
        self.plan_past: tuple[Plan, ...] = ()
        self.review: Review | None = None
        self.queue = Queue()
        self.raw = False
        self.ask_each = False
        self.paused = False
        self.notice = Content("")
        self._stale = False
        self._noted: set[tuple[Path, str]] = set()
        """Notes on packages that were told."""
        self._actions = keys.by_action()

    @property
    def evidence(self) -> Evidence | None:
        """The validators' word on the files as they are on the disk."""
        return self.opened.evidence if self.opened is not None else self.story.evidence

    def part(self, name: str, kind: type[_Part]) -> _Part:
        """Return a widget of the screen."""
        return self.query_one(f"#{name}", kind)

    def set_phase(self, phase: Phase) -> None:
        """Go to another phase: keys, hints and panes follow."""
        self.phase = phase
        self.query_one("#side").set_class(phase in (Phase.PLANNED, Phase.RUNNING), "-tall")
        self.refresh_bindings()
        self.redraw()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Tell whether an action of the table does something in this phase."""
        del parameters
        if action == "candidates" and not self.story.judged:
            return False
        rows = self._actions.get(action)
        if rows is None or any(row.phases is None for row in rows):
            return True
        return any(row.phases is not None and self.phase in row.phases for row in rows)

    def redraw(self) -> None:
        """Draw everything once the current message is done."""
        if not self._stale:
            self._stale = True
            self.call_later(self._draw)

    def _draw(self) -> None:
        """Put the state into the widgets."""
        self._stale = False
        if not self.is_mounted:
            return
        self._draw_top()
        self._draw_files()
        self._draw_code()
        self._draw_plan()
        running = self.phase in (Phase.RUNNING, Phase.PLANNED, Phase.PLANNING, Phase.REPLAY)
        going = running and self.story.finished is None
        self.part("rounds", RoundList).show_rounds(self.story.rounds, running=going)
        self._draw_findings()
        self.part("diff", DiffView).show(self.review)
        self.part("notice", Static).update(self.notice)
        self.part("hint", Hint).say(self.hints.line(self._view()))
        self.part("problem", Input).disabled = self.phase in (Phase.PLANNING, Phase.RUNNING, Phase.REPLAY)

    def _view(self) -> View:
        """Return what the hint is about."""
        return View(
            self.phase,
            self.evidence,
            len(self.plan.steps),
            self.story.planned is not None and self.plan != self.story.planned.plan,
            self.plan_problems(),
            self.review,
            self.story.finished,
            self.queue,
            self.paused,
        )

    def _draw_top(self) -> None:
        """Draw name and activity."""
        top = self.part("top", TopBar)
        top.target = visible(text.short_path(self.target))
        top.busy = self._activity()
        top.badge = self.queue.badge

    def _activity(self) -> str:
        """Return what works now."""
        words = BUSY.get(self.phase, "")
        current = self.story.round
        if self.phase == Phase.RUNNING and current is not None and self.story.started is not None:
            most = self.story.started.max_rounds
            return f"round {current.number} of {most}: {current.candidates} candidates"
        if self.phase == Phase.REVIEW and self.review is not None and self.review.evidence is None:
            return "judging the choice"
        return words

    def _draw_files(self) -> None:
        """Draw files and packages."""
        files = self.opened.files if self.opened is not None else tuple(self.contents)
        found: dict[Path, int] = {}
        for one in self.evidence.diagnostics if self.evidence is not None else ():
            found[one.path] = found.get(one.path, 0) + 1
        extra = tuple(path for path in found if path not in files and path.suffix)
        changed = {r.path for r in self.review.results} if self.review is not None else set[Path]()
        root = self.target if self.target.is_dir() else self.target.parent
        pane = self.part("files", FileList)
        pane.border_title = text.plain(root.name or str(root))
        pane.show_files(root, (*files, *extra), self.packages, findings=found, marks=self.queue.states, changed=changed)
        if not pane.has_focus:
            pane.point_at(self.part("code", CodeView).path)

    def _draw_code(self) -> None:
        """Draw what is said about the open file."""
        code = self.part("code", CodeView)
        planned = frozenset(
            line
            for step in self.plan.steps
            if step.path == code.path
            for line in range(step.line, min(step.end_line or step.line, step.line + 200) + 1)
        )
        evidence = self.evidence or Evidence()
        code.annotate(evidence.diagnostics, evidence.hot, planned)

    def _draw_plan(self) -> None:
        """Draw the plan."""
        pane = self.part("plan", PlanList)
        planned = self.story.planned
        told = planned.tokens if planned is not None and planned.plan.steps == self.plan.steps else ()
        tokens = told if self.raw else None
        pane.show_plan(
            self.plan,
            done=self.story.done,
            tokens=tokens,
            problems=self.plan_problems(),
            others=self.other_steps(),
        )
        again = f" of round {planned.round}" if planned is not None and planned.round > 1 else ""
        pane.border_title = Content(f"plan{again}")

    def _draw_findings(self) -> None:
        """Draw what is wrong, and what a repair resolves."""
        pane = self.part("findings", FindingList)
        now = self.evidence
        if self.review is not None and self.review.evidence is not None:
            now = self.review.evidence
            pane.show_evidence(now, fixed=self.review.fixed)
        else:
            pane.show_evidence(now)
        count = len(now.diagnostics) if now is not None else 0
        pane.border_title = Content(f"findings: {count}" if count else "findings")

    def other_steps(self) -> tuple[Step, ...]:
        """Return what the ranking would try next and the plan does not hold."""
        planned = self.story.planned
        if planned is None or self.phase != Phase.PLANNED:
            return ()
        have = {(s.path, s.line, s.end_line, s.op) for s in self.plan.steps}
        return tuple(s for s in planned.alternatives if (s.path, s.line, s.end_line, s.op) not in have)

    def plan_problems(self) -> tuple[str, ...]:
        """Return what is wrong with the plan as it stands."""
        if self.phase != Phase.PLANNED:
            return ()
        return lint(self.plan, {path: split_lines(content) for path, content in self.contents.items()})

    def view(self, name: str) -> None:
        """Show ``code``, ``diff`` or ``notice`` in the middle."""
        self.part("view", ContentSwitcher).current = name

    def side_pane(self, name: str) -> None:
        """Bring a pane of the side forward, where there is room for one only."""
        for other in ("plan", "rounds", "findings"):
            self.query_one(f"#{other}").set_class(other == name, "-front")

    def tell(self, content: Content) -> None:
        """Show a notice in the middle."""
        self.notice = content
        self.view("notice")
        self.redraw()

    def warn(self, message: str, *, hint: str = "") -> None:
        """Show a short-lived error."""
        words = visible(f"{message}\n{hint}" if hint else message)
        self.notify(words, severity="error", markup=False, timeout=8)

    def inform(self, message: str) -> None:
        """Show a short-lived note."""
        self.notify(visible(message), markup=False, timeout=4)

    @property
    def typing(self) -> bool:
        """True while the problem is being typed."""
        return isinstance(self.focused, Input)
