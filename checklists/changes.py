"""What a page that was loaded some journal entries ago needs to be as it would be now, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from checklists.models import Action, Project
from checklists.readiness import Tally, waits_of
from checklists.rows import Row, answers_for, mark_unasked, missed_items, rows_of, with_value
from checklists.sheet import FILTERS, PhaseSheet, Sheet, picked_of
from checklists.timetable import ItemOrBrief, Timetable

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue

# Entries whose words begin so change what an item's row and the numbers say; others change the plan or its frame.
ROW_ACTIONS = (
    *(
        "item.",
        "note.",
        "reading.",
        "file.",
        "evidence.",
        "deviation.",
        "slot.",
        "report.",
        "record.",
        "member.",
        "journal.",
    ),
    "procedure.step_settled",
    "plan.downloaded",
)


@dataclass
class ChangedRow:
    """A row that a page may have to replace: the newest entry about it or its parts, and whose that is."""

    row: Row
    seq: int
    by: str

    @property
    def rows(self) -> list[Row]:
        """The row as the template of rows takes it."""
        return [self.row]


@dataclass
class Changes:
    """What is new after an entry."""

    rows: list[ChangedRow]
    phases: list[PhaseSheet]
    sections: list[tuple[int, Tally]]
    fields: list[FieldWithValue]
    sheet: Sheet
    timetable: Timetable
    frame_changed_by: str


def changes_after(project: Project, seq: int, viewer_id: int, now: datetime, chosen: str = "all") -> Changes:
    """Everything that happened after the entry with this number, for one person and the filter that they chose."""
    entries = project.journal.filter(seq__gt=seq).order_by("seq")
    news = list(entries.values_list("seq", "item_id", "actor_name", "action"))
    timetable = Timetable.load(project, now)
    items = timetable.items
    touched: dict[int, tuple[int, str]] = {}
    depending = asked_on_conditions(project) if any(action == Action.READING_GIVEN for *_, action in news) else set()
    frame_changed_by = ""
    for number, item_id, actor, action in news:
        if not action.startswith(ROW_ACTIONS):
            frame_changed_by = actor
        item = items.get(item_id)
        while item is not None:
            touched[item.pk] = number, actor
            item = items.get(item.parent_id) if item.parent_id else None
    for number, _item, actor, action in news:
        if action == Action.READING_GIVEN:
            touched |= dict.fromkeys(depending, (number, actor))
    mine = [item for item in items.values() if item.owner_id == viewer_id]
    shown = project.items.filter(pk__in=[*touched, *(item.pk for item in mine[:1])])
    rows = {row.number: row for row in rows_of(shown, project, viewer_id, timetable)}
    tally = Tally.of(items.values())
    sheet = Sheet(
        phases=[],
        fields=[],
        tally=tally,
        picked=picked_of(timetable, viewer_id, project.rights.teams, missed_items(project)),
        chosen=chosen if chosen in FILTERS else "all",
        in_hand=rows.get(mine[0].number) if mine else None,
    )
    changed = sorted(
        (ChangedRow(rows[items[pk].number], *last) for pk, last in touched.items() if items[pk].number in rows),
        key=lambda each: each.row.number,
    )
    # The journal names the item of a value, not the field: those of sections, phases and the project all come along.
    others_read = any(action == Action.READING_GIVEN and item_id is None for _, item_id, _, action in news)
    fields = list(with_value(project.fields.filter(item=None))) if others_read else []
    mark_unasked(fields, answers_for(project, fields))
    gates = waits_of(timetable, project)
    section_ids = {section_id for pk in touched if (section_id := items[pk].section_id)}
    return Changes(
        rows=changed,
        phases=[
            PhaseSheet(
                phase, [], tally_where(items, "phase_id", phase.pk), timetable.words_of(phase), gates.get(phase.pk, "")
            )
            for phase in timetable.phases.values()
        ],
        sections=[(pk, tally_where(items, "section_id", pk)) for pk in sorted(section_ids)],
        fields=fields,
        sheet=sheet,
        timetable=timetable,
        frame_changed_by=frame_changed_by,
    )


def asked_on_conditions(project: Project) -> set[int]:
    """The items that ask something, or are asked for, depending on an answer."""
    items = project.items.filter(Q(condition__isnull=False) | Q(fields__condition__isnull=False))
    return set(items.values_list("pk", flat=True))


def tally_where(items: dict[int, ItemOrBrief], place: str, pk: int) -> Tally:
    """How the items of one phase or section stand."""
    return Tally.of(item for item in items.values() if getattr(item, place) == pk)
