"""Cloning: the plan of one project as a new one with its own T-0, and nothing of the run.

Rows are copied column by column, so that what the plan learns later is copied too; what belongs to the run is named here
and begins anew. `COPIED` and `LEFT` together are everything that hangs on a project: a test fails when a new model is in
neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeVar
from uuid import uuid4

from django.db import models

from checklists.act import Act
from checklists.importing.plan import Launch
from checklists.importing.said import Said
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
from checklists.models.phase import PhaseKind
from checklists.models.slot import Filler

# In this order: what others point to comes first.
COPIED: tuple[type[models.Model], ...] = (Phase, Section, Item, Field, Contact, EscalationLevel, Procedure, Step, Slot)
# What a row has only because somebody worked on it. What is retired is not copied at all.
RETIRED = ("retired_at", "retired_by", "retired_reason")
RUN: dict[type[models.Model], tuple[str, ...]] = {
    Phase: ("opened_at", "opened_by", "opened_reason", *RETIRED),
    Section: RETIRED,
    Item: ("state", "owner", "settled_by", "settled_at", "changed_at", "reason", "version", *RETIRED),
    Field: ("version", *RETIRED),
    Slot: ("version", *RETIRED),
    Contact: RETIRED,
    EscalationLevel: RETIRED,
    Procedure: RETIRED,
    Step: RETIRED,
}
# What a project has of its own; everything else is its plan's and comes along.
OWN = (
    *("uuid", "slug", "name", "customer", "system", "go_live_at", "zone", "cloned_from", "created_at", "created_by"),
    *("baselined_at", "baselined_by", "revision", "completed_at"),
)

# What points to rows of the same plan has to point to their copies.
PLAN = frozenset({Project, *COPIED})
# The way from a row to its project, where it is not a column of its own.
PATHS: dict[type[models.Model], str] = {Section: "phase__project", Step: "procedure__project"}
NESTED = (Section, Item)
# The way from a row to the phase of what signers demanded in this run: that is left behind.
CONDITIONS: dict[type[models.Model], tuple[str, ...]] = {
    Phase: ("kind",),
    Section: ("phase__kind",),
    Item: ("phase__kind",),
    Field: ("phase__kind",),
    Slot: ("phase__kind", "section__phase__kind", "subject__phase__kind"),
}

Row = TypeVar("Row", bound=models.Model)
Copies = dict[type[models.Model], dict[int, Any]]


def clone_project(original: Project, launch: Launch, act: Act, with_people: bool = False) -> Project:
    """The plan of `original` with everything open, as a new project; who acts becomes its manager. All or nothing.

    Words such as "T-3 days" are kept as they are and count from the new T-0; dates inside texts stay as written.
    """
    with original.locked(act, archived=True):
        project = _copy_of(
            original,
            {},
            uuid=uuid4(),
            slug=Project.free_slug(launch.name),
            name=launch.name,
            customer=launch.customer,
            system=launch.system,
            go_live_at=launch.go_live_at,
            zone=launch.zone,
            cloned_from=original,
            created_at=act.at,
            created_by=act.by,
            baselined_at=None,
            baselined_by=None,
            revision=1,
            completed_at=None,
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
            clone=Said("clone of %(slug)s", slug=original.slug),
        )
        _copy_plan(original, project)
        if with_people:
            _copy_people(original, project, act)
        _name_signers(original, project, act, with_people)
    return project


def _copy_plan(original: Project, project: Project) -> None:
    copies: Copies = {Project: {original.pk: project}}
    for model in COPIED:
        copies[model] = {}
        for level in _levels(model, original):
            fresh = {row.pk: _copy_of(row, copies) for row in level}
            model._default_manager.bulk_create(fresh.values())
            copies[model] |= fresh


def _copy_people(original: Project, project: Project, act: Act) -> None:
    """The same people in the same roles, each journalled; whoever makes the clone is its manager already."""
    for member in original.memberships.select_related("user").exclude(user=act.by):
        Membership.objects.admit(project, act, member.user.email, member.user.name, Role(member.role), member.teams)


def _name_signers(original: Project, project: Project, act: Act, with_people: bool) -> None:
    """Who is named to sign comes along with the people; without them, as many of whoever has the role."""
    copies = {slot.number: slot for slot in project.slots.filter(filler=Filler.PEOPLE)}
    for slot in original.slots.filter(number__in=copies).prefetch_related("named__user"):
        copy = copies[slot.number]
        people = [person.user for person in slot.named.all() if with_people or person.user_id == act.by.pk]
        if len(people) == len(slot.named.all()):
            copy.name_people(people)
        else:
            copy.filler, copy.needed = slot.without_names
            copy.save(update_fields=["filler", "needed"])


def _levels(model: type[models.Model], original: Project) -> Iterator[Iterable[models.Model]]:
    """The model's rows of a project; those that hang on each other level by level, so that parents have their keys."""
    rows = model._default_manager.filter(**{PATHS.get(model, "project"): original})
    for path in CONDITIONS.get(model, ()):
        rows = rows.exclude(**{path: PhaseKind.CONDITIONS})
    if model is Step:
        rows = rows.filter(procedure__retired_at=None)
    if model not in NESTED:
        yield rows
        return
    for _, level in groupby(rows.order_by("depth"), key=attrgetter("depth")):
        yield level


def _copy_of(row: Row, copies: Copies, **changes: Any) -> Row:
    """An unsaved copy without the run, that points to copies where the original points to rows of its own plan."""
    copy = type(row)(**changes)
    run = RUN.get(type(row), ())
    for column in row._meta.concrete_fields:
        if column.primary_key or column.name in run or column.name in changes:
            continue
        value = getattr(row, column.attname)
        target = column.related_model
        if value is not None and target is not None and target in PLAN:
            setattr(copy, column.name, copies[target][value])
        else:
            setattr(copy, column.attname, value)
    return copy
