"""Moving T-0: first what shifts, then the move."""

from __future__ import annotations

import zoneinfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from checklists import schedule
from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import MOMENT, ZONES, MomentForm, MoveForm
from checklists.models import Project
from checklists.moving import shift_of
from signoffs import gate


def go_live(request: Request, slug: str) -> HttpResponse:
    """GET with `go_live` and `zone` shows what that would shift; POST with a reason moves T-0."""
    project = project_for(request, slug, need=Need.MANAGE)
    if request.method == "POST":
        form = MoveForm(request.POST)
        if not form.is_valid():
            return answer(request, project, form, status=422)
        data = form.cleaned_data
        try:
            project.move_go_live(act_of(request), data["go_live_at"], data["zone"], data["reason"], data["seen"])
        except TransitionRefused as refusal:
            return answer(request, project_for(request, slug), form, status=409, refusal=str(refusal))
        messages.success(request, _("T-0 is moved, and everything that counts from it."))
        return redirect(project)
    if "go_live" in request.GET:
        looked_at = MomentForm(request.GET)
        return answer(request, project, looked_at, status=200 if looked_at.is_valid() else 422)
    now_there = {"go_live": project.local(project.go_live_at).replace(tzinfo=None), "zone": project.zone}
    return answer(request, project, MomentForm(initial=now_there))


def answer(
    request: Request, project: Project, form: MomentForm, *, status: int = 200, refusal: str = ""
) -> HttpResponse:
    """The page: the form for when, and below it what that shifts, once it is a moment that T-0 is not at already."""
    data = form.cleaned_data if form.is_bound else {}
    moment, zone = data.get("go_live_at"), data.get("zone", "")
    context = {
        "project": project,
        "tab": "go_live",
        "form": form,
        "zones": ZONES,
        "refusal": refusal,
        "moment": moment,
        "unchanged": bool(moment) and (moment, zone) == (project.go_live_at, project.zone),
    }
    if moment and not context["unchanged"]:
        there = zoneinfo.ZoneInfo(zone)
        context["zone"] = zone
        context["local"] = schedule.words(moment, there)
        context["wall_clock"] = moment.astimezone(there).strftime(MOMENT)
        context["shift"] = shift_of(project, timezone.now(), moment, there)
        context["signed"] = sum(each.state in ("valid", "declined") for each in gate.standings(project))
    return render(request, "signoffs/go_live.html", context, status=status)
