"""The page on which contacts, escalation levels, procedures and steps are changed. `what` says which of them."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Contact, EscalationLevel, JournalEntry, Procedure, Project, Step
from checklists.plan_forms import MoveForm, ReasonedForm
from checklists.plan_list_forms import FORMS
from checklists.planning.lists import COLUMNS, Row, add_row, amend_row, move_row, restore_row, retire_row
from checklists.planning.order import STEPS
from checklists.planning.seen import seen_of
from checklists.views.plan import form_page, remember, remembered


def plan_lists(request: Request, slug: str) -> HttpResponse:
    """All lists to be changed. Posted: the reason that is offered with every change from now on."""
    project = project_for(request, slug, need=Need.MANAGE)
    if request.method == "POST":
        remember(request, project, request.POST.get("reason", "")[:1000])
        return listed(request, project, _("This reason goes with every change from now on."))
    return lists_page(request, project)


def lists_page(request: Request, project: Project, *, status: int = 200, refusal: str = "") -> HttpResponse:
    """The page, or for htmx its changing part."""
    contacts, levels = (
        Contact.with_retired.filter(project=project),
        EscalationLevel.with_retired.filter(project=project),
    )
    procedures = Procedure.with_retired.filter(project=project)
    steps: dict[int, list[Step]] = {}
    for step in Step.with_retired.filter(procedure__project=project):
        steps.setdefault(step.procedure_id, []).append(step)
    context = {
        "project": project,
        "tab": "contacts",
        "seq": JournalEntry.objects.head(project),
        "reason": remembered(request, project),
        "refusal": refusal,
        "contacts": contacts,
        "levels": levels,
        "procedures": [(each, steps.get(each.pk, [])) for each in procedures],
    }
    template = "checklists/_plan_lists.html" if request.htmx else "checklists/plan_lists.html"
    response = render(request, template, context, status=status)
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#plan-edit", "outerHTML"
    return response


def listed(request: Request, project: Project, said: str, row: str = "") -> HttpResponse:
    """The answer to a change: the lists as they are now, and a sentence."""
    if request.htmx:
        response = lists_page(request, project)
        response["HX-Trigger-After-Settle"] = json.dumps({"plan-edited": {"row": row, "said": said}})
        return response
    messages.success(request, said)
    return redirect(reverse("plan_lists", args=[project.slug]) + (f"#{row}" if row else ""))


def fetch(request: Request, slug: str, what: str, pk: int) -> tuple[Project, Row]:
    """The row for somebody who may change the plan; one that is out of the plan too."""
    project = project_for(request, slug, need=Need.MANAGE)
    path = "procedure__project" if what == "step" else "project"
    rows: QuerySet[Any] = FORMS[what].model.with_retired.select_related(path)
    return project, get_object_or_404(rows, **{path: project}, pk=pk)


def row_id(what: str, row: Row) -> str:
    return f"{what}-{row.pk}"


def row_new(request: Request, slug: str, what: str, pk: int = 0) -> HttpResponse:
    """A new row at the end of its list; a step belongs to the procedure `pk`."""
    project = project_for(request, slug, need=Need.MANAGE)
    owner: dict[str, Any] = {"project": project}
    if what == "step":
        owner = {"procedure": get_object_or_404(Procedure.objects.select_related("project"), project=project, pk=pk)}
    form = FORMS[what](project, posted(request), remembered=remembered(request, project))
    status, refusal = (422 if form.is_bound else 200), ""
    if form.is_bound and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            row = add_row(form.model(**owner, **form.values), act_of(request), reason=reason)
            remember(request, project, reason)
            return listed(request, project, _("Added “%(title)s”.") % {"title": row}, row_id(what, row))
        except TransitionRefused as other:
            status, refusal = 409, str(other)
    titles = {
        "contact": _("Add a contact"),
        "level": _("Add an escalation level"),
        "procedure": _("Add a procedure"),
        "step": _("Add a step"),
    }
    more = {"title": titles[what], "act": _("Add it"), "back": "plan_lists"}
    return form_page(request, project, "_plan_row.html", form, status=status, refusal=refusal, **more)


def row_edit(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """What stands in a row."""
    project, row = fetch(request, slug, what, pk)
    columns = COLUMNS[type(row)]
    initial = {name: getattr(row, name) for name in columns} | {"seen": seen_of(row, columns)}
    form = FORMS[what](project, posted(request), initial=initial, remembered=remembered(request, project))
    status, refusal = (422 if form.is_bound else 200), ""
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            amend_row(row, act_of(request), form.values, began=data["seen"], reason=data["reason"])
            remember(request, project, data["reason"])
            return listed(request, project, _("Changed “%(title)s”.") % {"title": row}, row_id(what, row))
        except TransitionRefused as other:
            status, refusal = 409, str(other)
            form.begin_again(seen_of(row, columns))
    more = {"title": _("Edit “%(title)s”") % {"title": row}, "act": _("Save"), "back": "plan_lists"}
    return form_page(request, project, "_plan_row.html", form, status=status, refusal=refusal, **more)


@require_POST
def row_move(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """`to` is up or down."""
    project, row = fetch(request, slug, what, pk)
    form = MoveForm(project, request.POST)
    if not form.is_valid() or form.cleaned_data["to"] not in STEPS:
        problem = next(iter(form.errors.values()))[0] if form.errors else _("Choose where it goes.")
        return lists_page(request, project, status=422, refusal=str(problem))
    try:
        went = move_row(row, act_of(request), form.cleaned_data["to"], reason=form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        return lists_page(request, project, status=409, refusal=str(refusal))
    remember(request, project, form.cleaned_data["reason"])
    told = _("Moved “%(title)s”.") % {"title": row} if went else _("It cannot go further that way.")
    return listed(request, project, told, row_id(what, row))


@require_POST
def row_retirement(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Take a row out of the plan."""
    return _turn(request, slug, what, pk, out=True)


@require_POST
def row_restoration(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Put a row back."""
    return _turn(request, slug, what, pk, out=False)


def _turn(request: Request, slug: str, what: str, pk: int, *, out: bool) -> HttpResponse:
    project, row = fetch(request, slug, what, pk)
    form = ReasonedForm(project, request.POST)
    if not form.is_valid():
        return lists_page(request, project, status=422, refusal=str(form.errors["reason"][0]))
    try:
        (retire_row if out else restore_row)(row, act_of(request), reason=form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        return lists_page(request, project, status=409, refusal=str(refusal))
    remember(request, project, form.cleaned_data["reason"])
    told = _("“%(title)s” is out of the plan.") if out else _("“%(title)s” is back in the plan.")
    return listed(request, project, told % {"title": row}, row_id(what, row))
