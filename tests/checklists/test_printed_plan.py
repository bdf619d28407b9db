"""The plan page is printed once for everybody who sees the same, and anew as soon as anything on it is another."""

from __future__ import annotations

import re
import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from checklists import changes, printing, sheet
from checklists.models import JournalEntry
from tests import builders
from tests.builders import item
from tests.conftest import NOON
from tests.crowd import all_at_once

KEYS = re.compile(r'name="key" value="([^"]+)"')
TOKENS = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@pytest.fixture(autouse=True)
def within_a_minute(monkeypatch):
    """A page is printed anew every minute: no test may happen at the turn of one."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def printings(monkeypatch) -> list[object]:
    """Each time that the plan is printed; it is printed all the same."""
    told: list[object] = []
    real = sheet.sheet_of

    def watched(*arguments, **named):
        told.append(arguments)
        return real(*arguments, **named)

    monkeypatch.setattr(sheet, "sheet_of", watched)
    return told


def test_it_is_printed_once_for_who_sees_the_same(project, technician, auditor, signed_in, printings):
    browser = signed_in(technician)
    first, second = (browser.get(project.get_absolute_url()).text for _ in range(2))
    assert len(printings) == 1
    assert first.count("item-row") == second.count("item-row") > 3
    signed_in(auditor).get(project.get_absolute_url())
    assert len(printings) == 2


class Door:
    """A lock that tells when so many have come to it."""

    def __init__(self, expected: int):
        self.lock, self.come, self.expected = threading.Lock(), [], expected
        self.all_are_here = threading.Event()

    def __enter__(self):
        self.come.append(threading.get_ident())
        if len(self.come) == self.expected:
            self.all_are_here.set()
        self.lock.acquire()

    def __exit__(self, *problem):
        self.lock.release()


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_it_is_printed_waits_for_it(project, technician, signed_in, printings, monkeypatch):
    """When the minute turns, the pages of a whole team are out of date at once."""
    door, real = Door(4), sheet.sheet_of
    monkeypatch.setattr(printing, "_PRINTING", [door])

    def printed_slowly(*arguments, **named):
        assert door.all_are_here.wait(20)
        return real(*arguments, **named)

    monkeypatch.setattr(sheet, "sheet_of", printed_slowly)
    browsers = [signed_in(technician) for _ in range(4)]
    answers = all_at_once(*(lambda each=each: each.get(project.get_absolute_url()) for each in browsers))
    assert {answer.text.count("item-row") for answer in answers} == {8}
    assert len(printings) == 1


def test_what_is_new_is_printed_once_for_who_sees_the_same(
    project, technician, manager, auditor, act, signed_in, monkeypatch
):
    told: list[object] = []
    real = changes.changes_after
    monkeypatch.setattr(changes, "changes_after", lambda *what: told.append(what) or real(*what))
    before = JournalEntry.objects.head(project)
    item(project, "Lamps answer").claim(act(technician))
    address = f"{project.get_absolute_url()}changes/?after={before}"
    watching = [signed_in(manager), signed_in(auditor)]
    first, *others = [browser.get(address).text for browser in (watching[0], *watching, *watching)]
    assert len(told) == 2
    assert all("Lamps answer" in each for each in (first, *others))
    assert "is-mine" in signed_in(technician).get(address).text
    assert "is-mine" not in first + "".join(others)
    item(project, "Lamps answer").complete(act(technician))
    assert "is-done" in watching[0].get(address).text


def test_keys_are_fresh_and_tokens_are_the_readers_own(manager, signed_in):
    project = builders.project(manager, NOON, "# Plan\n\nCity: ____\n\n## Phase 1\n\n- Ticket: ____\n- [ ] One\n")
    browser = signed_in(manager)
    first, second = (browser.get(project.get_absolute_url()).text for _ in range(2))
    assert len(KEYS.findall(first)) > 1
    assert not set(KEYS.findall(first)) & set(KEYS.findall(second))
    assert len(set(KEYS.findall(first))) == len(KEYS.findall(first))
    assert len(TOKENS.findall(first)) == len(TOKENS.findall(second)) > 1
    assert not set(TOKENS.findall(first)) & set(TOKENS.findall(second))
    assert not {printing.TOKEN, printing.KEY} & set(TOKENS.findall(first) + KEYS.findall(first))


def test_a_tick_is_seen_at_once(project, technician, manager, act, signed_in, printings):
    browser = signed_in(manager)
    assert "is-done" not in browser.get(project.get_absolute_url()).text
    item(project, "Lamps answer").complete(act(technician))
    assert "is-done" in browser.get(project.get_absolute_url()).text
    assert len(printings) == 2


def test_what_is_mine_is_told_to_nobody_else(project, technician, other_technician, act, signed_in):
    item(project, "Lamps answer").claim(act(technician))
    mine, theirs = (signed_in(person).get(project.get_absolute_url()).text for person in (technician, other_technician))
    assert "is-mine" in mine
    assert "Yours now" in mine
    assert "is-mine" not in theirs
    assert "Yours now" not in theirs


def test_each_language_has_its_own(project, technician, signed_in):
    browser = signed_in(technician)
    browser.get(project.get_absolute_url())
    with translation.override("de"):
        collapse = translation.gettext("Collapse all")
    assert collapse in browser.get(project.get_absolute_url(), headers={"accept-language": "de"}).text


def test_a_page_that_is_ready_asks_the_database_little(project, technician, signed_in):
    browser = signed_in(technician)
    browser.get(project.get_absolute_url())
    with CaptureQueriesContext(connection) as queries:
        browser.get(project.get_absolute_url())
    assert len(queries) <= 5, [query["sql"] for query in queries]
