"""The report: looked at on a page, downloaded as a PDF."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from checklists.access import project_for
from checklists.act import Request, act_of
from checklists.models import Action, JournalEntry
from checklists.readiness import tallies
from signoffs import gate, pdf
from signoffs.models import Record
from signoffs.report import report_of


@require_safe
def report(request: Request, slug: str) -> HttpResponse:
    """What the report will say, and the button that downloads it, or why it cannot be made here."""
    project = project_for(request, slug)
    context = {
        "project": project,
        "tab": "report",
        "readiness": tallies(project),
        "complete": gate.is_complete(project),
        "pdf_problem": pdf.problem(),
        "records": Record.objects.filter(project=project).select_related("project"),
        "verify_address": settings.BASE_URL + reverse("verify"),
    }
    return render(request, "signoffs/report.html", context)


@require_safe
def report_pdf(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    if problem := pdf.problem():
        return HttpResponse(problem, status=503, content_type="text/plain; charset=utf-8")
    act = act_of(request)
    with project.locked():
        JournalEntry.objects.record(project, act, Action.REPORT_DOWNLOADED, subject=project.name)
    content = pdf.render(report_of(project, act.at))
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{project.slug}-go-live-report.pdf"',
            "X-Content-Type-Options": "nosniff",
        },
    )
