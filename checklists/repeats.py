"""What is answered to a request that was sent twice: the same as the first time, and nothing is done again."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from checklists.act import KeyReused, Repeated, Request, act_of, fingerprint_of, key_of
from checklists.models.request_key import RequestKey


class RepeatMiddleware:
    """Plain forms are sent on to where they went the first time; a page with htmx shows itself as it is now.

    Views that can show what an act left catch `Repeated` themselves.
    """

    sync_capable = async_capable = True

    def __init__(self, get_response):
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest):
        if self.is_async:
            return self.later(request)
        if request.method != "POST":
            return self.get_response(request)
        return seen_before(request) or remembered(request, self.get_response(request))

    async def later(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return await self.get_response(request)
        if known := await sync_to_async(seen_before)(request):
            return known
        return await sync_to_async(remembered)(request, await self.get_response(request))

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, KeyReused):
            return reused(request, problem)
        if isinstance(problem, Repeated):
            return again(request, RequestKey.objects.filter(user=request.user.pk, key=key_of(request)).first())
        return None


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that changes what belongs to no project, all of it in one transaction with the request's key."""

    @wraps(view)
    def keyed(request: Request, *args, **kwargs) -> HttpResponse:
        with RequestKey.objects.once(act_of(request)):
            return view(request, *args, **kwargs)

    return keyed


def seen_before(request: HttpRequest) -> HttpResponse | None:
    """The answer to a plain form that was sent before: what it was about may be gone, such as a draft."""
    # The key is in the body: of a stranger's, nobody has yet said how large it may be.
    if not request.user.is_authenticated or cast(Request, request).htmx or not key_of(request):
        return None
    try:
        row = RequestKey.objects.find(request.user.pk, key_of(request), fingerprint_of(request))
    except KeyReused as problem:
        return reused(request, problem)
    return again(request, row) if row else None


def remembered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The response, after keeping where a plain form is sent on to."""
    act = getattr(request, "act", None)
    if act and act.effect.key and "Location" in response and not cast(Request, request).htmx:
        RequestKey.objects.filter(pk=act.effect.key).update(answer=response["Location"])
    return response


def again(request: HttpRequest, row: RequestKey | None) -> HttpResponse:
    if cast(Request, request).htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if row and row.answer:
        return redirect(row.answer)
    return redirect(row.project if row and row.project else "projects")


def reused(request: HttpRequest, problem: KeyReused) -> HttpResponse:
    if cast(Request, request).htmx:
        told = {"toast": {"tone": "bad", "text": str(problem)}}
        return HttpResponse(status=422, headers={"HX-Reswap": "none", "HX-Trigger": json.dumps(told)})
    return render(request, "422.html", {"problem": str(problem)}, status=422)
