"""What people say and show about a place of the plan: notes and evidence on an item, a section, a phase or the whole plan."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Act, Repeated, Request, TransitionRefused, act_of
from checklists.evidence_files import FileRefused, Received, accepted, pasted, received
from checklists.forms import EvidenceForm, NoteForm, ReasonForm
from checklists.models import Action, Evidence, JournalEntry, Note, Project
from checklists.models.placed import Placed, place_of
from checklists.views.item import item_response

# Nothing in the file runs, wherever a browser shows it.
SANDBOX = "default-src 'none'; sandbox"


def columns_of(project: Project, word: str) -> dict[str, Any]:
    try:
        return place_of(project, word)
    except LookupError:
        raise Http404 from None


@require_safe
def place(request: Request, slug: str, place: str) -> HttpResponse:
    """The notes and the evidence of a section, a phase or the whole plan; an item has a page of its own."""
    project = project_for(request, slug)
    columns = columns_of(project, place)
    if "item" in columns:
        return redirect(columns["item"])
    return place_page(request, project, place, columns)


def place_page(
    request: Request, project: Project, word: str, columns: dict[str, Any], status: int = 200, **told: object
) -> HttpResponse:
    here = {"project": project, "item": None, "section": None, "phase": None} | columns
    context = {
        "project": project,
        "tab": "plan",
        "seq": JournalEntry.objects.head(project),
        "refresh": "talk",
        "place": word,
        "evidence_accept": accepted(),
        "name": Note(**here).place_name,
        "notes": Note.objects.filter(**here).select_related("author").prefetch_related("mentions__person"),
        "evidence": Evidence.objects.filter(**here).select_related("by", "withdrawn_by", "project"),
        **told,
    }
    return render(request, "checklists/place.html", context, status=status)


@require_POST
def place_notes(request: Request, slug: str, place: str) -> HttpResponse:
    """A note on a section, a phase or the whole plan."""
    project = project_for(request, slug, need=Need.NOTE)
    columns = columns_of(project, place)
    form = NoteForm(request.POST)
    if not form.is_valid():
        kept = {"note_error": str(form.errors["text"][0]), "note_typed": request.POST.get("text", "")}
        return place_page(request, project, place, columns, 422, **kept)
    try:
        Note.objects.write(project, act_of(request), form.cleaned_data["text"], **columns)
    except Repeated:
        pass
    except TransitionRefused as refusal:
        kept = {"note_error": str(refusal), "note_typed": form.cleaned_data["text"]}
        return place_page(request, project, place, columns, 409, **kept)
    return redirect("place", slug, place)


@require_POST
def place_evidence(request: Request, slug: str, place: str) -> HttpResponse:
    """Files, or output that was pasted. What can be kept is kept; what cannot is named, with why, and what was typed
    stays in the form."""
    project = project_for(request, slug, need=Need.NOTE)
    columns = columns_of(project, place)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        problems = [str(problem) for errors in form.errors.values() for problem in errors]
        return evidence_refused(request, project, place, columns, 422, problems, typed_in(request))
    remark, output = form.cleaned_data["remark"], form.cleaned_data["output"]
    kept, problems, left = 0, [], ""
    for upload in form.cleaned_data["evidence"]:
        try:
            kept += keep(request, project, received(upload), remark, columns)
        except (FileRefused, TransitionRefused) as refusal:
            problems.append(str(refusal))
    if output:
        number = Evidence.objects.filter(project=project).count() + 1
        try:
            kept += keep(request, project, pasted(output, number), remark, columns)
        except (FileRefused, TransitionRefused) as refusal:
            problems.append(str(refusal))
            left = output
    if kept:
        told = ngettext("%(number)s piece of evidence was kept.", "%(number)s pieces of evidence were kept.", kept)
        messages.success(request, told % {"number": kept})
    if problems:
        return evidence_refused(request, project, place, columns, 409, problems, {"output": left, "remark": remark})
    return redirect(Note(project=project, **columns).place_url)


def typed_in(request: Request) -> dict[str, str]:
    """What stood in the fields of the form for evidence."""
    return {name: request.POST.get(name, "") for name in ("output", "remark")}


def evidence_refused(
    request: Request,
    project: Project,
    word: str,
    columns: dict[str, Any],
    status: int,
    problems: list[str],
    typed: dict[str, str],
) -> HttpResponse:
    """The place again with the form open, what is wrong said at it, and what was typed still in it."""
    told: dict[str, object] = {"evidence_problems": problems, "evidence_typed": typed}
    if item := columns.get("item"):
        return item_response(request, project, item.number, status=status, forms=told)
    return place_page(request, project, word, columns, status, **told)


def keep(request: Request, project: Project, found: Received, remark: str, columns: dict[str, Any]) -> int:
    """One file; how many were kept by it."""
    try:
        Evidence.objects.add(project, act_of(request), found, remark, **columns)
    except Repeated:
        return 0
    return 1


@require_POST
def note_withdrawal(request: Request, slug: str, pk: int) -> HttpResponse:
    """Take back a note of one's own."""
    project = project_for(request, slug, need=Need.NOTE)
    note = get_object_or_404(Note.objects.select_related("project", "item", "section", "phase"), project=project, pk=pk)
    return answered(request, note, lambda: note.withdraw(act_of(request)), _("The note is taken back."))


