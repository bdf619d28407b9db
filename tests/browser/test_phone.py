"""The run by one thumb: everything that is tapped is large enough, the page stays within the screen, and the bar at the
thumb leads to what it says."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.browser.conftest import PHONE
from tests.builders import item, settle, sign_all
from tests.conftest import NOON

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]

# What can be tapped and is smaller than a thumb, of what does something. Not counted are links within a line of text,
# such as the project's name beside a task: WCAG 2.2 leaves them out, too (2.5.8, inline).
TOO_SMALL = """() => [...document.querySelectorAll("main :is(a[href], button, input, select, textarea, summary)")]
  .filter((each) => each.checkVisibility() && each.type !== "hidden" && !each.closest("td, .group-prose, .prose, dd"))
  .map((each) => [each.outerHTML.slice(0, 90), (each.closest("label") ?? each).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height < 44)
  .map(([html, box]) => `${html} is ${box.height} high`)"""

# Also the questions of which only one is open at a time.
UNFOLD = """() => document.querySelectorAll("main details").forEach((each) => {
  each.removeAttribute("name");
  each.open = true;
})"""


@pytest.fixture
def phone(enter, technician):
    return enter(technician, size=PHONE, touch=True)


@pytest.mark.parametrize("name", ["plan", "item", "work", "readiness", "place", "several"])
def test_what_is_tapped_is_large_enough(phone, project, technician, act, name):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    addresses = {
        "plan": project.get_absolute_url(),
        "item": lamps.get_absolute_url(),
        "work": reverse("work"),
        "readiness": reverse("readiness", args=[project.slug]),
        "place": reverse("place", args=[project.slug, "plan-0"]),
        "several": reverse("several", args=[project.slug]),
    }
    phone.goto(addresses[name])
    phone.evaluate(UNFOLD)
    assert phone.evaluate(TOO_SMALL) == []
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_a_line_about_a_long_name_stays_within_the_screen(phone, project, technician, approver, act):
    approver.name = "Annabelle Charlotte Papadopoulou Featherstonehaugh"
    approver.save()
    settle(project, act(technician))
    sign_all(project, NOON, approver)
    phone.goto(reverse("slots", args=[project.slug]))
    assert "by Annabelle" in phone.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_plan_begins_on_the_first_screen(phone, project):
    phone.goto(project.get_absolute_url())
    assert phone.locator(".item-row").first.bounding_box()["y"] < PHONE["height"]


def test_the_bar_at_the_thumb_notes_and_fails(phone, project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    phone.goto(project.get_absolute_url())
    bar = phone.locator(".thumb-bar").bounding_box()
    assert bar["y"] + bar["height"] == PHONE["height"]
    phone.tap(".thumb-bar >> text=Fail")
    phone.wait_for_url(f"**/items/{lamps.number}/#failure-{lamps.number}")
    phone.fill(f"#failure-{lamps.number}", "Two lamps stay dark")
    phone.tap("text=Mark failed")
    phone.wait_for_selector(".item-row.is-failed:has-text('Two lamps stay dark')")
    phone.goto(project.get_absolute_url())
    phone.tap(".thumb-bar >> text=Note")
    phone.wait_for_url(f"**/items/{lamps.number}/#note-{lamps.number}")
    phone.fill(f"#note-{lamps.number}", "The second is lit again")
    phone.tap("text=Add note")
    phone.wait_for_selector(".notes:has-text('The second is lit again')")


def test_the_camera_is_one_tap_away_where_there_is_a_finger(phone, enter, project, technician):
    lamps = item(project, "Lamps answer")
    for page, shown in ((phone, True), (enter(technician), False)):
        page.goto(lamps.get_absolute_url())
        page.click("text=Add evidence")
        assert page.locator("[capture=environment]").is_visible() is shown


def test_the_bar_at_the_thumb_completes_and_the_row_has_the_focus(phone, project, technician, act):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    phone.goto(project.get_absolute_url())
    phone.click(".thumb-bar button:text-is('Complete')")
    phone.wait_for_selector(f"#item-{lamps.number}.is-done")
    phone.wait_for_function(f"document.activeElement.closest('#item-{lamps.number}')")


def test_several_are_chosen_by_their_group(phone, project):
    phone.goto(reverse("several", args=[project.slug]))
    group, part = item(project, "Database ready"), item(project, "Backup restored")
    box = {each: phone.locator(f"input[name=items][value='{each.number}']") for each in (group, part)}
    every = phone.locator("input[name=items]").count()
    phone.wait_for_selector(f"#several-count:text-is('{every} of {every} chosen')")
    box[part].uncheck()
    assert not box[group].is_checked()
    phone.click("text=Choose none")
    box[group].check()
    assert box[part].is_checked()
    phone.wait_for_selector(f"#several-count:text-is('3 of {every} chosen')")


def test_the_title_of_a_phase_has_the_line(phone, project):
    phone.goto(project.get_absolute_url())
    title, count = (
        phone.locator(f".phase > summary >> nth=0 >> {each}").bounding_box() for each in ("h2", ".group-count")
    )
    assert title["width"] > PHONE["width"] * 0.8
    assert count["y"] >= title["y"] + title["height"]
