"""Computed numbers: how far a phase, a section or a project is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from checklists.models import Item, Phase, Project
from checklists.models.item import SETTLED, State

# The order in which states stand in a progress bar and in words.
ORDER = (
    State.DONE,
    State.NOT_APPLICABLE,
    State.CLAIMED,
    State.BLOCKED,
    State.FAILED,
    State.REOPENED,
    State.OPEN,
)


@dataclass(frozen=True)
class Part:
    """One state's share of a progress bar, in items: where it starts and how many they are."""

    state: State
    start: int
    count: int


@dataclass
class Tally:
    """How many items are in which state."""

    counts: Counter = field(default_factory=Counter)

    @classmethod
    def of(cls, items: Iterable[Item]) -> Tally:
        return cls(Counter(item.state for item in items))

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.counts + other.counts)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def settled(self) -> int:
        return sum(self.counts[state] for state in SETTLED)

    @property
    def percent(self) -> int:
        """Settled share in whole per cent, rounded down: 100 means all of them."""
        return 100 * self.settled // self.total if self.total else 0

    @property
    def is_settled(self) -> bool:
        return self.settled == self.total

    @property
    def parts(self) -> list[Part]:
        """The states that occur, in order, as parts of a bar; what is open stays empty."""
        parts, start = [], 0
        for state in ORDER[:-1]:
            if count := self.counts[state]:
                parts.append(Part(state, start, count))
                start += count
        return parts

    @property
    def words(self) -> str:
        """The bar in words: `12 done, 1 blocked, 30 open`."""
        return ", ".join(f"{self.counts[state]} {state.label.lower()}" for state in ORDER if self.counts[state])

    @property
    def why_not_green(self) -> list[str]:
        """What keeps this from being settled, in words, worst first."""
        return [
            f"{self.counts[state]} {State(state).label.lower()}"
            for state in (State.FAILED, State.BLOCKED, State.REOPENED, State.OPEN, State.CLAIMED)
            if self.counts[state]
        ]


def tallies(project: Project) -> list[tuple[Phase, Tally]]:
    """Every phase of the project with its tally, in order."""
    by_phase: dict[int, Counter] = {}
    for phase_id, state in project.items.order_by().values_list("phase_id", "state"):
        by_phase.setdefault(phase_id, Counter())[state] += 1
    return [(phase, Tally(by_phase.get(phase.pk, Counter()))) for phase in project.phases.all()]
