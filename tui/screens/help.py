"""F1: all keys by what they are for, derived from the table; and the legend of the plan's tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from hrgc import tokens
from tui import keys, text
from tui.screens.dialog import Dialog

_STRUCTURE = (
    (tokens.PLAN, "a plan begins; every step opens with <STEP>"),
    (tokens.line_token(3), "the line a step is about, counted in the window the model sees"),
    (tokens.CODE, "the code that was written for a step"),
    (tokens.INS, "code that goes behind the line instead of replacing it"),
    (tokens.VALIDATE, "what the validators say"),
    (tokens.SYNTAX_OK, "it parses; <SYNTAX_ERR>: it does not"),
    (tokens.TEST_PASS, "its tests pass; <TEST_FAIL>: one fails"),
    (tokens.error_token("UndeclaredName"), "a type error by its name; <SYN:...> a syntax error by its kind"),
    (tokens.HOT, "lines that failing tests reach and passing ones do not"),
    (tokens.HIST, "what was tried before and failed"),
    (tokens.CONTINUE, "the controller: go on with the next step"),
    (tokens.REFINE, "the controller: plan again with what was learned"),
    (tokens.DONE, "the controller: stop"),
)


class Page(Dialog[None]):
    """A page of text to read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,f1,f4,question_mark,enter", "leave", "Leave"),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(self, title: str, body: Content) -> None:
        """Show *body* under *title*."""
        super().__init__()
        self._title, self._body = title, body

    def compose(self) -> ComposeResult:
        """Build the page."""
        with Vertical(classes="dialog full"):
            yield Static(f"{self._title}   esc leaves", classes="title", markup=False)
            with VerticalScroll(id="page"):
                yield Static(self._body, markup=False)

    def on_mount(self) -> None:
        """Let the arrow keys scroll."""
        self.query_one("#page").focus()

    def action_down(self) -> None:
        """Scroll down."""
        self.query_one("#page").scroll_down(animate=False)

    def action_up(self) -> None:
        """Scroll up."""
        self.query_one("#page").scroll_up(animate=False)

    def action_leave(self) -> None:
        """Close the page."""
        self.dismiss()


def keys_page(remapped: Mapping[str, str]) -> Page:
    """Return the page of all keys as *remapped*."""
    table = keys.effective(remapped)
    rows: list[Content] = []
    for group in keys.GROUPS:
        rows.append(text.plain(group, "bold $text-accent"))
        for key in table:
            if key.group == group:
                shown = keys.all_displayed(key.keys)
                rows.append(text.joined((f"  {shown:16}", "bold $text-primary"), (f"{key.help}", "")))
        rows.append(Content(""))
    rows.append(text.plain("Settings may give any of these another key:", text.MUTED))
    rows.append(
        text.plain("  [keys]\n".replace("\n", "") + '   run = "g"   step.edit is written "step.edit" = "c"', text.MUTED)
    )
    return Page("Keys", text.lines(*rows))


def legend_page() -> Page:
    """Return the page of the plan language's tokens, from the one token table."""
    rows: list[Content] = [text.plain("Operations: what a step does to its lines", "bold $text-accent")]
    rows += [text.joined((f"  {op.token:16}", "$text-accent"), (op.meaning, "")) for op in tokens.Op]
    rows += [Content(""), text.plain("Intents: why", "bold $text-accent")]
    rows += [text.joined((f"  {i.token}", "$text-success")) for i in tokens.Intent]
    rows += [Content(""), text.plain("Targets: what kind of declaration", "bold $text-accent")]
    rows += [text.joined((f"  {t.token}", "$text-primary")) for t in tokens.Target]
    rows += [Content(""), text.plain("The rest", "bold $text-accent")]
    rows += [text.joined((f"  {token:22}", "$text-warning"), (meaning, "")) for token, meaning in _STRUCTURE]
    return Page("Tokens", text.lines(*rows))
