"""The content of the page on which a plan is changed: all of a small plan, one phase at a time of a large one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from checklists import rendering
from checklists.models import Field, Item, Phase, Project, Section
from checklists.models.item import State

# Plans up to so many items are shown as a whole; a row has many buttons.
WHOLE = 300


@dataclass
class EditRow:
    """One item as it is printed here."""

    number: int
    url: str
    text: str
    state: str
    state_label: str
    depth: int
    is_group: bool
    optional: bool
    window: str
    settled: bool


@dataclass
class EditBlock:
    """A section, or the part of a phase before its first one, with what stands directly in it."""

    section: Section | None
    rows: list[EditRow]
    count: int

    @property
    def heading(self) -> int:
        return min(3 + self.section.depth, 6) if self.section else 3


@dataclass
class EditPhase:
    """A phase; one that is not opened tells only how much is in it."""

    phase: Phase
    opened: bool
    blocks: list[EditBlock] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(block.count for block in self.blocks)


@dataclass
class EditSheet:
    """The whole page, in a fixed number of queries."""

    project: Project
    phases: list[EditPhase]
    blanks: list[Field]
    retired: list[Item]
    retired_sections: list[Section]
    retired_phases: list[Phase]

    @cached_property
    def count(self) -> int:
        return sum(phase.count for phase in self.phases)

    @property
    def chosen(self) -> Phase | None:
        """The opened phase, where not all are."""
        opened = [each.phase for each in self.phases if each.opened]
        return opened[0] if len(opened) == 1 else None


def sheet_of(project: Project, chosen: int | None = None) -> EditSheet:
    """The plan to be edited; `chosen` is the key of the phase that is opened in a large one, else its first."""
    items = list(project.items.all())
    groups = {item.parent_id for item in items}
    here: dict[tuple[int, int | None], list[Item]] = defaultdict(list)
    for item in items:
        here[item.phase_id, item.section_id].append(item)
    sections: dict[int, list[Section | None]] = defaultdict(lambda: [None])
    for section in Section.objects.filter(phase__project=project):
        sections[section.phase_id].append(section)
    phases = list(project.phases.all())
    opened = {phase.pk for phase in phases}
    if len(items) > WHOLE:
        opened = {chosen if chosen in opened else phases[0].pk}

    def row(item: Item) -> EditRow:
        return EditRow(
            number=item.number,
            url=f"/projects/{project.slug}/items/{item.number}/",
            text=rendering.inline(item.text),
            state=item.state,
            state_label=str(State(item.state).label),
            depth=min(item.depth, 4),
            is_group=item.pk in groups,
            optional=item.optional,
            window=item.window,
            settled=item.is_settled,
        )

    sheets = []
    for phase in phases:
        blocks = []
        for part in sections[phase.pk]:
            rows = here[phase.pk, part.pk if part else None]
            blocks.append(EditBlock(part, [row(each) for each in rows] if phase.pk in opened else [], len(rows)))
        sheets.append(EditPhase(phase, phase.pk in opened, blocks))
    gone = (
        Item.with_retired.filter(project=project)
        .exclude(retired_at=None)
        .select_related("retired_by", "parent", "section", "phase")
    )
    gone_phases = Phase.with_retired.filter(project=project).exclude(retired_at=None).select_related("retired_by")
    gone_sections = Section.with_retired.filter(phase__project=project).exclude(retired_at=None)
    blanks = Field.with_retired.filter(project=project, phase=None, section=None, item=None)
    return EditSheet(
        project,
        sheets,
        list(blanks),
        [each for each in gone if _went_alone(each, each.parent, each.section, each.phase)],
        [
            each
            for each in gone_sections.select_related("retired_by", "parent", "phase")
            if _went_alone(each, each.parent, each.phase)
        ],
        list(gone_phases),
    )


def _went_alone(row: Item | Section, *around: Item | Section | Phase | None) -> bool:
    """What went together with what is around it is told there."""
    return all(above is None or above.retired_at != row.retired_at for above in around)
