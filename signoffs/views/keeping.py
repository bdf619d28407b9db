"""How long a project is kept; read by everybody in it, said by managers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import Words
from checklists.models import Keeping, Project
from checklists.models.keeping import MOST_YEARS


class YearsForm(forms.Form):
    years = forms.IntegerField(label=gettext_lazy("Years after T-0"), min_value=1, max_value=MOST_YEARS)


class HoldForm(forms.Form):
    reason = Words(label=gettext_lazy("Why?"), min_length=10, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


@require_safe
def keeping(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    return page(request, project)


def page(
    request: Request, project: Project, status: int = 200, refusal: str = "", **forms_: forms.Form
) -> HttpResponse:
    kept = Keeping.objects.of(project)
    context = {
        "project": project,
        "tab": "report",
        "kept": kept,
        "why_not_removed": kept.why_not_removed(timezone.now()),
        "refusal": refusal,
        "years_form": forms_.get("years") or YearsForm(initial={"years": kept.years}),
        "hold_form": forms_.get("hold") or HoldForm(),
    }
    return render(request, "signoffs/keeping.html", context, status=status)


@require_POST
def keeping_years(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug, need=Need.MANAGE)
    form = YearsForm(request.POST)
    if not form.is_valid():
        return page(request, project, 422, years=form)
    Keeping.objects.of(project).keep_for(act_of(request), form.cleaned_data["years"])
    messages.success(request, _("It is kept for %(years)s years after T-0.") % form.cleaned_data)
    return redirect("keeping", slug)


@require_POST
def keeping_hold(request: Request, slug: str) -> HttpResponse:
    """Begin a legal hold, or end it."""
    project = project_for(request, slug, need=Need.MANAGE)
    form = HoldForm(request.POST)
    if not form.is_valid():
        return page(request, project, 422, hold=form)
    kept = Keeping.objects.of(project)
    verb = kept.release if request.POST.get("held") else kept.hold
    try:
        verb(act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as refusal:
        return page(request, project, 409, str(refusal))
    return redirect("keeping", slug)


@require_POST
def keeping_archive(request: Request, slug: str) -> HttpResponse:
    """Put the project in the archive, or take it out."""
    project = project_for(request, slug, need=Need.MANAGE)
    kept = Keeping.objects.of(project)
    if request.POST.get("archived"):
        kept.bring_back(act_of(request))
    else:
        kept.archive(act_of(request))
    return redirect("keeping", slug)
