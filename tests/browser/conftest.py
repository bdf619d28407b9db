"""A real Chromium against the real application: what the unit tests cannot see."""

from __future__ import annotations

import os
import shutil

import pytest
from playwright.sync_api import Page, sync_playwright

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


@pytest.fixture
def enter(chromium, live_server):
    """Sign somebody in by the form: `enter(user)` gives their page; `size` and `javascript` as told.

    The page fails the test on any script error or message of the content security policy.
    """
    contexts, problems = [], []

    def sign_in(user, *, size=WIDE, javascript=True, password=PASSWORD) -> Page:
        context = chromium.new_context(viewport=size, java_script_enabled=javascript, base_url=live_server.url)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
        page.goto("/accounts/login/")
        page.fill("input[name=login]", user.email)
        page.fill("input[name=password]", password)
        page.click("main button[type=submit]")
        page.wait_for_url("**/projects/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert problems == []


def is_problem(message) -> bool:
    """A refused act (409, 422) is logged by the browser as an error, too, and is meant."""
    return message.type == "error" and "status of 4" not in message.text
