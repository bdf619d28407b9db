"""Blanks changed: added to an item, a section, a phase or the plan itself, renamed, out of the plan and back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, act_of
from checklists.forms import posted
from checklists.models import Action, Field, Item, Phase, Project, Section
from checklists.overtaken import of_row
from checklists.plan_forms import BlankForm, ReasonedForm
from checklists.planning.blanks import PLANNED, Owner, add_blank, amend_blank, restore_blank, retire_blank
from checklists.planning.places import Place
from checklists.planning.seen import seen_of
from checklists.views.plan import by_button, by_form, changed, remembered


def owner_of(project: Project, written: str) -> Owner:
    """What a new blank belongs to: `last-item-7`, `last-section-3`, `last-phase-1`, or nothing for the plan itself."""
    place = Place.parse(written)
    if place is None:
        return project
    if place.what == "item":
        return get_object_or_404(Item, project=project, number=place.key)
    if place.what == "section":
        return get_object_or_404(Section, phase__project=project, pk=place.key)
    return get_object_or_404(Phase, project=project, pk=place.key)


def where(field: Field) -> tuple[int, str] | None:
    """The phase that is opened and the row that gets the focus after a change."""
    if field.item:
        return field.item.phase_id, f"edit-{field.item.number}"
    if field.section:
        return field.section.phase_id, f"edit-section-{field.section_id}"
    return (field.phase_id, f"edit-phase-{field.phase_id}") if field.phase_id else None


def fetch(request: Request, slug: str, pk: int) -> tuple[Project, Field]:
    project = project_for(request, slug, need=Need.MANAGE)
    fields = Field.with_retired.select_related("project", "item", "section", "phase")
    return project, get_object_or_404(fields, project=project, pk=pk)


def field_new(request: Request, slug: str) -> HttpResponse:
    """A new blank; `?place` says where."""
    project = project_for(request, slug, need=Need.MANAGE)
    owner = owner_of(project, request.GET.get("place", ""))
    form = BlankForm(project, posted(request), remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        field = add_blank(project, act_of(request), owner, form.asks, reason=data["reason"])
        return changed(request, project, _("Added the blank “%(label)s”.") % {"label": field}, place=where(field))

    more: dict[str, Any] = {"title": _("Add a blank to “%(owner)s”") % {"owner": owner}, "act": _("Add the blank")}
    return by_form(request, project, "_plan_blank.html", form, do, **more)


def field_edit(request: Request, slug: str, pk: int) -> HttpResponse:
    """What a blank asks for."""
    project, field = fetch(request, slug, pk)
    form = BlankForm(project, posted(request), field=field, remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        amend_blank(field, act_of(request), form.asks, began=data["seen"], reason=data["reason"])
        return changed(request, project, _("Changed the blank “%(label)s”.") % {"label": field}, place=where(field))

    more: dict[str, Any] = {
        "title": _("Edit the blank “%(label)s”") % {"label": field},
        "act": _("Save"),
        "field": field,
        "overtaken": lambda _refusal: form.begin_again(seen_of(field, PLANNED)),
        **of_row(
            project,
            field,
            seen_of(field, PLANNED),
            *(Action.FIELD_AMENDED, Action.FIELD_RETIRED, Action.FIELD_RESTORED),
            item=field.item,
        ),
    }
    return by_form(request, project, "_plan_blank.html", form, do, **more)


@require_POST
def field_retirement(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take a blank out of the plan; what was entered stays with it."""
    project, field = fetch(request, slug, pk)

    def do(data: dict) -> HttpResponse:
        retire_blank(field, act_of(request), reason=data["reason"])
        said = _("The blank “%(label)s” is out of the plan.") % {"label": field}
        return changed(request, project, said, place=where(field))

    return by_button(request, project, ReasonedForm(project, request.POST), do)


@require_POST
def field_restoration(request: Request, slug: str, pk: int) -> HttpResponse:
    """Put a blank back."""
    project, field = fetch(request, slug, pk)

    def do(data: dict) -> HttpResponse:
        restore_blank(field, act_of(request), reason=data["reason"])
        said = _("The blank “%(label)s” is back in the plan.") % {"label": field}
        return changed(request, project, said, place=where(field))

    return by_button(request, project, ReasonedForm(project, request.POST), do)
