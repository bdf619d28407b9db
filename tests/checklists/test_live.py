"""Live updates: what changed after an entry, who is told, and that nobody misses anything."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.live import LiveUpdates
from checklists.models import JournalEntry, Membership, Role
from golive_site.asgi import application, django
from tests import builders
from tests.builders import item
from tests.conftest import NOON

SOON = 5.0


def changes(browser, project, after, query=""):
    return browser.get(reverse("project_changes", args=[project.slug]) + f"?after={after}{query}")


def rows(text: str) -> set[int]:
    return {int(number) for number in re.findall(r'id="item-(\d+)"', text)}


# -- What changed -----------------------------------------------------------------------------------------------------------


def test_changes_are_the_rows_after_an_entry_with_the_groups_above(project, technician, manager, act, signed_in):
    before = JournalEntry.objects.head(project)
    item(project, "Backup restored").complete(act(technician))
    item(project, "Lamps answer").claim(act(technician))
    text = changes(signed_in(manager), project, before).text
    assert rows(text) == {item(project, words).number for words in ("Backup", "Database", "Lamps")}
    assert f'data-seq="{before + 2}"' in text
    assert text.count('data-by="Tom Technician"') == 3
    assert "1 of 7" in text
    assert rows(changes(signed_in(manager), project, before + 1).text) == {item(project, "Lamps answer").number}


def test_nothing_new_is_no_row(project, manager, signed_in):
    assert rows(changes(signed_in(manager), project, JournalEntry.objects.head(project)).text) == set()


def test_a_changed_plan_is_told_and_a_tick_is_not(project, manager, technician, act, signed_in):
    before = JournalEntry.objects.head(project)
    item(project, "Lamps answer").complete(act(technician))
    assert 'data-frame-changed-by=""' in changes(signed_in(manager), project, before).text
    assert 'data-frame-changed-by="Mara Manager"' in changes(signed_in(manager), project, 0).text


def test_values_of_sections_come_along_when_one_was_given(project, manager, act, signed_in):
    field = project.fields.create(
        phase=item(project, "Lamps answer").phase, position=99, label="Harbour open since", kind="text"
    )
    before = JournalEntry.objects.head(project)
    item(project, "Lamps answer").claim(act(manager))
    assert 'class="reading"' not in changes(signed_in(manager), project, before).text
    field.read(act(manager), "04:00")
    assert 'value="04:00"' in changes(signed_in(manager), project, before).text


def test_filters_keep_what_was_chosen(project, manager, signed_in):
    assert 'aria-current="true">To do' in changes(signed_in(manager), project, 0, "&state=todo").text


@pytest.mark.parametrize("after", ["", "-1", "x", "9" * 30])
def test_a_strange_number_is_refused(project, manager, signed_in, after):
    assert changes(signed_in(manager), project, after).status_code == 422


def test_rows_have_buttons_only_for_who_may_press_them(project, auditor, technician, act, signed_in):
    item(project, "Lamps answer").claim(act(technician))
    assert "formaction" not in changes(signed_in(auditor), project, 0).text


@pytest.mark.parametrize(("count", "changed"), [(10, 1), (10, 9), (300, 250)])
def test_queries_do_not_grow(manager, act, signed_in, count, changed):
    text = "# Long\n\n## Phase 1: Work\n\n" + "\n".join(f"- [ ] Thing {n} (count: ____ pieces)" for n in range(count))
    project = builders.project(manager, NOON, text, name=f"Long {count} {changed}")
    before = JournalEntry.objects.head(project)
    for each in project.items.select_related("project")[:changed]:
        each.claim(act(manager))
    browser = signed_in(manager)
    changes(browser, project, before)
    with CaptureQueriesContext(connection) as queries:
        assert len(rows(changes(browser, project, before).text)) == changed
    assert len(queries) <= 13, [query["sql"] for query in queries]


def test_an_answer_says_as_of_which_entry_it_is(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    answer = signed_in(technician).post(lamps.get_absolute_url() + "claim/", headers={"HX-Request": "true"})
    assert f'data-seq="{JournalEntry.objects.head(project)}"' in answer.text


def test_without_an_open_answer_the_browser_asks_again(project, manager, signed_in):
    answer = signed_in(manager).get(reverse("project_events", args=[project.slug]))
    assert answer.headers["Content-Type"] == "text/event-stream"
    head = JournalEntry.objects.head(project)
    assert answer.text == f"retry: 5000\nid: {head}\nevent: journal\ndata: {head}\n\n"


# -- Who is told: the ASGI application itself ------------------------------------------------------------------------------


class Follower:
    """One open page, as the ASGI server sees it."""

    def __init__(self, app, project, browser):
        """Of a project, or without one across all of somebody's."""
        path = reverse("project_events", args=[project.slug]) if project else reverse("own_events")
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"localhost"), (b"cookie", cookies.encode()), (b"accept-encoding", b"gzip")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        self.sent: asyncio.Queue = asyncio.Queue()
        self.gone = asyncio.Event()
        self.asked = False
        self.task = asyncio.create_task(app(self.scope, self.receive, self.sent.put))
        self.status, self.seqs, self.here, self.text = 0, [], [], ""

    async def receive(self):
        if not self.asked:
            self.asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def until(self, holds):
        async with asyncio.timeout(SOON):
            while not holds(self):
                message = await self.sent.get()
                if message["type"] == "http.response.start":
                    self.status = message["status"]
                    self.headers = dict(message["headers"])
                    continue
                self.ended = not message.get("more_body", False)
                self.text += message["body"].decode()
                for kind, data in re.findall(r"event: (\w+)\ndata: (.*)\n", message["body"].decode()):
                    if kind == "journal":
                        self.seqs.append(int(data))
                    if kind == "here":
                        self.here = [person["name"] for person in json.loads(data)]

    async def leave(self):
        self.gone.set()
        async with asyncio.timeout(SOON):
            await self.task


