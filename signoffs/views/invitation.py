"""Asking somebody without an account to sign a slot; for managers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from checklists.access import Need, project_for
from checklists.act import Request, TransitionRefused, act_of
from signoffs.external_forms import InvitationForm
from signoffs.models import Invitation
from signoffs.views.slot_plan import slot_of


@require_POST
def invitations(request: Request, slug: str, number: int) -> HttpResponse:
    """Send somebody the link by which they sign this slot."""
    project = project_for(request, slug, need=Need.MANAGE)
    slot = slot_of(project, number)
    form = InvitationForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed. %(why)s") % {"why": next(iter(form.errors.values()))[0]})
        return redirect(slot)
    data = form.cleaned_data
    try:
        invitation = Invitation.objects.invite(slot, act_of(request), data["email"], data["name"], data["days"])
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("A link to sign goes to %(whom)s.") % {"whom": invitation})
    return redirect(slot)


@require_POST
def invitation_resending(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Send another link; the one before opens nothing any more."""
    invitation = invitation_for(request, slug, uuid)
    try:
        invitation.send_again(act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        told = _("Another link goes to %(whom)s. The one before opens nothing any more.")
        messages.success(request, told % {"whom": invitation})
    return redirect(invitation.slot)


@require_POST
def invitation_revocation(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """Take the link back."""
    invitation = invitation_for(request, slug, uuid)
    try:
        invitation.revoke(act_of(request))
    except TransitionRefused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The link of %(whom)s opens nothing any more.") % {"whom": invitation})
    return redirect(invitation.slot)


def invitation_for(request: Request, slug: str, uuid: UUID) -> Invitation:
    project = project_for(request, slug, need=Need.MANAGE)
    rows = Invitation.objects.select_related("slot__project", "person", "by")
    return get_object_or_404(rows, slot__project=project, uuid=uuid)
