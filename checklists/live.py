"""Open pages that follow: server-sent events, told by the journal.

An event says only how far a project's journal is, or who is here; the browser then asks for whatever came after its own
last entry. No single event matters therefore: the next one, or the first one of a new connection, brings everything.

Django answers the addresses of the events like any other (`views.live`): it checks who asks and says where the journal
is. A page across projects follows the journals of all of them, and is told the sum of their numbers. `LiveUpdates` stands
around Django and keeps that answer open, so that a page that waits costs a few kilobytes and neither a thread nor a
database connection. Without it, under WSGI, the answer ends at once and the browser asks again after `retry`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import psycopg
from django.db import DatabaseError, connection, connections

from checklists.models import Action, JournalEntry
from checklists.models.journal import CHANNEL

logger = logging.getLogger(__name__)

# How often a connected page is told that it is, so that neither proxies nor the page think the connection dead.
HEARTBEAT = 15.0
# After this long a page has to come again, and is checked again: session, account and membership.
LIFETIME = 10 * 60.0
# How often SQLite is asked whether there is something new, and how long to wait for a database that does not answer.
POLL, RECONNECT, START = 0.5, 1.0, 5.0
# Who is here is told at most this often, so that loading a page again does not look like leaving.
PRESENCE = 0.8
# Where, in a request's ASGI scope, the view finds the seat that it may give to who asks.
SEAT = "golive.seat"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class News(NamedTuple):
    """The journal of a project has a new entry."""

    project: int
    seq: int
    action: str


@dataclass(frozen=True)
class Place:
    """What one open page follows: projects, each from which entry of its journal on, and by whom.

    A page of one project shows who is there; one across projects, such as "My work", puts nobody anywhere.
    """

    heads: Mapping[int, int]
    user: int
    name: str
    initials: str
    is_in_project: bool


@dataclass
class Seat:
    """An answer that can be kept open: the view says for what, or leaves it empty."""

    place: Place | None = None


def event(kind: str, data: object, seq: int | None = None) -> bytes:
    """One server-sent event; `seq` becomes its id."""
    number = f"id: {seq}\n" if seq is not None else ""
    return f"{number}event: {kind}\ndata: {json.dumps(data)}\n\n".encode()


ALIVE = event("alive", True)


def opening(seq: int, retry: int) -> bytes:
    """How an answer begins: when to come again if it breaks, in milliseconds, and how far the journal is."""
    return f"retry: {retry}\n".encode() + event("journal", seq, seq)


# -- Where news come from: one listener or poller per process -----------------------------------------------------------


async def notified(listening: asyncio.Event) -> AsyncIterator[News]:
    """PostgreSQL tells on commit, by a connection of our own: the pool's have other work."""
    parameters = connections["default"].get_connection_params()
    for ours in ("cursor_factory", "context"):
        parameters.pop(ours, None)
    async with await psycopg.AsyncConnection.connect(**parameters, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        listening.set()
        while True:
            async for notice in listener.notifies(timeout=HEARTBEAT):
                project, seq, action = notice.payload.split()
                yield News(int(project), int(seq), action)
            # A connection that died without a word shows it here.
            await listener.execute("SELECT 1")


async def polled(listening: asyncio.Event) -> AsyncIterator[News]:
    """SQLite cannot tell; it is asked, by one thread for all pages of the process."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="live") as thread:
        try:
            last = await loop.run_in_executor(thread, newest)
            listening.set()
            while True:
                await asyncio.sleep(POLL)
                for pk, project, seq, action in await loop.run_in_executor(thread, entries_after, last):
                    last = pk
                    yield News(project, seq, action)
        finally:
            thread.submit(connections.close_all)


def newest() -> int:
    return JournalEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def entries_after(pk: int) -> list[tuple[int, int, int, str]]:
    entries = JournalEntry.objects.filter(pk__gt=pk).order_by("pk")
    return list(entries.values_list("pk", "project_id", "seq", "action"))


# -- The open pages of this process ---------------------------------------------------------------------------------------


@dataclass(eq=False)
class Page:
    """One open page. What it was not yet sent is kept by kind, the newest only, however slow its network is."""

    place: Place
    waiting: dict[str, bytes] = field(default_factory=dict)
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    heads: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.heads = dict(self.place.heads)

    def reach(self, project: int, seq: int) -> int:
        """Note how far a journal is; how far all of them are together, which is what the page is told."""
        self.heads[project] = seq
        return sum(self.heads.values())

    def tell(self, kind: str, message: bytes) -> None:
        self.waiting[kind] = message
        self.ready.set()

    def end(self) -> None:
        self.ended = True
        self.ready.set()

    async def follow(self, send: Send) -> None:
        """Send what comes, until the page is to come again."""
        end = asyncio.get_running_loop().time() + LIFETIME
        while not self.ended and asyncio.get_running_loop().time() < end:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    await self.ready.wait()
                self.ready.clear()
                message = b"".join(self.waiting.values())
                self.waiting.clear()
            except TimeoutError:
                message = ALIVE
            if message:
                await send({"type": "http.response.body", "body": message, "more_body": True})


class Hub:
    """All open pages of this process, and the one listener that they share; it listens while anybody is there."""

    def __init__(self) -> None:
        self.pages: dict[int, set[Page]] = defaultdict(set)
        self.across: set[Page] = set()
        self.heads: dict[int, int] = {}
        self.here: dict[int, bytes] = {}
        self.listening = asyncio.Event()
        self.stopping = False
        self._guests = 0
        self._listener: asyncio.Task[None] | None = None
        self._presence: dict[int, asyncio.TimerHandle] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[bool]:
        """Listen at least as long as this lasts; whether it could be begun. Inside, `heads` misses nothing."""
        self._guests += 1
        try:
            if self._listener is None:
                self.listening.clear()
                self._listener = asyncio.create_task(self._listen())
            try:
                async with asyncio.timeout(START):
                    await self.listening.wait()
            except TimeoutError:
                logger.warning("No live updates: the database does not answer.")
            yield self.listening.is_set() and not self.stopping
        finally:
            self._guests -= 1
            if not self._guests and self._listener is not None:
                listener, self._listener = self._listener, None
                self.heads.clear()
                listener.cancel()
                await asyncio.wait([listener])

    @contextmanager
    def joined(self, place: Place) -> Iterator[Page]:
        """A page among the others of its projects."""
        page = Page(place)
        if not place.is_in_project:
            self.across.add(page)
        for project, seq in place.heads.items():
            self.pages[project].add(page)
            if self.heads.get(project, 0) > seq:
                self._tell(project, [page])
            if place.is_in_project and project in self.here:
                page.tell("here", self.here[project])
            self._tell_presence_soon(project)
        try:
            yield page
        finally:
            self.across.discard(page)
            for project in place.heads:
                self.pages[project].discard(page)
                self._tell_presence_soon(project)

    def end_all(self, project: int | None = None) -> None:
        """Let every page, or every page of a project, come again: it finds out itself what it missed."""
        pages = [self.pages.get(project, set())] if project else [*self.pages.values(), self.across]
        for page in set().union(*pages):
            page.end()

    def stop(self) -> None:
        self.stopping = True
        self.end_all()

    async def _listen(self) -> None:
        source = notified if connection.vendor == "postgresql" else polled
        while True:
            try:
                async for news in source(self.listening):
                    self._hear(news)
            except (psycopg.OperationalError, DatabaseError) as problem:
                logger.warning("Live updates are interrupted: %s", problem)
            self.listening.clear()
            self.end_all()
            await asyncio.sleep(RECONNECT)

    def _hear(self, news: News) -> None:
        self.heads[news.project] = max(news.seq, self.heads.get(news.project, 0))
        self._tell(news.project, self.pages.get(news.project, ()))
        if news.action == Action.MEMBER_REMOVED:
            self.end_all(news.project)
        if news.action in (Action.PROJECT_CREATED, Action.MEMBER_ADDED):
            # Somebody has one project more.
            for page in self.across:
                page.end()

    def _tell(self, project: int, pages) -> None:
        messages: dict[int, bytes] = {}
        for page in pages:
            number = page.reach(project, self.heads[project])
            if number not in messages:
                messages[number] = event("journal", number, number)
            page.tell("journal", messages[number])

    def _tell_presence_soon(self, project: int) -> None:
        if project not in self._presence:
            loop = asyncio.get_running_loop()
            self._presence[project] = loop.call_later(PRESENCE, self._tell_presence, project)

    def _tell_presence(self, project: int) -> None:
        """Tell who is here to those who do not know it yet."""
        del self._presence[project]
        if not self.pages[project]:
            del self.pages[project]
            self.here.pop(project, None)
            return
        inside = [page for page in self.pages[project] if page.place.is_in_project]
        people = {page.place.user: page.place for page in inside}
        named = sorted(people.values(), key=lambda place: (place.name, place.user))
        message = event("here", [{"name": place.name, "initials": place.initials} for place in named])
        if message != self.here.get(project):
            self.here[project] = message
            for page in inside:
                page.tell("here", message)


# -- Around Django ----------------------------------------------------------------------------------------------------------


class LiveUpdates:
    """The ASGI application: Django, with its answers about live updates kept open."""

    def __init__(self, django: Application):
        self.django = django
        self.hub = Hub()
        self._ends_with_server = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/events/"):
            await self._answer(scope, receive, send)
        else:
            await self.django(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._end_with_server()
        async with self.hub.open() as listening:
            answer: list[MutableMapping[str, Any]] = []

            async def keep(message: MutableMapping[str, Any]) -> None:
                answer.append(message)

            # What is sent bit by bit must not begin compressed.
            headers = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
            seat = Seat()
            await self.django({**scope, "headers": headers, SEAT: seat} if listening else scope, receive, keep)
            place = seat.place
            if place is None:
                for message in answer:
                    await send(message)
                return
            for message in answer:
                if message["type"] == "http.response.start":
                    message["headers"] = [each for each in message["headers"] if each[0].lower() != b"content-length"]
                await send({**message, "more_body": True} if "body" in message else message)
            with self.hub.joined(place) as page:
                await until_gone(page.follow(send), receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _end_with_server(self) -> None:
        """A server that is told to stop waits for its connections: the signal ends ours first."""
        if self._ends_with_server or threading.current_thread() is not threading.main_thread():
            return
        self._ends_with_server = True
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            before = signal.getsignal(number)

            def stop(number, frame, before=before):
                loop.call_soon_threadsafe(self.hub.stop)
                if callable(before):
                    before(number, frame)

            signal.signal(number, stop)


async def until_gone(following: Awaitable[None], receive: Receive) -> None:
    """Follow until that ends by itself or the browser goes away."""

    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    tasks = [asyncio.ensure_future(following), asyncio.ensure_future(gone())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
