"""The page on which managers change the plan, and its baseline."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django import forms
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
        return changed(request, project, _("This reason goes with every change from now on."))
    return edit_page(request, project)


def edit_page(
    request: Request, project: Project, *, phase: int | None = None, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page, or for htmx its changing part, with the phase opened that was asked for or changed."""
    asked = request.GET.get("phase", "")
    opened = phase if phase is not None else int(asked) if asked.isdecimal() and len(asked) < 10 else None
    context = {"tab": "plan", "sheet": sheet_of(project, opened), "refusal": refusal}
    return editing_page(request, project, "plan_edit", context, status)


def editing_page(request: Request, project: Project, name: str, context: dict, status: int) -> HttpResponse:
    """A page of which htmx gets the part that changes, and swaps it as a whole wherever it was asked from."""
    context |= {
        "project": project,
        "seq": JournalEntry.objects.head(project),
        "reason": remembered(request, project),
    }
    if not request.htmx:
        return render(request, f"checklists/{name}.html", context, status=status)
    response = render(request, f"checklists/_{name}.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#plan-edit", "outerHTML"
    return response


def changed(
    request: Request, project: Project, said: str, item: Item | None = None, place: tuple[int, str] | None = None
) -> HttpResponse:
    """The answer to a change: the plan as it is now, and a sentence; for htmx spoken, with the row that gets the focus.

    `place` is the phase that is opened and the row, for what is no item.
    """
    remember(request, project)
    if item:
        place = item.phase_id, "" if item.retired_at else f"edit-{item.number}"
    phase, row = place or (None, "")
    if request.htmx:
        return told(edit_page(request, project, phase=phase), said, row)
    messages.success(request, said)
    where = f"?phase={phase}#{row}" if phase else ""
    return redirect(reverse("plan_edit", args=[project.slug]) + where)


def told(response: HttpResponse, said: str, row: str) -> HttpResponse:
    """The answer with what plan_edit.js says aloud, and the row to which it gives the focus."""
    response["HX-Trigger-After-Settle"] = json.dumps({"plan-edited": {"row": row, "said": said}})
    return response


def by_form(
    request: Request,
    project: Project,
    template: str,
    form: forms.Form,
    do: Callable[[dict], HttpResponse],
    *,
    overtaken: Callable[[TransitionRefused], None] | None = None,
    **more: Any,
) -> HttpResponse:
    """Ask by a form, on a page of its own or for htmx in the page's dialog; answered, do it.

    A refusal keeps all that was typed; `overtaken` may show there what somebody else made of it.
    """
    status, refusal = 200, ""
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                return do(form.cleaned_data)
            except TransitionRefused as other:
                status, refusal = 409, str(other)
                if overtaken:
                    overtaken(other)
    context = {
        "project": project,
        "tab": "plan",
        "form": form,
        "form_template": f"checklists/{template}",
        "refusal": refusal,
        **more,
    }
    page = context["form_template"] if request.htmx else "checklists/plan_form.html"
    return render(request, page, context, status=status)


def by_button(
    request: Request,
    project: Project,
    form: forms.Form,
    do: Callable[[dict], HttpResponse],
    page: Callable[..., HttpResponse] = edit_page,
) -> HttpResponse:
    """Do what a button of the page asks for; a refusal is told above the plan as it is now."""
    if not form.is_valid():
        return page(request, project, status=422, refusal=str(next(iter(form.errors.values()))[0]))
    try:
        return do(form.cleaned_data)
    except TransitionRefused as refusal:
        return page(request, project, status=409, refusal=str(refusal))


def remember(request: Request, project: Project) -> None:
    """Offer the same reason with the next change: people change several things for one."""
    reason = request.POST.get("reason", "")[:1000]
    if remembered(request, project) != reason:
        request.session["plan_reasons"] = {**request.session.get("plan_reasons", {}), project.slug: reason}


def remembered(request: Request, project: Project) -> str:
    return request.session.get("plan_reasons", {}).get(project.slug, "")


def plan_baseline(request: Request, slug: str) -> HttpResponse:
    """What baselining means, and the act itself."""
    project = project_for(request, slug, need=Need.MANAGE)

    def do(_data: dict) -> HttpResponse:
        baseline(project, act_of(request))
        return changed(request, project, _("The plan is baselined: every change says why from now on."))

    form = forms.Form(posted(request))
    return by_form(request, project, "_plan_baseline.html", form, do, items=project.items.count())


def plan_item_new(request: Request, slug: str) -> HttpResponse:
    """A new item, at the `place` of the query."""
    project = project_for(request, slug, need=Need.MANAGE)

    def do(data: dict) -> HttpResponse:
        text, place = data["text"], data["place"]
        more = {name: data[name] for name in ("reason", "details", "commands", "window")}
        item = add_item(project, act_of(request), text, place, **more)
        return changed(request, project, _("Added #%(number)s.") % {"number": item.number}, item)

    place = {"place": request.GET.get("place", "")}
    form = AddForm(project, posted(request), initial=place, remembered=remembered(request, project))
    return by_form(request, project, "_plan_item_new.html", form, do)
