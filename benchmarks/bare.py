"""The yardstick of web.py: the least that Django does for the same pages out of the box, served from the same database.

`/page` signs the person in by their session, asks how far the journal is, and sends bytes that it has ready. `/tick/N`
claims an item of a bare table under an advisory lock, chains a journal entry to the last one, notifies and answers one
row. `/events` is no Django at all: one listener, and its notices written to everybody.
"""

import asyncio
import hashlib
import os
from pathlib import Path
from urllib.parse import urlsplit

import django
import psycopg
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.db import connection, connections, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

TABLES = """
CREATE TABLE bare_item (id int PRIMARY KEY, done_by int, done_at timestamptz);
CREATE TABLE bare_entry (seq int PRIMARY KEY, body text, hash text UNIQUE);
INSERT INTO bare_entry VALUES (0, '', '');
INSERT INTO bare_item SELECT n, NULL, NULL FROM generate_series(1, 1000) n;
"""
HEAD = (
    "SELECT max(seq) FROM checklists_journalentry e JOIN checklists_project p ON p.id = e.project_id WHERE p.slug = %s"
)
BODIES: dict[int, bytes] = {}


def page(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    with connection.cursor() as cursor:
        cursor.execute(HEAD, [os.environ["BENCHMARK_SLUG"]])
        (seq,) = cursor.fetchone()
    if seq not in BODIES:
        BODIES[seq] = Path(os.environ["BENCHMARK_BODY"]).read_bytes()
    return HttpResponse(BODIES[seq])


def tick(request: HttpRequest, number: int) -> HttpResponse:
    if not request.user.is_authenticated:
        raise Http404
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(7)")
        took = "UPDATE bare_item SET done_by = %s, done_at = now() WHERE id = %s AND done_at IS NULL"
        cursor.execute(took, [request.user.pk, number])
        cursor.execute("SELECT seq, hash FROM bare_entry ORDER BY seq DESC LIMIT 1")
        seq, before = cursor.fetchone()
        body = f'{{"item":{number},"by":{request.user.pk}}}'
        digest = hashlib.sha256((before + body).encode()).hexdigest()
        cursor.execute("INSERT INTO bare_entry VALUES (%s, %s, %s)", [seq + 1, body, digest])
        cursor.execute("SELECT pg_notify('bare', %s)", [str(seq + 1)])
    return HttpResponse(f'<li class="item-row is-done" id="item-{number}">{request.user} #{number}</li>')


urlpatterns = [path("page", page), path("tick/<int:number>", tick)]
READERS: set[asyncio.Queue[bytes]] = set()
listener: asyncio.Task | None = None


async def listen() -> None:
    parameters = connections["default"].get_connection_params()
    for djangos in ("cursor_factory", "context"):
        parameters.pop(djangos, None)
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as notices:
        await notices.execute("LISTEN bare")
        async for notice in notices.notifies():
            message = f"event: journal\ndata: {notice.payload}\n\n".encode()
            for reader in READERS:
                reader.put_nowait(message)


async def events(send) -> None:
    global listener
    listener = listener or asyncio.create_task(listen())
    headers = [(b"content-type", b"text/event-stream")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b": hello\n\n", "more_body": True})
    reader: asyncio.Queue[bytes] = asyncio.Queue()
    READERS.add(reader)
    while True:
        await send({"type": "http.response.body", "body": await reader.get(), "more_body": True})


async def application(scope, receive, send) -> None:
    if urlsplit(scope["path"]).path == "/events":
        await events(send)
    else:
        await bare_django(scope, receive, send)


if __name__ != settings.ROOT_URLCONF:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [
        "django.middleware.gzip.GZipMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        # Its application does not start without.
        "allauth.account.middleware.AccountMiddleware",
    ]
    django.setup()
bare_django = get_asgi_application()
