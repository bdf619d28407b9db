"""My work: what somebody has to do across all projects."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists.act import Request
from checklists.work import work_of


@require_GET
def work(request: Request) -> HttpResponse:
    return render(request, "checklists/work.html", {"tab": "work", "work": work_of(request.user, timezone.now())})
