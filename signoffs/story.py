"""The plan as it went: every phase, section and item with all that was done, entered, noted and not as planned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checklists.models import Action, Evidence, Field, Item, JournalEntry, Note, Phase, Project, Section
from checklists.models.item import State
from checklists.models.phase import PhaseKind
from checklists.models.timing import Timing
from checklists.readiness import Tally
from checklists.scopes import PLAN, Key
from signoffs.blank import Blank

SIGNS = {
    State.DONE: "✓",
    State.NOT_APPLICABLE: "–",
    State.BLOCKED: "◆",
    State.FAILED: "✗",
    State.REOPENED: "↻",
    State.CLAIMED: "◐",
    State.OPEN: "□",
}
# What happened to an item that a reader must be told, in the words that open the sentence.
DEVIATING = {
    Action.ITEM_BLOCKED: gettext_lazy("Blocked"),
    Action.ITEM_FAILED: gettext_lazy("Failed"),
    Action.ITEM_RESUMED: gettext_lazy("Taken up again"),
    Action.ITEM_SET_ASIDE: gettext_lazy("Not applicable"),
    Action.ITEM_REOPENED: gettext_lazy("Reopened"),
    Action.ITEM_WAIVED: gettext_lazy("Waived: signed without it"),
    Action.WAIVER_ENDED: gettext_lazy("Not waived any more"),
}


@dataclass(frozen=True)
class Happening:
    """One thing that was not as planned: what, why, who and when; who and when are empty if nobody recorded them."""

    what: str
    why: str
    who: str = ""
    at: datetime | None = None


@dataclass
class Entry:
    """One item of the plan with all that belongs to it."""

    item: Item
    blanks: list[Blank]
    notes: list[Note]
    evidence: list[Evidence]
    happenings: list[Happening]
    is_group: bool

    @property
    def is_plain(self) -> bool:
        """Done and no group: its mark is written like its text."""
        return self.item.state == State.DONE and not self.is_group

    @property
    def is_told_before(self) -> bool:
        """Whether it stands among the deviations, which lead here."""
        return bool(self.happenings) or any(blank.is_unread for blank in self.blanks)

    @property
    def mark(self) -> str:
        """Sign and number; as wide for every item whose mark has a type of its own, so that texts align, else before a tab."""
        sign, number = SIGNS[State(self.item.state)], self.item.number
        return f"{sign} {number} \t" if self.is_plain else f"{sign} {number:<4} "

    @property
    def depth(self) -> int:
        return min(self.item.depth, 4)

    @property
    def tags(self) -> str:
        """What the plan says about the item besides its text."""
        tags = [_("optional")] if self.item.optional else []
        tags += [window] if (window := window_of(self.item.window, self.item.text)) else []
        tags += [_("repeats: %(how)s") % {"how": self.item.recurrence}] if self.item.recurrence else []
        tags += [_("ticked in the source")] if self.item.ticked_in_source else []
        return ", ".join(tags)

    @property
    def who(self) -> str:
        """The person behind the state."""
        if self.item.is_settled:
            return str(self.item.settled_by)
        if self.item.state == State.CLAIMED:
            return _("claimed by %(who)s") % {"who": self.item.owner}
        if self.happenings:
            return self.happenings[-1].who
        return ""

    @property
    def when(self) -> datetime | None:
        return self.item.settled_at or self.item.changed_at

    @property
    def holder(self) -> str:
        """Who holds a blocked or reopened item, where that is not the person behind its state."""
        held = self.item.owner and self.item.state != State.CLAIMED
        return str(self.item.owner) if held else ""


@dataclass
class Talk:
    """What people wrote and showed at a place that is no item."""

    notes: list[Note]
    evidence: list[Evidence]

    def __bool__(self) -> bool:
        return bool(self.notes or self.evidence)


@dataclass
class Place:
    """A section, or the part of a phase before its first section, with what stands directly in it."""

    section: Section | None
    entries: list[Entry]
    blanks: list[Blank]
    talk: Talk

    @property
    def window(self) -> str:
        """When the section happens."""
        return window_of(self.section.window, self.section.title) if self.section else ""


@dataclass
class Part:
    """A phase with its places."""

    phase: Phase
    places: list[Place]
    tally: Tally
    talk: Talk

    @property
    def window(self) -> str:
        """When the phase happens."""
        return window_of(self.phase.window, self.phase.title)

    @property
    def is_criteria(self) -> bool:
        return self.phase.kind == PhaseKind.CRITERIA

    @property
    def remarks(self) -> str:
        """Why the phase is not green, and what was set aside in it."""
        set_aside = self.tally.counts[State.NOT_APPLICABLE]
        aside = [_("%(number)s not applicable") % {"number": set_aside}] if set_aside else []
        return ", ".join([*self.tally.why_not_green, *aside])


def window_of(window: str, text: str) -> str:
    """The author's words for when it happens, unless the text beside them says so already."""
    return "" if window.casefold() in text.casefold() else window


