"""The importer's last stage: from an outline to a project's rows, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from checklists.act import Act
from checklists.importing import outline as read
from checklists.importing.said import Said
from checklists.importing.slots import asks_for_approval, is_last_word
from checklists.models import (
    Action,
    Contact,
    EscalationLevel,
    Field,
    Item,
    JournalEntry,
    Membership,
    Phase,
    Procedure,
    Project,
    RequestKey,
    Role,
    Section,
    Slot,
    Step,
    TemplateVersion,
)
from checklists.models.item import KINDS, ROOM, Kind
from checklists.models.phase import PhaseKind
from checklists.models.scoped import WHOLE, Scope
from checklists.models.slot import Filler, SlotKind

TWENTY_YEARS = 20 * 365 * 24 * 60


@dataclass(frozen=True)
class Launch:
    """What a person adds to the source text to make it a project: for whom, of what, and when (aware)."""

    name: str
    customer: str
    system: str
    go_live_at: datetime
    zone: str


@dataclass(frozen=True)
class Source:
    """The file as it came in, kept unchanged with the project."""

    name: str
    data: bytes


def plain(value) -> dict | None:
    """A small value of the outline as JSON keeps it."""
    return asdict(value) if value is not None else None


def believable(minutes: int | None) -> int | None:
    """Minutes that a plan can mean; "T-99999999 days" keeps its words only."""
    return minutes if minutes is not None and abs(minutes) <= TWENTY_YEARS else None


def timing_of(source: read.Item | read.Section) -> dict:
    """What the importer read about when, how often and how long."""
    offset = source.offset
    return {
        "window": source.window[:200],
        "offset_start": believable(offset.start) if offset else None,
        "offset_end": believable(offset.end) if offset else None,
        "clock": offset.clock[:5] if offset else "",
        "recurrence": source.recurrence[:200],
        "round": plain(source.round),
        "duration_minutes": believable(source.duration.minutes) if source.duration else None,
    }


def columns_of(source: read.Field) -> dict:
    """What a blank asks for."""
    return {
        "label": source.label,
        "kind": source.kind,
        "unit": source.unit[:100],
        "choices": source.choices,
        "threshold": plain(source.threshold),
        "condition": plain(source.condition),
    }


class PlanWriter:
    """Writes one outline as the plan of one project; counts positions and numbers as it walks."""

    def __init__(self, project: Project):
        self.project = project
        self.number = 0
        self.field_position = 0
        self.rows: list[Item] = []
        self.fields: list[Field] = []

    def write(self, outline: read.Outline) -> None:
        for position, phase in enumerate(outline.phases):
            self.write_phase(phase, position)
        self.add_fields(outline.fields)
        self.write_criteria([c for c in outline.criteria if c.kind == "success"], len(outline.phases))
        Field.objects.bulk_create(self.fields)
        self.write_people(outline)
        self.write_procedures(outline)
        self.write_slots(outline)

    def write_phase(self, source: read.Phase, position: int) -> None:
        phase = Phase.objects.create(
            project=self.project,
            position=position,
            title=source.title,
            **timing_of(source),
            prose=source.prose,
            commands=source.commands,
        )
        self.add_fields(source.fields, phase)
        self.write_items(source.items, phase)
        self.write_sections(source.sections, phase)
        self.flush_items()

    def write_sections(self, sources: Iterable[read.Section], phase: Phase, above: Section | None = None) -> None:
        for source in sources:
            section = Section.objects.create(
                phase=phase,
                parent=above,
                depth=above.depth + 1 if above else 0,
                position=phase.sections.count(),
                title=source.title,
                **timing_of(source),
                prose=source.prose,
                commands=source.commands,
            )
            self.add_fields(source.fields, phase, section)
            self.write_items(source.items, phase, section)
            self.write_sections(source.sections, phase, section)

    def write_items(
        self, sources: Iterable[read.Item], phase: Phase, section: Section | None = None, above: Item | None = None
    ) -> None:
        for source in sources:
            self.number += 1
            item = Item(
                project=self.project,
                phase=phase,
                section=section,
                parent=above,
                number=self.number,
                position=self.number * ROOM,
                depth=above.depth + 1 if above else 0,
                kind=KINDS[PhaseKind(phase.kind)],
                text=f"{source.number} {source.text}" if source.number else source.text,
                details=source.details,
                commands=source.commands,
                **timing_of(source),
                expected=source.expected,
                threshold=plain(source.threshold),
                condition=plain(source.condition),
                optional=source.optional,
                team=source.team,
                ticked_in_source=source.checked,
                source_line=source.line,
            )
            self.rows.append(item)
            self.add_fields(source.fields, phase, section, item)
            self.write_items(source.items, phase, section, item)

    def flush_items(self) -> None:
        """Write the collected items depth by depth: a parent has its key before its children are written."""
        for depth in range(max((item.depth for item in self.rows), default=-1) + 1):
            Item.objects.bulk_create(item for item in self.rows if item.depth == depth)
        self.rows = []

    def add_fields(
        self,
        sources: Iterable[read.Field],
        phase: Phase | None = None,
        section: Section | None = None,
        item: Item | None = None,
    ) -> None:
        for source in sources:
            self.field_position += 1
            self.fields.append(
                Field(
                    project=self.project,
                    phase=phase,
                    section=section,
                    item=item,
                    position=self.field_position,
                    **columns_of(source),
                )
            )

    def write_criteria(self, criteria: list[read.Criterion], position: int) -> None:
        """Success criteria become divisions of their own, named by the topmost heading that is not a phase already."""
        known = self.project.phases.values_list("title", "window")
        phases = {words for title, window in known for words in (title, f"{title} ({window})")}
        divisions: dict[str, dict[str, list[read.Criterion]]] = {}
        for criterion in criteria:
            headings = [part for part in (criterion.phase, *criterion.section.split(" › ")) if part]
            if len(headings) > 1 and headings[0] in phases:
                del headings[0]
            title = headings[0] if headings else "Success criteria"
            divisions.setdefault(title, {}).setdefault(" › ".join(headings[1:]), []).append(criterion)
        for offset, (title, sections) in enumerate(divisions.items()):
            phase = Phase.objects.create(
                project=self.project, kind=PhaseKind.CRITERIA, position=position + offset, title=title
            )
            self.write_items(sections.pop("", []), phase)
            for place, (name, own) in enumerate(sections.items()):
                self.write_items(own, phase, Section.objects.create(phase=phase, position=place, title=name))
            self.flush_items()

    def write_people(self, outline: read.Outline) -> None:
        Contact.objects.bulk_create(
            Contact(
                project=self.project,
                position=position,
                role=source.role[:300],
                name=source.name[:300],
                phone=source.phone[:300],
                email=source.email[:300],
                emergency=source.emergency,
                group=source.group,
                notes=source.notes,
            )
            for position, source in enumerate(outline.contacts)
        )
        EscalationLevel.objects.bulk_create(
            EscalationLevel(
                project=self.project,
                position=position,
                title=source.title[:300],
                trigger=source.trigger,
                who=source.who,
                response=source.response[:300],
                group=source.group,
                details=source.details,
            )
            for position, source in enumerate(outline.escalation)
        )

    def write_procedures(self, outline: read.Outline) -> None:
        tripwires = [c for c in outline.criteria if c.kind == "rollback"]
        sources = list(outline.procedures)
        if tripwires and not any(source.kind == "rollback" for source in sources):
            sources.append(read.Procedure(title=tripwires[0].section or "Rollback", line=tripwires[0].line))
        first_rollback = next((source for source in sources if source.kind == "rollback"), None)
        for position, source in enumerate(sources):
            procedure = Procedure.objects.create(
                project=self.project,
                position=position,
                kind=source.kind,
                group=source.group,
                title=source.title,
                prose=source.prose,
                commands=source.commands,
                criteria_title=tripwires[0].section if tripwires and source is first_rollback else "",
                criteria=[text for c in tripwires for text in (c.text, *c.details)] if source is first_rollback else [],
                estimate=source.estimate[:300],
            )
            Step.objects.bulk_create(
                Step(procedure=procedure, position=n, text=step.text, details=step.details, commands=step.commands)
                for n, step in enumerate(source.steps)
            )

    def write_slots(self, outline: read.Outline) -> None:
        """What a slot says of stage, people and number holds; what it leaves open follows from its words."""
        childless = list(self.project.items.filter(children=None))
        about = Abouts(self.project)
        decides = next((source for source in outline.slots if source.kind == SlotKind.DECISION), None)
        for number, source in enumerate(outline.slots, start=1):
            last_word = source.kind == SlotKind.SIGNATURE and is_last_word(source.title)
            # One meeting has one decision, by one person, whatever a document says.
            kind = SlotKind.VOTE if source.kind == SlotKind.DECISION and source is not decides else source.kind
            team = source.who.removeprefix(read.OF_TEAM) if source.who.startswith(read.OF_TEAM) else ""
            known = Filler.TEAM if team else Filler.EXTERNAL if source.who == Filler.EXTERNAL else Filler.ROLE
            Slot.objects.create(
                project=self.project,
                number=number,
                title=source.title,
                kind=kind,
                meaning=source.meaning,
                stage=source.stage or (2 if last_word and len(outline.slots) > 1 else 1),
                filler=known,
                role=source.who if known == Filler.ROLE else "",
                team=team[: read.TEAM_LENGTH],
                needed=1 if source is decides else source.needed or 1,
                required=source.required,
                **about.of(source),
                item=asking_for(source, childless),
                group=source.group,
                notes="; ".join(part for part in (source.filled, source.notes) if part),
            )
        self.write_approvals(childless)

    def write_approvals(self, childless: list[Item]) -> None:
        """An item that says that something is approved is ticked by who prepared it and signed by who approves it."""
        slots = self.project.slots
        asking = {*slots.values_list("item", flat=True), *slots.values_list("subject", flat=True)}
        number = self.project.slots.count()
        for item in childless:
            if asks_for_approval(item.text) and item.pk not in asking and item.kind == Kind.TASK:
                number += 1
                Slot.objects.create(
                    project=self.project, number=number, title=item.text, scope=Scope.ITEM, subject=item, notes=""
                )


class Abouts:
    """What the slots of an outline are about, by the titles of a plan's rows."""

    def __init__(self, project: Project):
        self.project = project
        phases = list(project.phases.all())
        self.phases = {phase.title: phase for phase in phases}
        self.before = Scope.BEFORE if any(phase.is_before_launch for phase in phases) else Scope.PLAN

    def of(self, source: read.Slot) -> dict[str, Any]:
        """The columns: what the slot names, else for a vote what comes before T-0, else the whole plan."""
        if source.about == Scope.SECTION:
            sections = Section.objects.filter(phase__project=self.project, phase__title=source.scope)
            if section := sections.filter(title=source.place).first():
                return {"scope": Scope.SECTION, "section": section}
        if source.about == Scope.ITEM and (item := self.project.items.filter(text=source.place).first()):
            return {"scope": Scope.ITEM, "subject": item}
        if source.about in WHOLE:
            return {"scope": source.about}
        if phase := self.phases.get(source.scope):
            return {"scope": Scope.PHASE, "phase": phase}
        return {"scope": Scope.PLAN if source.kind == SlotKind.SIGNATURE else self.before}


