"""The whole journey in a real browser: import, claim, tick, note, sign, PDF; for the demo and the customer's documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from checklists.models import Membership, Project, Role
from signoffs.printing import print_due
from tests.browser.conftest import PHONE
from tests.builders import seed, settle
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def demo() -> Path:
    return Path(settings.BASE_DIR) / "checklists" / "demo" / "launch.md"


SOURCES = {"demo": demo, "000": lambda: seed("000"), "002": lambda: seed("002")}


@pytest.fixture
def team(manager, technician, other_technician, approver, auditor):
    return {Role.TECHNICIAN: technician, Role.APPROVER: approver, Role.AUDITOR: auditor}


@pytest.mark.parametrize("name", SOURCES)
def test_from_a_file_to_a_signed_pdf(name, enter, manager, team, act):
    source = SOURCES[name]()

    page = enter(manager)
    page.click("text=New project…")
    page.set_input_files("input[type=file]", source)
    page.click("text=Read the checklist")
    page.wait_for_selector(".preview-row")
    assert "lines accounted for" in page.inner_text("main")
    page.fill("input[name=name]", f"Launch {name}")
    page.fill("input[name=go_live]", "2027-02-07T08:00")
    page.fill("input[name=zone]", "Europe/Athens")
    page.click("text=Create the project >> visible=true >> nth=-1")
    page.wait_for_selector(".item-row")
    page.wait_for_load_state()  # a long plan's first rows are there while the others still come
    project = Project.objects.get(name=f"Launch {name}")
    assert page.locator(".item-row").count() == project.items.count()

    page.goto(f"/projects/{project.slug}/people/")
    for role, user in team.items():
        page.fill("input[name=email]", user.email)
        page.select_option("select[name=role]", role)
        page.click("text=Add to the project")
        page.wait_for_selector(f"td:has-text('{user.email}')")
    assert Membership.objects.filter(project=project).count() == 4

    work(enter(team[Role.TECHNICIAN]), project)
    settle(project, act(team[Role.TECHNICIAN]))
    sign(enter(team[Role.APPROVER], size=PHONE), project)
    download(enter(team[Role.AUDITOR]), project)


def work(page, project):
    """Claim, note and complete one item, set another aside, without leaving the page."""
    page.goto(project.get_absolute_url())
    first, second = page.locator(".item-row:has(.sign-button)").all()[:2]
    first_id, second_id = first.get_attribute("id"), second.get_attribute("id")
    page.click(f"#{first_id} .item-text")
    page.click(f"#{first_id} button:text-is('Claim')")
    page.wait_for_selector(f"#{first_id}.is-claimed")
    page.fill(f"#{first_id} textarea[name=text]", "Seen with my own eyes")
    page.click(f"#{first_id} button:text-is('Add note')")
    page.wait_for_selector(f"#{first_id} .notes:has-text('own eyes')")
    page.click(f"#{first_id} button:text-is('Complete')")
    page.wait_for_selector(f"#{first_id}.is-done")
    assert page.inner_text("#progress").startswith("1 of")

    page.click(f"#{second_id} .item-text")
    page.click(f"#{second_id} summary:has-text('Not applicable')")
    page.fill(f"#{second_id} details[open] textarea", "We have no such thing")
    page.click(f"#{second_id} button:text-is('Mark not applicable')")
    page.wait_for_selector(f"#{second_id}.is-na .item-reason:has-text('no such thing')")
    assert page.url.endswith(project.get_absolute_url())


def sign(page, project):
    page.goto(f"/projects/{project.slug}/sign-off/")
    page.click(".slot-row >> nth=0 >> text=Sign…")
    assert "Seen" not in page.inner_text("h1")
    page.fill("input[name=password]", "not my password")
    page.click("main .btn-primary")
    page.wait_for_selector("text=That is not your password")
    page.fill("input[name=password]", PASSWORD)
    page.click("main .btn-primary")
    page.wait_for_selector(".slot-row.is-valid")
    assert "Anna Approver" in page.inner_text(".slot-row.is-valid")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def download(page, project):
    page.goto(f"/projects/{project.slug}/report/")
    if page.locator("#pdf-problem").count():
        pytest.skip("no Pango on this machine: the PDF button is disabled, as it should be")
    page.click("text=Make the PDF")
    page.wait_for_selector(".printout progress")
    print_due(timezone.now())
    with page.expect_download() as caught:
        page.click(".printout >> text=Download the PDF")
    assert caught.value.path().read_bytes().startswith(b"%PDF-")
    assert caught.value.suggested_filename == f"{project.slug}-go-live-report.pdf"


def test_the_run_works_without_javascript(enter, project, technician):
    page = enter(technician, javascript=False)
    page.goto(project.get_absolute_url())
    page.click(".item-row:has-text('Lamps answer') .item-text")
    page.click("button:text-is('Claim')")
    page.wait_for_selector("text=Saved: #")
    page.click(".item-row:has-text('Lamps answer') .item-text")
    page.click("summary:has-text('Block')")
    page.fill("details[open] textarea", "No power on the pier")
    page.click("text=Mark blocked")
    assert page.locator(".is-blocked .item-reason").inner_text() == "Blocked: No power on the pier"
    page.click(".item-row:has-text('Certificates valid') .sign-button")
    assert project.items.get(text="Certificates valid").state == "done"


def test_who_is_too_late_reads_who_was_faster(enter, project, technician, other_technician):
    slow, fast = enter(technician), enter(other_technician)
    for page in (slow, fast):
        page.goto(project.get_absolute_url())
        page.click(".item-row:has-text('Lamps answer') .item-text")
        page.wait_for_selector(".item-panel")
    slow.fill("textarea[name=text]", "I am on my way")
    fast.click("button:text-is('Claim')")
    fast.wait_for_selector(".is-claimed")
    slow.click("button:text-is('Claim')")
    slow.wait_for_selector("text=Olga Technician has this item since")
    assert slow.input_value("textarea[name=text]") == "I am on my way"
    assert slow.locator(".item-row:has-text('Lamps answer') .item-owner").inner_text() == "Olga Technician"


def test_one_thumb_completes_what_is_in_hand(enter, project, technician, act):
    lamps = project.items.select_related("project").get(text="Lamps answer")
    lamps.claim(act(technician))
    page = enter(technician, size=PHONE)
    page.goto(project.get_absolute_url())
    page.click(".thumb-bar >> text=Complete")
    page.wait_for_selector(f"#item-{lamps.number}.is-done")
    page.wait_for_selector(".thumb-bar", state="detached")