def keys_around(field: Field, items: Mapping[int, Item]) -> Iterator[Key]:
    """What a blank stands in, from its item outwards."""
    item = items.get(field.item_id) if field.item_id else None
    place = item or field
    while item:
        yield item.key
        item = items.get(item.parent_id) if item.parent_id else None
    for kind, pk in (("section", place.section_id), ("phase", place.phase_id)):
        if pk:
            yield kind, pk


def story_of(project: Project, journal: list[JournalEntry], at: datetime) -> tuple[list[Part], list[Blank], Talk]:
    """Every phase with all in it, in the plan's order; the blanks of no phase; and what was said of the whole plan."""
    happenings: dict[int, list[Happening]] = defaultdict(list)
    for entry in journal:
        if entry.item_id and entry.action in DEVIATING:
            what = str(DEVIATING[Action(entry.action)])
            happenings[entry.item_id].append(Happening(what, entry.remark, entry.actor_name, entry.at))
    notes: dict[Key, list[Note]] = defaultdict(list)
    for note in Note.objects.filter(project=project, withdrawn_at=None).select_related("author"):
        notes[note.key].append(note)
    evidence: dict[Key, list[Evidence]] = defaultdict(list)
    for piece in Evidence.objects.live().filter(project=project).select_related("by"):
        evidence[piece.key].append(piece)

    def talk(key: Key) -> Talk:
        return Talk(notes[key], evidence[key])

    items: dict[tuple[int, int | None], list[Item]] = defaultdict(list)
    for item in project.items.select_related("owner", "settled_by"):
        items[item.phase_id, item.section_id].append(item)
        if item.reason and not happenings[item.pk]:
            happenings[item.pk].append(Happening(str(State(item.state).label), item.reason, at=item.changed_at))
    groups = {item.parent_id for here in items.values() for item in here}
    sections: dict[int, list[Section | None]] = defaultdict(lambda: [None])
    for section in Section.objects.filter(phase__project=project):
        sections[section.phase_id].append(section)
    phases = list(project.phases.all())
    by_pk = {item.pk: item for here in items.values() for item in here}
    everywhere: list[Item | Section | Phase] = [*by_pk.values(), *phases]
    everywhere += [section for here in sections.values() for section in here if section]
    recurring: dict[Key, Timing] = {place.key: place for place in everywhere if place.round}
    of_items: dict[int, list[Blank]] = defaultdict(list)
    of_places: dict[tuple[int | None, int | None], list[Blank]] = defaultdict(list)
    for field in project.fields.select_related("item").prefetch_related("readings__by"):
        where = of_items[field.item_id] if field.item_id else of_places[field.phase_id, field.section_id]
        recurs = next((recurring[key] for key in keys_around(field, by_pk) if key in recurring), None)
        where.append(Blank(field, list(field.readings.all()), at, recurs))
    parts = []
    for phase in phases:
        keys = [(section, (phase.pk, section.pk if section else None)) for section in sections[phase.pk]]
        places = [
            Place(
                section,
                [
                    Entry(
                        item,
                        of_items[item.pk],
                        notes[item.key],
                        evidence[item.key],
                        happenings[item.pk],
                        item.pk in groups,
                    )
                    for item in items[key]
                ],
                of_places[key],
                talk(section.key) if section else Talk([], []),
            )
            for section, key in keys
        ]
        tally = Tally.of(item for _, key in keys for item in items[key])
        parts.append(Part(phase, places, tally, talk(phase.key)))
    return parts, of_places[None, None], talk(PLAN)
