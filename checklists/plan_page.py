"""The plan page, and what is new on one that was loaded some entries ago: printed once for all who see the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from checklists import changes, sheet
from checklists.act import Request
from checklists.models import JournalEntry, Project
from checklists.printing import filled, nobodys, printed_once
from checklists.sheet import FILTERS

LATEST = 12


@dataclass(frozen=True)
class Printed:
    """Two parts of the page, the progress above the tabs and the plan below, and how far the journal was."""

    progress: str
    plan: str
    chosen: str
    seq: int

    def given_to(self, request: HttpRequest) -> dict[str, SafeString]:
        """The parts with this person's token and fresh keys."""
        return {"progress": filled(self.progress, request), "plan": filled(self.plan, request)}


def printed(request: Request, project: Project, now: datetime, chosen: str, sought: str) -> Printed:
    """The plan as this person sees it now, through one filter and what they look for."""
    # Before the rows: whoever reads them afterwards has all until there in them.
    seq = JournalEntry.objects.head(project)
    chosen = chosen if chosen in FILTERS else "all"
    viewer_id = request.user.pk

    def print_it() -> Printed:
        return _print(project, viewer_id, now, chosen, sought, seq)

    return printed_once("plan", project, viewer_id, seq, now, (chosen, sought), print_it)


def printed_changes(request: Request, project: Project, now: datetime, after: int, chosen: str) -> SafeString:
    """What happened after an entry, as fragments: rows, numbers and feed, each with the id of what it replaces."""
    seq = JournalEntry.objects.head(project)
    chosen = chosen if chosen in FILTERS else "all"
    viewer_id = request.user.pk

    def print_it() -> str:
        # Before the rows, as above.
        feed = feed_of(project)
        new = changes.changes_after(project, after, viewer_id, now, chosen)
        context = {"project": project, "tab": "plan", "sheet": new.sheet, "changes": new, **feed, **nobodys()}
        return render_to_string("checklists/_changes.html", context)

    return filled(printed_once("changes", project, viewer_id, seq, now, (after, chosen), print_it), request)


def feed_of(project: Project) -> dict[str, Any]:
    """The newest entries of the journal, on whose clock, and how far it is."""
    latest = list(project.journal.order_by("-seq")[:LATEST])
    return {
        "latest": latest,
        "seq": latest[0].seq if latest else 0,
        "zone_name": project.local(project.go_live_at).tzname(),
    }


def _print(project: Project, viewer_id: int, now: datetime, chosen: str, sought: str, seq: int) -> Printed:
    plan = sheet.sheet_of(project, viewer_id, now, chosen, sought, project.rights.teams)
    context = {"project": project, "sheet": plan, **feed_of(project), "seq": seq, **nobodys()}
    progress = {**context, "tally": plan.tally, "late": plan.late, "project_url": project.get_absolute_url()}
    return Printed(
        render_to_string("checklists/_tally.html", progress),
        render_to_string("checklists/_plan.html", context),
        plan.chosen,
        seq,
    )
