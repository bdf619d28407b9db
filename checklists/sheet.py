"""The plan page's content: every phase with its rows, in a fixed number of queries however long the plan is.

Rows carry finished strings, so that the template's inner loop only prints them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from checklists.models import Evidence, Item, Note, Project, Section
from checklists.models.item import State
from checklists.readiness import Tally, waits
from checklists.rows import PEOPLE, Facts, Row, answers_in, limits_missed, mark_unasked, row_of, with_value
from checklists.timetable import Timetable

if TYPE_CHECKING:
    from checklists.models import Phase
    from checklists.rows import FieldWithValue

FILTERS = {
    "all": gettext_lazy("All"),
    "todo": gettext_lazy("To do"),
    "mine": gettext_lazy("Mine"),
    "teams": gettext_lazy("My teams"),
    "unclaimed": gettext_lazy("Unclaimed"),
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
    picked: Mapping[str, Collection[int]]
    chosen: str
    in_hand: Row | None
    sought: str = ""

    @property
    def shown(self) -> int:
        return sum(phase.shown for phase in self.phases)

    @property
    def late(self) -> int:
        return len(self.picked["late"])

    @property
    def filters(self) -> list[tuple[str, str, int, bool]]:
        """Key, label, how many, whether chosen."""
        numbers = {
            **self.tally.counts,
            "all": self.tally.total,
            "todo": self.tally.total - self.tally.settled,
            **{key: len(items) for key, items in self.picked.items()},
        }
        return [(key, str(label), numbers.get(key, 0), key == self.chosen) for key, label in FILTERS.items()]


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


def picked_of(
    timetable: Timetable, viewer_id: int, teams: Collection[str], missed: Collection[int]
) -> dict[str, Collection[int]]:
    """What the filters show that are no states, as keys of items. `teams` are the viewer's, `missed` beyond a limit."""
    items = timetable.items.values()
    groups = {item.parent_id for item in items}
    left = [item for item in items if not item.is_settled]
    return {
        "mine": {item.pk for item in items if item.owner_id == viewer_id},
        "teams": {item.pk for item in left if item.team.casefold() in teams},
        "unclaimed": {item.pk for item in left if item.owner_id is None and item.pk not in groups},
        "late": {item.pk for item in timetable.late},
        "soon": {item.pk for item in timetable.soon},
        "missed": missed,
    }


def sheet_of(
    project: Project,
    viewer_id: int,
    now: datetime,
    chosen: str = "all",
    sought: str = "",
    teams: Collection[str] = frozenset(),
) -> Sheet:
    """The plan as one person sees it now, through one filter; `sought` are words or a number to find items by.

    `teams` are those of which the person is, casefolded.
    """
    chosen = chosen if chosen in FILTERS else "all"
    items = list(project.items.select_related(*PEOPLE))
    by_place: dict[tuple[int, int | None], list[Item]] = defaultdict(list)
    for item in items:
        by_place[item.phase_id, item.section_id].append(item)
    blanks = list(with_value(project.fields.all()))
    fields: dict[tuple[int | None, int | None], list[FieldWithValue]] = defaultdict(list)
    answers = answers_in(blanks)
    mark_unasked(blanks, answers)
    for blank in blanks:
        if not blank.item_id:
            fields[blank.phase_id, blank.section_id].append(blank)
    sections: dict[int, list[Section | None]] = defaultdict(lambda: [None])
    for section in with_talk(Section.objects.filter(phase__project=project), "section"):
        sections[section.phase_id].append(section)
    all_phases = list(with_talk(project.phases.select_related("opened_by"), "phase"))
    all_sections = [section for here in sections.values() for section in here if section]
    timetable = Timetable(project, all_phases, all_sections, items, now)
    facts = Facts.of(project, items, blanks, answers)

    def row(item: Item) -> Row:
        return row_of(item, project, viewer_id, facts, timetable)

    missed = {item.pk for item in items if limits_missed(item, facts.fields[item.pk])}
    picked = picked_of(timetable, viewer_id, teams, missed)
    words = sought.casefold().split()

    def keep(item: Item) -> bool:
        told = f"#{item.number} {item.text} {item.team} {item.owner or ''} {item.settled_by or ''}".casefold()
        if words and not all(word in told for word in words):
            return False
        if chosen in picked:
            return item.pk in picked[chosen]
        return chosen == "all" or (not item.is_settled if chosen == "todo" else item.state == chosen)

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
                    fields[place] if chosen == "all" and not words else [],
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
    return Sheet(phases, fields[None, None], tally, picked, chosen, in_hand, sought=sought)
