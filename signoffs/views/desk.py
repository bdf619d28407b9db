"""The auditor's desk, and the bundles that are taken from it."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from checklists.act import Request, act_of
from checklists.repeats import once
from signoffs.bundling import note_download
from signoffs.desk import DeskFilter, quarters, rows_of
from signoffs.models import Bundle, JobState

PER_PAGE, SHOWN = 50, 5


@require_safe
def desk(request: Request) -> HttpResponse:
    """Every project that the person may see, narrowed down as they like."""
    choice = DeskFilter(request.user, request.GET)
    page = Paginator(choice.projects(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "tab": "desk",
        "choice": choice,
        "page": page,
        "rows": rows_of(page.object_list),
        "quarters": quarters(timezone.now().date()),
        "bundles": Bundle.objects.filter(by=request.user)[:SHOWN],
    }
    return render(request, "signoffs/desk.html", context)


@require_POST
@once
def bundles(request: Request) -> HttpResponse:
    """Ask for a ZIP of what is shown."""
    choice = DeskFilter(request.user, request.POST)
    act = act_of(request)
    Bundle.objects.create(by=act.by, at=act.at, due_at=act.at, asked=choice.asked)
    return redirect(f"{reverse('desk')}?{choice.query}#bundles")


@require_safe
def bundle_state(request: Request, pk: UUID) -> HttpResponse:
    bundle = get_object_or_404(Bundle, pk=pk, by=request.user)
    return render(request, "signoffs/_bundle.html", {"bundle": bundle})


@require_safe
def bundle_zip(request: Request, pk: UUID) -> FileResponse:
    bundle = get_object_or_404(Bundle.objects.select_related("by"), pk=pk, by=request.user, state=JobState.READY)
    try:
        file = bundle.path.open("rb")
    except OSError as error:
        raise Http404 from error
    note_download(bundle, timezone.now())
    return FileResponse(
        file, as_attachment=True, filename=f"golive-{bundle.at:%Y-%m-%d}.zip", content_type="application/zip"
    )
