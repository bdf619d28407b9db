"""Phases that follow each other: the project's rule, and opening one before its turn."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import ReasonForm


@require_POST
def phase_order(request: Request, slug: str) -> HttpResponse:
    """Say whether phases follow each other: `sequential` is there or is not."""
    project = project_for(request, slug, need=Need.MANAGE)
    try:
        project.order_phases(act_of(request), "sequential" in request.POST)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("readiness", slug)
    told = _("Phases follow each other now.") if project.sequential else _("Phases can be worked on in any order now.")
    messages.success(request, told)
    return redirect("readiness", slug)


@require_POST
def phase_opening(request: Request, slug: str, pk: int) -> HttpResponse:
    """Open a phase although those before it are not settled."""
    project = project_for(request, slug, need=Need.MANAGE)
    phase = get_object_or_404(project.phases.select_related("project"), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": form.errors["reason"][0]})
        return redirect("readiness", slug)
    try:
        phase.open_early(act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("readiness", slug)
    messages.success(request, _("%(phase)s is open now, before its turn.") % {"phase": phase.title})
    return redirect(f"{project.get_absolute_url()}#phase-{phase.pk}")
