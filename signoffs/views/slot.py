"""The sign-off page of a project, and the page on which one slot is signed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from checklists import schedule
from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from checklists.models import JournalEntry
from signoffs import gate
from signoffs.forms import ScopeForm, SignatureForm, scope_key
from signoffs.models import Decision, Signature
from signoffs.statements import approving


@require_safe
def slots(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    seq = JournalEntry.objects.head(project)
    standings = gate.standings(project)
    context = {
        "project": project,
        "tab": "signoff",
        "seq": seq,
        "refresh": "sign-off",
        "standings": standings,
        "valid": sum(standing.state == "valid" for standing in standings),
        "stale": sum(standing.state == "stale" for standing in standings),
        "superseded": Signature.objects.filter(slot__project=project, voided_at__isnull=False).select_related("slot"),
    }
    return render(request, "signoffs/slots.html", context)


def slot(request: Request, slug: str, number: int) -> HttpResponse:
    """What is signed, and the form that signs it. Reading is for everybody, signing for approvers and managers."""
    project = project_for(request, slug, need=Need.READ if request.method in ("GET", "HEAD") else Need.SIGN)
    standing = next((each for each in gate.standings(project) if each.slot.number == number), None)
    if standing is None:
        raise Http404
    initial = {"digest": standing.digest} | ({} if standing.slot.is_vote else {"decision": approving(standing.slot)})
    form = SignatureForm(request.user, standing.slot, posted(request), initial=initial)
    status, refusal = 200, ""
    if request.method == "POST":
        status, act = 422, act_of(request)
        if until := gate.locked_until(request.user, act.at):
            refusal = _("Too many wrong passwords. You can sign again after %(when)s.") % {
                "when": schedule.words(until, project.tzinfo)
            }
            form = SignatureForm(request.user, standing.slot, initial=initial)
        elif form.is_valid():
            data = form.cleaned_data
            try:
                gate.sign(standing.slot, act, Decision(data["decision"]), data["digest"], data["comment"])
            except TransitionRefused as problem:
                status, refusal = 409, str(problem)
                form = SignatureForm(request.user, standing.slot, initial=initial | {"comment": data["comment"]})
            else:
                recorded = _("Recorded: %(role)s, signed by %(who)s.")
                messages.success(request, recorded % {"role": standing.slot.title, "who": request.user})
                return redirect("slots", slug)
        elif "password" in form.errors and request.POST.get("password"):
            gate.refuse_password(standing.slot, act)
    context = {
        "project": project,
        "tab": "signoff",
        "standing": standing,
        "scope_form": ScopeForm(project, initial={"scope": scope_key(standing.slot)}),
        "slot": standing.slot,
        "form": form,
        "refusal": refusal,
        "decisions": Decision,
    }
    return render(request, "signoffs/slot.html", context, status=status)


@require_POST
def slot_scope(request: Request, slug: str, number: int) -> HttpResponse:
    """Say what a slot is about; for managers."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = get_object_or_404(project.slots.select_related("project", "phase"), number=number)
    form = ScopeForm(project, request.POST)
    if form.is_valid():
        try:
            slot.rescope(act_of(request), *form.chosen)
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
        else:
            said = _("%(role)s is now about %(scope)s.") % {"role": slot.title, "scope": slot.scope_name}
            messages.success(request, said)
    else:
        messages.error(request, _("Choose what the signature is about. Nothing was changed."))
    return redirect(slot)
