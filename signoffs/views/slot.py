"""The sign-off page of a project, and the page on which one slot is signed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from checklists.forms import posted
from signoffs import gate
from signoffs.forms import SignatureForm
from signoffs.models import Decision, Signature


@require_GET
def slots(request: Request, slug: str) -> HttpResponse:
    project = project_for(request, slug)
    standings = gate.standings(project)
    context = {
        "project": project,
        "tab": "signoff",
        "standings": standings,
        "valid": sum(standing.state == "valid" for standing in standings),
        "stale": sum(standing.state == "stale" for standing in standings),
        "superseded": Signature.objects.filter(slot__project=project, superseded_at__isnull=False).select_related(
            "slot"
        ),
    }
    return render(request, "signoffs/slots.html", context)


def slot(request: Request, slug: str, number: int) -> HttpResponse:
    """What is signed, and the form that signs it. Reading is for everybody, signing for approvers and managers."""
    project = project_for(request, slug, need=Need.READ if request.method == "GET" else Need.SIGN)
    standing = next((each for each in gate.standings(project) if each.slot.number == number), None)
    if standing is None:
        raise Http404
    initial = {"digest": standing.digest} | ({} if standing.slot.is_vote else {"decision": Decision.APPROVE})
    form = SignatureForm(request.user, standing.slot, posted(request), initial=initial)
    status, refusal = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                gate.sign(standing.slot, act_of(request), Decision(data["decision"]), data["digest"], data["comment"])
            except TransitionRefused as problem:
                status, refusal = 409, str(problem)
                form = SignatureForm(request.user, standing.slot, initial=initial | {"comment": data["comment"]})
            else:
                messages.success(request, f"Recorded: {standing.slot.title}, signed by {request.user}.")
                return redirect("slots", slug)
    context = {
        "project": project,
        "tab": "signoff",
        "standing": standing,
        "slot": standing.slot,
        "form": form,
        "refusal": refusal,
        "decisions": Decision,
    }
    return render(request, "signoffs/slot.html", context, status=status)
