"""Phases and sections changed: added, renamed, moved, out of the plan and back. `what` says which of the two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, act_of
from checklists.forms import posted
from checklists.models import Field, Phase, Project, Section
from checklists.overtaken import of_row
from checklists.plan_forms import DivisionForm, ReasonedForm, StepForm
from checklists.planning.divisions import (
    ACTIONS,
    PLANNED,
    add_phase,
    add_section,
    amend_division,
    move_phase,
    move_section,
    restore_division,
    retire_division,
)
from checklists.planning.seen import seen_of
from checklists.views.plan import by_button, by_form, changed, remembered


def fetch(request: Request, slug: str, what: str, pk: int) -> tuple[Project, Phase | Section]:
    """The phase or section for somebody who may change the plan; one that is retired too."""
    project = project_for(request, slug, need=Need.MANAGE)
    if what == "phase":
        return project, get_object_or_404(Phase.with_retired.select_related("project"), project=project, pk=pk)
    sections = Section.with_retired.select_related("phase__project", "parent")
    return project, get_object_or_404(sections, phase__project=project, pk=pk)


def heading_of(division: Phase | Section) -> tuple[int, str]:
    """The phase that is opened and the heading that gets the focus after a change."""
    if isinstance(division, Phase):
        return division.pk, f"edit-phase-{division.pk}"
    return division.phase_id, f"edit-section-{division.pk}"


def phase_new(request: Request, slug: str) -> HttpResponse:
    """A new phase, at the end."""
    project = project_for(request, slug, need=Need.MANAGE)

    def do(data: dict) -> HttpResponse:
        phase = add_phase(project, act_of(request), data["title"], window=data["window"], reason=data["reason"])
        return changed(request, project, _("Added “%(title)s”.") % {"title": phase}, place=heading_of(phase))

    form = DivisionForm(project, posted(request), remembered=remembered(request, project))
    more: dict[str, Any] = {"title": _("Add a phase"), "act": _("Add the phase")}
    return by_form(request, project, "_plan_division.html", form, do, **more)


def division_new(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """A new section at the end of a phase or section."""
    project, around = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        section = add_section(around, act_of(request), data["title"], window=data["window"], reason=data["reason"])
        return changed(request, project, _("Added “%(title)s”.") % {"title": section}, place=heading_of(section))

    form = DivisionForm(project, posted(request), remembered=remembered(request, project))
    more: dict[str, Any] = {"title": _("Add a section to “%(title)s”") % {"title": around}, "act": _("Add the section")}
    return by_form(request, project, "_plan_division.html", form, do, **more)


def division_edit(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Title and time of a phase or section, and its blanks."""
    project, division = fetch(request, slug, what, pk)
    initial = {name: getattr(division, name) for name in PLANNED} | {"seen": seen_of(division, PLANNED)}
    form = DivisionForm(project, posted(request), initial=initial, remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        amend_division(division, act_of(request), data, began=data["seen"], reason=data["reason"])
        return changed(request, project, _("Changed “%(title)s”.") % {"title": division}, place=heading_of(division))

    own = (
        {"item": None, "section": division} if what == "section" else {"item": None, "section": None, "phase": division}
    )
    more: dict[str, Any] = {
        "title": _("Edit “%(title)s”") % {"title": division},
        "act": _("Save"),
        "division": division,
        "what": what,
        "blanks": Field.with_retired.filter(project=project, **own).order_by("position"),
        "overtaken": lambda _refusal: form.begin_again(seen_of(division, PLANNED)),
        **of_row(
            project,
            division,
            seen_of(division, PLANNED),
            *(ACTIONS[type(division), verb] for verb in ("amended", "retired", "restored")),
        ),
    }
    return by_form(request, project, "_plan_division.html", form, do, **more)


@require_POST
def division_move(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """`to` is a step: up or down, for sections also deeper or higher."""
    project, division = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        verb: Callable[..., bool] = move_phase if what == "phase" else move_section
        went = verb(division, act_of(request), data["to"], reason=data["reason"])
        said = _("Moved “%(title)s”.") % {"title": division} if went else _("It cannot go further that way.")
        return changed(request, project, said, place=heading_of(division))

    return by_button(request, project, StepForm(project, request.POST), do)


def division_retirement(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Take a phase or section out of the plan with all that is in it."""
    project, division = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        retire_division(division, act_of(request), reason=data["reason"])
        return changed(request, project, _("“%(title)s” is out of the plan.") % {"title": division})

    form = ReasonedForm(project, posted(request), remembered=remembered(request, project))
    more: dict[str, Any] = {"division": division, "what": what, "parts": division.items.count()}
    return by_form(request, project, "_plan_division_retire.html", form, do, **more)


@require_POST
def division_restoration(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Put a phase or section back."""
    project, division = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        restore_division(division, act_of(request), reason=data["reason"])
        said = _("“%(title)s” is back in the plan.") % {"title": division}
        return changed(request, project, said, place=heading_of(division))

    return by_button(request, project, ReasonedForm(project, request.POST), do)
