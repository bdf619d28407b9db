"""The page on which contacts, escalation levels, procedures and steps are changed. `what` says which of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, act_of
from checklists.forms import posted
from checklists.models import Action, Contact, EscalationLevel, Procedure, Project, Step
from checklists.overtaken import of_row
from checklists.plan_forms import ReasonedForm, StepForm
from checklists.plan_list_forms import FORMS
from checklists.planning.lists import COLUMNS, Row, add_row, amend_row, move_row, restore_row, retire_row
from checklists.planning.seen import seen_of
from checklists.views.plan import by_button, by_form, editing_page, remember, remembered, told

ADD = {
    "contact": gettext_lazy("Add a contact"),
    "level": gettext_lazy("Add an escalation level"),
    "procedure": gettext_lazy("Add a procedure"),
    "step": gettext_lazy("Add a step"),
}


def plan_lists(request: Request, slug: str) -> HttpResponse:
    """All lists to be changed. Posted: the reason that is offered with every change from now on."""
    project = project_for(request, slug, need=Need.MANAGE)
    if request.method == "POST":
        return listed(request, project, _("This reason goes with every change from now on."))
    return lists_page(request, project)


def lists_page(request: Request, project: Project, *, status: int = 200, refusal: str = "") -> HttpResponse:
    """The page, or for htmx its changing part."""
    steps: dict[int, list[Step]] = {}
    for step in Step.with_retired.filter(procedure__project=project):
        steps.setdefault(step.procedure_id, []).append(step)
    procedures = Procedure.with_retired.filter(project=project)
    context = {
        "tab": "contacts",
        "refusal": refusal,
        "contacts": Contact.with_retired.filter(project=project),
        "levels": EscalationLevel.with_retired.filter(project=project),
        "procedures": [(each, steps.get(each.pk, [])) for each in procedures],
    }
    return editing_page(request, project, "plan_lists", context, status)


def listed(request: Request, project: Project, said: str, row: str = "") -> HttpResponse:
    """The answer to a change: the lists as they are now, and a sentence."""
    remember(request, project)
    if request.htmx:
        return told(lists_page(request, project), said, row)
    messages.success(request, said)
    return redirect(reverse("plan_lists", args=[project.slug]) + (f"#{row}" if row else ""))


def fetch(request: Request, slug: str, what: str, pk: int) -> tuple[Project, Row]:
    """The row for somebody who may change the plan; one that is out of the plan too."""
    project = project_for(request, slug, need=Need.MANAGE)
    path = "procedure__project" if what == "step" else "project"
    rows: QuerySet[Any] = FORMS[what].model.with_retired.select_related(path)
    return project, get_object_or_404(rows, **{path: project}, pk=pk)


def row_new(request: Request, slug: str, what: str, pk: int = 0) -> HttpResponse:
    """A new row at the end of its list; a step belongs to the procedure `pk`."""
    project = project_for(request, slug, need=Need.MANAGE)
    owner: dict[str, Any] = {"project": project}
    if what == "step":
        owner = {"procedure": get_object_or_404(Procedure.objects.select_related("project"), project=project, pk=pk)}
    form = FORMS[what](project, posted(request), remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        row = add_row(form.model(**owner, **form.values), act_of(request), reason=data["reason"])
        return listed(request, project, _("Added “%(title)s”.") % {"title": row}, f"{what}-{row.pk}")

    more: dict[str, Any] = {"title": ADD[what], "act": _("Add it"), "back": "plan_lists"}
    return by_form(request, project, "_plan_row.html", form, do, **more)


def row_edit(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """What stands in a row."""
    project, row = fetch(request, slug, what, pk)
    columns = COLUMNS[type(row)]
    initial = {name: getattr(row, name) for name in columns} | {"seen": seen_of(row, columns)}
    form = FORMS[what](project, posted(request), initial=initial, remembered=remembered(request, project))

    def do(data: dict) -> HttpResponse:
        amend_row(row, act_of(request), form.values, began=data["seen"], reason=data["reason"])
        return listed(request, project, _("Changed “%(title)s”.") % {"title": row}, f"{what}-{pk}")

    more: dict[str, Any] = {
        "title": _("Edit “%(title)s”") % {"title": row},
        "act": _("Save"),
        "back": "plan_lists",
        "overtaken": lambda _refusal: form.begin_again(seen_of(row, columns)),
        **of_row(
            project,
            row,
            seen_of(row, columns),
            *(Action.LISTED_AMENDED, Action.LISTED_RETIRED, Action.LISTED_RESTORED),
        ),
    }
    return by_form(request, project, "_plan_row.html", form, do, **more)


@require_POST
def row_move(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """`to` is up or down."""
    project, row = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        went = move_row(row, act_of(request), data["to"], reason=data["reason"])
        said = _("Moved “%(title)s”.") % {"title": row} if went else _("It cannot go further that way.")
        return listed(request, project, said, f"{what}-{pk}")

    return by_button(request, project, StepForm(project, request.POST), do, lists_page)


@require_POST
def row_retirement(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Take a row out of the plan."""
    project, row = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        retire_row(row, act_of(request), reason=data["reason"])
        return listed(request, project, _("“%(title)s” is out of the plan.") % {"title": row}, f"{what}-{pk}")

    return by_button(request, project, ReasonedForm(project, request.POST), do, lists_page)


@require_POST
def row_restoration(request: Request, slug: str, what: str, pk: int) -> HttpResponse:
    """Put a row back."""
    project, row = fetch(request, slug, what, pk)

    def do(data: dict) -> HttpResponse:
        restore_row(row, act_of(request), reason=data["reason"])
        return listed(request, project, _("“%(title)s” is back in the plan.") % {"title": row}, f"{what}-{pk}")

    return by_button(request, project, ReasonedForm(project, request.POST), do, lists_page)
