"""What follows a signature: taking one's own word back, meeting its conditions; and going without an item."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from signoffs import gate
from signoffs.models import Condition, Signature, Waiver
from signoffs.slot_forms import WhyForm


@require_POST
def signature_withdrawal(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Take back one's own signature, for a reason."""
    project = project_for(request, slug, need=Need.NOTE)
    rows = Signature.objects.select_related("slot__project", "slot__phase", "slot__section", "slot__subject")
    signature = get_object_or_404(rows, slot__project=project, uuid=uuid)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": form.errors["reason"][0]})
        return redirect(signature.slot)
    try:
        gate.withdraw(signature, act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Your signature is withdrawn. It stays readable."))
    return redirect(signature.slot)


@require_POST
def condition_meeting(request: Request, slug: str, pk: int) -> HttpResponse:
    """Say that a condition is met; for its owner, its signer and managers."""
    project = project_for(request, slug, need=Need.NOTE)
    rows = Condition.objects.select_related("signature__slot__project")
    condition = get_object_or_404(rows, signature__slot__project=project, pk=pk)
    concerned = {condition.owner_id, *condition.signature.people}
    if request.user.pk not in concerned and not project.rights.manage:
        raise PermissionDenied
    try:
        condition.meet(act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    return redirect("slots", slug)


@require_POST
def item_waiver(request: Request, slug: str, number: int) -> HttpResponse:
    """Let it be signed although an item is not settled, for a reason; for managers."""
    project = project_for(request, slug, need=Need.MANAGE)
    item = get_object_or_404(project.items.select_related("project"), number=number)
    form = WhyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": form.errors["reason"][0]})
        return redirect("item", slug, number)
    try:
        Waiver.objects.give(item, act_of(request), form.cleaned_data["reason"])
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Signatures do not wait for #%(number)s any more.") % {"number": number})
    return redirect("slots", slug)


@require_POST
def item_waiver_end(request: Request, slug: str, number: int) -> HttpResponse:
    """Want the item settled after all."""
    project = project_for(request, slug, need=Need.MANAGE)
    rows = Waiver.objects.filter(ended_at=None).select_related("item__project")
    waiver = get_object_or_404(rows, item__project=project, item__number=number)
    try:
        waiver.end(act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    return redirect("slots", slug)
