"""How requests are worked on: each by one thread from the first middleware to the last, and only so many at a time.

Our views are plain functions. Django's own ASGI handler would change threads a dozen times for each of them, and work on
as many at once as there are requests: when a whole team loads the plan in the same moment they get into each other's
way, and most of them only wait for a connection to the database. Bodies are read and answers sent by the event loop, as
Django does it, so a slow network occupies nobody.
"""

from __future__ import annotations

import threading

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import close_old_connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class OneThreadHandler(ASGIHandler):
    """Django as an ASGI application that calls middleware and views as the plain functions that they are."""

    def __init__(self) -> None:
        super().__init__()
        self.room = threading.BoundedSemaphore(settings.REQUESTS_AT_ONCE)

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        return await sync_to_async(self.answer)(request)

    def answer(self, request: HttpRequest) -> HttpResponseBase:
        """The response; its connection to the database serves others while it is sent."""
        with self.room:
            response = self.get_response(request)
            close_old_connections()
            return response
