"""Computed numbers: how far a phase, a section or a project is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models import Phase, Project
from checklists.models.item import SETTLED, State
from checklists.models.phase import PhaseKind
from checklists.timetable import ItemOrBrief, Timetable

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
    def of(cls, items: Iterable[ItemOrBrief]) -> Tally:
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
        return ", ".join(f"{self.counts[state]} {str(state.label).lower()}" for state in ORDER if self.counts[state])

    @property
    def why_not_green(self) -> list[str]:
        """What keeps this from being settled, in words, worst first."""
        return [
            f"{self.counts[state]} {str(State(state).label).lower()}"
            for state in (State.FAILED, State.BLOCKED, State.REOPENED, State.OPEN, State.CLAIMED)
            if self.counts[state]
        ]


def tallies(project: Project) -> list[tuple[Phase, Tally]]:
    """Every phase of the project with its tally, in order."""
    by_phase: dict[int, Counter] = {}
    for phase_id, state in project.items.order_by().values_list("phase_id", "state"):
        by_phase.setdefault(phase_id, Counter())[state] += 1
    return [(phase, Tally(by_phase.get(phase.pk, Counter()))) for phase in project.phases.all()]


def waits(project: Project, phases: list[tuple[Phase, Tally]]) -> dict[int, str]:
    """Where phases follow each other: what a phase waits for, as `Waits for Phase 1: 2 open`, by the phase's key.

    The rule is that of `Phase.guard_its_turn`, told of all phases at once.
    """
    found: dict[int, str] = {}
    unsettled: tuple[Phase, Tally] | None = None
    for phase, tally in phases:
        if not project.sequential or phase.kind != PhaseKind.PHASE:
            continue
        if unsettled and not phase.opened_at and not tally.is_settled:
            before, left = unsettled
            found[phase.pk] = _("Waits for %(phase)s: %(number)s open") % {
                "phase": before.title,
                "number": left.total - left.settled,
            }
        if not tally.is_settled:
            unsettled = (phase, tally)
    return found


def waits_of(timetable: Timetable, project: Project) -> dict[int, str]:
    """What each waiting phase waits for, from the items of a timetable."""
    return waits(project, [(phase, Tally.of(items)) for phase, items in _by_phase(timetable)])


def _by_phase(timetable: Timetable) -> list[tuple[Phase, list[ItemOrBrief]]]:
    by_phase: dict[int, list[ItemOrBrief]] = {pk: [] for pk in timetable.phases}
    for item in timetable.items.values():
        by_phase[item.phase_id].append(item)
    return [(phase, by_phase[pk]) for pk, phase in timetable.phases.items()]


@dataclass(frozen=True)
class Reason:
    """Why a phase is not green, and the filter of the plan that shows it."""

    words: str
    filter: str
    tone: str = ""


@dataclass
class Area:
    """A phase as readiness sees it: how far it is, why it is not green, what it waits for."""

    phase: Phase
    tally: Tally
    reasons: list[Reason]
    waits: str
    when: str


def areas(timetable: Timetable, project: Project, missed: Mapping[int, int]) -> list[Area]:
    """Every phase of the project with why it is not green, the worst first. `missed` is rows.missed_items."""
    gates = waits_of(timetable, project)
    found = []
    for phase, items in _by_phase(timetable):
        window = timetable.span_of(phase)
        when = schedule.stretch(window, project.tzinfo) if window else ""
        reasons = _reasons(timetable, items)
        if beyond := sum(place == phase.pk for place in missed.values()):
            reasons.insert(0, Reason(_("%(number)s beyond limit") % {"number": beyond}, "missed", "bad"))
        found.append(Area(phase, Tally.of(items), reasons, gates.get(phase.pk, ""), when))
    return found


def _reasons(timetable: Timetable, items: list[ItemOrBrief]) -> list[Reason]:
    tally = Tally.of(items)
    late = sum(timetable.is_late(item) for item in items)
    soon = [item for item in items if timetable.is_soon(item)]
    unowned = sum(item.owner_id is None for item in soon)
    found = [Reason(_("%(number)s late") % {"number": late}, "late", "late")] if late else []
    found += [
        Reason(
            f"{tally.counts[state]} {str(state.label).lower()}", state.value, "bad" if state == State.FAILED else "warn"
        )
        for state in (State.FAILED, State.BLOCKED, State.REOPENED)
        if tally.counts[state]
    ]
    if soon:
        told = {"number": len(soon), "unowned": unowned}
        words = _("%(number)s due within 2 hours")
        if unowned:
            words = _("%(number)s due within 2 hours, %(unowned)s of them nobody’s")
        found.append(Reason(words % told, "soon", "warn"))
    left = [(state, tally.counts[state]) for state in (State.CLAIMED, State.OPEN) if tally.counts[state]]
    return found + [Reason(f"{count} {str(state.label).lower()}", state.value) for state, count in left]
