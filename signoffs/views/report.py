"""The report: looked at on a page, printed as of now, and its sealed records."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from checklists.access import project_for
from checklists.act import Request
from checklists.models import JournalEntry, Project
from checklists.readiness import tallies
from signoffs import gate, pdf
from signoffs.models import Printout, Record
from signoffs.printout_forms import PrintoutForm

# A person's newest ones stand on the page.
SHOWN = 5


@require_safe
def report(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    return report_page(request, project, PrintoutForm(project))


def report_page(request: Request, project: Project, form: PrintoutForm, status: int = 200) -> HttpResponse:
    """What the report will say, the form that prints it, or why it cannot be printed here."""
    seq = JournalEntry.objects.head(project)
    own = Printout.objects.filter(project=project, by=request.user).select_related("phase", "section")
    context = {
        "project": project,
        "tab": "report",
        "seq": seq,
        "refresh": "report",
        "readiness": tallies(project),
        "complete": gate.is_complete(project),
        "pdf_problem": pdf.problem(),
        "form": form,
        "printouts": own[:SHOWN],
        "records": Record.objects.filter(project=project).select_related("project"),
        "verify_address": settings.BASE_URL + reverse("verify"),
    }
    return render(request, "signoffs/report.html", context, status=status)