def asking_for(slot: read.Slot, childless: list[Item]) -> Item | None:
    """The item below whose words the slot was written: the nearest above it whose only parts were slots."""
    words = slot.group.split(" › ")[-1]
    above = [item for item in childless if item.text == words and item.source_line < slot.line]
    return max(above, key=lambda item: item.source_line, default=None)


def create_project(
    outline: read.Outline, source: Source, launch: Launch, act: Act, template_version: TemplateVersion | None = None
) -> Project:
    """Make a project of the outline; who acts becomes its manager. All or nothing.

    `template_version` is what the source was filled from; the project stays pinned to it.
    """
    with RequestKey.objects.once(act):
        project = Project.objects.create(
            slug=Project.free_slug(launch.name),
            name=launch.name,
            customer=launch.customer,
            system=launch.system,
            go_live_at=launch.go_live_at,
            zone=launch.zone,
            document_title=outline.title,
            metadata=list(outline.metadata.items()),
            prose=outline.prose,
            source=source.data,
            source_name=source.name[:255],
            source_sha256=hashlib.sha256(source.data).hexdigest(),
            repairs=[asdict(repair) for repair in outline.repairs],
            warnings=outline.warnings,
            template_version=template_version,
            created_at=act.at,
            created_by=act.by,
        )
        Membership.objects.create(project=project, user=act.by, role=Role.MANAGER)
        PlanWriter(project).write(outline)
        facts: dict[str, Any] = {"source": source.name, "sha256": project.source_sha256}
        if template_version:
            facts["template"] = Said(
                "%(name)s, version %(number)s", name=str(template_version.template), number=template_version.number
            )
        JournalEntry.objects.record(project, act, Action.PROJECT_CREATED, subject=project.name, **facts)
        return project
