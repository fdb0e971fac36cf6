"""The one table of keys: bindings, footer, help and palette are derived from it, and settings may remap it by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textual.binding import Binding

from hrgc.errors import ConfigError
from tui.phase import Phase


@dataclass(frozen=True, slots=True)
class Key:
    """One thing a key does."""

    id: str
    """Name in the settings' ``[keys]`` table."""
    keys: str
    """Keys as Textual names them, separated by commas."""
    action: str
    """Name of the screen's ``action_`` method."""
    label: str
    """A word or two for the footer."""
    help: str
    """One sentence for the help."""
    group: str = "Anywhere"
    phases: frozenset[Phase] | None = None
    """When the key does something; None for always."""
    shown: bool = True
    """In the footer."""
    priority: bool = False
    """Also while a text is being typed."""


_IDLE = frozenset({Phase.READY, Phase.CLEAN, Phase.DONE, Phase.WRITTEN, Phase.FAILED, Phase.REVIEW, Phase.PLANNED})
_PLAN = frozenset({Phase.PLANNED})
_REVIEW = frozenset({Phase.REVIEW, Phase.WRITTEN})
_BUSY = frozenset({Phase.CHECKING, Phase.PLANNING, Phase.RUNNING, Phase.PLANNED, Phase.REPLAY})
_START = frozenset({Phase.READY, Phase.CLEAN, Phase.DONE, Phase.WRITTEN, Phase.FAILED})
_REPLAY = frozenset({Phase.REPLAY})

TABLE: tuple[Key, ...] = (
    Key("plan", "p", "plan", "Plan", "Make a plan for the problem.", "Start", _START),
    Key("run", "r", "run_plan", "Run", "Carry out the plan; candidates are judged before you see any.", "Plan", _PLAN),
    Key("step.edit", "e", "edit_step", "Edit step", "Change intent, target, operation and lines.", "Plan", _PLAN),
    Key("step.add", "a", "add_step", "Add", "Add a step behind this one.", "Plan", _PLAN),
    Key("step.drop", "x,delete", "drop_step", "Drop", "Drop this step.", "Plan", _PLAN),
    Key("step.up", "K,shift+up", "move_step(-1)", "Up", "Move the step up.", "Plan", _PLAN, shown=False),
    Key("step.down", "J,shift+down", "move_step(1)", "Down", "Move the step down.", "Plan", _PLAN, shown=False),
    Key("plan.editor", "E", "edit_plan_text", "$EDITOR", "Open the plan in your editor.", "Plan", _PLAN, shown=False),
    Key("plan.save", "s", "save_plan", "Save", "Save the plan to a file.", "Plan", _PLAN, shown=False),
    Key("plan.load", "l", "load_plan", "Load", "Load a plan from a file.", "Plan", _PLAN | _START, shown=False),
    Key("hunk.yes", "y", "take(True)", "Take", "Take this hunk.", "Review", _REVIEW),
    Key("hunk.no", "n", "take(False)", "Leave", "Leave this hunk.", "Review", _REVIEW),
    Key("hunk.all", "a", "take_rest(True)", "All", "Take this hunk and all behind it.", "Review", _REVIEW, shown=False),
    Key("hunk.none", "d", "take_rest(False)", "None", "Leave this and all behind it.", "Review", _REVIEW, shown=False),
    Key("hunk.split", "s", "split_hunk", "Split", "Split this hunk.", "Review", _REVIEW, shown=False),
    Key("hunk.edit", "e", "edit_hunk", "Edit", "Edit this hunk in your editor.", "Review", _REVIEW, shown=False),
    Key("write", "w", "write", "Write", "Write the hunks you took; undo takes them back.", "Review", _REVIEW),
    Key("reject", "R", "reject", "Reject", "Refuse what you left, say why, and look on.", "Review", _REVIEW),
    Key("candidates", "c", "candidates", "Candidates", "Browse what else was tried, in order.", "Review",
        _REVIEW | frozenset({Phase.DONE, Phase.REPLAY, Phase.FAILED})),
    Key("diff.style", "v", "toggle_diff", "Side by side", "Switch between unified and side by side.", "Review",
        _REVIEW | frozenset({Phase.REPLAY}), shown=False),
    Key("undo", "u", "undo", "Undo", "Take back the last choice, or what was written.", "Review",
        _REVIEW | _START),
    Key("redo", "U", "redo", "Redo", "Do again what was taken back.", "Review", _REVIEW | _START, shown=False),
    Key("plan.undo", "u", "undo_plan", "Undo", "Take back the last change of the plan.", "Plan", _PLAN, shown=False),
    Key("check", "k", "check", "Check", "Run the validators again.", "Start", _START, shown=False),
    Key("queue.mark", "space", "mark", "Mark", "Queue the file or package: it is repaired behind this one.", "Start",
        frozenset(Phase) - _REPLAY, shown=False),
    Key("queue.next", "N", "next_target", "Next", "Go to what is ready, or the next that is queued.", "Start",
        _IDLE, shown=False),
    Key("cancel", "escape", "cancel", "Cancel", "Stop what is running, at once; leave the plan or the replay.",
        "Anywhere", _BUSY),
    Key("leave", "escape", "leave_line", "Leave", "Leave the line that is being typed.", "Anywhere",
        frozenset(Phase) - _BUSY, shown=False),
    Key("pause", "P", "toggle_ask", "Ask each round", "Stop behind every round's plan, or only the first.", "Plan",
        None, shown=False),
    Key("replay.pause", "space", "replay_pause", "Pause", "Pause or go on with the replay.", "Replay", _REPLAY),
    Key("replay.step", "right", "replay_step", "Step", "Show the next event.", "Replay", _REPLAY),
    Key("replay.end", "end", "replay_end", "To the end", "Show all that is left.", "Replay", _REPLAY),
    Key("tokens", "t", "toggle_tokens", "Tokens", "Show the plan as raw tokens, or as sentences.", "View", None,
        shown=False),
    Key("next", "right_square_bracket", "next_finding(1)", "Next finding", "Go to the next finding.", "View", None,
        shown=False),
    Key("previous", "left_square_bracket", "next_finding(-1)", "Previous finding", "Go to the one before.", "View",
        None, shown=False),
    Key("files", "f", "toggle_files", "Files", "Show or hide files and packages.", "View", None, shown=False),
    Key("pane.code", "1", "show('code')", "Code", "Show the code.", "View", None, shown=False),
    Key("pane.diff", "2", "show('diff')", "Diff", "Show the change.", "View", None, shown=False),
    Key("pane.plan", "3", "side('plan')", "Plan", "Show the plan.", "View", None, shown=False),
    Key("pane.rounds", "4", "side('rounds')", "Rounds", "Show the rounds.", "View", None, shown=False),
    Key("pane.findings", "5", "side('findings')", "Findings", "Show the findings.", "View", None, shown=False),
    Key("copy", "ctrl+y", "copy", "Copy", "Copy the diff, the plan or the line to the clipboard.", "View", None,
        shown=False),
    Key("open", "ctrl+o", "open", "Open", "Open another file or package.", "Anywhere", None, shown=False),
    Key("history", "ctrl+r", "history", "History", "Past runs: look at them again, or run them again.", "Anywhere",
        None, shown=False),
    Key("theme", "f2", "app.cycle_theme", "Theme", "Dark, light, high contrast, safe for colour blindness.",
        "Anywhere", None, shown=False),
    Key("mouse", "f3", "app.toggle_mouse", "Mouse", "Give the mouse back to the terminal, to select text; or take it.",
        "Anywhere", None, shown=False),
    Key("legend", "f4", "legend", "Legend", "What the tokens mean.", "Anywhere", None, shown=False),
    Key("problem", "i,slash", "focus_problem", "Say what", "Say what is wrong or wanted.", "Start", _IDLE),
    Key("help", "f1,question_mark", "help", "Help", "This help.", "Anywhere", None),
    Key("palette", "ctrl+p", "app.command_palette", "Palette", "Every command by name.", "Anywhere", None,
        shown=False, priority=True),
    Key("quit", "q,ctrl+q", "quit_app", "Quit", "Quit; nothing is written that you did not write.", "Anywhere", None),
)  # fmt: skip
GROUPS = ("Start", "Plan", "Review", "Replay", "View", "Anywhere")


