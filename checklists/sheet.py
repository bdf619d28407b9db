"""The plan page's content: every phase with its rows, in a fixed number of queries however long the plan is.

Rows carry finished strings, so that the template's inner loop only prints them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from checklists import rendering, schedule
from checklists.models import Evidence, Field, Item, Note, Phase, Project, Reading, Section
from checklists.models.item import SETTLED, State
from checklists.readiness import Tally, waits
from checklists.timetable import Timetable
from checklists.verdicts import MISSED, is_asked, words_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class RowFacts(TypedDict):
        note_count: int
        evidence_count: int
        part_count: int
        part_settled: int

    class Value(TypedDict):
        value: str | None

    ItemWithFacts = WithAnnotations[Item, RowFacts]
    FieldWithValue = WithAnnotations[Field, Value]

FILTERS = {
    "all": gettext_lazy("All"),
    "todo": gettext_lazy("To do"),
    "mine": gettext_lazy("Mine"),
    "late": gettext_lazy("Late"),
    "soon": gettext_lazy("Due soon"),
    "missed": gettext_lazy("Beyond limit"),
    State.OPEN.value: gettext_lazy("Open"),
    State.CLAIMED.value: gettext_lazy("Claimed"),
    State.BLOCKED.value: gettext_lazy("Blocked"),
    State.FAILED.value: gettext_lazy("Failed"),
    State.REOPENED.value: gettext_lazy("Reopened"),
    State.DONE.value: gettext_lazy("Done"),
    State.NOT_APPLICABLE.value: gettext_lazy("Not applicable"),
}


@dataclass
class Row:
    """One item as it is printed: `counts` says what opening it shows.

    `when` is when it was settled or is due, on the project's clock; `moment` the same for machines, `tone` whether that
    is late or soon, and `when_title` says in full what `when` only hints at.
    """

    number: int
    mark: str
    url: str
    text: str
    state: str
    state_label: str
    depth: int
    values: str
    missed: str
    counts: str
    who: str
    when: str
    moment: str
    tone: str
    when_title: str
    reason: str
    settled: bool
    is_group: bool
    optional: bool
    mine: bool

    @property
    def tickable(self) -> bool:
        """Whether one tap completes it: a group completes itself."""
        return not self.settled and not self.is_group

    @property
    def marks(self) -> str:
        """The classes that say what else is so."""
        return (" is-parent" if self.is_group else "") + (" is-mine" if self.mine else "")


@dataclass
class Block:
    """A section (or the part of a phase before its first section) with the rows that stand directly in it."""

    section: Section | None
    when: str = ""
    rows: list[Row] = field(default_factory=list)
    fields: list[FieldWithValue] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def heading(self) -> int:
        """The heading level below the phase's h2."""
        return min(3 + self.section.depth, 6) if self.section else 3


@dataclass
class PhaseSheet:
    phase: Phase
    blocks: list[Block]
    tally: Tally
    when: str = ""
    waits: str = ""

    @property
    def shown(self) -> int:
        return sum(len(block.rows) for block in self.blocks)

    @property
    def is_unfolded(self) -> bool:
        """A phase folds away once all of it is settled."""
        return not self.tally.total or not self.tally.is_settled


@dataclass
class Sheet:
    """Everything that the plan page prints about the plan."""

    phases: list[PhaseSheet]
    fields: list[FieldWithValue]
    tally: Tally
    mine: int
    late: int
    soon: int
    missed: int
    chosen: str
    in_hand: Row | None
    sought: str = ""

    @property
    def shown(self) -> int:
        return sum(phase.shown for phase in self.phases)

    @property
    def filters(self) -> list[tuple[str, str, int, bool]]:
        """Key, label, how many, whether chosen."""
        todo = self.tally.total - self.tally.settled
        numbers = {
            "all": self.tally.total,
            "todo": todo,
            "mine": self.mine,
            "late": self.late,
            "soon": self.soon,
            "missed": self.missed,
        }
        return [
            (key, str(label), numbers.get(key, self.tally.counts[key]), key == self.chosen)
            for key, label in FILTERS.items()
        ]


