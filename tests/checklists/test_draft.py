"""Correcting an import before there is a project: what lines are, guesses, placeholders."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from checklists.models import Draft, Project
from checklists.preview import open_guesses
from tests.builders import PLAN

HTMX = {"HTTP_HX_REQUEST": "true"}
FLAT = "# P\n\n## Phase 1: Work\n\n- [ ] **Servers**\n- [ ] Disk\n- [ ] Memory\n\n- [ ] **Network**\n- [ ] Names\n"
LAUNCH = {"name": "Lamps", "customer": "", "system": "", "go_live": "2027-02-07T08:00", "zone": "Europe/Athens"}


@pytest.fixture
def browser(manager, signed_in):
    return signed_in(manager)


def line_of(words: str, text: str = PLAN) -> int:
    return next(number for number, line in enumerate(text.split("\n"), start=1) if words in line)


def draft(browser, text: str = PLAN) -> Draft:
    browser.post(reverse("project_new"), {"file": SimpleUploadedFile("plan.md", text.encode())})
    return Draft.objects.get()


def correct(browser, draft: Draft, line: int, what: str, **headers):
    response = browser.post(reverse("draft_correction", args=[draft.pk, line]), {"what": what}, **headers)
    draft.refresh_from_db()
    return response


@pytest.mark.parametrize(
    ("what", "count", "change"),
    [
        ("detail", "details", 1),
        ("field", "fields", 1),
        ("slot", "slots", 1),
        ("heading", "sections", 1),
        ("litter", "items", -1),
    ],
)
def test_a_line_is_what_its_owner_says(browser, what, count, change):
    made = draft(browser)
    before = made.outline().counts
    correct(browser, made, line_of("Certificates valid"), what)
    after = made.outline().counts
    assert after["items"] == before["items"] - 1
    assert after[count] == before[count] + change
    correct(browser, made, line_of("Certificates valid"), "")
    assert made.outline().counts == before


def test_levels_add_up_and_can_be_taken_back(browser):
    made = draft(browser)
    line = line_of("Lamps answer")
    correct(browser, made, line, "indent")
    assert [item.text for item in made.outline().phases[1].items] == ["Switch the name to the new server"]
    correct(browser, made, line, "outdent")
    assert len(made.outline().phases[1].items) == 2


def test_a_correction_survives_a_reload_and_reaches_the_project(browser):
    made = draft(browser)
    correct(browser, made, line_of("Lamps answer"), "detail")
    assert browser.get(made.get_absolute_url()).status_code == 200
    browser.post(made.get_absolute_url(), LAUNCH)
    project = Project.objects.get()
    assert project.items.count() == 6
    assert bytes(project.source) == PLAN.encode()


def test_htmx_gets_the_plan_and_the_counts(browser):
    made = draft(browser)
    page = correct(browser, made, line_of("Lamps answer"), "litter", **HTMX).text
    assert 'id="draft-plan"' in page
    assert 'id="draft-counts" hx-swap-oob="true"' in page.replace("\n", " ").replace("  ", "")
    assert "<html" not in page


def test_the_menu_of_a_line_opens_with_and_without_htmx(browser):
    made = draft(browser)
    for headers in ({}, HTMX):
        page = browser.get(made.get_absolute_url() + f"?line={line_of('Lamps answer')}", **headers).text
        assert 'value="litter"' in page


def test_guesses_are_asked_and_agreed_with(browser):
    made = draft(browser, FLAT)
    guesses = made.outline().guesses
    assert guesses
    assert "Accept all" in browser.get(made.get_absolute_url()).text
    for kind in {guess.kind for guess in guesses}:
        browser.post(reverse("draft_acceptance", args=[made.pk]), {"guess": kind})
    assert "Accept all" not in browser.get(made.get_absolute_url()).text


def test_one_guess_alone_is_accepted_by_its_own_button(browser):
    made = draft(browser, FLAT)
    alone = []
    for group in open_guesses(made.outline(), []):
        *others, last = group.guesses
        alone.append(last.key)
        for guess in others:
            browser.post(reverse("draft_acceptance", args=[made.pk]), {"guess": guess.key})
    assert alone
    page = browser.get(made.get_absolute_url()).text
    assert all(f'value="{key}"' in page for key in alone)
    assert "Accept all" not in page


def test_placeholders_are_filled_and_the_source_stays(browser):
    text = PLAN.replace("Harbour Lights Ltd", "[CUSTOMER_NAME]")
    made = draft(browser, text)
    (variable,) = made.variables()
    browser.post(reverse("draft_answers", args=[made.pk]), {variable.key: "Pier & Sons"})
    made.refresh_from_db()
    assert made.outline().metadata["Customer"] == "Pier & Sons"
    assert 'value="Pier &amp; Sons"' in browser.get(made.get_absolute_url()).text
    assert bytes(made.source) == text.encode()


def test_another_persons_draft_is_not_there(browser, outsider, signed_in):
    made = draft(browser)
    for name, more in (("draft_correction", [1]), ("draft_acceptance", []), ("draft_answers", [])):
        assert signed_in(outsider).post(reverse(name, args=[made.pk, *more])).status_code == 404