@require_POST
def evidence_withdrawal(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Say that a piece of evidence shows nothing; for who added it, and managers."""
    project = project_for(request, slug, need=Need.NOTE)
    rows = Evidence.objects.select_related("project", "item", "section", "phase")
    evidence = get_object_or_404(rows, project=project, uuid=uuid)
    if evidence.by_id != request.user.pk and not project.rights.manage:
        raise PermissionDenied
    form = ReasonForm(request.POST)
    if not form.is_valid():
        problem: dict[str, object] = {
            "pk": evidence.pk,
            "text": form.errors["reason"][0],
            "typed": request.POST.get("reason", ""),
        }
        return withdrawal_refused(request, project, evidence, problem)
    reason = form.cleaned_data["reason"]
    told = _("It is withdrawn, and stays readable.")
    return answered(request, evidence, lambda: evidence.withdraw(act_of(request), reason), told)


def withdrawal_refused(
    request: Request, project: Project, evidence: Evidence, problem: dict[str, object]
) -> HttpResponse:
    """The place again with the question open, and what was typed still in it."""
    told: dict[str, object] = {"withdrawal_problem": problem}
    if evidence.item:
        return item_response(request, project, evidence.item.number, status=422, forms=told)
    kind, key = evidence.key
    return place_page(request, project, f"{kind}-{key}", place_of(project, f"{kind}-{key}"), 422, **told)


def answered(request: Request, row: Placed, verb, told: str) -> HttpResponse:
    try:
        verb()
    except Repeated:
        pass
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(row.place_url)
    messages.success(request, told)
    return redirect(row.place_url)


@require_safe
def evidence_file(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """The bytes as they came. Pictures are shown, everything else is downloaded, and that is recorded."""
    project = project_for(request, slug)
    rows = Evidence.objects.select_related("project", "item", "section", "phase")
    evidence = get_object_or_404(rows, project=project, uuid=uuid)
    return file_answer(request, evidence, act_of(request))


def file_answer(request: HttpRequest, evidence: Evidence, act: Act) -> HttpResponse:
    """The bytes of a piece, to whoever may have them."""
    project = evidence.project
    is_shown = evidence.is_picture and "download" not in request.GET
    try:
        content = evidence.path.read_bytes()
    except OSError:
        raise Http404 from None
    if not is_shown and request.method == "GET":
        with project.locked(act, archived=True):
            JournalEntry.objects.record(
                project,
                act,
                Action.EVIDENCE_DOWNLOADED,
                item=evidence.item,
                subject=evidence.told,
                file=evidence.name,
            )
    answer = HttpResponse(content, content_type=evidence.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(not is_shown, evidence.name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer
