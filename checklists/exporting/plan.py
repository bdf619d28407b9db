"""From the rows of a project back to an outline: the importer's last stage, the other way round.

What was done, by whom and when stands beside the plan in the outline's `run` lists. The number of queries is fixed.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils import translation

from checklists.importing import outline as written
from checklists.importing.dialect import TICKED
from checklists.models import Field, Item, Note, Phase, Project, Reading, Section, Slot
from checklists.models.item import State
from checklists.models.phase import PhaseKind
from checklists.models.slot import Filler

Place = tuple[int | None, int | None, int | None]  # keys of phase, section and item


@dataclass
class Rows:
    """Everything of a project's plan and run, in the order of the plan."""

    project: Project
    phases: list[Phase]
    sections: dict[int, list[Section]] = field(default_factory=lambda: defaultdict(list))
    items: dict[Place, list[Item]] = field(default_factory=lambda: defaultdict(list))
    fields: dict[Place, list[Field]] = field(default_factory=lambda: defaultdict(list))
    readings: dict[int, list[Reading]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[int | None, list[Note]] = field(default_factory=lambda: defaultdict(list))


def rows_of(project: Project) -> Rows:
    """Read the plan and the run; not what signers demanded: the signatures are not there either."""
    rows = Rows(project, list(project.phases.exclude(kind=PhaseKind.CONDITIONS)))
    for section in Section.objects.filter(phase__project=project):
        rows.sections[section.phase_id].append(section)
    place: Place
    for item in project.items.select_related("owner", "settled_by"):
        place = (None, None, item.parent_id) if item.parent_id else (item.phase_id, item.section_id, None)
        rows.items[place].append(item)
    for blank in project.fields.all():
        place = (None, None, blank.item_id) if blank.item_id else (blank.phase_id, blank.section_id, None)
        rows.fields[place].append(blank)
    for reading in Reading.objects.filter(field__project=project).select_related("by"):
        rows.readings[reading.field_id].append(reading)
    for note in Note.objects.filter(item__project=project, withdrawn_at=None).select_related("author"):
        rows.notes[note.item_id].append(note)
    return rows


@translation.override(settings.LANGUAGE_CODE)
def outline_of(project: Project, at: datetime, *, with_run: bool = True) -> written.Outline:
    """The plan as an outline. `with_run` adds what was done until the moment `at`, and ticks what is done."""
    return _Outliner(rows_of(project), with_run).outline(at)


class _Outliner:
    def __init__(self, rows: Rows, with_run: bool) -> None:
        self.rows = rows
        self.project = rows.project
        self.with_run = with_run

    def outline(self, at: datetime) -> written.Outline:
        project = self.project
        outline = written.Outline(project.document_title, dict(project.metadata), prose=list(project.prose))
        outline.fields, outline.run = self.fields((None, None, None))
        if self.with_run:
            outline.run = [*self.about(at), *outline.run]
        for phase in self.rows.phases:
            if phase.kind == PhaseKind.CRITERIA:
                outline.criteria += self.criteria(phase)
            else:
                outline.phases.append(self.phase(phase))
        self.people(outline)
        self.procedures(outline)
        slots = project.slots.select_related("phase", "section__phase", "subject__phase").prefetch_related("named")
        outline.slots = [slot_of(slot) for slot in slots if not slot.is_told_by_item and not is_apart(slot)]
        return outline

    def about(self, at: datetime) -> list[str]:
        project = self.project
        told = [
            f"project: {project.name}",
            f"customer: {project.customer}" if project.customer else "",
            f"system: {project.system}" if project.system else "",
            f"go-live (T-0): {self.when(project.go_live_at)} ({project.zone})",
            f"as of {self.when(at)}",
        ]
        return [words for words in told if words]

    # -- The plan ------------------------------------------------------------------------------------------------------

    def phase(self, phase: Phase) -> written.Phase:
        made = written.Phase(phase.title, 0, phase.recurrence, phase.window, list(phase.prose), list(phase.commands))
        self.fill(made, (phase.pk, None, None))
        places: dict[int | None, written.Section] = {None: made}
        for section in self.rows.sections[phase.pk]:
            inner = written.Section(section.title, 0, section.recurrence, section.window, list(section.prose))
            inner.commands = list(section.commands)
            self.fill(inner, (phase.pk, section.pk, None))
            places[section.pk] = inner
            places[section.parent_id].sections.append(inner)
        return made

    def fill(self, place: written.Section, key: Place) -> None:
        place.fields, place.run = self.fields(key)
        place.items = [self.item(item) for item in self.rows.items[key]]

    def item(self, item: Item) -> written.Item:
        fields, read = self.fields((None, None, item.pk))
        done = item.state == State.DONE
        return written.Item(
            item.text,
            0,
            checked=done if self.with_run else item.ticked_in_source,
            optional=item.optional,
            recurrence=item.recurrence,
            window=item.window,
            details=list(item.details),
            commands=list(item.commands),
            expects=item.expected,
            takes=item.duration_minutes or 0,
            for_team=item.team,
            fields=fields,
            items=[self.item(child) for child in self.rows.items[None, None, item.pk]],
            run=[*self.run(item), *read] if self.with_run else [],
        )

    def fields(self, key: Place) -> tuple[list[written.Field], list[str]]:
        """The blanks of a place, and what was written into them."""
        blanks = self.rows.fields[key]
        made = [written.Field(blank.label, blank.kind, blank.unit, list(blank.choices)) for blank in blanks]
        if not self.with_run:
            return made, []
        return made, [
            f"{blank.label}: {reading.value} {blank.unit}".rstrip() + f" ({reading.by}, {self.when(reading.at)})"
            for blank in blanks
            for reading in self.rows.readings[blank.pk]
        ]

    def criteria(self, phase: Phase) -> list[written.Criterion]:
        names: dict[int | None, str] = {None: ""} | {s.pk: s.title for s in self.rows.sections[phase.pk]}
        return [
            written.Criterion(**vars(self.item(item)), phase=phase.title, section=name)
            for key, name in names.items()
            for item in self.rows.items[phase.pk, key, None]
        ]

    def people(self, outline: written.Outline) -> None:
        for person in self.project.contacts.all():
            outline.contacts.append(
                written.Contact(person.role, person.name, person.phone, person.email, person.emergency, person.notes)
            )
            outline.contacts[-1].group = person.group
        for level in self.project.escalation_levels.all():
            outline.escalation.append(
                written.EscalationLevel(level.title, level.trigger, level.who, level.response, list(level.details))
            )
            outline.escalation[-1].group = level.group

    def procedures(self, outline: written.Outline) -> None:
        for procedure in self.project.procedures.prefetch_related("steps"):
            made = written.Procedure(
                procedure.title,
                0,
                procedure.kind,
                list(procedure.prose),
                list(procedure.commands),
                estimate=procedure.estimate,
                group=procedure.group,
            )
            for step in procedure.steps.all():
                made.steps.append(written.Step(step.text, 0, details=list(step.details), commands=list(step.commands)))
            outline.procedures.append(made)
            for text in procedure.criteria:
                outline.criteria.append(written.Criterion(text, 0, kind="rollback", section=procedure.criteria_title))

    # -- The run -------------------------------------------------------------------------------------------------------

    def run(self, item: Item) -> list[str]:
        told = [TICKED] if item.ticked_in_source and item.state != State.DONE else []
        reason = f": {item.reason}" if item.reason else ""
        if item.settled_at:
            word = "done" if item.state == State.DONE else "not applicable"
            told.append(f"{word} by {item.settled_by}, {self.when(item.settled_at)}{reason}")
        elif item.state in {State.BLOCKED, State.FAILED, State.REOPENED}:
            since = f" since {self.when(item.changed_at)}" if item.changed_at else ""
            told.append(f"{item.get_state_display().lower()}{since}{reason}")
        if item.owner and not item.is_settled:
            told.append(f"held by {item.owner}")
        notes = self.rows.notes[item.pk]
        return told + [f"note by {note.author}, {self.when(note.at)}: {note.text}" for note in notes]

    def when(self, moment: datetime) -> str:
        """On the project's clock, naming the zone: `2027-02-06 21:04 EET`."""
        return f"{self.project.local(moment):%Y-%m-%d %H:%M %Z}"


def is_apart(slot: Slot) -> bool:
    """Whether it is about conditions, which are not written."""
    around = slot.phase or (slot.section and slot.section.phase) or (slot.subject and slot.subject.phase)
    return bool(around and around.kind == PhaseKind.CONDITIONS)


def slot_of(slot: Slot) -> written.Slot:
    """What it asks for. Who is named for it is of the run."""
    phase = slot.phase or (slot.section.phase if slot.section else None)
    place = slot.section.title if slot.section else slot.subject.text if slot.subject else ""
    filler, needed = slot.without_names
    return written.Slot(
        slot.title,
        0,
        slot.kind,
        slot.meaning,
        phase.title if phase else "",
        notes=slot.notes,
        group=slot.group,
        about=slot.scope,
        place=place,
        stage=slot.stage,
        who=filler.value if filler == Filler.EXTERNAL else written.OF_TEAM + slot.team if slot.team else slot.role,
        needed=needed,
        required=slot.required,
    )
