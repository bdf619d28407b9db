"""The list of projects and the plan of one."""

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from checklists import plan_page, schedule
from checklists.access import project_for
from checklists.act import Request
from checklists.models import Project, Role
from checklists.models.item import SETTLED
from checklists.views.live import followed


def project_list(request: Request) -> HttpResponse:
    following = followed(request, "projects")
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
    return render(request, "checklists/project_list.html", {**following, "rows": rows})


def project(request: Request, slug: str) -> HttpResponse:
    """The plan: `state` in the query chooses which rows are shown."""
    project, now = project_for(request, slug), timezone.now()
    sought = request.GET.get("q", "").strip()[:100]
    page = plan_page.printed(request, project, now, request.GET.get("state", "all"), sought)
    context = {
        "project": project,
        "tab": "mine" if page.chosen == "mine" else "plan",
        "printed": page.given_to(request),
        "chosen": page.chosen,
        "seq": page.seq,
        "now": now,
        "t_clock": schedule.t_clock(now, project.go_live_at),
    }
    return render(request, "checklists/project.html", context)
