"""The journal read from its beginning: what it says that every item must be now. All pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from checklists.models.item import SETTLED, STUCK, State
from checklists.models.journal import CHANGES_ITEM, Action


@dataclass(frozen=True)
class Event:
    """One entry, as far as it tells of an item or of what went out of the plan."""

    action: str
    item: int | None
    actor: int | None
    at: datetime
    remark: str
    is_redacted: bool
    facts: Mapping[str, Any]


@dataclass
class Known:
    """What the journal knows of one item. A reason is None where it was redacted, and so cannot be compared."""

    state: str = State.OPEN
    owner: int | None = None
    settled_by: int | None = None
    settled_at: datetime | None = None
    reason: str | None = ""
    version: int = 0

    def enter(self, state: str, reason: str | None = "") -> None:
        self.state, self.reason = state, reason
        if state not in SETTLED:
            self.settled_by = self.settled_at = None

    def settle(self, state: str, event: Event, reason: str | None = "") -> None:
        self.enter(state, reason)
        self.settled_by, self.settled_at, self.owner = event.actor, event.at, None

    def give_to(self, person: int | None) -> None:
        self.owner = person
        if self.state not in STUCK:
            self.enter(State.CLAIMED)

    def let_go(self) -> None:
        self.owner = None
        if self.state == State.CLAIMED:
            self.enter(State.OPEN)

    def go_on(self) -> None:
        self.enter(State.CLAIMED if self.owner else State.OPEN)


@dataclass
class Replay:
    """Items by their key, as the events so far leave them."""

    items: dict[int, Known] = field(default_factory=dict)

    def of(self, item: int) -> Known:
        return self.items.setdefault(item, Known())

    def read(self, events: Iterable[Event]) -> Replay:
        for event in events:
            for gone in event.facts.get("went", []):
                self.of(gone).let_go()
            if event.item is not None:
                self.follow(self.of(event.item), event)
        return self

    def follow(self, item: Known, event: Event) -> None:
        reason = None if event.is_redacted else event.remark
        if event.action in CHANGES_ITEM:
            item.version += 1
        match event.action:
            case Action.ITEM_CLAIMED:
                item.give_to(event.actor)
            case Action.ITEM_HANDED_OVER:
                item.give_to(event.facts.get("who"))
            case Action.ITEM_RELEASED:
                item.let_go()
            case Action.ITEM_COMPLETED:
                item.settle(State.DONE, event)
            case Action.ITEM_SET_ASIDE:
                item.settle(State.NOT_APPLICABLE, event, reason)
            case Action.ITEM_BLOCKED:
                item.enter(State.BLOCKED, reason)
            case Action.ITEM_FAILED:
                item.enter(State.FAILED, reason)
            case Action.ITEM_REOPENED:
                item.enter(State.REOPENED, reason)
            case Action.ITEM_RESUMED:
                item.go_on()
            case Action.ITEM_UNDONE:
                self.undo(item, event)

    def undo(self, item: Known, event: Event) -> None:
        """`undoes` is what the person took back; without it a group was opened again with one of its parts."""
        match event.facts.get("undoes"):
            case None:
                item.enter(State.OPEN)
            case Action.ITEM_CLAIMED:
                item.let_go()
            case Action.ITEM_COMPLETED | Action.ITEM_SET_ASIDE | Action.ITEM_RELEASED:
                # A settled item is not stuck, so somebody has it again.
                item.give_to(event.facts.get("who"))
            case _:
                item.go_on()
