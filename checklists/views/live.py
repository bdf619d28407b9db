"""What open pages follow: the events that say that something is new, and what is new."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists import live
from checklists.access import project_for
from checklists.act import Request
from checklists.changes import changes_after
from checklists.models import JournalEntry
from checklists.plan_page import feed_of

# Milliseconds after which a browser asks again: at once where the answer stays open, unhurried where it does not.
RETRY_OPEN, RETRY_SHUT = 1000, 5000


@require_GET
def project_events(request: Request, slug: str) -> HttpResponse:
    """How far the journal is. `live.LiveUpdates` keeps the answer open and goes on from there."""
    project = project_for(request, slug)
    seq, user = JournalEntry.objects.head(project), request.user
    seat: live.Seat | None = request.scope.get(live.SEAT) if isinstance(request, ASGIRequest) else None
    if seat is not None:
        seat.place = live.Place(project.pk, user.pk, str(user), user.initials, seq)
    return HttpResponse(
        live.opening(seq, RETRY_SHUT if seat is None else RETRY_OPEN),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@require_GET
def project_changes(request: Request, slug: str) -> HttpResponse:
    """What is new after entry `after`: rows, numbers and feed as fragments, each with the id of what it replaces."""
    project = project_for(request, slug)
    after = request.GET.get("after", "")
    if not after.isdecimal() or len(after) > 9:
        return HttpResponse("Say after which journal entry: ?after=12\n", status=422, content_type="text/plain")
    feed = feed_of(project)
    changes = changes_after(project, int(after), request.user.pk, timezone.now(), request.GET.get("state", "all"))
    context = {**feed, "project": project, "tab": "plan", "sheet": changes.sheet, "changes": changes}
    return render(request, "checklists/_changes.html", context)
