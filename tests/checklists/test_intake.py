"""From a file to a project: the preview, the creation, and clear words for everything that is no checklist."""

import re
import time
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklists.models import Draft, Project, Role
from tests.builders import PLAN

LAUNCH = {"name": "Lamps", "customer": "", "system": "", "go_live": "2027-02-07T08:00", "zone": "Europe/Athens"}


def upload(browser, data: bytes, name="plan.md"):
    return browser.post(reverse("project_new"), {"file": SimpleUploadedFile(name, data)})


@pytest.fixture
def browser(manager, signed_in):
    return signed_in(manager)


def test_upload_leads_to_a_preview_that_survives_a_reload(browser):
    address = upload(browser, PLAN.encode()).url
    for _ in range(2):
        page = browser.get(address).text
        assert "<strong>7</strong> items" in re.sub(r"\s+", " ", page)
        assert "Backup restored" in page
    assert not Project.objects.exists()


def test_pasted_text_is_as_good_as_a_file(browser):
    response = browser.post(reverse("project_new"), {"text": PLAN})
    assert "Lamps answer" in browser.get(response.url).text


def test_create_makes_the_person_manager_at_that_moment_of_that_zone(browser, manager):
    response = browser.post(upload(browser, PLAN.encode()).url, LAUNCH)
    project = Project.objects.get()
    assert response.url == project.get_absolute_url()
    assert project.go_live_at == datetime(2027, 2, 7, 6, 0, tzinfo=UTC)
    assert project.memberships.get().user == manager
    assert project.memberships.get().role == Role.MANAGER
    assert bytes(project.source) == PLAN.encode()
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"zone": "Europe/Atlantis"}, "is not a time zone"),
        ({"go_live": "soon"}, "Enter a valid date/time"),
        ({"go_live": "2027-03-28T03:30"}, "skip 03:30"),
        ({"go_live": "2027-10-31T03:30"}, "show 03:30 twice"),
        ({"go_live": "0001-01-01T00:00"}, "between 2000 and 2100"),
        ({"go_live": "9999-12-31T23:59"}, "between 2000 and 2100"),
        ({"zone": "localtime"}, "is not a time zone"),
        ({"name": ""}, "required"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(browser, change, words):
    address = upload(browser, PLAN.encode()).url
    response = browser.post(address, LAUNCH | {"customer": "Harbour Lights"} | change)
    assert response.status_code == 422
    assert words in response.text
    assert 'value="Harbour Lights"' in response.text
    assert not Project.objects.exists()


def test_a_draft_is_its_owners_alone(browser, outsider, signed_in):
    address = upload(browser, PLAN.encode()).url
    assert signed_in(outsider).get(address).status_code == 404
    assert signed_in(outsider).post(address + "discarding/").status_code == 404
    browser.post(address + "discarding/")
    assert browser.get(address).status_code == 404


BAD = {
    "nothing": b"",
    "only blanks": b" \n\t\n",
    "binary": bytes(range(256)) * 40,
    "50 MB": b"- [ ] again\n" * 4_400_000,
    "100,000 boxes": b"- [ ] x\n" * 100_000,
    "500 columns": b"|a" * 500 + b"|\n" + b"|-" * 500 + b"|\n",
    "nested bomb": b"\n".join(b"  " * n + b"- [ ] x" for n in range(900)),
    "half UTF-16": b"\xff\xfe" + "- [ ] Lampen prüfen".encode("utf-16-le")[:-1],
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gets_a_clear_error_quickly_and_nothing_is_written(browser, name):
    begin = time.process_time()
    response = upload(browser, BAD[name])
    assert time.process_time() - begin < 5
    assert response.status_code == 422
    assert 'class="alert' in response.text or "invalid-feedback" in response.text
    assert not Draft.objects.exists()


def test_whoever_runs_the_instance_sets_the_limits(browser, settings):
    settings.IMPORT_LIMITS = settings.IMPORT_LIMITS | {"items": 6}
    response = upload(browser, PLAN.encode())
    assert response.status_code == 422
    assert "at most 6 are read" in response.text


def test_the_same_form_sent_twice_makes_one_project(browser):
    address = upload(browser, PLAN.encode()).url
    draft = Draft.objects.get()
    browser.post(address, LAUNCH)
    draft.save(force_insert=True)
    assert browser.post(address, LAUNCH).status_code == 409
    browser.post(address, LAUNCH | {"again": "on"})
    browser.post(address, LAUNCH | {"again": "on"})
    assert Project.objects.count() == 2


def test_markup_of_a_checklist_stays_text(browser):
    text = PLAN.replace(
        "Lamps answer", "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3))"
    )
    address = upload(browser, text.encode()).url
    preview = browser.get(address).text
    plan = browser.get(browser.post(address, LAUNCH).url).text
    for page in (preview, plan):
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
