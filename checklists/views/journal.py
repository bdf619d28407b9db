"""What happened, newest first: of a project for its members, of the instance for its administrators."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checklists.access import project_for
from checklists.act import Request, act_of
from checklists.exporting.journal import FORMATS, file_of
from checklists.journal_forms import JournalFilter
from checklists.models import Action, JournalEntry, Project
from checklists.views.export import attachment

PER_PAGE = 100


@require_safe
def journal(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    seq = JournalEntry.objects.head(project)
    context = context_of(request, project) | {"project": project, "tab": "journal", "seq": seq}
    if context["page"].number == 1:  # an older page stays as it is: what is new would push its entries off
        context["refresh"] = "journal"
    return render(request, "checklists/journal.html", context)


@require_safe
def journal_file(request: Request, slug: str, form: str) -> HttpResponse:
    """The chosen entries as a file. That somebody took them along is an entry, too."""
    project = project_for(request, slug)
    act = act_of(request)
    with project.locked(act, archived=True):
        JournalEntry.objects.record(project, act, Action.JOURNAL_DOWNLOADED, subject=form.upper())
    chosen = JournalFilter(project.journal.all(), project.zone, request.GET).chosen()
    return attachment(file_of(chosen, form, project.name, act.at), FORMATS[form], f"{slug}-journal.{form}")


@require_safe
def instance_journal(request: Request) -> HttpResponse:
    """Sign-ins, accounts and settings; for administrators."""
    guard(request)
    return render(request, "checklists/instance_journal.html", context_of(request, None))


@require_safe
def instance_journal_file(request: Request, form: str) -> HttpResponse:
    guard(request)
    at = timezone.now()
    JournalEntry.objects.record_for_instance(at, request.user, Action.JOURNAL_DOWNLOADED, subject=form.upper())
    chosen = JournalFilter(JournalEntry.objects.filter(project=None), "UTC", request.GET, has_items=False).chosen()
    return attachment(file_of(chosen, form, "Instance", at), FORMATS[form], f"instance-journal.{form}")


def guard(request: Request) -> None:
    if not request.user.is_staff:
        raise PermissionDenied


def context_of(request: Request, project: Project | None) -> dict:
    """A page of the chosen entries, and whether the whole chain is intact."""
    entries = JournalEntry.objects.filter(project=project)
    narrowing = JournalFilter(entries, project.zone if project else "UTC", request.GET, has_items=project is not None)
    return {
        "page": Paginator(narrowing.chosen().order_by("-seq"), PER_PAGE).get_page(request.GET.get("page")),
        "narrowing": narrowing,
        "broken": JournalEntry.objects.first_broken(project),
        "head": entries.order_by("-seq").values("seq", "hash").first(),
        "formats": list(FORMATS),
    }
