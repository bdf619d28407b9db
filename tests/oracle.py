"""What the verbs should do, said once more without a database: the oracle of the state machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

SETTLED, STUCK = {"done", "na"}, {"blocked", "failed"}
UNDOES = {"claimed", "released", "completed", "set aside", "blocked", "failed"}
DEEPEST = 8
# What a verb wrote itself, as a reason; not what a person gave.
OF_THE_VERB = None


# What makes somebody one of those who did the work.
DID = {"claimed", "completed", "set aside", "read"}
STAMPS = count(1)


class Refused(Exception):
    """The verb must refuse."""


@dataclass
class Thing:
    """An item. `last` is what the journal last said of it and by whom; `released` who had it before."""

    number: int
    phase: int
    parent: Thing | None = None
    optional: bool = False
    state: str = "open"
    owner: str | None = None
    settled_by: str | None = None
    reason: str | None = ""
    retired: int | None = None
    last: tuple[str, str] = ("", "")
    released: str | None = None
    version: int = 0
    # What a signature is about, and who had a hand in it.
    stamp: int = 0
    wording: int = 0
    value: str = ""
    did: set[str] = field(default_factory=set)

    @property
    def face(self) -> tuple:
        """What a snapshot says of it; who holds it is not in that."""
        told = (self.state, self.settled_by, self.stamp) if self.settled or self.reason != "" else ("open",)
        return self.number, self.wording, self.optional, self.value, *told

    @property
    def doers(self) -> set[str]:
        """Whoever did or had it."""
        return self.did | {who for who in (self.owner, self.settled_by) if who}

    @property
    def settled(self) -> bool:
        return self.state in SETTLED

    @property
    def above(self) -> Iterator[Thing]:
        each = self.parent
        while each is not None:
            yield each
            each = each.parent

    def enter(self, state: str, reason: str | None = "") -> None:
        self.state, self.reason, self.stamp = state, reason, next(STAMPS)
        if state not in SETTLED:
            self.settled_by = None

    def settle(self, state: str, who: str, reason: str = "") -> None:
        self.enter(state, reason)
        self.settled_by, self.owner = who, None

    def give_to(self, who: str | None) -> None:
        self.owner = who
        if self.state not in STUCK:
            self.enter("claimed")

    def let_go(self) -> None:
        self.owner = None
        if self.state == "claimed":
            self.enter("open")

    def tell(self, what: str, who: str, *, changes: bool = True) -> None:
        self.last = (what, who)
        self.version += changes
        if what in DID:
            self.did.add(who)


@dataclass
class Oracle:
    """The whole plan, its people in their roles, and its rules."""

    things: dict[int, Thing]
    roles: dict[str, str]
    sequential: bool = False
    opened: set[int] = field(default_factory=set)
    values: list[str] = field(default_factory=list)
    stamps: Iterator[int] = field(default_factory=lambda: count(1))

    # -- Looking -----------------------------------------------------------------------------------------------------

    def all_parts(self, thing: Thing) -> list[Thing]:
        return [each for each in self.things.values() if each.parent is thing]

    def parts(self, thing: Thing) -> list[Thing]:
        return [each for each in self.all_parts(thing) if not each.retired]

    def needed_parts(self, thing: Thing) -> list[Thing]:
        """Without which it is not done: the mandatory ones; where all are optional, all of them."""
        return [each for each in self.parts(thing) if not each.optional] or self.parts(thing)

    def open_parts(self, thing: Thing) -> list[Thing]:
        return [each for each in self.needed_parts(thing) if not each.settled]

    def done_with(self, thing: Thing) -> Iterator[Thing]:
        """The settled groups around it that are not done without it, outwards."""
        part = thing
        for above in thing.above:
            if not above.settled or part not in self.needed_parts(above):
                return
            yield above
            part = above

    def below(self, thing: Thing) -> list[Thing]:
        return [thing, *(inner for part in self.all_parts(thing) for inner in self.below(part))]

    def waits(self, phase: int) -> bool:
        if not self.sequential or phase in self.opened:
            return False
        return any(each.phase < phase and self.is_wanting(each) for each in self.things.values())

    def is_wanting(self, thing: Thing) -> bool:
        """In the plan, mandatory and not settled."""
        return not (thing.retired or thing.settled or thing.optional)

    def helps(self, who: str) -> bool:
        return self.roles[who] == "manager"

    # -- Guards ------------------------------------------------------------------------------------------------------

    def refuse(self, *reasons: bool) -> None:
        if any(reasons):
            raise Refused

    def guard(self, thing: Thing) -> None:
        """What is out of the plan or closed by signatures stays as it is."""
        self.refuse(bool(thing.retired), self.is_shut(thing.phase))

    def is_shut(self, phase: int) -> bool:
        """Whether signatures closed the phase. Without any, nothing is closed."""
        return False

    def others_have(self, thing: Thing, who: str) -> bool:
        return thing.owner not in (None, who)

    # -- The run -----------------------------------------------------------------------------------------------------

    def claim(self, thing: Thing, who: str) -> None:
        self.guard(thing)
        if thing.owner == who:
            return
        self.refuse(thing.settled, self.others_have(thing, who))
        thing.give_to(who)
        thing.tell("claimed", who)

    def release(self, thing: Thing, who: str) -> None:
        self.guard(thing)
        if thing.owner is None:
            return
        self.refuse(not self.helps(who) and self.others_have(thing, who))
        thing.released = thing.owner
        thing.let_go()
        thing.tell("released", who)

    def complete(self, thing: Thing, who: str) -> None:
        self.guard(thing)
        if thing.state == "done":
            return
        self.refuse(self.waits(thing.phase))
        self._settle(thing, "done", "completed", who)

    def set_aside(self, thing: Thing, who: str, reason: str) -> None:
        self.guard(thing)
        if thing.state == "na":
            return
        self._settle(thing, "na", "set aside", who, reason)

    def _settle(self, thing: Thing, state: str, what: str, who: str, reason: str = "") -> None:
        held = not self.helps(who) and self.others_have(thing, who)
        self.refuse(thing.settled, held, bool(self.open_parts(thing)))
        thing.settle(state, who, reason)
        thing.tell(what, who)
        self._settle_above(thing, who)

    def _settle_above(self, thing: Thing, who: str) -> None:
        for above in thing.above:
            if above.settled or above.state in STUCK or self.open_parts(above):
                return
            above.settle("done", who)
            above.tell("completed", who)

    def hand_over(self, thing: Thing, who: str, to: str) -> None:
        self.guard(thing)
        if thing.owner == to:
            return
        self.refuse(thing.settled, not self.helps(who) and thing.owner != who)
        thing.give_to(to)
        thing.did.add(to)
        thing.tell("handed over", who)

    def hold_up(self, thing: Thing, who: str, state: str, reason: str) -> None:
        self.guard(thing)
        if (thing.state, thing.reason) == (state, reason):
            return
        self.refuse(thing.settled, not self.helps(who) and self.others_have(thing, who))
        thing.enter(state, reason)
        thing.tell(state, who)

    def resume(self, thing: Thing, who: str) -> None:
        self.guard(thing)
        self.refuse(thing.state not in STUCK)
        thing.enter("claimed" if thing.owner else "open")
        thing.tell("resumed", who)
        if self.parts(thing) and not self.open_parts(thing):
            thing.settle("done", who)
            thing.tell("completed", who)
            self._settle_above(thing, who)

    def undo(self, thing: Thing, who: str) -> None:
        what, whose = thing.last
        self.guard(thing)
        self.refuse(whose != who, what not in UNDOES)
        if what in ("completed", "set aside"):
            for above in list(self.done_with(thing)):
                above.enter("open")
                above.tell("undone", who)
            thing.give_to(who)
        elif what == "claimed":
            thing.let_go()
        elif what == "released":
            thing.give_to(thing.released)
        else:
            thing.enter("claimed" if thing.owner else "open")
        thing.tell("undone", who)

    def reopen(self, thing: Thing, who: str, reason: str) -> None:
        self.guard(thing)
        self.refuse(not thing.settled)
        thing.enter("reopened", reason)
        thing.tell("reopened", who)
        for above in list(self.done_with(thing)):
            above.enter("reopened", OF_THE_VERB)
            above.tell("reopened", who)

    def note(self, thing: Thing, who: str) -> None:
        self.refuse(bool(thing.retired))
        thing.tell("noted", who, changes=False)

    def read(self, thing: Thing, who: str, value: str) -> None:
        self.guard(thing)
        if self.values[-1:] != [value]:
            self.values.append(value)
            thing.value = value
            thing.tell("read", who, changes=False)

    def move_go_live(self, hours: int) -> None:
        """Nothing that is known here hangs on it."""

    def open_early(self, phase: int) -> None:
        if phase not in self.opened:
            self.refuse(not self.waits(phase))
            self.opened.add(phase)

    # -- The plan ----------------------------------------------------------------------------------------------------

    def _parts_came(self, group: Thing | None, who: str, *, is_new: bool) -> None:
        if group is None:
            return
        if is_new and group.owner:
            group.released = group.owner
            group.let_go()
            group.tell("released", who)
        self._follow(group, who)

    def _follow(self, group: Thing | None, who: str) -> None:
        while group is not None:
            if group.settled and self.open_parts(group):
                group.enter("reopened", OF_THE_VERB)
                group.tell("reopened", who)
            elif not group.settled and group.state not in STUCK and self.parts(group) and not self.open_parts(group):
                group.settle("done", who)
                group.tell("completed", who)
            group = group.parent

    def depth(self, thing: Thing) -> int:
        return len(list(thing.above))

    def _new(self, parent: Thing | None, phase: int) -> Thing:
        number = max(self.things) + 1
        self.things[number] = Thing(number, phase, parent)
        return self.things[number]

    def add(self, who: str, parent: Thing | None, phase: int) -> None:
        if parent:
            self.refuse(bool(parent.retired), self.depth(parent) + 1 > DEEPEST)
            phase = parent.phase
        self.refuse(self.is_shut(phase))
        was_group = bool(parent and self.parts(parent))
        fresh = self._new(parent, phase)
        self._parts_came(parent, who, is_new=not was_group)
        fresh.tell("added", who, changes=False)

    def amend_optional(self, thing: Thing, who: str) -> None:
        """From mandatory to optional, or back."""
        self.guard(thing)
        self.refuse(thing.settled)
        thing.optional = not thing.optional
        thing.tell("amended", who)
        self._follow(thing.parent, who)

    def split(self, thing: Thing, who: str, *, below: bool) -> None:
        self.guard(thing)
        self.refuse(thing.settled, below and self.depth(thing) + 1 > DEEPEST)
        was_group = bool(self.parts(thing))
        if not below:
            thing.wording += 1
            thing.tell("amended", who)
        parts = [self._new(thing if below else thing.parent, thing.phase) for _ in range(2 if below else 1)]
        for part in parts:
            part.tell("added", who, changes=False)
        thing.tell("split", who, changes=False)
        self._parts_came(parts[0].parent, who, is_new=below and not was_group)

    def move(self, thing: Thing, who: str, parent: Thing | None, phase: int) -> None:
        """To the end of an item or a phase. Whether it stood there already is for the caller to see."""
        self.guard(thing)
        if parent:
            deepest = max(self.depth(each) - self.depth(thing) for each in self.below(thing))
            too_deep = self.depth(parent) + 1 + deepest > DEEPEST
            self.refuse(bool(parent.retired), parent in self.below(thing), too_deep)
            phase = parent.phase
        self.refuse(self.is_shut(phase))
        before = thing.parent
        thing.parent = parent
        for each in self.below(thing):
            each.phase = phase
        if parent is not before:
            if parent:
                self._parts_came(parent, who, is_new=self.parts(parent) == [thing])
            self._follow(before, who)

    def retire(self, thing: Thing, who: str) -> None:
        if thing.retired:
            return
        self.refuse(self.is_shut(thing.phase))
        stamp = next(self.stamps)
        for each in self.below(thing):
            if not each.retired:
                each.let_go()
                each.retired = stamp
        thing.tell("retired", who, changes=False)
        self._follow(thing.parent, who)

    def restore(self, thing: Thing, who: str) -> None:
        if not thing.retired:
            return
        self.refuse(bool(thing.parent and thing.parent.retired), self.is_shut(thing.phase))
        had_parts = bool(thing.parent and self.parts(thing.parent))
        stamp = thing.retired
        for each in self.below(thing):
            if each.retired == stamp:
                each.retired = None
        thing.tell("restored", who, changes=False)
        self._parts_came(thing.parent, who, is_new=not had_parts)
