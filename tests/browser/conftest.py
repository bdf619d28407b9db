"""A real Chromium against the real application: what the unit tests cannot see."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
import uvicorn
from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from golive_site.asgi import application, django
from tests.conftest import PASSWORD

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, or any other on the path; Playwright's own is never downloaded."""
    found = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not found:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    # Playwright runs an event loop of its own; Django must not take our synchronous calls for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Server(uvicorn.Server):
    """Says when it listens, and where."""

    def __init__(self):
        super().__init__(uvicorn.Config(application, port=0, log_level="warning", timeout_graceful_shutdown=2))
        self.listening = threading.Event()

    async def startup(self, sockets=None):
        await super().startup(sockets)
        self.listening.set()

    @property
    def url(self) -> str:
        host, port = self.servers[0].sockets[0].getsockname()
        return f"http://{host}:{port}"


@pytest.fixture(scope="session")
def asgi_server(django_db_setup, django_db_blocker):
    """The application as it is run, on the test's database: pytest-django's own server knows no open answers."""
    server = Server()
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    assert server.listening.wait(20)
    yield server
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def arrive(chromium, asgi_server):
    """A page of somebody who has not signed in; `size`, `javascript`, `touch` and the server's name as told.

    The page fails the test on any script error or message of the content security policy.
    """
    contexts, problems = [], []

    def open_page(*, size=WIDE, javascript=True, host="127.0.0.1", touch=False) -> Page:
        url = asgi_server.url.replace("127.0.0.1", host)
        context = chromium.new_context(
            viewport=size, java_script_enabled=javascript, base_url=url, has_touch=touch, is_mobile=touch
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    come_to_rest()
    assert problems == []


def come_to_rest() -> None:
    """Wait for requests that nobody waits for any more: the test's data are about to go."""
    for _ in range(settings.REQUESTS_AT_ONCE):
        assert django.room.acquire(timeout=20)
    for _ in range(settings.REQUESTS_AT_ONCE):
        django.room.release()


@pytest.fixture
def enter(arrive):
    """Sign somebody in by the form: `enter(user)` gives their page, which is one of `arrive`."""

    def sign_in(user, *, password=PASSWORD, **where) -> Page:
        page = arrive(**where)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url("**/projects/")
        return page

    return sign_in


# What the browser and htmx log as errors and is meant: a refused act (409, 422), a busy plan (503), a lost connection.
MEANT = (
    "status of 4",
    "status of 503",
    "Error Code 503",
    "net::ERR_INTERNET_DISCONNECTED",
    "net::ERR_FAILED",
    "htmx:sendError",
    "htmx:afterRequest",
)


def is_problem(message) -> bool:
    return message.type == "error" and not any(words in message.text for words in MEANT)