@asynccontextmanager
async def following(app, project, *browsers) -> AsyncIterator[list[Follower]]:
    followers = [Follower(app, project, browser) for browser in browsers]
    try:
        for each in followers:
            await each.until(lambda f: f.seqs)
        yield followers
    finally:
        for each in followers:
            await each.leave()


def play(story):
    """Run a story on an event loop of its own thread: the browser tests' loop may be running in this one."""
    with ThreadPoolExecutor(1) as stage:
        stage.submit(lambda: asyncio.run(story())).result()


def in_thread(does):
    """Run database work in a thread of its own, as a request would."""

    def work():
        try:
            return does()
        finally:
            connections.close_all()

    return sync_to_async(work, thread_sensitive=False)()


@pytest.fixture
def app():
    return LiveUpdates(django)


pytestmark = pytest.mark.django_db(transaction=True)


def test_a_committed_entry_is_told_to_everybody_in_order(app, project, manager, technician, act, signed_in):
    async def story():
        head = JournalEntry.objects.head
        async with following(app, project, signed_in_manager, signed_in_technician) as (first, second):
            start = first.seqs[0]
            await in_thread(lambda: item(project, "Lamps answer").claim(act(technician)))
            await in_thread(lambda: item(project, "Lamps answer").complete(act(technician)))
            for each in (first, second):
                await each.until(lambda f: f.seqs[-1] == start + 2)
                assert each.seqs == sorted(each.seqs)
        assert await in_thread(lambda: head(project)) == start + 2

    signed_in_manager, signed_in_technician = signed_in(manager), signed_in(technician)
    play(story)


def test_what_is_rolled_back_is_not_told(app, project, manager, technician, act, signed_in):
    def roll_back():
        with transaction.atomic():
            item(project, "Lamps answer").claim(act(technician))
            transaction.set_rollback(True)

    async def story():
        async with following(app, project, browser) as (page,):
            start = page.seqs[0]
            await in_thread(roll_back)
            await in_thread(lambda: item(project, "Certificates valid").claim(act(technician)))
            await page.until(lambda f: f.seqs[-1] > start)
            assert page.seqs[-1] == start + 1

    browser = signed_in(manager)
    play(story)


def test_who_comes_back_is_told_at_once_how_far_it_is(app, project, manager, technician, act, signed_in):
    async def story():
        async with following(app, project, browser) as (page,):
            start = page.seqs[0]
        await in_thread(lambda: builders.settle(project, act(technician)))
        async with following(app, project, browser) as (page,):
            assert page.seqs[0] > start

    browser = signed_in(manager)
    play(story)
    assert "7 of 7" in changes(browser, project, 1).text


def test_a_quiet_connection_is_known_to_be_alive(app, project, manager, signed_in, monkeypatch):
    monkeypatch.setattr("checklists.live.HEARTBEAT", 0.05)

    async def story():
        async with following(app, project, browser) as (page,):
            await page.until(lambda f: f.text.count("event: alive") > 1)

    browser = signed_in(manager)
    play(story)


def test_a_page_comes_again_after_a_while(app, project, manager, signed_in, monkeypatch):
    monkeypatch.setattr("checklists.live.HEARTBEAT", 0.05)
    monkeypatch.setattr("checklists.live.LIFETIME", 0.1)

    async def story():
        async with following(app, project, browser) as (page,):
            await page.until(lambda f: f.ended)

    browser = signed_in(manager)
    play(story)


