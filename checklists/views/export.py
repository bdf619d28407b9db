"""A project to take along: the running plan as Markdown or as a spreadsheet. Reading it is enough to take it, and is recorded."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from checklists.access import project_for
from checklists.act import Request, act_of
from checklists.exporting.markdown import markdown_of
from checklists.exporting.plan import outline_of, rows_of
from checklists.models import Action, JournalEntry, Project
from checklists.spreadsheets.writing import csv_of, table_of, xlsx_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(content: str | bytes, kind: str, name: str) -> HttpResponse:
    """A file to keep; a slug needs no quoting in the name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def taken_along(request: Request, slug: str, form: str) -> Project:
    """The project, after recording that somebody took its plan along."""
    project = project_for(request, slug)
    act = act_of(request)
    with project.locked(act, archived=True):
        JournalEntry.objects.record(project, act, Action.PLAN_DOWNLOADED, subject=form)
    return project


@require_GET
def plan_markdown(request: Request, slug: str) -> HttpResponse:
    project = taken_along(request, slug, "Markdown")
    text = markdown_of(outline_of(project, timezone.now()))
    return attachment(text, "text/markdown; charset=utf-8", f"{slug}.md")


@require_GET
def plan_csv(request: Request, slug: str) -> HttpResponse:
    project = taken_along(request, slug, "CSV")
    return attachment(csv_of(table_of(rows_of(project))), "text/csv; charset=utf-8", f"{slug}.csv")


@require_GET
def plan_xlsx(request: Request, slug: str) -> HttpResponse:
    project = taken_along(request, slug, "Excel")
    return attachment(xlsx_of(table_of(rows_of(project)), project.name, timezone.now()), XLSX, f"{slug}.xlsx")
