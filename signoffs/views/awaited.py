"""My signatures: what waits for somebody's signature across all projects."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from checklists.act import Request
from checklists.views.live import followed
from signoffs.awaited import awaited_of


@require_safe
def awaited(request: Request) -> HttpResponse:
    following = followed(request, "awaited")
    awaiting = awaited_of(request.user, timezone.now())
    return render(request, "signoffs/awaited.html", {**following, "tab": "awaited", "awaiting": awaiting})
