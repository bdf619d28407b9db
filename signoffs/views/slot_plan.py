"""What managers say about slots: new ones, other ones, and none any more."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Project, Slot
from signoffs.asking import ask, ask_for_all
from signoffs.models import Override
from signoffs.slot_forms import OverrideForm, SlotForm, WhyForm


def slot_new(request: Request, slug: str) -> HttpResponse:
    """Ask for one more signature."""
    project = project_for(request, slug, need=Need.MANAGE)
    form = SlotForm(project, posted(request), initial={"place": "plan-0", "kind": request.GET.get("kind")})
    refusal = ""
    if form.is_valid():
        try:
            slot = Slot.objects.add(project, act_of(request), form.says, form.named)
        except TransitionRefused as problem:
            refusal = str(problem)
        else:
            messages.success(request, _("Added: %(role)s.") % {"role": slot.title})
            return redirect("slots", slug)
    return page(request, project, form, refusal)


def slot_edit(request: Request, slug: str, number: int) -> HttpResponse:
    """Say otherwise what is to be signed and by whom."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = slot_of(project, number)
    form = SlotForm(project, posted(request), initial=SlotForm.initial_of(slot))
    refusal = ""
    if form.is_valid():
        try:
            slot.amend(act_of(request), form.says, form.named)
        except TransitionRefused as problem:
            refusal = str(problem)
        else:
            messages.success(
                request, _("%(role)s is now about %(scope)s.") % {"role": slot.title, "scope": slot.scope_name}
            )
            return redirect(slot)
    return page(request, project, form, refusal, slot)


@require_POST
def slot_retirement(request: Request, slug: str, number: int) -> HttpResponse:
    """Ask for a signature no more, for a reason."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = slot_of(project, number)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": form.errors["reason"][0]})
        return redirect("slot_edit", slug, number)
    try:
        slot.retire(act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as problem:
        messages.error(request, str(problem))
        return redirect("slot_edit", slug, number)
    messages.success(request, _("%(role)s is not asked for any more.") % {"role": slot.title})
    return redirect("slots", slug)


@require_POST
def slot_requests(request: Request, slug: str, number: int) -> HttpResponse:
    """Ask the people of a slot to sign it now."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = slot_of(project, number)
    try:
        asked = ask(slot, act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        people = ", ".join(str(person) for person in asked)
        messages.success(request, _("Asked to sign %(role)s: %(people)s.") % {"role": slot.title, "people": people})
    return redirect("slots", slug)


@require_POST
def requests(request: Request, slug: str) -> HttpResponse:
    """Ask for every signature that can be given now."""
    project = project_for(request, slug, need=Need.MANAGE)
    try:
        asked = ask_for_all(project, act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        people = ", ".join(str(person) for person in asked)
        messages.success(request, _("Asked to sign: %(people)s.") % {"people": people})
    return redirect("slots", slug)


@require_POST
def slot_override(request: Request, slug: str, number: int) -> HttpResponse:
    """Let somebody sign what they had worked on themselves; for another manager, with a reason."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = slot_of(project, number)
    form = OverrideForm(project, request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": next(iter(form.errors.values()))[0]})
        return redirect(slot)
    person, reason = form.cleaned_data["person"], form.cleaned_data["reason"]
    try:
        Override.objects.give(slot, act_of(request), person, reason)
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("%(who)s may sign this once. It stays in the record.") % {"who": person})
    return redirect(slot)


def slot_of(project: Project, number: int) -> Slot:
    around = ("project", "phase", "section", "subject")
    return get_object_or_404(project.slots.select_related(*around), number=number)


def page(request: Request, project: Project, form: SlotForm, refusal: str, slot: Slot | None = None) -> HttpResponse:
    status = 409 if refusal else 422 if form.is_bound else 200
    context = {"project": project, "tab": "signoff", "form": form, "slot": slot, "refusal": refusal}
    return render(request, "signoffs/slot_edit.html", context, status=status)
