"""Reopening what is closed or signed, and completing what nothing is missing from."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Closure
from signoffs import closing
from signoffs.slot_forms import ReopeningForm, scope_of


def scope_reopening(request: Request, slug: str, scope: str) -> HttpResponse:
    """First what becomes void, then the reason, then it is done; for managers."""
    project = project_for(request, slug, need=Need.MANAGE)
    try:
        scoped = Closure(project=project, **scope_of(project, scope))
    except LookupError:
        raise Http404 from None
    form = ReopeningForm(posted(request))
    status, refusal = 422 if form.is_bound else 200, ""
    if form.is_valid():
        try:
            voided = closing.reopen(project, act_of(request), scoped, form.cleaned_data["reason"])
        except TransitionRefused as problem:
            status, refusal = 409, str(problem)
        else:
            told = ngettext(
                "Reopened. %(number)s signature is void now.",
                "Reopened. %(number)s signatures are void now.",
                len(voided),
            )
            messages.success(request, told % {"number": len(voided)})
            return redirect("slots", slug)
    context = {
        "project": project,
        "tab": "signoff",
        "scope": scope,
        "name": scoped.scope_name,
        "ends": closing.what_ends(project, scoped),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "signoffs/reopening.html", context, status=status)


@require_POST
def completion(request: Request, slug: str) -> HttpResponse:
    """Complete the project, where the last thing that was missing was no signature; for managers."""
    project = project_for(request, slug, need=Need.MANAGE)
    try:
        closing.complete(project, act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The project is complete. Its record is being made."))
    return redirect("slots", slug)
