"""What the plan page, a tick and live updates cost over HTTP: `python benchmarks/web.py` prints medians and p95.

It starts a PostgreSQL of its own, makes a plan of 327 items with 1,000 journal entries and plans to tick, and serves them
by uvicorn as the container does. `bare` is the yardstick in the same run: bare.py, the least that Django can do for the
same answers. Clients are threads of this process, so both servers are measured against the same overhead; all of it
shares one machine. `fresh` is the page when the journal has moved since anybody asked for it, `news` what open pages
then ask for.
"""

import asyncio
import contextlib
import gzip
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CLIENTS, ITEMS, FOLLOWERS = (1, 8, 50), 327, 1000
GETS, TICKS, FRESH, HEARD, NEWS = {1: 60, 8: 20, 50: 6}, {1: 40, 8: 10, 50: 4}, 12, 5, 15
SECRET = "benchmark" * 3 + "12345"
PAGE = "benchmark-327"


# -- What is measured -----------------------------------------------------------------------------------------


def build(folder: Path) -> None:
    """People with sessions, the plan with its journal, and a plan to tick for each number of clients."""
    import bare
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.db import connection, transaction
    from pdf import ENTRIES, plan, run

    from checklists.act import Act
    from checklists.importing.plan import Launch, Source, create_project
    from checklists.importing.reading import read_checklist
    from checklists.models import Role
    from golive_site.accounts.models import User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    people = [User.objects.create_user(f"p{n}@example.org", name=f"Person Number{n}") for n in range(max(CLIENTS))]
    now = datetime.now(UTC)
    data = plan(ITEMS).encode()
    told: dict = {"sessions": [], "ticks": {}}
    for name in (ITEMS, *(f"run {clients}" for clients in (*CLIENTS, "fresh"))):
        launch = Launch(f"Benchmark {name}", "Customer", "System", now + timedelta(days=2), "Europe/Athens")
        with transaction.atomic():
            project = create_project(read_checklist(data), Source("plan.md", data), launch, Act(people[0], now))
            for person in people[1:]:
                project.memberships.create(user=person, role=Role.TECHNICIAN)
            if name == ITEMS:
                run(project, people, ENTRIES)
                done = project.items.filter(children=None, number__gt=ITEMS // 2)
                done.update(state="open", settled_at=None, settled_by=None, owner=None)
            else:
                leaves = project.items.filter(children=None).order_by("number")
                told["ticks"][project.slug] = [[item.number, item.mark] for item in leaves]
    for person in people:
        session = SessionStore()
        session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
        session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
        session.create()
        told["sessions"].append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    told["csrf"] = f"{settings.CSRF_COOKIE_NAME}={SECRET}"
    with connection.cursor() as cursor:
        cursor.execute(bare.TABLES)
    (folder / "told.json").write_text(json.dumps(told))


# -- Servers and clients ----------------------------------------------------------------------------------------


@contextlib.contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """Port and process of a server, as the container starts it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "uvicorn", application, "--port", str(port), "--log-level=warning", "--lifespan=off"]
    with subprocess.Popen([*line, "--timeout-graceful-shutdown=1"], cwd=ROOT, env=environment) as server:
        try:
            while server.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            if server.poll() is not None:
                sys.exit(f"{application} did not start.")
            yield port, server.pid
        finally:
            server.terminate()


class Person:
    """A browser of one person: one connection that is kept."""

    def __init__(self, port: int, session: str, csrf: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Cookie": f"{session}; {csrf}"}

    def get(self, path: str, **headers: str) -> bytes:
        return self._ask("GET", path, None, headers)

    def tick(self, path: str, version: str = "") -> bytes:
        """What htmx sends for one tap."""
        body = f"version={version}&key=key{time.perf_counter_ns()}"
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": SECRET,
            "HX-Request": "true",
            "Idempotency-Key": f"key{time.perf_counter_ns()}{threading.get_ident()}",
        }
        return self._ask("POST", path, body, headers)

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> bytes:
        self.connection.request(method, path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            sys.exit(f"{method} {path}: {answer.status} {content[:300]!r}")
        return content


def together(people: list[Person], asks: Callable[[Person, int], object], rounds: int) -> tuple[list[float], float]:
    """Everybody asks so many times, at once with the others: seconds of each answer, and answers a second."""
    barrier = threading.Barrier(len(people))

    def work(place: int) -> list[float]:
        barrier.wait()
        taken = []
        for turn in range(rounds):
            begun = time.perf_counter()
            asks(people[place], place * rounds + turn)
            taken.append(time.perf_counter() - begun)
        return taken

    begun = time.perf_counter()
    with ThreadPoolExecutor(len(people)) as pool:
        seconds = [taken for each in pool.map(work, range(len(people))) for taken in each]
    return seconds, len(seconds) / (time.perf_counter() - begun)


MEDIANS: dict[str, float] = {}


def line(what: str, clients: int, seconds: list[float], more: str = "") -> None:
    """Print median and p95 in milliseconds; after `x bare` how `x` was to it."""
    p95 = statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else seconds[0]
    median = statistics.median(seconds)
    MEDIANS[what] = median
    if what.endswith(" bare"):
        more += f"  ratio {MEDIANS[what.removesuffix(' bare')] / median:.2f}"
    print(f"{what:<14}  {clients:>7}  {median * 1000:>8.1f}  {p95 * 1000:>8.1f}  {more}", flush=True)


# -- Live updates -------------------------------------------------------------------------------------------------


def memory(pid: int) -> int:
    """What a process holds, in KiB."""
    from pdf import kibibytes

    return kibibytes(pid, "VmRSS")


async def followed(
    port: int, pid: int, path: str, cookies: list[str], followers: int, tick: Callable[[int], object]
) -> tuple[list[float], float]:
    """Seconds from sending a tick until the last of so many open pages knows of it; KiB that each of them costs."""
    heard = [asyncio.Event() for _ in range(followers)]
    before = memory(pid)

    async def follow(place: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        cookie = cookies[place % len(cookies)]
        head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
        writer.write(head.encode())
        if b" 200 " not in await reader.readline():
            sys.exit(f"{path} is not followed")
        opened[place].set()
        while chunk := await reader.readline():
            if b"event: journal" in chunk:
                heard[place].set()

    opened = [asyncio.Event() for _ in range(followers)]
    tasks = []
    for place in range(followers):
        tasks.append(asyncio.create_task(follow(place)))
        if place % 20 == 19:
            await opened[place - 5].wait()
    for event in opened:
        await event.wait()
    await asyncio.sleep(2)
    each = (memory(pid) - before) / followers
    seconds = []
    for turn in range(NEWS):
        for event in heard:
            event.clear()
        begun = time.perf_counter()
        sent = asyncio.create_task(asyncio.to_thread(tick, turn))
        for event in heard:
            await event.wait()
        seconds.append(time.perf_counter() - begun)
        await sent
        await asyncio.sleep(0.3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return seconds, each


# -- All of it ----------------------------------------------------------------------------------------------------


def pages(app: int, yard: int, told: dict) -> None:
    address = f"/projects/{PAGE}/"
    for clients in CLIENTS:
        for title, port, path, headers in (
            ("page", app, address, {}),
            ("page bare", yard, "/page", {}),
            ("page gzip", app, address, {"Accept-Encoding": "gzip"}),
            ("page gzip bare", yard, "/page", {"Accept-Encoding": "gzip"}),
        ):
            people = [Person(port, session, told["csrf"]) for session in told["sessions"][:clients]]

            def ask(person: Person, _: int, path=path, headers=headers) -> None:
                person.get(path, **headers)

            together(people, ask, 1)
            seconds, rate = together(people, ask, GETS[clients])
            line(title, clients, seconds, f"{rate:>6.0f}/s")


def ticks(app: int, yard: int, told: dict) -> None:
    number = iter(range(1, 1000))
    numbers = {clients: [next(number) for _ in range(clients * TICKS[clients])] for clients in CLIENTS}
    for clients in CLIENTS:
        slug = f"benchmark-run-{clients}"
        todo = told["ticks"][slug]
        for title, port in (("tick", app), ("tick bare", yard)):
            people = [Person(port, session, told["csrf"]) for session in told["sessions"][:clients]]

            def tick(person: Person, place: int, title=title, slug=slug, todo=todo, clients=clients) -> None:
                if title == "tick":
                    item, mark = todo[place]
                    person.tick(f"/projects/{slug}/items/{item}/completion/?folded", mark)
                else:
                    person.tick(f"/tick/{numbers[clients][place]}")

            def arrive(person: Person, _place: int, port=port) -> None:
                person.get("/page" if port == yard else "/projects/")

            together(people, arrive, 1)
            seconds, rate = together(people, tick, TICKS[clients])
            line(title, clients, seconds, f"{rate:>6.0f}/s")


def fresh(app: int, told: dict) -> None:
    """The page after each tick: nobody has it ready."""
    slug = "benchmark-run-fresh"
    person, other = (Person(app, session, told["csrf"]) for session in told["sessions"][:2])
    seconds = []
    for item, mark in told["ticks"][slug][:FRESH]:
        other.tick(f"/projects/{slug}/items/{item}/completion/?folded", mark)
        begun = time.perf_counter()
        person.get(f"/projects/{slug}/")
        seconds.append(time.perf_counter() - begun)
    line("page fresh", 1, seconds)


def news(app: int, told: dict) -> None:
    """What every open page asks for at once when it hears of a tick."""
    slug = "benchmark-run-fresh"
    # From the end: `fresh` and `live` take theirs from the beginning.
    todo = reversed(told["ticks"][slug])
    for clients in CLIENTS:
        people = [Person(app, session, told["csrf"]) for session in told["sessions"][:clients]]
        seconds = []
        for _ in range(HEARD):
            before = seq_in(people[0].get(f"/projects/{slug}/changes/?after=0"))
            item, mark = next(todo)
            people[0].tick(f"/projects/{slug}/items/{item}/completion/?folded", mark)

            def ask(person: Person, _: int, before=before) -> None:
                person.get(f"/projects/{slug}/changes/?after={before}")

            seconds += together(people, ask, 1)[0]
        line("news", clients, seconds)


def seq_in(changes: bytes) -> int:
    """How far the journal was, by an answer that tells what is new."""
    return int(changes.partition(b'data-seq="')[2].partition(b'"')[0])


def live(app: tuple[int, int], yard: tuple[int, int], told: dict) -> None:
    slug = "benchmark-run-fresh"
    todo = iter(told["ticks"][slug][FRESH:])
    numbers = iter(range(900, 1000))
    cookies = told["sessions"]
    for followers in (*CLIENTS, FOLLOWERS):

        def ours(_: int) -> None:
            item, mark = next(todo)
            Person(app[0], cookies[0], told["csrf"]).tick(f"/projects/{slug}/items/{item}/completion/?folded", mark)

        def bares(_: int) -> None:
            Person(yard[0], cookies[0], told["csrf"]).tick(f"/tick/{next(numbers)}")

        path = f"/projects/{slug}/events/"
        for title, server, where, tick in (("live", app, path, ours), ("live bare", yard, "/events", bares)):
            seconds, each = asyncio.run(followed(*server, where, cookies, followers, tick))
            line(title, followers, seconds, f"{each:>6.0f} KiB each" if followers == FOLLOWERS else "")


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import dev

    with tempfile.TemporaryDirectory() as folder, dev.postgres() as database:
        environment = {
            **os.environ,
            # The one that initdb makes.
            "DATABASE_URL": database.removesuffix("golive") + "postgres",
            "GOLIVE_DATA_DIR": folder,
            "GOLIVE_SECRET_KEY": "benchmark-only-" + "0123456789" * 5,
            "GOLIVE_ALLOWED_HOSTS": "127.0.0.1",
            "GOLIVE_BASE_URL": "https://127.0.0.1",
            "GOLIVE_SSL_REDIRECT": "0",
            "DJANGO_SETTINGS_MODULE": "golive_site.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'benchmarks'}",
            "BENCHMARK_SLUG": PAGE,
            "BENCHMARK_BODY": f"{folder}/page.html",
        }
        subprocess.run([sys.executable, __file__], check=True, env=environment | {"BENCHMARK_BUILD": folder})
        told = json.loads(Path(folder, "told.json").read_text())
        print("what            clients    p50 ms    p95 ms")
        for measure in sys.argv[1:] or ("pages", "fresh", "ticks", "news", "live"):
            # Servers of its own for each, so that what one left in memory is not counted as room for another.
            with (
                served("golive_site.asgi:application", environment) as app,
                served("bare:application", environment) as yard,
            ):
                body = Person(app[0], told["sessions"][0], told["csrf"]).get(f"/projects/{PAGE}/")
                Path(folder, "page.html").write_bytes(body)
                match measure:
                    case "pages":
                        pages(app[0], yard[0], told)
                    case "fresh":
                        fresh(app[0], told)
                    case "ticks":
                        ticks(app[0], yard[0], told)
                    case "news":
                        news(app[0], told)
                    case "live":
                        live(app, yard, told)
        print(f"\nThe plan page of {ITEMS} items: {len(body):,} bytes, {len(gzip.compress(body, 6)):,} compressed")


if __name__ == "__main__":
    if folder := os.environ.get("BENCHMARK_BUILD"):
        import django

        django.setup()
        build(Path(folder))
    else:
        main()
