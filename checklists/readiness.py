"""Computed numbers: how far a phase, a section or a project is."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.models import Item, Note, Phase, Project
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

# How many items a reason names before it only counts them.
NAMED = 3


@dataclass(frozen=True)
class Part:
    """One state's share of a progress bar, in items: where it starts and how many they are."""

    state: State
    start: int
    count: int


@dataclass
class Tally:
    """How many items are in which state. `spare` of them are optional and not settled: nothing waits for those."""

    counts: Counter = field(default_factory=Counter)
    spare: int = 0

    @classmethod
    def of(cls, items: Iterable[ItemOrBrief]) -> Tally:
        counts, spare = Counter[str](), 0
        for item in items:
            counts[item.state] += 1
            spare += item.optional and item.state not in SETTLED
        return cls(counts, spare)

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.counts + other.counts, self.spare + other.spare)

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
    def waiting(self) -> int:
        """How many mandatory items are not settled."""
        return self.total - self.settled - self.spare

    @property
    def progress(self) -> str:
        """`12 of 14`, and how much of what is open may stay so: `12 of 14, 2 optional open`."""
        told = {"done": self.settled, "total": self.total, "spare": self.spare}
        if self.spare:
            return _("%(done)s of %(total)s, %(spare)s optional open") % told
        return _("%(done)s of %(total)s") % told

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
    by_phase: dict[int, list[Item]] = defaultdict(list)
    for item in project.items.order_by().only("phase_id", "state", "optional"):
        by_phase[item.phase_id].append(item)
    return [(phase, Tally.of(by_phase[phase.pk])) for phase in project.phases.all()]


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
            told = {"phase": before.title, "number": left.waiting}
            found[phase.pk] = _("Waits for %(phase)s: %(number)s open") % told
        if tally.waiting:
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
class Named:
    """An item that is named among the reasons, with its team or what was said of it."""

    url: str
    text: str
    remark: str


@dataclass
class Reason:
    """Why a phase is not green: in words, the filter of the plan that shows it, the first items by name and how many
    more there are. Who is named by one reason is not named again by the next."""

    words: str
    filter: str
    tone: str = ""
    items: list[int] = field(default_factory=list)
    named: list[Named] = field(default_factory=list)
    more: int = 0


@dataclass
class Area:
    """A phase as readiness sees it: how far it is, why it is not green, what it waits for, what people say about it."""

    phase: Phase
    tally: Tally
    reasons: list[Reason]
    waits: str
    when: str
    notes: list[Note]

    @property
    def state(self) -> State:
        """Its sign: the worst that is in it; otherwise whether all of it is done, some or nothing."""
        for state in (State.FAILED, State.BLOCKED, State.REOPENED):
            if self.tally.counts[state]:
                return state
        if not self.tally.waiting:
            return State.DONE
        return State.CLAIMED if self.tally.settled or self.tally.counts[State.CLAIMED] else State.OPEN

    @property
    def address(self) -> str:
        """The page of what people say about the phase as a whole."""
        return reverse("place", args=[self.phase.project.slug, f"phase-{self.phase.pk}"])


def areas(timetable: Timetable, project: Project, missed: Mapping[int, int]) -> list[Area]:
    """Every phase of the project with why it is not green, the worst first. `missed` is rows.missed_items."""
    gates = waits_of(timetable, project)
    notes: dict[int, list[Note]] = defaultdict(list)
    for note in Note.objects.filter(project=project, withdrawn_at=None, phase__isnull=False).select_related("author"):
        notes[note.phase_id or 0].append(note)
    groups = {item.parent_id for item in timetable.items.values()}
    found = []
    for phase, items in _by_phase(timetable):
        phase.project = project
        window = timetable.span_of(phase)
        when = schedule.stretch(window, project.tzinfo) if window else ""
        beyond = [pk for pk, place in missed.items() if place == phase.pk]
        reasons = [*_beyond(beyond), *_reasons(timetable, items, groups)]
        found.append(Area(phase, Tally.of(items), reasons, gates.get(phase.pk, ""), when, notes[phase.pk]))
    _name(found, project)
    return found


def _beyond(items: list[int]) -> list[Reason]:
    return [Reason(_("%(number)s beyond limit") % {"number": len(items)}, "missed", "bad", items)] if items else []


def _reasons(timetable: Timetable, items: list[ItemOrBrief], groups: set[int | None]) -> list[Reason]:
    """What is optional is a reason only where it went wrong: somebody wanted to do it and could not."""
    left = [item for item in items if not item.is_settled]
    needed = [item for item in left if not item.optional]
    in_state = {state: [item.pk for item in left if item.state == state] for state in State}
    unowned = [item.pk for item in needed if item.owner_id is None and item.pk not in groups]
    found = [
        Reason(_("%(number)s late"), "late", "late", [item.pk for item in needed if timetable.is_late(item)]),
        Reason(_told(State.FAILED), State.FAILED.value, "bad", in_state[State.FAILED]),
        Reason(_told(State.BLOCKED), State.BLOCKED.value, "warn", in_state[State.BLOCKED]),
        Reason(_told(State.REOPENED), State.REOPENED.value, "warn", in_state[State.REOPENED]),
        Reason(
            _("%(number)s due within 2 hours"), "soon", "warn", [item.pk for item in needed if timetable.is_soon(item)]
        ),
        Reason(_("%(number)s nobody’s"), "unclaimed", "", unowned),
        *(
            Reason(_told(state), state.value, "", [item.pk for item in needed if item.state == state])
            for state in (State.CLAIMED, State.OPEN)
        ),
    ]
    return [replace(reason, words=reason.words % {"number": len(reason.items)}) for reason in found if reason.items]


def _told(state: State) -> str:
    return f"%(number)s {str(state.label).lower()}"


def _name(found: list[Area], project: Project) -> None:
    """Name the first items of each reason, in one query; not of those that just say how much is left."""
    chosen: list[tuple[Reason, list[int]]] = []
    for area in found:
        told: set[int] = set()
        for reason in area.reasons:
            if reason.filter not in (State.CLAIMED, State.OPEN):
                fresh = [pk for pk in reason.items if pk not in told]
                chosen.append((reason, fresh[:NAMED]))
                told.update(fresh[:NAMED])
                reason.more = len(fresh[NAMED:])
    rows = project.items.filter(pk__in={pk for _reason, keys in chosen for pk in keys})
    names = {
        pk: Named(f"/projects/{project.slug}/items/{number}/", f"#{number} {text}", remark or team)
        for pk, number, text, remark, team in rows.values_list("pk", "number", "text", "reason", "team")
    }
    for reason, keys in chosen:
        reason.named = [names[pk] for pk in keys if pk in names]
