"""Cloning: the plan of one project as a new one with its own T-0, and nothing of the run.

Rows are copied column by column, so that what the plan learns later is copied too; what belongs to the run is named here
and begins anew. `COPIED` and `LEFT` together are everything that hangs on a project: a test fails when a new model is in
neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any, TypeVar

from django.db import models, transaction

from checklists.act import Act
from checklists.importing.plan import Launch
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
    Role,
    Section,
    Slot,
    Step,
)

COPIED = (Phase, Section, Item, Field, Contact, EscalationLevel, Procedure, Step, Slot)
# What a row has only because somebody worked on it.
RUN: dict[type[models.Model], tuple[str, ...]] = {
    Phase: ("opened_at", "opened_by", "opened_reason"),
    Item: ("state", "owner", "settled_by", "settled_at", "changed_at", "reason"),
}
# What a project has of its own; everything else is its plan's and comes along.
OWN = ("slug", "name", "customer", "system", "go_live_at", "zone", "cloned_from", "created_at", "created_by")

Row = TypeVar("Row", bound=models.Model)
Nested = TypeVar("Nested", Section, Item)


@transaction.atomic
def clone_project(original: Project, launch: Launch, act: Act, with_people: bool = False) -> Project:
    """The plan of `original` with everything open, as a new project; who acts becomes its manager. All or nothing.

    Words such as "T-3 days" are kept as they are and count from the new T-0; dates inside texts stay as written.
    """
    with original.locked():
        project = _copy_of(
            original,
            slug=Project.free_slug(launch.name),
            name=launch.name,
            customer=launch.customer,
            system=launch.system,
            go_live_at=launch.go_live_at,
            zone=launch.zone,
            cloned_from=original,
            created_at=act.at,
            created_by=act.by,
        )
        project.save()
        Membership.objects.create(project=project, user=act.by, role=Role.MANAGER)
        JournalEntry.objects.record(
            project,
            act,
            Action.PROJECT_CREATED,
            subject=project.name,
            source=project.source_name,
            sha256=project.source_sha256,
            clone=f"clone of {original.slug}",
        )
        _copy_plan(original, project)
        if with_people:
            _copy_people(original, project, act)
    return project


def _copy_plan(original: Project, project: Project) -> None:
    phases = _copy_all(original.phases.all(), project=project)
    sections = _copy_levels(Section.objects.filter(phase__project=original), phase=phases)
    items = _copy_levels(original.items.all(), project=project, phase=phases, section=sections)
    _copy_all(original.fields.all(), project=project, phase=phases, section=sections, item=items)
    _copy_all(original.contacts.all(), project=project)
    _copy_all(original.escalation_levels.all(), project=project)
    procedures = _copy_all(original.procedures.all(), project=project)
    _copy_all(Step.objects.filter(procedure__project=original), procedure=procedures)
    _copy_all(original.slots.all(), project=project, phase=phases)


def _copy_people(original: Project, project: Project, act: Act) -> None:
    """The same people in the same roles, each journalled; whoever makes the clone is its manager already."""
    for member in original.memberships.select_related("user").exclude(user=act.by):
        Membership.objects.admit(project, act, member.user.email, member.user.name, Role(member.role))


def _copy_of(row: Row, **changes: Any) -> Row:
    """An unsaved copy, without the run. A change that is a mapping tells the copy of what the original pointed to."""
    run = RUN.get(type(row), ())
    kept = [column for column in row._meta.concrete_fields if column.name not in run]
    columns = {column.attname: getattr(row, column.attname) for column in kept}
    columns.pop(row._meta.pk.attname)
    copy = type(row)(**columns)
    for name, change in changes.items():
        if isinstance(change, dict):
            change = change.get(columns[f"{name}_id"])
        setattr(copy, name, change)
    return copy


def _copy_all(rows: Iterable[Row], **changes: Any) -> dict[int, Row]:
    """Copies of the rows, saved, by the key of the original."""
    copies = {row.pk: _copy_of(row, **changes) for row in rows}
    for model in {type(copy) for copy in copies.values()}:
        model._default_manager.bulk_create(copies.values())
    return copies


def _copy_levels(rows: Iterable[Nested], **changes: Any) -> dict[int, Nested]:
    """Copies of rows that hang on each other by `parent`, level by level: a parent has its key before its children."""
    copies: dict[int, Nested] = {}
    by_depth = sorted(rows, key=lambda row: row.depth)
    for _, level in groupby(by_depth, key=lambda row: row.depth):
        copies |= _copy_all(level, parent=dict(copies), **changes)
    return copies
