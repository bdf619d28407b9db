"""The list of projects and the plan of one."""

from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from checklists import schedule, sheet
from checklists.access import Rights, project_for
from checklists.models import Project
from checklists.models.item import SETTLED

LATEST = 12


def project_list(request: HttpRequest) -> HttpResponse:
    projects = (
        Project.objects.visible_to(request.user)
        .annotate(role=F("memberships__role"))
        .annotate(
            item_count=Count("items", distinct=True),
            settled_count=Count("items", filter=Q(items__state__in=SETTLED), distinct=True),
        )
        .defer("source", "metadata", "prose", "repairs", "warnings")
    )
    for project in projects:
        project.role_name = Rights(project.role).role.label
        project.percent = 100 * project.settled_count // project.item_count if project.item_count else 0
        project.t_clock = schedule.t_clock(timezone.now(), project.go_live_at)
    return render(request, "checklists/project_list.html", {"projects": projects})


def project(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan: `state` in the query chooses which rows are shown."""
    project = project_for(request, slug)
    plan = sheet.sheet_of(project, request.user.pk, request.GET.get("state", "all"))
    context = {
        "project": project,
        "tab": "mine" if plan.chosen == "mine" else "plan",
        "sheet": plan,
        "latest": project.journal.order_by("-seq")[:LATEST],
        "zone_name": project.local(project.go_live_at).tzname(),
        "t_clock": schedule.t_clock(timezone.now(), project.go_live_at),
    }
    return render(request, "checklists/project.html", context)
