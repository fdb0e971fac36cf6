"""The command palette: every action of the key table by its name."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from textual.await_complete import AwaitComplete
from textual.command import CommandList, CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import LoadingIndicator

from tui import keys


class Palette(CommandPalette):
    """Textual's palette, deaf to keys that would move about a list that was not laid out yet, and closed once only."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Close the palette, once."""
        return super().dismiss(result) if self.app.screen is self else AwaitComplete()

    async def _watch__show_busy(self) -> None:
        """Show that a search goes on, unless the palette was closed meanwhile."""
        if self.query(LoadingIndicator):
            await super()._watch__show_busy()

    def _watch__list_visible(self) -> None:
        """Show or hide the list, unless the palette was closed meanwhile."""
        if self.query(LoadingIndicator):
            super()._watch__list_visible()

    def _action_command_list(self, action: str) -> None:
        """Pass a key on to the list unless it was just shown, or holds other lines than its options."""
        found = next(iter(self.query(CommandList)), None)  # none in a palette that is being closed
        if found is None or not found.display or not found.option_count:
            return
        if found.virtual_size.height >= found.option_count:
            with suppress(KeyError):  # the list looks its highlighted option up among lines of an earlier search
                super()._action_command_list(action)


class Commands(Provider):
    """Finds actions of the screen below the palette."""

    def _rows(self) -> list[tuple[str, str, keys.Key]]:
        """Return what can be done now: title, help, key."""
        found = []
        for key in keys.TABLE:
            name = key.action.partition("(")[0]
            if name != "app.command_palette" and self._fits(key):
                found.append((f"{key.group}: {key.label.lower()}", f"{keys.display(key.keys)}  {key.help}", key))
        return found

    def _fits(self, key: keys.Key) -> bool:
        """Tell whether a key does something in the screen's phase."""
        return key.phases is None or getattr(self.screen, "phase", None) in key.phases

    async def discover(self) -> Hits:
        """Yield everything."""
        for title, words, key in self._rows():
            yield DiscoveryHit(title, partial(self.screen.run_action, key.action), help=words)

    async def search(self, query: str) -> Hits:
        """Yield what matches *query*."""
        matcher = self.matcher(query)
        for title, words, key in self._rows():
            score = matcher.match(f"{title} {key.help}")
            if score > 0:
                shown = matcher.highlight(title)
                yield Hit(score, shown, partial(self.screen.run_action, key.action), help=words)
