"""Correcting an import in a real browser: by pointing, by keys, and without JavaScript."""

import pytest

from checklists.models import Draft, Project
from tests.builders import PLAN, seed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

FLAT = (
    "# P\n\n## Phase 1: Work for [CUSTOMER_NAME]\n\n"
    "- [ ] **Servers**\n- [ ] Disk\n- [ ] Memory\n\n- [ ] **Network**\n- [ ] Names\n"
)


def preview(page, text: str):
    page.goto("/projects/new/")
    page.fill("textarea[name=text]", text)
    page.click("text=Read the checklist")
    page.wait_for_selector(".preview-row")


def line_of(words: str, text: str = PLAN) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if words in line)


def test_keys_say_what_a_line_is_and_the_page_stays(enter, manager):
    page = enter(manager)
    preview(page, PLAN)
    row = f"#plan-{line_of('Lamps answer')}"
    page.click(f"{row} .preview-kind")
    page.wait_for_selector(f"{row}:has(.preview-menu) .preview-kind:focus")
    page.keyboard.press("d")
    page.wait_for_selector(f"{row} .preview-kind:has-text('detail')")
    assert "6 items" in page.inner_text("#draft-counts").replace("\n", " ")
    page.wait_for_selector(f"{row} .preview-kind:focus")
    page.reload()
    assert page.inner_text(f"{row} .preview-kind") == "detail"


def test_a_line_of_the_source_leads_to_its_row_and_back(enter, manager):
    page = enter(manager)
    preview(page, PLAN)
    line = line_of("Lamps answer")
    page.click(f"#line-{line} a")
    assert page.url.endswith(f"#plan-{line}")
    page.click(f"#plan-{line} .preview-remark")
    assert page.url.endswith(f"#line-{line}")


def test_without_javascript_a_line_is_corrected_by_its_form(enter, manager):
    page = enter(manager, javascript=False)
    preview(page, PLAN)
    row = f"#plan-{line_of('Lamps answer')}"
    page.click(f"{row} .preview-kind")
    page.click(f"{row} button:has-text('Leave out')")
    assert Draft.objects.get().corrections == {str(line_of("Lamps answer")): "litter"}
    assert "6 items" in page.inner_text("#draft-counts").replace("\n", " ")


def test_guesses_are_accepted_and_placeholders_filled_before_the_project_is_made(enter, manager):
    page = enter(manager)
    preview(page, FLAT)
    page.click("summary:has-text('placeholder')")
    page.get_by_role("textbox", name="Customer name").fill("Pier & Sons")
    page.click("text=Fill them in")
    page.wait_for_selector(".preview-row:has-text('Pier & Sons')")
    summary = page.locator("summary:has-text('guess')").first
    if not page.locator("button:has-text('Accept all')").first.is_visible():
        summary.click()
    page.locator("button:has-text('Accept all')").first.click()
    page.wait_for_selector("summary:has-text('guess')", state="detached")
    page.fill("input[name=name]", "Filled")
    page.fill("input[name=go_live]", "2027-02-07T08:00")
    page.fill("input[name=zone]", "Europe/Athens")
    page.locator("#create input[type=submit], #create button[type=submit]").click()
    page.wait_for_selector(".item-row")
    assert Project.objects.get().phases.get().title == "Phase 1: Work for Pier & Sons"


def test_the_longest_document_is_previewed_whole(enter, manager):
    document = seed("003")
    page = enter(manager)
    page.goto("/projects/new/")
    page.set_input_files("input[type=file]", document)
    page.click("text=Read the checklist")
    page.wait_for_selector(".preview-row")
    assert "1436 of 1436 lines accounted for" in page.inner_text(".import-head")
