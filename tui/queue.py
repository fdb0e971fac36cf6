"""Files and packages that are repaired behind the one a person looks at, one after the other, up to the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from tui.runs import Run
from tui.story import Story


class State(Enum):
    """Where an item stands."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    """Its hunks wait for a person."""
    FINE = "fine"
    """Nothing is wrong with it."""
    NOTHING = "nothing"
    """No better state was found."""
    FAILED = "failed"
    """It could not be worked on."""


TODO = frozenset({State.WAITING, State.WORKING})


@dataclass(frozen=True, slots=True)
class Item:
    """One target and its run."""

    target: Path
    run: Run | None = None
    story: Story = field(default_factory=Story)
    failed: bool = False

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.failed:
            return State.FAILED
        finished = self.story.finished
        if finished is None:
            return State.WAITING if self.run is None else State.WORKING
        if finished.results:
            return State.READY
        return State.FINE if finished.after.clean else State.NOTHING


@dataclass(frozen=True, slots=True)
class Queue:
    """All items, in the order they were marked."""

    items: tuple[Item, ...] = ()

    @property
    def states(self) -> Mapping[Path, State]:
        """The states by target."""
        return {item.target: item.state for item in self.items}

    def count(self, *states: State) -> int:
        """Return how many items are in one of *states*."""
        return sum(item.state in states for item in self.items)

    def first(self, state: State) -> Item | None:
        """Return the first item in *state*."""
        return next((item for item in self.items if item.state == state), None)

    def of(self, target: Path) -> Item | None:
        """Return the item of *target*."""
        return next((item for item in self.items if item.target == target), None)

    def by(self, run: Run) -> Item | None:
        """Return the item that *run* works on."""
        return next((item for item in self.items if item.run is run), None)

    def added(self, target: Path) -> Queue:
        """Return the queue with *target* at its end."""
        return Queue((*self.items, Item(target)))

    def without(self, item: Item) -> Queue:
        """Return the queue without *item*."""
        return Queue(tuple(one for one in self.items if one.target != item.target))

    def changed(self, item: Item, **changes: object) -> Queue:
        """Return the queue with *item* changed."""
        new = replace(item, **changes)  # type: ignore[arg-type]
        return Queue(tuple(new if one is item else one for one in self.items))

    @property
    def badge(self) -> str:
        """What a person should know of it, '' for nothing."""
        ready, todo, rest = self.count(State.READY), self.count(*TODO), len(self.items)
        words = [f"{ready} ready"] if ready else []
        words += [f"{todo} queued"] if todo else []
        words += [f"{rest - ready - todo} done"] if rest > ready + todo else []
        return ", ".join(words)