def how_many(model, more: dict | None = None, **owner):
    """How many rows of a model belong to a row, as an expression."""
    place = next(iter(owner))
    rows = model.objects.order_by().filter(**owner, **(more or {}))
    return Coalesce(Subquery(rows.values(place).annotate(n=Count("pk")).values("n")), 0)


def with_talk(rows: QuerySet, what: str) -> QuerySet:
    """Phases or sections with how many notes and pieces of evidence stand at each."""
    here = {what: OuterRef("pk")}
    live = {"withdrawn_at": None}
    return rows.annotate(note_count=how_many(Note, live, **here), evidence_count=how_many(Evidence, live, **here))


def with_row_facts(items: QuerySet[Item]) -> QuerySet[ItemWithFacts]:
    """Items with all that a row prints: people, and how many notes, fields and sub-items there are."""

    return items.select_related("owner", "settled_by", "project").annotate(
        note_count=how_many(Note, {"withdrawn_at": None}, item=OuterRef("pk")),
        evidence_count=how_many(Evidence, {"withdrawn_at": None}, item=OuterRef("pk")),
        part_count=how_many(Item, parent=OuterRef("pk")),
        part_settled=how_many(Item, {"state__in": SETTLED}, parent=OuterRef("pk")),
    )


def row_of(
    item: ItemWithFacts,
    project: Project,
    viewer_id: int,
    fields: list[FieldWithValue],
    timetable: Timetable,
    answers: Mapping[str, str],
) -> Row:
    """One item's row; the item comes from `with_row_facts`, its fields from `with_value`."""
    parts = {"done": item.part_settled, "total": item.part_count}
    counts = [_("%(done)s of %(total)s") % parts] if item.part_count else []
    blanks = sum(not field.value and is_asked(field.condition, answers) for field in fields)
    counts += [
        told % {"number": number}
        for number, told in (
            (len(item.details), ngettext("%(number)s detail", "%(number)s details", len(item.details))),
            (len(item.commands), ngettext("%(number)s command", "%(number)s commands", len(item.commands))),
            (blanks, ngettext("%(number)s blank", "%(number)s blanks", blanks)),
            (item.note_count, ngettext("%(number)s note", "%(number)s notes", item.note_count)),
            (item.evidence_count, _("%(number)s evidence")),
        )
        if number
    ]
    person = item.settled_by if item.is_settled else item.owner
    moment, when, tone = item.settled_at, "", ""
    if moment:
        when = schedule.clock(moment, project.tzinfo)
    elif window := timetable.of_item(item):
        moment = window.due
        when, tone = timetable.due_words(item)
    return Row(
        number=item.number,
        mark=item.mark,
        url=f"/projects/{project.slug}/items/{item.number}/",
        text=rendering.inline(item.text),
        state=item.state,
        state_label=str(State(item.state).label),
        depth=min(item.depth, 4),
        values=", ".join(f"{field.value} {field.unit}".strip() for field in fields if field.value),
        missed=limits_missed(item, fields),
        counts=" · ".join(counts),
        who=str(person) if person else "",
        when=when,
        moment=moment.isoformat() if moment else "",
        tone=tone,
        when_title=_("Due %(when)s") % {"when": schedule.words(moment, project.tzinfo)} if moment and tone else "",
        reason=item.reason,
        settled=item.is_settled,
        is_group=bool(item.part_count),
        optional=item.optional,
        mine=item.owner_id == viewer_id,
    )


def limits_missed(item: Item, fields: list[FieldWithValue]) -> str:
    """The limits of an item that its values do not keep, in the author's words; empty where they keep all."""
    for blank in fields:
        blank.item = item
    missed = [blank.limit["words"] for blank in fields if blank.limit and blank.verdict(blank.value) == MISSED]
    return ", ".join(missed)


def missed_items(project: Project) -> dict[int, int]:
    """Items with a value beyond its limit, and the phase of each."""
    rows = with_value(project.fields.exclude(item=None).select_related("item").filter(item__retired_at=None))
    return {each.item.pk: each.item.phase_id for each in rows if each.item and each.verdict(each.value) == MISSED}