def bindings(keys: Iterable[Key] = TABLE) -> list[Binding]:
    """Return the bindings of *keys*."""
    return [Binding(k.keys, k.action, k.label, k.shown, priority=k.priority, id=k.id) for k in keys]


def by_action() -> Mapping[str, tuple[Key, ...]]:
    """Return the keys by the name of their action, arguments left out."""
    found: dict[str, tuple[Key, ...]] = {}
    for key in TABLE:
        name = key.action.partition("(")[0]
        found[name] = (*found.get(name, ()), key)
    return found


def keymap(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the settings' keys by binding id; raises ConfigError for an id that is not in the table."""
    known = {key.id for key in TABLE}
    for name in settings:
        if name not in known:
            raise ConfigError(f"[keys] names no action {name!r}", f"the actions are {', '.join(sorted(known))}")
    return dict(settings)


def effective(remapped: Mapping[str, str]) -> tuple[Key, ...]:
    """Return the table as remapped, for help and hints."""
    rows = []
    for key in TABLE:
        keys = remapped.get(key.id, key.keys)
        rows.append(Key(key.id, keys, key.action, key.label, key.help, key.group, key.phases, key.shown, key.priority))
    return tuple(rows)


_NAMES = {
    "slash": "/", "question_mark": "?", "right_square_bracket": "]", "left_square_bracket": "[",
    "escape": "esc", "delete": "del", "right": "→", "end": "end",
}  # fmt: skip


def display(keys: str) -> str:
    """Return a key as people read it, the first of several: ``ctrl+q`` as ``^q``."""
    first = keys.partition(",")[0].strip()
    return _NAMES.get(first, first.replace("ctrl+", "^"))


def all_displayed(keys: str) -> str:
    """Return all keys of a binding as people read them."""
    return " ".join(display(key) for key in keys.split(","))
