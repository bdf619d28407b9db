"""A project's records: how far one is, and its sealed file."""

from __future__ import annotations

import hashlib

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checklists.access import project_for
from checklists.act import Request, act_of
from checklists.models import Action, JournalEntry
from checklists.views.export import attachment
from signoffs.models import JobState, Record


@require_safe
def record_state(request: Request, slug: str, revision: int) -> HttpResponse:
    """How far the record of a revision is; the page asks again and again until it is sealed."""
    project = project_for(request, slug)
    record = get_object_or_404(Record.objects.select_related("project"), project=project, revision=revision)
    return render(request, "signoffs/_record.html", {"project": project, "record": record})


@require_safe
def record_pdf(request: Request, slug: str, revision: int) -> HttpResponse:
    """The sealed bytes: the same for everybody, every time."""
    project = project_for(request, slug)
    record = get_object_or_404(
        Record.objects.select_related("project"), project=project, revision=revision, state=JobState.SEALED
    )
    try:
        content = record.path.read_bytes()
    except OSError:
        content = b""
    if hashlib.sha256(content).hexdigest() != record.sha256:
        problem = _(
            "The file of this record is missing or was changed on the server. Its administrator finds it in the backup by"
            " its SHA-256: %(sha256)s"
        )
        return HttpResponse(problem % {"sha256": record.sha256}, status=503, content_type="text/plain; charset=utf-8")
    act = act_of(request)
    with project.locked(act, archived=True):
        JournalEntry.objects.record(project, act, Action.RECORD_DOWNLOADED, subject=str(revision))
    answer = attachment(content, "application/pdf", f"{project.slug}-record-{revision}.pdf")
    answer["ETag"] = f'"{record.sha256}"'
    return answer
