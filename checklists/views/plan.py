"""The page on which managers change the plan, and its baseline."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Item, JournalEntry, Project
from checklists.plan_forms import AddForm
from checklists.planning.baseline import baseline
from checklists.planning.items import add_item
from checklists.planning.sheet import sheet_of


def plan_edit(request: Request, slug: str) -> HttpResponse:
    """The whole plan to be changed. Posted: the reason that is offered with every change from now on."""
    project = project_for(request, slug, need=Need.MANAGE)
    if request.method == "POST":
        remember(request, project, request.POST.get("reason", "")[:1000])
        return changed(request, project, _("This reason goes with every change from now on."))
    return edit_page(request, project)


def edit_page(
    request: Request, project: Project, *, phase: int | None = None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page, or for htmx its changing part, with the phase opened that was asked for or changed."""
    asked = request.GET.get("phase", "")
    opened = phase if phase is not None else int(asked) if asked.isdecimal() and len(asked) < 10 else None
    context = {
        "project": project,
        "tab": "plan",
        "seq": JournalEntry.objects.head(project),
        "sheet": sheet_of(project, opened),
        "reason": remembered(request, project),
        "refusal": refusal,
    }
    template = "checklists/_plan_edit.html" if request.htmx else "checklists/plan_edit.html"
    response = render(request, template, context, status=status)
    if request.htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#plan-edit", "outerHTML"
    return response


def changed(
    request: Request, project: Project, said: str, item: Item | None = None, place: tuple[int, str] | None = None
) -> HttpResponse:
    """The answer to a change: the plan as it is now, and a sentence; for htmx spoken, with the row that gets the focus.

    `place` is the phase that is opened and the row, for what is no item.
    """
    if item:
        place = item.phase_id, "" if item.retired_at else f"edit-{item.number}"
    phase, row = place or (None, "")
    if request.htmx:
        response = edit_page(request, project, phase=phase)
        response["HX-Trigger-After-Settle"] = json.dumps({"plan-edited": {"row": row, "said": said}})
        return response
    messages.success(request, said)
    where = f"?phase={phase}#{row}" if phase else ""
    return redirect(reverse("plan_edit", args=[project.slug]) + where)


def refused(request: Request, project: Project, words: str, *, status: int = 409) -> HttpResponse:
    """What was asked for by a button of the page and cannot be done, told above the plan as it is now."""
    return edit_page(request, project, status=status, refusal=words)


def form_page(
    request: Request, project: Project, template: str, form: Any, *, status: int = 200, refusal: str = "", **more: Any
) -> HttpResponse:
    """A form of its own page, or for htmx in the page's dialog."""
    context = {
        "project": project,
        "tab": "plan",
        "form": form,
        "form_template": f"checklists/{template}",
        "refusal": refusal,
        **more,
    }
    return render(
        request, context["form_template"] if request.htmx else "checklists/plan_form.html", context, status=status
    )


def remember(request: Request, project: Project, reason: str) -> None:
    """Offer the same reason with the next change: people change several things for one."""
    if remembered(request, project) != reason:
        request.session["plan_reasons"] = {**request.session.get("plan_reasons", {}), project.slug: reason}


def remembered(request: Request, project: Project) -> str:
    return request.session.get("plan_reasons", {}).get(project.slug, "")


def plan_baseline(request: Request, slug: str) -> HttpResponse:
    """What baselining means, and the act itself."""
    project = project_for(request, slug, need=Need.MANAGE)
    if request.method == "POST":
        baseline(project, act_of(request))
        return changed(request, project, _("The plan is baselined: every change says why from now on."))
    return form_page(request, project, "_plan_baseline.html", None, items=project.items.count())


def plan_item_new(request: Request, slug: str) -> HttpResponse:
    """A new item, at the `place` of the query."""
    project = project_for(request, slug, need=Need.MANAGE)
    place = {"place": request.GET.get("place", "")}
    form = AddForm(project, posted(request), initial=place, remembered=remembered(request, project))
    status, refusal = (422 if form.is_bound else 200), ""
    if form.is_bound and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            item = add_item(project, act_of(request), data.pop("text"), data.pop("place"), **data)
            remember(request, project, data["reason"])
            return changed(request, project, _("Added #%(number)s.") % {"number": item.number}, item)
        except TransitionRefused as other:
            status, refusal = 409, str(other)
    return form_page(request, project, "_plan_item_new.html", form, status=status, refusal=refusal)
