"""My work: what somebody has to do across all projects."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists.act import Request
from checklists.views.live import followed
from checklists.work import work_of


@require_GET
def work(request: Request) -> HttpResponse:
    """All of it, or with `?project=` that of one project; a project in which there is nothing to do narrows nothing."""
    following = followed(request, "work")
    work = work_of(request.user, timezone.now())
    projects, asked = work.projects, request.GET.get("project", "")
    chosen = next((project for project, _number in projects if project.slug == asked), None)
    context = {
        **following,
        "tab": "work",
        "work": work.inside(chosen.slug) if chosen else work,
        "projects": projects,
        "chosen": chosen,
        "number": sum(number for _project, number in projects),
    }
    return render(request, "checklists/work.html", context)
