"""The go/no-go meeting: one vote a role, readiness beside it, and the decision of whoever chairs it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.models import JournalEntry, Project, Slot
from checklists.models.slot import SlotKind
from signoffs import gate
from signoffs.grounds import grounds_of
from signoffs.meeting import chaired, meeting_of
from signoffs.models import Signature
from signoffs.models.condition import conditions_of, words_beside
from signoffs.slot_forms import ChairForm, scope_key
from signoffs.snapshot import content_of
from signoffs.standing import Team, standings


@require_safe
def meeting(request: Request, slug: str) -> HttpResponse:
    """How every role votes, what speaks against it, and what is decided; open pages follow by themselves."""
    project = project_for(request, slug)
    return page(request, project, ChairForm(project))


@require_POST
def meeting_chair(request: Request, slug: str) -> HttpResponse:
    """Say who chairs the meeting: they decide, and with that end the voting."""
    project = project_for(request, slug, need=Need.MANAGE)
    form = ChairForm(project, request.POST)
    if not form.is_valid():
        return page(request, project, form, status=422)
    chair = form.cleaned_data["chair"]
    try:
        Slot.objects.add(project, act_of(request), chaired(meeting_of(standings(project)).votes), [chair])
    except TransitionRefused as problem:
        return page(request, project, form, str(problem), 409)
    messages.success(request, _("%(who)s chairs the meeting and decides.") % {"who": chair})
    return redirect("meeting", slug)


def page(request: Request, project: Project, form: ChairForm, refusal: str = "", status: int = 200) -> HttpResponse:
    act = act_of(request)
    now = act.at
    seq = JournalEntry.objects.head(project)
    content = content_of(project)
    table = standings(project, content)
    team = Team.of(project, now)
    held = meeting_of(table)
    conditions = conditions_of(content.signatures)
    void = Signature.objects.filter(slot__project=project, slot__kind=SlotKind.VOTE).exclude(voided_at=None)
    context = {
        "project": project,
        "tab": "meeting",
        "seq": seq,
        "refresh": "meeting",
        "meeting": held,
        "ballots": held.ballots(void.order_by("-signed_at", "-pk").defer("snapshot")),
        "mine": {each.slot.pk for each in table if gate.may_speak(each, table, team, act)},
        "conditions": conditions,
        "said": {each.pk: words_beside(each, conditions.get(each.pk, ())) for each in content.signatures},
        "grounds": grounds_of(project, [each for each in table if not each.slot.is_of_meeting], now),
        "scope": scope_key(held.chair.slot) if held.chair else "",
        "form": form,
        "refusal": refusal,
    }
    return render(request, "signoffs/meeting.html", context, status=status)
