"""A draft: look at what was understood, say what was meant, and make a project of it."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists import preview
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import ZONES, CorrectionForm, LaunchForm, posted
from checklists.importing.outline import Outline
from checklists.importing.plan import Source, create_project
from checklists.kinds import counted
from checklists.locks import NO_PROJECT, wait_for_lock
from checklists.models import Draft, Project, RequestKey
from checklists.repeats import once


def draft_of(request: Request, pk: str) -> Draft:
    """The person's own draft, locked until the answer is written; others get 404."""
    return get_object_or_404(Draft.objects.select_for_update(), pk=pk, owner=request.user)


def draft(request: Request, pk: str) -> HttpResponse:
    """The preview of a draft, and the form that makes a project of it. `?line` opens the menu of one line."""
    draft = get_object_or_404(Draft, pk=pk, owner=request.user)
    outline = draft.outline()
    form = LaunchForm(posted(request), initial=proposal(outline))
    status = 422 if form.is_bound else 200
    if request.method == "POST" and form.is_valid():
        try:
            with RequestKey.objects.once(act_of(request)):
                # Whoever takes the draft away makes the project; the same form sent twice finds nothing to take.
                if not Draft.objects.filter(pk=draft.pk).delete()[0]:
                    return redirect("projects")
                if "again" not in request.POST:
                    guard_first(draft)
                source = Source(draft.name, bytes(draft.source))
                project = create_project(outline, source, form.launch(), act_of(request), draft.template_version)
        except TransitionRefused:
            status = 409
        else:
            messages.success(
                request, _("%(name)s is ready. Add the people who will work on it.") % {"name": project.name}
            )
            return redirect(project)
    chosen = request.GET.get("line", "")
    context = draft_context(draft, outline, int(chosen) if chosen.isdecimal() else 0)
    context |= {"form": form, "zones": ZONES, "twin": twin_of(draft)}
    if request.htmx and chosen:
        return render(request, "checklists/_draft_rows.html", context | {"plan": context["opened_row"]})
    return render(request, "checklists/draft.html", context, status=status)


def twin_of(draft: Draft) -> Project | None:
    """A project that the draft's owner sees and that was made from the same file; those from a template all are."""
    if draft.template_version_id:
        return None
    digest = hashlib.sha256(bytes(draft.source)).hexdigest()
    return Project.objects.visible_to(draft.owner).filter(source_sha256=digest).order_by("created_at").last()


def guard_first(draft: Draft) -> None:
    """Refuse to make a second project of one file unasked, also when somebody makes the first at this moment."""
    wait_for_lock(NO_PROJECT)
    if twin := twin_of(draft):
        raise TransitionRefused(_("This file is already the project “%(name)s”.") % {"name": twin})


def draft_context(draft: Draft, outline: Outline, opened: int = 0) -> dict:
    """What the preview shows. `opened` is the line whose menu is open."""
    source = preview.source_lines(draft.text(), outline)
    plan = preview.plan_lines(draft.text(), outline)
    return {
        "draft": draft,
        "outline": outline,
        "counts": [counted(name, number) for name, number in outline.counts.items() if number],
        "source": source,
        "plan": plan,
        "opened": opened,
        "opened_row": [row for row in plan if row.number == opened],
        "accounted": len(outline.lines),
        "written": sum(bool(line.text.strip()) for line in source),
        "guesses": preview.open_guesses(outline, draft.accepted),
        "variables": draft.variables(),
        "kinds": () if draft.is_exact else CorrectionForm.KINDS,
        "remarks": len(outline.warnings) + len(outline.lint),
    }


def proposal(outline: Outline) -> dict[str, str]:
    """What the document itself says about the launch."""
    known = {key.lower(): blank_if_placeholder(value) for key, value in outline.metadata.items()}
    return {"name": outline.title, "customer": known.get("customer", ""), "system": known.get("system", "")}


def blank_if_placeholder(value: str) -> str:
    """`[CUSTOMER_NAME]`, `TBD` and `____` are blanks for a person to fill, not values."""
    bare = value.strip()
    return "" if bare.startswith("[") or bare.upper().startswith("TBD") or set(bare) <= {"_"} else bare


def changed(request: Request, draft: Draft, line: int = 0) -> HttpResponse:
    """The plan read anew: for htmx the changed parts, else the page at the line."""
    if request.htmx:
        return render(request, "checklists/_draft_plan.html", draft_context(draft, draft.outline()) | {"oob": True})
    return redirect(f"{draft.get_absolute_url()}#plan-{line}" if line else draft.get_absolute_url())


@require_POST
@once
def draft_correction(request: Request, pk: str, line: int) -> HttpResponse:
    """Say what a line is, or take that back. What cannot be read then is refused, and the draft stays as it was."""
    draft = draft_of(request, pk)
    form = CorrectionForm(request.POST)
    if form.is_valid() and not draft.correct(line, form.cleaned_data["what"]):
        messages.error(
            request,
            _("Line %(line)s cannot be read that way: the plan would be too deep or too large.") % {"line": line},
        )
    return changed(request, draft, line)


@require_POST
@once
def draft_acceptance(request: Request, pk: str) -> HttpResponse:
    """Agree with one guess (`line:kind`), or with all of a kind (`kind`)."""
    draft = draft_of(request, pk)
    guess = request.POST.get("guess", "")
    agreed = [
        each.key
        for group in preview.open_guesses(draft.outline(), draft.accepted)
        for each in group.guesses
        if guess in (each.key, group.kind)
    ]
    draft.accept(agreed)
    return changed(request, draft)


@require_POST
@once
def draft_answers(request: Request, pk: str) -> HttpResponse:
    """Fill placeholders; an empty answer leaves the placeholder as it is written."""
    draft = draft_of(request, pk)
    draft.answer({each.key: request.POST.get(each.key, "").strip()[:500] for each in draft.variables()})
    return changed(request, draft)


@require_POST
@once
def draft_discard(request: Request, pk: str) -> HttpResponse:
    get_object_or_404(Draft, pk=pk, owner=request.user).delete()
    messages.success(request, _("The draft is gone. Your file is untouched."))
    return redirect("project_new")