def test_who_is_here_is_everybody_once(app, project, manager, technician, signed_in):
    async def story():
        async with following(app, project, mara, tom, tom) as (first, *_):
            await first.until(lambda f: f.here == ["Mara Manager", "Tom Technician"])
            async with following(app, project, tom):
                pass
        assert app.hub.pages.get(project.pk, set()) == set()

    mara, tom = signed_in(manager), signed_in(technician)
    play(story)


def test_who_is_removed_is_told_no_more(app, project, manager, technician, act, signed_in):
    async def story():
        follower = Follower(app, project, browser)
        await follower.until(lambda f: f.seqs)
        await in_thread(lambda: project.memberships.get(user=technician).remove(act(manager)))
        await follower.until(lambda f: f.ended)
        again = Follower(app, project, browser)
        await again.until(lambda f: f.status)
        assert again.status == 404
        await asyncio.gather(follower.leave(), again.leave())

    browser = signed_in(technician)
    play(story)


def test_a_page_across_projects_is_told_of_each_of_them(app, project, manager, technician, act, signed_in):
    other = builders.project(manager, NOON, name="Night boat")
    assert JournalEntry.objects.heads_of(technician) == {project.pk: JournalEntry.objects.head(project)}

    async def story():
        async with following(app, None, browser) as (page,), following(app, project, inside) as (room,):
            start = page.seqs[0]
            await in_thread(lambda: item(project, "Lamps answer").claim(act(technician)))
            await in_thread(lambda: item(other, "Lamps answer").claim(act(manager)))
            await page.until(lambda f: f.seqs[-1] == start + 2)
            await room.until(lambda f: f.here)
            assert room.here == ["Tom Technician"]

    browser, inside = signed_in(manager), signed_in(technician)
    play(story)


@pytest.mark.parametrize("has_one_already", [True, False])
def test_who_gets_a_project_more_comes_again(
    app, project, manager, technician, outsider, act, signed_in, has_one_already
):
    person = technician if has_one_already else outsider
    other = builders.project(manager, NOON, name="Night boat")

    async def story():
        follower = Follower(app, None, browser)
        await follower.until(lambda f: f.seqs)
        await in_thread(lambda: Membership.objects.admit(other, act(manager), person.email, "", Role.TECHNICIAN))
        await follower.until(lambda f: f.ended)
        async with following(app, None, browser) as (page,):
            assert page.seqs[0] > follower.seqs[0]
        await follower.leave()

    browser = signed_in(person)
    play(story)


def test_outsiders_and_strangers_are_answered_and_not_kept(app, project, outsider, client, signed_in):
    async def story():
        for browser, status in ((signed_in_outsider, 404), (client, 302)):
            follower = Follower(app, project, browser)
            await follower.until(lambda f: f.status)
            assert follower.status == status
            await follower.leave()

    signed_in_outsider = signed_in(outsider)
    play(story)


def test_the_answer_is_open_and_not_compressed(app, project, manager, signed_in):
    async def story():
        async with following(app, project, browser) as (page,):
            assert page.headers[b"Content-Type"] == b"text/event-stream"
            assert not {b"Content-Length", b"Content-Encoding"} & page.headers.keys()
            assert page.text.startswith("retry: 1000\n")

    browser = signed_in(manager)
    play(story)


def test_one_listener_for_all_pages_and_none_afterwards(app, project, manager, signed_in):
    async def story():
        async with following(app, project, *[browser] * 5):
            assert await in_thread(listeners) == (1 if connection.vendor == "postgresql" else 0)
        # PostgreSQL lists a connection for a moment after its end.
        async with asyncio.timeout(SOON):
            while await in_thread(listeners):
                pass

    browser = signed_in(manager)
    play(story)


def listeners() -> int:
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %' OR query = 'SELECT 1'")
        return cursor.fetchone()[0]


def test_a_server_that_stops_ends_its_pages(app, project, manager, signed_in):
    async def story():
        follower = Follower(app, project, browser)
        await follower.until(lambda f: f.seqs)
        app.hub.stop()
        await follower.until(lambda f: f.ended)
        await follower.leave()

    browser = signed_in(manager)
    play(story)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="only PostgreSQL has a listener to lose")
def test_a_lost_listener_sends_its_pages_back_and_listens_again(app, project, manager, technician, act, signed_in):
    def kill():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'",
            )

    async def story():
        follower = Follower(app, project, browser)
        await follower.until(lambda f: f.seqs)
        await in_thread(kill)
        await follower.until(lambda f: f.ended)
        async with following(app, project, browser) as (page,):
            start = page.seqs[0]
            await in_thread(lambda: item(project, "Lamps answer").claim(act(technician)))
            await page.until(lambda f: f.seqs[-1] == start + 1)
        await follower.leave()

    browser = signed_in(manager)
    play(story)


def test_the_application_that_is_served_is_this_one():
    assert isinstance(application, LiveUpdates)
