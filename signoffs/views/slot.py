"""The sign-off page of a project, and the page on which one slot is signed."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from checklists import schedule
from checklists.access import Need, project_for
from checklists.act import SECRETS, Act, Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import Closure, JournalEntry, Project
from signoffs import closing, gate, rules
from signoffs.asking import askable
from signoffs.forms import SignatureForm
from signoffs.models import AGAINST, APPROVING, Decision, Guess, Look, Signature, SigningRequest
from signoffs.models.condition import conditions_of, words_beside
from signoffs.proof import Locked, NotProved
from signoffs.slot_forms import OverrideForm, scope_key
from signoffs.snapshot import content_of
from signoffs.standing import Standing, Team
from signoffs.statements import approving, decisions_of

# Entries of the journal that the signing page lists at most.
NEWS = 20
# What does not change what is signed, however often it is done.
NO_NEWS = ("report.", "record.", "journal.", "plan.downloaded", "member.", "signing.", "procedure.")


@require_safe
def slots(request: Request, slug: str) -> HttpResponse:
    """Every slot with its signatures, what is closed, and what holds the project back."""
    project = project_for(request, slug)
    seq = JournalEntry.objects.head(project)
    content = content_of(project)
    table = gate.standings(project, content)
    now = timezone.now()
    team = Team.of(project, now)
    requests = SigningRequest.objects.live_in([project])
    conditions = conditions_of(content.signatures)
    context = {
        "project": project,
        "tab": "signoff",
        "seq": seq,
        "refresh": "sign-off",
        "standings": table,
        "has_stages": len({standing.slot.stage for standing in table}) > 1,
        "mine": {standing.slot.pk for standing in table if team.may_sign(standing, request.user)},
        "stale_of_mine": {
            standing.slot.pk for standing in table for each in standing.changed if request.user.pk in each.people
        },
        "conditions": conditions,
        "open_conditions": sum(not each.is_met for given in conditions.values() for each in given),
        "valid": sum(standing.state == rules.VALID for standing in table),
        "stale": sum(standing.state == rules.STALE for standing in table),
        "declined": sum(standing.state == rules.DECLINED for standing in table),
        "requests": requests,
        "askable": askable(table, requests, now) if project.rights.manage else set(),
        "closures": [(closure, scope_key(closure)) for closure in Closure.objects.live(project)],
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
    page = SigningPage(request, project, number, act)
    if is_reading:
        return page.answer(page.form())
    form = page.form(posted(request))
    if not form.is_valid():
        return page.answer(form, status=422)
    data = form.cleaned_data
    try:
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
        return page.locked()
    except NotProved as problem:
        form.add_error(problem.field, str(problem))
        return page.answer(form, status=422)
    except TransitionRefused as problem:
        # What was decided is kept, what was read is read again, and the proof is asked for again.
        kept = {name: value for name, value in data.items() if name not in (*SECRETS, "digest", "seq")}
        page = SigningPage(request, project, number, act, since=data["seq"])
        return page.answer(page.form(initial=kept), str(problem), 409)
    recorded = _("Recorded: %(role)s, signed by %(who)s.")
    messages.success(request, recorded % {"role": page.standing.slot.title, "who": request.user})
    return redirect("meeting" if page.standing.slot.is_of_meeting else "slots", slug)


class SigningPage:
    """What somebody reads before they sign a slot, and what they may decide now."""

    def __init__(self, request: Request, project: Project, number: int, act: Act, since: int | None = None):
        self.request, self.project, self.act, self.since = request, project, act, since
        self.seq = JournalEntry.objects.head(project)
        self.table = gate.standings(project)
        found = next((each for each in self.table if each.slot.number == number), None)
        if found is None:
            raise Http404
        self.standing: Standing = found
        self.team = Team.of(project, act.at)
        self.principals = self.team.principals(found, request.user)

    def form(self, data=None, initial: dict | None = None) -> SignatureForm:
        slot = self.standing.slot
        start = {
            "digest": self.standing.digest,
            "seq": self.seq,
            "decision": "" if slot.is_of_meeting else approving(slot),
        }
        return SignatureForm(self.request.user, self.standing, self.principals, data, initial=start | (initial or {}))

    def answer(self, form: SignatureForm, refusal: str = "", status: int = 200) -> HttpResponse:
        user, standing, project = self.request.user, self.standing, self.project
        last_look: datetime | None = None
        if self.since is None:
            look = Look.objects.take(standing.slot, user, self.act.at, self.seq)
            self.since, last_look = look.before_seq, look.before_at
        admitted = self.team.may_sign(standing, user)
        named = user if self.team.admits(standing, user.pk) else None
        principal = None if named else next(iter(self.principals), None)
        did = rules.eyes({user.pk}, self.team.doers(standing)) if standing.slot.approves else set()
        heard = [given for each in standing.votes for given in each.signatures]
        conditions = conditions_of([*standing.signatures, *heard])
        context = {
            "project": project,
            "tab": "signoff",
            "standing": standing,
            "slot": standing.slot,
            "form": form,
            "refusal": refusal,
            "waived": [
                (item, standing.content.waivers[item.pk])
                for item in standing.items
                if item.pk in standing.content.waivers and not item.is_settled
            ],
            "news": list(self.news()) if self.since is not None else [],
            "last_look": last_look,
            "admitted": admitted,
            "did_work": bool(did),
            "override": self.team.override(standing, user.pk),
            "why_nothing": self.why_not(decisions_of(standing.slot)[-1], principal) if admitted else "",
            "why_not_approve": self.why_not(approving(standing.slot), principal) if admitted else "",
            "own": [each for each in standing.given if user.pk in each.signature.people],
            "override_form": OverrideForm(project),
            "scope": scope_key(standing.slot),
            "approving": APPROVING,
            "against": AGAINST,
            "conditions": conditions,
            "said": {each.pk: words_beside(each, conditions.get(each.pk, ())) for each in heard},
        }
        return render(self.request, "signoffs/slot.html", context, status=status)

    def locked(self) -> HttpResponse:
        """Nothing that was shown is looked at: it was wrong too often."""
        until = Guess.objects.locked_until(self.request.user, self.act.at)
        when = schedule.words(until or self.act.at, self.project.tzinfo)
        refusal = _("Too many wrong passwords or codes. You can sign again after %(when)s.") % {"when": when}
        return self.answer(self.form(), refusal, 422)

    def why_not(self, decision: Decision, principal) -> str:
        return gate.why_not(self.standing, self.table, self.team, self.act, decision, principal)

    def news(self) -> list[JournalEntry]:
        """What happened to what is signed since the signer last read it, newest first."""
        concerns = Q(item__in=[item.pk for item in self.standing.items]) | Q(item=None)
        found = self.project.journal.filter(concerns, seq__gt=self.since).order_by("-seq")
        return [entry for entry in found[: NEWS * 3] if not entry.action.startswith(NO_NEWS)][:NEWS]
