"""What a passkey has to answer to sign a slot: asked for when its button is pressed, so that it is never old."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from checklists.access import Need, project_for
from checklists.act import Request
from signoffs import passkeys


@require_safe
@never_cache
def slot_challenge(request: Request, slug: str, number: int) -> HttpResponse:
    """Of the signed-in person, for this slot and for the digest that they read."""
    project = project_for(request, slug, need=Need.NOTE)
    slot = get_object_or_404(project.slots, number=number)
    return JsonResponse(passkeys.ask(request.user, slot, request.GET.get("digest", "")[:64]))
