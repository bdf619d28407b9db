"""The auditor's desk: only what one may see, narrowed down, and a ZIP of it that proves itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.models import Action, JournalEntry, Membership, Role
from signoffs.bundling import KEPT, bundle_due
from signoffs.desk import quarters
from signoffs.gate import sign, standings
from signoffs.models import Bundle, Decision, JobState
from tests import builders
from tests.builders import sealed_record, settle
from tests.conftest import NOON


@pytest.fixture
def second(manager, auditor):
    project = builders.project(manager, NOON, name="Night Train")
    Membership.objects.create(project=project, user=auditor, role=Role.AUDITOR)
    return project


def names(browser, **asked) -> list[str]:
    rows = browser.get(reverse("desk"), asked).context["rows"]
    return sorted(row.project.name for row in rows)


def test_it_shows_what_one_may_see_and_nothing_else(project, second, auditor, outsider, technician, signed_in):
    assert names(signed_in(auditor)) == ["Harbour Lights", "Night Train"]
    assert names(signed_in(technician)) == ["Harbour Lights"]
    assert names(signed_in(outsider)) == []


def test_it_is_narrowed_down(project, second, auditor, signed_in):
    browser = signed_in(auditor)
    sealed_record(project)
    assert names(browser, words="night") == ["Night Train"]
    assert names(browser, person="Technician") == ["Harbour Lights"]
    assert names(browser, state="sealed") == ["Harbour Lights"]
    assert names(browser, state="open") == ["Night Train"]
    assert names(browser, since="2027-02-08") == []
    assert names(browser, until="2027-02-07") == ["Harbour Lights", "Night Train"]
    assert "form-error" in browser.get(reverse("desk"), {"since": "yesterday"}).text


def test_who_both_did_and_signed_is_named(project, second, manager, technician, auditor, act, signed_in):
    settle(project, act(technician))
    project.slots.filter(number=2).update(meaning="performed", role="technician")
    for number, person in enumerate((manager, technician)):
        standing = standings(project)[number]
        sign(standing.slot, act(person), Decision.APPROVE, standing.digest)
    assert names(signed_in(auditor)) == ["Harbour Lights", "Night Train"]
    (row,) = signed_in(auditor).get(reverse("desk"), {"out": "both"}).context["rows"]
    assert row.did_and_signed == ["Tom Technician"]
    assert (row.settled, row.items, row.signatures) == (7, 7, 2)


def test_what_was_overridden_is_told(project, second, manager, auditor, act, signed_in):
    assert names(signed_in(auditor), out="overridden") == []
    project.order_phases(act(manager), True)
    project.phases.last().open_early(act(manager), "The tide does not wait")
    text = signed_in(auditor).get(reverse("desk")).text
    assert "opened early" in text and "The tide does not wait" in text
    assert names(signed_in(auditor), out="overridden") == ["Harbour Lights"]
    assert "form-error" in signed_in(auditor).get(reverse("desk"), {"out": "loud"}).text


def test_its_queries_do_not_grow(project, second, manager, auditor, signed_in):
    browser = signed_in(auditor)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            browser.get(reverse("desk"))
        return len(seen)

    before = queries()
    for number in range(3):
        more = builders.project(manager, NOON, name=f"More {number}")
        Membership.objects.create(project=more, user=auditor, role=Role.AUDITOR)
    assert queries() == before


def test_a_bundle_holds_records_and_a_manifest_that_is_true(project, second, auditor, signed_in):
    record = sealed_record(project, b"%PDF-1.7 one")
    browser = signed_in(auditor)
    assert browser.post(reverse("bundles"), {"state": "sealed"}).status_code == 302
    bundle = Bundle.objects.get()
    assert 'hx-trigger="every 1s"' in browser.get(reverse("bundle_state", args=[bundle.pk])).text
    bundle_due(bundle.at)
    answer = browser.get(reverse("bundle_zip", args=[bundle.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    (told,) = manifest["projects"]
    assert told["name"] == "Harbour Lights"
    assert told["records"] == [
        {"revision": 1, "sha256": record.sha256, "sealed_at": "2027-02-07T06:00:00+00:00", "superseded": False}
    ]
    files = [*manifest["files"], *told["files"]]
    assert sorted(file["name"] for file in files) == sorted(set(archive.namelist()) - {"manifest.json"})
    for file in files:
        assert hashlib.sha256(archive.read(file["name"])).hexdigest() == file["sha256"]
    assert {"verify.py", "golive-ca.pem", "README.txt", "harbour-lights/record-1.pdf"} <= set(archive.namelist())
    assert all(file["size"] == archive.getinfo(file["name"]).file_size for file in files)
    assert told["head"]["hash"] == project.journal.last().hash
    last = JournalEntry.objects.filter(project=None).order_by("-seq").first()
    assert (last.action, last.actor, last.facts["asked"]) == (Action.BUNDLE_DOWNLOADED, auditor, "state=sealed")


def test_a_bundle_is_its_owners_and_gone_after_a_day(project, auditor, manager, signed_in):
    Bundle.objects.create(by=auditor, at=NOON, due_at=NOON)
    bundle_due(NOON)
    bundle = Bundle.objects.get()
    assert bundle.state == JobState.READY
    assert signed_in(manager).get(reverse("bundle_zip", args=[bundle.pk])).status_code == 404
    bundle_due(NOON + KEPT + timedelta(minutes=1))
    assert not Bundle.objects.exists() and not bundle.path.exists()


def test_who_was_taken_off_meanwhile_gets_nothing_of_it(project, auditor, manager, act):
    Bundle.objects.create(by=auditor, at=NOON, due_at=NOON)
    project.memberships.get(user=auditor).remove(act(manager))
    bundle_due(NOON)
    assert Bundle.objects.get().projects == 0


def test_a_bundle_with_a_lost_file_says_so(project, auditor):
    sealed_record(project).path.unlink()
    Bundle.objects.create(by=auditor, at=NOON, due_at=NOON)
    bundle_due(NOON)
    bundle = Bundle.objects.get()
    assert bundle.state == JobState.FAILED
    assert "No such file" in bundle.problem


def test_quarters():
    assert [name for name, _first, _last in quarters(date(2027, 2, 5))] == ["2027 Q1", "2026 Q4", "2026 Q3", "2026 Q2"]
    assert quarters(date(2027, 2, 5))[1][1:] == (date(2026, 10, 1), date(2026, 12, 31))
