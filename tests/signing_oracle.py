"""What signing should do, said once more without a database: slots on a phase and on the whole plan, and what closes them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from tests.oracle import Oracle, Thing

PHASE, PLAN = "phase", "plan"
SIGNS = {"manager", "approver"}


@dataclass(frozen=True)
class Place:
    """A slot: what it is about, and its stage."""

    number: int
    scope: str
    stage: int


@dataclass
class Word:
    """A signature. `seen` is what was signed; `void` how it ended."""

    key: int
    place: Place
    who: str
    decision: str
    seen: tuple
    void: str = ""


@dataclass
class SigningOracle(Oracle):
    """The plan with its slots. `order` is that of its items, which the plan itself tells; T-0 is so many hours off."""

    places: list[Place] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    is_complete: bool = False
    hours: int = 0
    order: list[int] = field(default_factory=list)
    keys: Iterator[int] = field(default_factory=count)

    # -- Looking -----------------------------------------------------------------------------------------------------

    def is_shut(self, phase: int) -> bool:
        return PLAN in self.closed or (phase == 0 and PHASE in self.closed)

    def is_closed(self, scope: str) -> bool:
        return PLAN in self.closed or scope in self.closed

    def inside(self, scope: str) -> list[Thing]:
        return [each for each in self.things.values() if not each.retired and (scope == PLAN or each.phase == 0)]

    def live(self, place: Place) -> list[Word]:
        return [each for each in self.words if each.place == place and not each.void]

    def before(self, place: Place) -> list[Place]:
        """The places that come before this one: here the whole plan is around everything."""
        return [each for each in self.places if each.stage < place.stage and place.scope == PLAN]

    def content(self, place: Place) -> tuple:
        here = {each.number for each in self.inside(place.scope)}
        earlier = tuple(tuple(each.key for each in self.live(other)) for other in self.before(place))
        hours = self.hours if place.scope == PLAN else 0
        return tuple(self.things[number].face for number in self.order if number in here), earlier, hours

    def how(self, word: Word) -> str:
        if word.decision == "decline":
            return "declined"
        if word.seen != self.content(word.place):
            return "stale"
        return "abstained" if word.decision == "abstain" else "valid"

    def state(self, place: Place) -> str:
        states = [self.how(each) for each in self.live(place)]
        return next((each for each in ("declined", "valid", "stale") if each in states), "pending")

    def is_done(self, scope: str) -> bool:
        return not any(self.is_wanting(each) for each in self.inside(scope))

    @property
    def lacks_nothing(self) -> bool:
        return self.is_done(PLAN) and all(self.state(each) == "valid" for each in self.places)

    # -- Signing -----------------------------------------------------------------------------------------------------

    def sign(self, place: Place, who: str, decision: str) -> None:
        own = [each for each in self.live(place) if each.who == who]
        beside = [
            each for each in self.places if each != place and (each.scope, each.stage) == (place.scope, place.stage)
        ]
        self.refuse(
            self.roles[who] not in SIGNS,
            bool(own) and self.how(own[-1]) == "valid",
            not own and self.state(place) == "valid",
            self.is_closed(place.scope),
            any(self.state(each) != "valid" for each in self.before(place)),
            any(word.who == who for each in beside for word in self.live(each)),
        )
        if decision == "approve":
            within = [each for each in self.places if place.scope in (PLAN, each.scope)]
            against = [word for each in within for word in self.live(each) if word.decision == "decline"]
            self.refuse(
                any(word not in own for word in against),
                not self.is_done(place.scope),
                any(who in each.doers for each in self.inside(place.scope)),
            )
        for each in own:
            each.void = "again"
        self.words.append(Word(next(self.keys), place, who, decision, self.content(place)))
        for scope in (place.scope, PLAN):
            asked = [each for each in self.places if scope in (PLAN, each.scope)]
            if any(each.scope == scope for each in asked) and all(self.state(each) == "valid" for each in asked):
                self.closed.add(scope)
        if self.lacks_nothing:
            self._complete()

    def withdraw(self, word: Word, who: str) -> None:
        if word.void:
            return
        self.refuse(word.who != who, self.is_closed(word.place.scope))
        word.void = "withdrawn"

    def reopen_scope(self, scope: str) -> None:
        """It and what is around it; not what is inside."""
        around = {scope, PLAN}
        ending = [each for each in self.words if not each.void and each.place.scope in around]
        self.refuse(scope not in self.closed and all(each.place.scope != scope for each in ending))
        for each in ending:
            each.void = "reopened"
        self.closed -= around
        self.is_complete = False

    def complete_project(self) -> None:
        if not self.is_complete:
            self.refuse(not self.lacks_nothing)
            self._complete()

    def _complete(self) -> None:
        self.is_complete = True
        self.closed.add(PLAN)

    def move_go_live(self, hours: int) -> None:
        if hours != self.hours:
            self.refuse(PLAN in self.closed)
            self.hours = hours
