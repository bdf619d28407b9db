"""How requests are worked on: by one thread each, so many at a time, and with the database free while they are sent."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import path

from golive_site.accounts.models import User
from golive_site.serving import OneThreadHandler

AT_ONCE, TOGETHER = 3, 12
SCOPE = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"testserver")]}


class Counter:
    """How many work at the same moment, and the most that ever did."""

    def __init__(self) -> None:
        self.lock, self.now, self.most = threading.Lock(), 0, 0
        self.full = threading.Event()

    def __enter__(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        if self.now == AT_ONCE:
            self.full.set()

    def __exit__(self, *problem):
        with self.lock:
            self.now -= 1


working = Counter()


class Outermost:
    """Middleware of the oldest kind: a plain function around another."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        thread = threading.get_ident()
        response = self.get_response(request)
        response["X-Threads"] = str(len({thread, int(response["X-Thread"])}))
        return response


def busy(request: HttpRequest) -> HttpResponse:
    with working:
        assert working.full.wait(20)
        return HttpResponse("done", headers={"X-Thread": str(threading.get_ident())})


def asking(request: HttpRequest) -> HttpResponse:
    people = User.objects.count()
    return HttpResponse(f"{people} {connection.connection is not None}")


urlpatterns = [path("", busy), path("asking", asking)]


@pytest.fixture
def handler(settings) -> OneThreadHandler:
    settings.ROOT_URLCONF, settings.REQUESTS_AT_ONCE = __name__, AT_ONCE
    settings.MIDDLEWARE = [f"{__name__}.Outermost", "django.middleware.common.CommonMiddleware"]
    return OneThreadHandler()


async def answered(handler: OneThreadHandler, address: str = "/") -> dict[str, str]:
    """The headers of the answer."""
    asked = ApplicationCommunicator(handler, {**SCOPE, "path": address})
    await asked.send_input({"type": "http.request", "body": b"", "more_body": False})
    begun = await asked.receive_output(timeout=20)
    assert begun["status"] == 200
    await asked.receive_output(timeout=20)
    await asked.wait()
    return {name.decode(): value.decode() for name, value in begun["headers"]}


def test_one_thread_does_all_of_a_request_and_few_work_at_a_time(handler):
    async def story():
        return await asyncio.gather(*(answered(handler) for _ in range(TOGETHER)))

    # On an event loop of its own: the browser tests' loop may be running in this thread.
    with ThreadPoolExecutor(1) as stage:
        answers = stage.submit(lambda: asyncio.run(story())).result()
    assert {headers["X-Threads"] for headers in answers} == {"1"}
    assert working.most == AT_ONCE


@pytest.mark.django_db(transaction=True)
def test_the_database_serves_others_while_an_answer_is_sent(settings):
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, []
    handler = OneThreadHandler()

    def told():
        response = handler.answer(RequestFactory().get("/asking"))
        return response.content, connection.connection

    # In a thread of its own: the test's connection is in the test's hands.
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(told).result(20) == (b"0 True", None)
