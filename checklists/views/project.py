"""The list of projects and the plan of one."""

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from checklists import schedule, sheet
from checklists.access import project_for
from checklists.act import Request
from checklists.models import Project, Role
from checklists.models.item import SETTLED

LATEST = 12


def project_list(request: Request) -> HttpResponse:
    projects = (
        Project.objects.visible_to(request.user)
        .annotate(role=F("memberships__role"))
        .annotate(
            item_count=Count("items", filter=Q(items__retired_at=None), distinct=True),
            settled_count=Count("items", filter=Q(items__retired_at=None, items__state__in=SETTLED), distinct=True),
        )
        .defer("source", "metadata", "prose", "repairs", "warnings")
    )
    now = timezone.now()
    rows = [
        {
            "project": each,
            "role": Role(each.role).label,
            "percent": 100 * each.settled_count // each.item_count if each.item_count else 0,
            "t_clock": schedule.t_clock(now, each.go_live_at),
        }
        for each in projects
    ]
    return render(request, "checklists/project_list.html", {"rows": rows})


def feed_of(project: Project) -> dict:
    """The newest entries of the journal, and how far it is: whoever reads rows afterwards has all until there in them."""
    latest = list(project.journal.order_by("-seq")[:LATEST])
    return {
        "latest": latest,
        "seq": latest[0].seq if latest else 0,
        "zone_name": project.local(project.go_live_at).tzname(),
    }


def project(request: Request, slug: str) -> HttpResponse:
    """The plan: `state` in the query chooses which rows are shown."""
    project, now = project_for(request, slug), timezone.now()
    feed = feed_of(project)
    sought = request.GET.get("q", "").strip()[:100]
    plan = sheet.sheet_of(project, request.user.pk, now, request.GET.get("state", "all"), sought)
    context = {
        "project": project,
        "tab": "mine" if plan.chosen == "mine" else "plan",
        "sheet": plan,
        **feed,
        "now": now,
        "t_clock": schedule.t_clock(now, project.go_live_at),
    }
    return render(request, "checklists/project.html", context)
