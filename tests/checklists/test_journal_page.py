"""The journal's page: filters, paging, files; and that taking it along is recorded."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.chain import GENESIS, chain_hash
from checklists.models import Action
from tests import builders
from tests.builders import item
from tests.conftest import NOON


@pytest.fixture
def busy(project, technician, other_technician, act):
    """Two people on two days."""
    lamps, certificates = item(project, "Lamps answer"), item(project, "Certificates valid")
    lamps.claim(act(technician))
    lamps.complete(act(technician))
    certificates.note(act(other_technician, NOON + timedelta(days=2)), "=1+1 looks like a formula")
    return project


def shown(browser, project, **asked) -> list[str]:
    text = browser.get(reverse("journal", args=[project.slug]), asked).text
    return re.findall(r"<strong>([^<]*)</strong> *([^<]*?)\s*<", text.partition('<ol class="journal">')[2])


def test_a_person_an_item_a_kind_and_days_narrow_it(busy, technician, other_technician, auditor, signed_in):
    browser = signed_in(auditor)
    assert len(shown(browser, busy)) == 4
    assert {name for name, _ in shown(browser, busy, who=technician.pk)} == {"Tom Technician"}
    assert len(shown(browser, busy, item=item(busy, "Certificates").number)) == 1
    assert [words for _, words in shown(browser, busy, kind=Action.ITEM_CLAIMED)] == ["claimed #7 Lamps answer"]
    later = (NOON + timedelta(days=1)).date().isoformat()
    assert {name for name, _ in shown(browser, busy, since=later)} == {"Olga Technician"}
    assert len(shown(browser, busy, until=later)) == 3
    assert shown(browser, busy, who=other_technician.pk, kind=Action.ITEM_CLAIMED) == []


@pytest.mark.parametrize("asked", [{"who": "nobody"}, {"item": "x"}, {"since": "yesterday"}, {"kind": "'; DROP"}])
def test_a_choice_that_is_none_says_so_and_hides_nothing(busy, auditor, signed_in, asked):
    answer = signed_in(auditor).get(reverse("journal", args=[busy.slug]), asked)
    assert 'class="form-error"' in answer.text
    assert answer.text.count("<time") == 4


def test_pages_keep_the_choice(busy, technician, auditor, act, signed_in):
    lamps = item(busy, "Certificates valid")
    for number in range(120):
        lamps.note(act(technician), f"Note {number}")
    text = signed_in(auditor).get(reverse("journal", args=[busy.slug]), {"who": technician.pk}).text
    assert text.count("<time") == 100
    assert f'href="?who={technician.pk}&amp;page=2"' in text


def test_its_queries_do_not_grow(busy, technician, auditor, act, signed_in):
    browser = signed_in(auditor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("journal", args=[busy.slug]))
        return len(seen)

    before = queries()
    certificates = item(busy, "Certificates valid")
    for number in range(30):
        certificates.note(act(technician), f"Note {number}")
    assert queries() == before


def take(browser, project, form, **asked):
    return browser.get(reverse("journal_file", args=[project.slug, form]), asked)


def test_files_hold_what_was_chosen_and_taking_one_is_recorded(busy, auditor, other_technician, signed_in):
    browser = signed_in(auditor)
    answer = take(browser, busy, "csv", who=other_technician.pk)
    assert answer["Content-Disposition"] == 'attachment; filename="harbour-lights-journal.csv"'
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert row["Person"] == "Olga Technician"
    assert row["Written"] == "'=1+1 looks like a formula"
    last = busy.journal.last()
    assert (last.action, last.actor, last.subject) == (Action.JOURNAL_DOWNLOADED, auditor, "CSV")
    sheet = openpyxl.load_workbook(io.BytesIO(take(browser, busy, "xlsx").content)).active
    assert sheet.title == "Journal"
    assert [cell.data_type for cell in sheet["F"]].count("f") == 0


def test_the_json_holds_all_that_a_verification_needs(busy, auditor, signed_in):
    entries = json.loads(take(signed_in(auditor), busy, "json").content)["entries"]
    prev = GENESIS
    for number, entry in enumerate(entries, start=1):
        assert entry["seq"] == number
        assert entry["prev"] == prev
        assert entry["hash"] == chain_hash(prev, entry["body"])
        prev = entry["hash"]
    assert prev == busy.journal.last().hash


@pytest.mark.parametrize("name", ["plan_markdown", "plan_csv", "plan_xlsx"])
def test_taking_the_plan_along_is_recorded(project, auditor, signed_in, name):
    signed_in(auditor).get(reverse(name, args=[project.slug]))
    last = project.journal.last()
    assert (last.action, last.actor) == (Action.PLAN_DOWNLOADED, auditor)


def test_looking_at_it_writes_nothing(project, auditor, signed_in):
    browser = signed_in(auditor)
    before = project.journal.count()
    browser.get(reverse("journal", args=[project.slug]))
    assert project.journal.count() == before


def test_another_projects_entries_are_not_in_it(busy, manager, signed_in):
    other = builders.project(manager, NOON, name="Second")
    assert len(shown(signed_in(manager), other)) == 1
