"""The list of deviations, and the page of one."""

from __future__ import annotations

import csv
import io

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from checklists.access import Need, project_for
from checklists.act import Repeated, Request, TransitionRefused, act_of
from checklists.deviation_forms import DeviationForm
from checklists.forms import posted
from checklists.models import Action, Deviation, JournalEntry
from checklists.models.deviation import DeviationState, Severity
from checklists.overtaken import of_deviation
from checklists.spreadsheets.columns import defused
from checklists.views.export import attachment

COLUMNS = (
    "number",
    "title",
    "where",
    "severity",
    "state",
    "owner",
    "follow_up",
    "due",
    "raised_by",
    "raised_at",
    "text",
)


@require_GET
def deviations(request: Request, slug: str) -> HttpResponse:
    """All of them, the open and the worst first; `state` and `severity` narrow the list."""
    project = project_for(request, slug)
    found = Deviation.objects.in_order(project)
    chosen = {name: request.GET.get(name, "") for name in ("state", "severity")}
    if chosen["state"] in DeviationState.values:
        found = found.filter(state=chosen["state"])
    if chosen["severity"] in Severity.values:
        found = found.filter(severity=chosen["severity"])
    context = {
        "project": project,
        "tab": "deviations",
        "seq": JournalEntry.objects.head(project),
        "refresh": "deviations",
        "deviations": found,
        "chosen": chosen,
        "states": DeviationState.choices,
        "severities": Severity.choices,
    }
    return render(request, "checklists/deviations.html", context)


def deviation_new(request: Request, slug: str) -> HttpResponse:
    """Raise one; `place` in the query says where."""
    project = project_for(request, slug, need=Need.NOTE)
    form = DeviationForm(project, None, posted(request), initial={"place": request.GET.get("place", "plan-0")})
    status, refusal = 422 if form.is_bound else 200, ""
    if form.is_valid():
        try:
            raised = Deviation.objects.raise_(project, act_of(request), form.says, **form.columns)
        except Repeated:
            return redirect("deviations", slug)
        except TransitionRefused as problem:
            status, refusal = 409, str(problem)
        else:
            messages.success(request, _("Raised: %(title)s") % {"title": raised.title})
            return redirect("deviations", slug)
    context = {"project": project, "tab": "deviations", "form": form, "refusal": refusal}
    return render(request, "checklists/deviation.html", context, status=status)


def deviation(request: Request, slug: str, number: int) -> HttpResponse:
    """One of them; whoever may write notes may say otherwise how it stands."""
    project = project_for(request, slug)
    rows = Deviation.objects.select_related("project", "item", "section", "phase", "owner", "raised_by")
    row = get_object_or_404(rows, project=project, number=number)
    form = DeviationForm(project, row, posted(request), initial=DeviationForm.initial_of(row))
    status, refusal = 422 if form.is_bound else 200, ""
    if request.method == "POST" and not project.rights.note:
        raise PermissionDenied
    if form.is_valid():
        try:
            row.amend(act_of(request), form.says)
        except Repeated:
            return redirect("deviations", slug)
        except TransitionRefused as problem:
            status, refusal = 409, str(problem)
        else:
            messages.success(request, _("Saved: %(title)s") % {"title": row.title})
            return redirect("deviations", slug)
    context = {"project": project, "tab": "deviations", "deviation": row, "form": form, "refusal": refusal}
    context |= of_deviation(row)
    return render(request, "checklists/deviation.html", context, status=status)


@require_GET
def deviations_csv(request: Request, slug: str) -> HttpResponse:
    """All of them as a table; words that a spreadsheet would take for a formula are made harmless."""
    project = project_for(request, slug)
    act = act_of(request)
    with project.locked(act, archived=True):
        JournalEntry.objects.record(project, act, Action.PLAN_DOWNLOADED, subject="deviations")
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for row in Deviation.objects.in_order(project):
        told = {
            "where": row.item.text if row.item else str(row.section or row.phase or ""),
            "owner": row.owner or "",
            "raised_at": row.raised_at.isoformat(),
            "due": row.due or "",
        }
        table.writerow([defused(str(told.get(name, getattr(row, name, "")))) for name in COLUMNS])
    return attachment("\ufeff" + out.getvalue(), "text/csv; charset=utf-8", f"{slug}-deviations.csv")
