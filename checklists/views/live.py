"""What open pages follow: the events that say that something is new, and what is new."""

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists import live, plan_page
from checklists.access import project_for
from checklists.act import Request
from checklists.models import JournalEntry

# Milliseconds after which a browser asks again: at once where the answer stays open, unhurried where it does not.
RETRY_OPEN, RETRY_SHUT = 1000, 5000


@require_GET
def project_events(request: Request, slug: str) -> HttpResponse:
    """How far the journal is. `live.LiveUpdates` keeps the answer open and goes on from there."""
    project = project_for(request, slug)
    return events(request, {project.pk: JournalEntry.objects.head(project)}, is_in_project=True)


@require_GET
def own_events(request: Request) -> HttpResponse:
    """How far the journals of all projects of this person are together, for the pages across projects."""
    return events(request, JournalEntry.objects.heads_of(request.user), is_in_project=False)


def followed(request: Request, part: str) -> dict[str, object]:
    """What a page across projects tells `live.js`: how far the journals are, to be asked before its content is read, and
    the id of the part that is loaded anew when they move."""
    return {"seq": sum(JournalEntry.objects.heads_of(request.user).values()), "refresh": part}


def events(request: Request, heads: dict[int, int], *, is_in_project: bool) -> HttpResponse:
    user = request.user
    seat: live.Seat | None = request.scope.get(live.SEAT) if isinstance(request, ASGIRequest) else None
    if seat is not None:
        seat.place = live.Place(heads, user.pk, str(user), user.initials, is_in_project)
    return HttpResponse(
        live.opening(sum(heads.values()), RETRY_SHUT if seat is None else RETRY_OPEN),
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
    chosen = request.GET.get("state", "all")
    return HttpResponse(plan_page.printed_changes(request, project, timezone.now(), int(after), chosen))