def answers_in(fields: Iterable[FieldWithValue]) -> dict[str, str]:
    """What was answered so far, under the words of each question; unanswered ones have an empty answer."""
    return {words_of(field.label): field.value or "" for field in fields}


def with_value(fields: QuerySet[Field]) -> QuerySet[FieldWithValue]:
    """Fields with the value that each has now."""
    latest = Reading.objects.filter(field=OuterRef("pk")).order_by("-pk").values("value")[:1]
    return fields.annotate(value=Subquery(latest))


def rows_of(items: QuerySet[Item], project: Project, viewer_id: int, timetable: Timetable) -> list[Row]:
    """The rows of a few items, for the answer to an act."""
    rows = list(with_row_facts(items))
    blanks = list(with_value(project.fields.all()))
    fields: dict[int | None, list[FieldWithValue]] = defaultdict(list)
    for blank in blanks:
        fields[blank.item_id].append(blank)
    answers = answers_in(blanks)
    return [row_of(item, project, viewer_id, fields[item.pk], timetable, answers) for item in rows]


def sheet_of(project: Project, viewer_id: int, now: datetime, chosen: str = "all", sought: str = "") -> Sheet:
    """The plan as one person sees it now, through one filter; `sought` are words or a number to find items by."""
    chosen = chosen if chosen in FILTERS else "all"
    items = list(with_row_facts(project.items.all()))
    by_place: dict[tuple[int, int | None], list[ItemWithFacts]] = defaultdict(list)
    for item in items:
        by_place[item.phase_id, item.section_id].append(item)
    fields: dict[tuple[int | None, int | None, int | None], list[FieldWithValue]] = defaultdict(list)
    blanks = list(with_value(project.fields.all()))
    answers = answers_in(blanks)
    for blank in blanks:
        fields[(None, None, blank.item_id) if blank.item_id else (blank.phase_id, blank.section_id, None)].append(blank)
    sections: dict[int, list[Section | None]] = defaultdict(lambda: [None])
    for section in with_talk(Section.objects.filter(phase__project=project), "section"):
        sections[section.phase_id].append(section)
    all_phases = list(with_talk(project.phases.all(), "phase"))
    all_sections = [section for here in sections.values() for section in here if section]
    timetable = Timetable(project, all_phases, all_sections, items, now)

    def row(item: ItemWithFacts) -> Row:
        return row_of(item, project, viewer_id, fields[None, None, item.pk], timetable, answers)

    missed = {item.pk for item in items if limits_missed(item, fields[None, None, item.pk])}
    words = sought.casefold().split()

    def keep(item: Item) -> bool:
        told = f"#{item.number} {item.text} {item.owner or ''} {item.settled_by or ''}".casefold()
        if words and not all(word in told for word in words):
            return False
        match chosen:
            case "all":
                return True
            case "todo":
                return not item.is_settled
            case "mine":
                return item.owner_id == viewer_id
            case "late":
                return timetable.is_late(item)
            case "soon":
                return timetable.is_soon(item)
            case "missed":
                return item.pk in missed
        return item.state == chosen

    phases = []
    for phase in all_phases:
        blocks = []
        for part in sections[phase.pk]:
            place = (phase.pk, part.pk if part else None)
            here = by_place[place]
            blocks.append(
                Block(
                    part,
                    timetable.words_of(part) if part else "",
                    [row(item) for item in here if keep(item)],
                    fields[(*place, None)] if chosen == "all" and not words else [],
                    Tally.of(here),
                )
            )
        tally = sum((block.tally for block in blocks), Tally())
        phases.append(PhaseSheet(phase, blocks, tally, timetable.words_of(phase)))
    gates = waits(project, [(sheet.phase, sheet.tally) for sheet in phases])
    for sheet in phases:
        sheet.waits = gates.get(sheet.phase.pk, "")
    mine = [item for item in items if item.owner_id == viewer_id]
    in_hand = row(mine[0]) if mine else None
    tally = sum((sheet.tally for sheet in phases), Tally())
    late, soon = len(timetable.late), len(timetable.soon)
    return Sheet(
        phases, fields[None, None, None], tally, len(mine), late, soon, len(missed), chosen, in_hand, sought=sought
    )
