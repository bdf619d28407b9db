"""A report as of now, made by the worker and fetched from here."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from checklists.access import project_for
from checklists.act import Request, act_of
from checklists.models import Action, JournalEntry, RequestKey
from checklists.views.export import attachment
from signoffs.models import JobState, Printout
from signoffs.printout_forms import PrintoutForm
from signoffs.views.report import report_page


@require_POST
def printouts(request: Request, slug: str) -> HttpResponse:
    """Ask for one; for everybody who may read."""
    project = project_for(request, slug)
    form = PrintoutForm(project, request.POST)
    if not form.is_valid():
        return report_page(request, project, form, status=422)
    act = act_of(request)
    with RequestKey.objects.once(act):
        Printout.objects.create(project=project, by=act.by, at=act.at, due_at=act.at, **form.chosen)
    return redirect("report", slug)


@require_safe
def printout_state(request: Request, slug: str, pk: UUID) -> HttpResponse:
    """How far it is; the page asks again and again until it is ready."""
    project = project_for(request, slug)
    printout = get_object_or_404(Printout.objects.select_related("phase", "section"), project=project, pk=pk)
    return render(request, "signoffs/_printout.html", {"project": project, "printout": printout})


@require_safe
def printout_pdf(request: Request, slug: str, pk: UUID) -> HttpResponse:
    project = project_for(request, slug)
    printout = get_object_or_404(Printout, project=project, pk=pk, state=JobState.READY)
    try:
        content = printout.path.read_bytes()
    except OSError:
        return HttpResponse(status=404)
    act = act_of(request)
    with project.locked(act, archived=True):
        JournalEntry.objects.record(project, act, Action.REPORT_DOWNLOADED, subject=project.name)
    name = f"{project.slug}-{'form' if printout.variant == 'form' else 'go-live-report'}.pdf"
    return attachment(content, "application/pdf", name)
