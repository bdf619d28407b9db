"""The plan page as it was printed last: kept in memory until the journal moves, a minute is over or somebody else asks.

All that stands on it follows from the plan, and each change of the plan is an entry of the journal: its number is the
version. Minutes count because `late 1 h 48` does. Who holds nothing sees what everybody with their role sees, so a team
that opens the page at T-0 has it printed once. Tokens and keys of forms are nobody's until the page is given to somebody.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import caches
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from checklists import sheet
from checklists.act import Request
from checklists.models import JournalEntry, Project
from checklists.sheet import FILTERS

# Stand where a form's token and its key will be. Nobody can write them into a plan: each process draws its own.
TOKEN, KEY = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
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


def filled(part: str, request: HttpRequest) -> SafeString:
    first, *rest = part.replace(TOKEN, get_token(request)).split(KEY)
    return mark_safe(first + "".join(secrets.token_urlsafe(12) + each for each in rest))  # noqa: S308


def printed(request: Request, project: Project, now: datetime, chosen: str, sought: str) -> Printed:
    """The plan as this person sees it now, through one filter and what they look for."""
    # Before the rows: whoever reads them afterwards has all until there in them.
    seq = JournalEntry.objects.head(project)
    chosen = chosen if chosen in FILTERS else "all"
    viewer_id = request.user.pk
    rights = project.rights
    holds = project.items.filter(owner=viewer_id).exists()
    reader = viewer_id if holds else (rights.role.value, sorted(rights.teams))
    minute = int(now.timestamp() // 60)
    version = (str(project.uuid), seq, minute, get_language(), rights.role.value, reader, chosen, sought)
    name = hashlib.sha256(repr(version).encode()).hexdigest()
    page: Printed | None = caches["pages"].get(name)
    if page is None:
        page = _print(project, viewer_id, now, chosen, sought, seq)
        caches["pages"].set(name, page)
    return page


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
    context = {
        "project": project,
        "sheet": plan,
        **feed_of(project),
        "seq": seq,
        "sprite": static("signs.svg"),
        "csrf_token": TOKEN,
        "form_key": KEY,
    }
    progress = {**context, "tally": plan.tally, "late": plan.late, "project_url": project.get_absolute_url()}
    return Printed(
        render_to_string("checklists/_tally.html", progress),
        render_to_string("checklists/_plan.html", context),
        plan.chosen,
        seq,
    )
