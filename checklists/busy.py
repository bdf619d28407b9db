"""What is answered to who waited in vain for the plan, because others were changing it for too long: come again."""

from __future__ import annotations

import logging
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from checklists.act import Request
from checklists.locks import is_waited_for_in_vain

logger = logging.getLogger(__name__)
# Seconds.
AGAIN_IN = "5"


class BusyMiddleware:
    """503 with a sentence. Nothing was changed: the transaction ended, and with it the key of the request was freed."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if not is_waited_for_in_vain(problem):
            return None
        logger.warning("%s %s waited in vain for the database: %s", request.method, request.path, problem)
        if cast(Request, request).htmx:
            # conflict.js has the words.
            return HttpResponse(status=503, headers={"Retry-After": AGAIN_IN})
        response = render(request, "503.html", status=503)
        response["Retry-After"] = AGAIN_IN
        return response
