"""Who signs in whose place, and when."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from signoffs.models import Delegation
from signoffs.slot_forms import DelegationForm


def delegations(request: Request, slug: str) -> HttpResponse:
    """All of them, for everybody to read; who signs can ask somebody to stand in."""
    is_reading = request.method in ("GET", "HEAD")
    project = project_for(request, slug, need=Need.READ if is_reading else Need.NOTE)
    act = act_of(request)
    today = project.local(act.at).date()
    form = DelegationForm(project, request.user, posted(request), initial={"first": today, "last": today})
    status, refusal = 422 if form.is_bound else 200, ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            Delegation.objects.make(project, act, data["delegate"], data["first"], data["last"], data["reason"])
        except TransitionRefused as problem:
            status, refusal = 409, str(problem)
        else:
            told = _("%(who)s signs for you on those days. It stays visible that it was on your behalf.")
            messages.success(request, told % {"who": data["delegate"]})
            return redirect("delegations", slug)
    context = {
        "project": project,
        "tab": "signoff",
        "today": today,
        "delegations": Delegation.objects.filter(project=project)
        .select_related("principal", "delegate")
        .order_by("-last", "-pk"),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "signoffs/delegations.html", context, status=status)


@require_POST
def delegation_end(request: Request, slug: str, pk: int) -> HttpResponse:
    """Sign for oneself again; for who asked, and for managers."""
    project = project_for(request, slug, need=Need.NOTE)
    delegation = get_object_or_404(Delegation.objects.select_related("project", "delegate"), project=project, pk=pk)
    if request.user.pk != delegation.principal_id and not project.rights.manage:
        raise PermissionDenied
    delegation.end(act_of(request))
    return redirect("delegations", slug)
