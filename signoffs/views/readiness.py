"""Readiness: every phase with why it is not green, and the signatures that are missing."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists.access import project_for
from checklists.act import Request
from checklists.models import JournalEntry
from signoffs.grounds import grounds_of
from signoffs.models import Condition
from signoffs.standing import standings


@require_GET
def readiness(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    now = timezone.now()
    grounds = grounds_of(project, standings(project), now)
    context = {
        "project": project,
        "tab": "readiness",
        "seq": JournalEntry.objects.head(project),
        "refresh": "readiness",
        "rows": grounds.rows,
        "green": grounds.green,
        "grave": grounds.deviations,
        "conditions": Condition.objects.open(project),
        "today": project.local(now).date(),
        "whole": grounds.unsigned,
    }
    return render(request, "signoffs/readiness.html", context)
