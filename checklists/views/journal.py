"""What happened, newest first."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from checklists.access import project_for
from checklists.act import Request
from checklists.models import JournalEntry

PER_PAGE = 100


@require_safe
def journal(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    page = Paginator(project.journal.order_by("-seq"), PER_PAGE).get_page(request.GET.get("page"))
    broken = JournalEntry.objects.first_broken(project)
    head = project.journal.order_by("-seq").values_list("hash", flat=True).first()
    context = {"project": project, "tab": "journal", "page": page, "broken": broken, "head": head}
    return render(request, "checklists/journal.html", context)
