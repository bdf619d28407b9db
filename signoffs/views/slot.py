"""The sign-off page of a project, and the page on which one slot is signed."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checklists import schedule
from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Closure, JournalEntry
from checklists.models.slot import Filler
from signoffs import closing, gate, rules
from signoffs.asking import askable
from signoffs.clocks import guard_clocks
from signoffs.external_forms import InvitationForm
from signoffs.forms import SignatureForm
from signoffs.models import Decision, Guess, Look, Signature, SigningRequest
from signoffs.models.condition import conditions_of, words_beside
from signoffs.proof import Locked, NotProved
from signoffs.signing_page import SigningPage
from signoffs.slot_forms import OverrideForm, scope_key
from signoffs.snapshot import content_of
from signoffs.stages import stages_of
from signoffs.standing import Team


@require_safe
def slots(request: Request, slug: str) -> HttpResponse:
    """Every slot with its signatures, what is closed, and what holds the project back."""
    project = project_for(request, slug)
    seq = JournalEntry.objects.head(project)
    content = content_of(project)
    table = gate.standings(project, content)
    act = act_of(request)
    now = act.at
    team = Team.of(project, now)
    requests = SigningRequest.objects.live_in([project])
    conditions = conditions_of(content.signatures)
    closures = list(Closure.objects.live(project))
    stages = stages_of(table, closures)
    shown = {stage.closure.pk for stage in stages if stage.closure}
    context = {
        "project": project,
        "tab": "signoff",
        "seq": seq,
        "refresh": "sign-off",
        "standings": table,
        "stages": stages,
        "mine": {standing.slot.pk for standing in table if gate.may_speak(standing, table, team, act)},
        "stale_of_mine": {
            standing.slot.pk for standing in table for each in standing.changed if request.user.pk in each.people
        },
        "conditions": conditions,
        "said": {each.pk: words_beside(each, conditions.get(each.pk, ())) for each in content.signatures},
        "open_conditions": sum(not each.is_met for given in conditions.values() for each in given),
        "valid": sum(standing.state == rules.VALID for standing in table),
        "stale": sum(standing.state == rules.STALE for standing in table),
        "declined": sum(standing.state == rules.DECLINED for standing in table),
        "requests": requests,
        "askable": askable(table, requests, now) if project.rights.manage else set(),
        "closures": [(closure, scope_key(closure)) for closure in closures if closure.pk not in shown],
        "why_not_complete": "" if project.completed_at else closing.why_not_complete(content, table),
        "superseded": Signature.objects.filter(slot__project=project, voided_at__isnull=False)
        .select_related("slot", "voided_by")
        .order_by("-voided_at", "-pk"),
    }
    return render(request, "signoffs/slots.html", context)


def slot(request: Request, slug: str, number: int) -> HttpResponse:
    """What is signed, and the form that signs it. Reading is for everybody; who may sign, the gate says."""
    is_reading = request.method in ("GET", "HEAD")
    project = project_for(request, slug, need=Need.READ if is_reading else Need.NOTE)
    act = act_of(request)
    page = SigningPage(project, number, request.user, act)
    if is_reading:
        return answer(request, page, form_of(page))
    form = form_of(page, posted(request))
    if not form.is_valid():
        return answer(request, page, form, status=422)
    data = form.cleaned_data
    try:
        guard_clocks(project, timezone.now())
        proof = form.prove(page.standing.slot, request, act)
        gate.sign(
            page.standing.slot,
            act,
            Decision(data["decision"]),
            data["digest"],
            data["comment"],
            proof=proof,
            conditions=form.demands,
            on_behalf_of=data["behalf"],
        )
    except Locked:
        until = schedule.words(Guess.objects.locked_until(request.user, act.at) or act.at, project.tzinfo)
        refusal = _("Too many wrong passwords or codes. You can sign again after %(when)s.") % {"when": until}
        return answer(request, page, form_of(page), refusal, 422)
    except NotProved as problem:
        form.add_error(problem.field, str(problem))
        return answer(request, page, form, status=422)
    except TransitionRefused as problem:
        # What was decided is kept, what was read is read again, and the proof is asked for again.
        page = SigningPage(project, number, request.user, act)
        return answer(request, page, form_of(page, kept=form.kept), str(problem), 409, since=data["seq"])
    told = {"role": page.standing.slot.title, "decision": Decision(data["decision"]).label, "who": request.user}
    messages.success(request, _("Recorded: %(role)s: %(decision)s, by %(who)s.") % told)
    return redirect("meeting" if page.standing.slot.is_of_meeting else "slots", slug)


def form_of(page: SigningPage, data=None, kept: dict | None = None) -> SignatureForm:
    form = SignatureForm(page.signer, page.standing, page.principals, data, initial=page.start | (kept or {}))
    if page.principal:  # nothing is theirs to sign in their own name
        form.fields["behalf"].empty_label = None  # type: ignore[attr-defined]
    return form


def answer(
    request: Request,
    page: SigningPage,
    form: SignatureForm,
    refusal: str = "",
    status: int = 200,
    since: int | None = None,
) -> HttpResponse:
    last_look: datetime | None = None
    if since is None:
        look = Look.objects.take(page.standing.slot, page.signer, page.act.at, page.seq)
        since, last_look = look.before_seq, look.before_at
    context = page.told(since, last_look) | {
        "tab": "signoff",
        "form": form,
        "refusal": refusal,
        "override_form": OverrideForm(page.project),
        "scope": scope_key(page.standing.slot),
    }
    if page.project.rights.manage and page.standing.slot.filler == Filler.EXTERNAL:
        asked = page.standing.slot.invitations.select_related("slot__project", "person", "by")
        context |= {
            "invitations": [(each, each.why_closed(page.act.at)) for each in asked],
            "invitation_form": InvitationForm(auto_id="invite_%s"),
            "allows_external": settings.EXTERNAL_SIGNERS,
        }
    return render(request, "signoffs/slot.html", context, status=status)
