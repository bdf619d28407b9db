"""Changing the plan as people do it: dragging, by keys, in dialogs, two at once, and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from checklists.models import Membership, Role
from tests.browser.conftest import PHONE
from tests.builders import item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def address(project):
    return f"{project.get_absolute_url()}edit/"


def row(page, words):
    return page.locator(".edit-row", has_text=words)


def order(page):
    return [
        re.sub(r"\s+", " ", text).split(": ", 1)[1] for text in page.locator(".edit-row .item-text").all_inner_texts()
    ]


def drag(page, words, target, share):
    """Take the row by its handle and let go at a share of the height of the target, once the page stands still."""
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    handle = row(page, words).locator(".edit-handle").bounding_box()
    box = target.bounding_box()
    page.mouse.move(handle["x"] + 5, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + box["height"] * share, steps=5)
    page.mouse.up()


def test_items_are_dragged(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    drag(page, "Lamps answer", row(page, "Switch the name"), 0.1)
    expect(page.locator("#spoken")).to_have_text("#7 is 1 of 2 in “Phase 2: Night”.")
    drag(page, "Certificates valid", row(page, "Database ready"), 0.5)
    expect(page.locator("#spoken")).to_have_text("#4 is 3 of 3 in “Database ready”.")
    drag(page, "Rows counted", page.locator(".edit-head", has_text="Phase 2: Night"), 0.5)
    expect(page.locator("#spoken")).to_have_text("#5 is 1 of 3 in “Phase 2: Night”.")
    assert [each.number for each in project.items.all()] == [1, 2, 3, 4, 5, 7, 6]
    # Letting go where nothing is, on a part of itself, or after Escape changes nothing.
    entries = project.journal.count()
    drag(page, "Database ready", row(page, "Replica follows"), 0.5)
    drag(page, "Lamps answer", page.locator("h1"), 0.5)
    handle = row(page, "Lamps answer").locator(".edit-handle").bounding_box()
    page.mouse.move(handle["x"] + 5, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(handle["x"] + 200, handle["y"] - 200, steps=3)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".is-dragged, .drops-in, .drops-before, .drops-after")).to_have_count(0)
    assert project.journal.count() == entries


def test_items_are_moved_by_keys_and_the_focus_goes_along(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    row(page, "Certificates valid").locator(".item-text").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator("#spoken")).to_have_text("#4 is 3 of 3 in “Database ready”.")
    expect(row(page, "Certificates valid").locator(".item-text")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#spoken")).to_have_text("#4 is 2 of 3 in “Database ready”.")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#spoken")).to_have_text("#4 is 2 of 3 in “Servers”.")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator("#spoken")).to_have_text("It cannot go further that way.")
    page.keyboard.press("ArrowDown")
    expect(row(page, "Rows counted").locator(".item-text")).to_be_focused()
    # A button that was pressed can be pressed again.
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#spoken")).to_have_text("#5 is 2 of 3 in “Servers”.")
    expect(row(page, "Rows counted").locator("button[value=up]")).to_be_focused()


def test_forms_open_in_a_dialog_and_close_when_it_is_done(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    row(page, "Lamps answer").locator(".item-text").click()
    dialog = page.locator("#plan-dialog")
    dialog.get_by_label("What is to be done").fill("  ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".invalid-feedback").first).to_be_visible()
    dialog.get_by_label("What is to be done").fill("All lamps answer")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    expect(row(page, "All lamps answer").locator(".item-text")).to_be_focused()
    row(page, "All lamps answer").get_by_role("link", name="Take out…").click()
    dialog.get_by_role("button", name="Take it out").click()
    expect(page.locator(".edit-retired")).to_contain_text("All lamps answer")
    page.get_by_role("button", name="Put back").click()
    expect(row(page, "All lamps answer")).to_be_visible()


def test_two_editors_see_each_other_and_lose_nothing(enter, project, manager, technician, act):
    Membership.objects.filter(user=technician).update(role=Role.MANAGER)
    one, other = enter(manager), enter(technician)
    for page in (one, other):
        page.goto(address(project))
        expect(page.locator("#live")).to_have_text("Live")
    row(other, "Lamps answer").locator(".item-text").click()
    other.locator("#plan-dialog").get_by_label("What is to be done").fill("Lamps burn")
    row(one, "Lamps answer").locator(".item-text").click()
    one.locator("#plan-dialog").get_by_label("What is to be done").fill("Lamps shine")
    one.locator("#plan-dialog").get_by_role("button", name="Save").click()
    expect(one.locator("#plan-dialog")).to_be_hidden()
    other.locator("#plan-dialog").get_by_role("button", name="Save").click()
    expect(other.locator("#plan-dialog")).to_contain_text("Mara Manager changed this item at")
    expect(other.locator("#plan-dialog")).to_contain_text("It is now: Lamps shine")
    expect(other.locator("#plan-dialog").get_by_label("What is to be done")).to_have_value("Lamps burn")
    other.locator("#plan-dialog").get_by_role("link", name="Cancel").click()
    # A page on which nobody is at work follows by itself; the plan page says that it is no longer as it was.
    watcher = enter(technician)
    watcher.goto(project.get_absolute_url())
    expect(watcher.locator("#live")).to_have_text("Live")
    other.locator("h1").click()
    row(one, "Switch the name").locator(".item-text").focus()
    one.keyboard.press("Alt+ArrowDown")
    expect(one.locator("#spoken")).to_have_text("#6 is 2 of 2 in “Phase 2: Night”.")
    expect(other.locator(".edit-row .item-text").last).to_contain_text("Switch the name")
    expect(watcher.locator("#plan-changed")).to_be_visible()


def test_on_the_phone_and_without_scripts(enter, project, manager):
    page = enter(manager, size=PHONE)
    page.goto(address(project))
    row(page, "Lamps answer").get_by_role("button", name="More").click()
    row(page, "Lamps answer").get_by_role("button", name="Up: #7", exact=True).click()
    expect(page.locator("#spoken")).to_have_text("#7 is 1 of 2 in “Phase 2: Night”.")
    plain = enter(manager, javascript=False)
    plain.goto(address(project))
    row(plain, "Lamps answer").get_by_role("button", name="Down: #7", exact=True).click()
    expect(plain.locator("#messages")).to_contain_text("#7 is 2 of 2 in “Phase 2: Night”.")
    row(plain, "Lamps answer").locator(".item-text").click()
    plain.get_by_label("What is to be done").fill("Lamps glow")
    plain.get_by_role("button", name="Save").click()
    expect(row(plain, "Lamps glow")).to_be_visible()
    assert item(project, "Lamps glow").number == 7


def test_headings_are_moved_by_keys_and_blanks_changed_in_the_dialog(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    page.locator(".edit-head", has_text="Phase 1").locator(".item-text").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#spoken")).to_have_text("Moved “Phase 1: Before”.")
    expect(page.locator(".edit-head h2").first).to_have_text("Phase 2: Night")
    expect(page.locator(".edit-head", has_text="Phase 1").locator(".item-text")).to_be_focused()
    dialog = page.locator("#plan-dialog")
    row(page, "Rows counted").locator(".item-text").click()
    dialog.get_by_role("link", name="count", exact=True).click()
    dialog.get_by_label("What is to be entered").fill("rows")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    row(page, "Rows counted").locator(".item-text").click()
    dialog.get_by_role("link", name="rows", exact=True).click()
    dialog.get_by_role("button", name="Take the blank out").click()
    expect(page.locator("#spoken")).to_have_text("The blank “rows” is out of the plan.")
    row(page, "Rows counted").locator(".item-text").click()
    dialog.get_by_role("button", name="Put back").click()
    expect(page.locator("#spoken")).to_have_text("The blank “rows” is back in the plan.")
    assert project.fields.get().label == "rows"


def test_contacts_and_procedures_are_changed_in_the_dialog(enter, project, manager):
    page = enter(manager)
    page.goto(f"{address(project)}lists/")
    dialog = page.locator("#plan-dialog")
    page.get_by_role("link", name="Add a contact…").click()
    dialog.get_by_label("Role").fill("Pilot")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_be_hidden()
    expect(row(page, "Pilot").locator("a")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#spoken")).to_have_text("Moved “Pilot”.")
    expect(page.locator(".edit-row").first).to_contain_text("Pilot")
    row(page, "Restart the old lamps").get_by_role("button", name="Take out").click()
    expect(page.locator("#spoken")).to_have_text("“Restart the old lamps” is out of the plan.")
    row(page, "Restart the old lamps").get_by_role("button", name="Put back").click()
    expect(page.locator("#spoken")).to_have_text("“Restart the old lamps” is back in the plan.")
    assert [each.role for each in project.contacts.all()] == ["Pilot", "Harbour master"]


def test_what_was_written_is_not_thrown_away_by_one_key(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    dialog = page.locator("#plan-dialog")
    row(page, "Lamps answer").locator(".item-text").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    row(page, "Lamps answer").locator(".item-text").click()
    dialog.get_by_label("What is to be done").fill("Lamps shine")
    page.keyboard.press("Escape")
    expect(dialog.locator(".toast")).to_contain_text("is not saved")
    expect(dialog.get_by_label("What is to be done")).to_have_value("Lamps shine")
    # No connection: said where it can be seen, and the text is still there.
    page.route("**/items/7/edit/", lambda route: route.abort())
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.locator(".toast", has_text="no connection")).to_be_visible()
    page.unroute("**/items/7/edit/")
    dialog.get_by_role("button", name="Save").click()
    expect(row(page, "Lamps shine")).to_be_visible()


def test_an_item_goes_to_another_section_at_once(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    row(page, "Lamps answer").locator(".item-text").click()
    dialog = page.locator("#plan-dialog")
    dialog.get_by_label("Move to the end of").select_option(label="\u2003Servers")
    dialog.get_by_role("button", name="Move").click()
    expect(page.locator("#spoken")).to_have_text("#7 is 4 of 4 in “Servers”.")
    expect(dialog).to_be_hidden()


def test_the_focus_goes_to_the_reason_that_is_missing(enter, project, manager):
    page = enter(manager)
    page.goto(address(project))
    page.click("text=Baseline the plan…")
    page.click("dialog [type=submit]")
    expect(page.locator("#plan-reason")).to_be_focused()
    row(page, "Lamps answer").locator(".item-text").focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator(".notice[role=alert]")).to_have_text("The plan is baselined: say why it changes.")
    expect(page.locator("#plan-reason")).to_be_focused()
