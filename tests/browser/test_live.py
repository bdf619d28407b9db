"""Two people at one plan, and one whose network comes and goes: pages follow, and nothing that was done is lost."""

from __future__ import annotations

import re

import pytest

from checklists.models import Contact, Membership, Role
from checklists.planning.lists import add_row
from tests.browser.conftest import PHONE
from tests.builders import item

pytestmark = pytest.mark.django_db(transaction=True)
LAMPS, CERTIFICATES = ".item-row:has-text('Lamps answer')", ".item-row:has-text('Certificates valid')"
SOON = 3_000


@pytest.fixture
def at_the_plan(enter, project):
    """The plan as somebody has it open, once it follows."""

    def open_plan(user, query="", **how):
        page = enter(user, **how)
        page.goto(project.get_absolute_url() + query)
        page.wait_for_selector("#live:has-text('Live')")
        return page

    return open_plan


def test_rows_numbers_and_feed_follow(at_the_plan, project, manager, technician):
    watching, working = at_the_plan(manager), at_the_plan(technician)
    working.click(f"{LAMPS} .sign-button")
    watching.wait_for_selector(f"{LAMPS}.is-done", timeout=SOON)
    watching.wait_for_selector("#progress:has-text('1 of 7')", timeout=SOON)
    phase = item(project, "Lamps answer").phase_id
    assert watching.inner_text(f"#phase-count-{phase}") == "1 of 2"
    assert watching.inner_text(f"#rail-count-{phase}") == "1/2"
    assert "Done 1" in watching.inner_text("#filters")
    assert re.search("Tom Technician completed #. Lamps answer", watching.inner_text("#latest li >> nth=0"))
    assert watching.inner_text(f"{LAMPS} .item-owner") == "Tom Technician"


def test_groups_above_follow(at_the_plan, manager, technician):
    watching, working = at_the_plan(manager), at_the_plan(technician)
    working.click(".item-row:has-text('Backup restored') .sign-button")
    watching.wait_for_selector(".item-row:has-text('Database ready') .item-counts:has-text('1 of 2')", timeout=SOON)
    working.click(".item-row:has-text('Replica follows') .sign-button")
    watching.wait_for_selector(".item-row.is-done:has-text('Database ready')", timeout=SOON)


def test_an_opened_row_follows_too(at_the_plan, manager, technician):
    watching, working = at_the_plan(manager), at_the_plan(technician)
    for page in (watching, working):
        page.click(f"{LAMPS} .item-text")
        page.wait_for_selector(".item-panel")
    working.fill("textarea[name=text]", "All lamps are lit")
    working.click("button:text-is('Add note')")
    watching.wait_for_selector(f"{LAMPS} .notes:has-text('All lamps are lit')", timeout=SOON)
    assert watching.locator(f"{LAMPS}.is-expanded").count() == 1


def test_what_somebody_writes_is_kept(at_the_plan, manager, technician):
    writing, working = at_the_plan(manager), at_the_plan(technician)
    writing.click(f"{LAMPS} .item-text")
    writing.fill(f"{LAMPS} textarea[name=text]", "The third lamp")
    working.click(f"{LAMPS} .sign-button")
    writing.wait_for_selector(f"{LAMPS} .row-hint:has-text('Tom Technician changed this')", timeout=SOON)
    assert writing.input_value(f"{LAMPS} textarea[name=text]") == "The third lamp"
    writing.click(f"{LAMPS} .row-hint button")
    writing.wait_for_selector(f"{LAMPS}.is-done.is-expanded")
    assert writing.input_value(f"{LAMPS} textarea[name=text]") == "The third lamp"
    writing.click("button:text-is('Add note')")
    working.wait_for_selector(f"{LAMPS} .item-counts:has-text('1 note')", timeout=SOON)


def test_who_is_here(at_the_plan, enter, project, manager, technician):
    first = at_the_plan(manager)
    second = at_the_plan(technician)
    first.wait_for_selector("#here:has-text('Tom Technician')", timeout=SOON)
    assert first.inner_text("#here li >> nth=0").split() == ["MM", "Mara", "Manager"]
    second.close()
    first.wait_for_selector("#here:not(:has-text('Tom Technician'))", timeout=SOON)


def test_a_page_that_was_away_catches_up(at_the_plan, manager, technician, project, act):
    page = at_the_plan(manager)
    page.context.set_offline(True)
    page.wait_for_selector("#live.is-offline:has-text('Connection lost, trying again')")
    item(project, "Lamps answer").claim(act(technician))
    item(project, "Certificates valid").complete(act(technician))
    page.context.set_offline(False)
    page.wait_for_selector(f"{LAMPS}.is-claimed")
    page.wait_for_selector(f"{CERTIFICATES}.is-done")
    page.wait_for_selector("#live:not(.is-offline):has-text('Live')")


def test_who_is_taken_off_the_project_follows_no_more(at_the_plan, manager, technician, project, act):
    page = at_the_plan(technician)
    project.memberships.get(user=technician).remove(act(manager))
    page.wait_for_selector("#live:has-text('You are no longer in this project')")


def test_the_sign_off_page_follows(enter, project, approver, technician, act):
    page = enter(approver)
    page.goto(f"/projects/{project.slug}/sign-off/")
    page.wait_for_selector("#live:has-text('Live')")
    waits = page.inner_text(".waits >> nth=0")
    item(project, "Certificates valid").block(act(technician), "Expired")
    page.wait_for_selector(".waits:has-text('1 blocked')", timeout=SOON)
    assert "blocked" not in waits


def test_a_tick_without_a_connection_is_kept_and_sent(at_the_plan, technician, project):
    page = at_the_plan(technician, size=PHONE)
    page.context.set_offline(True)
    page.click(f"{LAMPS} .sign-button")
    page.wait_for_selector(f"{LAMPS}.is-waiting:has-text('waiting to be sent')")
    assert page.get_attribute(f"{LAMPS} > .sign-button use", "href") == "#item-waiting"
    assert page.locator(".toast").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.click(f"{CERTIFICATES} .sign-button")
    page.wait_for_selector(f"{CERTIFICATES}.is-waiting")
    assert item(project, "Lamps answer").state == "open"
    page.context.set_offline(False)
    page.wait_for_selector(f"{LAMPS}.is-done:not(.is-waiting)")
    page.wait_for_selector(f"{CERTIFICATES}.is-done:not(.is-waiting)")
    last_two = project.journal.order_by("-seq").values_list("subject", flat=True)[:2]
    assert list(last_two) == ["Certificates valid", "Lamps answer"]


def test_a_tick_that_met_a_busy_plan_waits_and_is_sent(at_the_plan, technician, project):
    page = at_the_plan(technician)
    page.route("**/completion/**", lambda route: route.fulfill(status=503, headers={"Retry-After": "5"}))
    page.click(f"{LAMPS} .sign-button")
    page.wait_for_selector(f"{LAMPS}.is-waiting")
    assert page.locator(".toast").count() == 0
    page.unroute("**/completion/**")
    page.wait_for_selector(f"{LAMPS}.is-done:not(.is-waiting)")


def test_a_tick_that_waits_survives_a_reload(at_the_plan, technician, project):
    page = at_the_plan(technician)
    page.route("**/completion/**", lambda route: route.abort())
    page.click(f"{LAMPS} .sign-button")
    page.wait_for_selector(f"{LAMPS}.is-waiting")
    page.reload()
    page.wait_for_selector(f"{LAMPS}.is-waiting")
    page.unroute("**/completion/**")
    page.reload()
    page.wait_for_selector(f"{LAMPS}.is-done")
    assert item(project, "Lamps answer").settled_by == technician


def test_a_tick_that_comes_too_late_is_refused_in_words(at_the_plan, technician, other_technician, project, act):
    page = at_the_plan(technician)
    page.context.set_offline(True)
    page.click(f"{LAMPS} .sign-button")
    page.wait_for_selector(f"{LAMPS}.is-waiting")
    item(project, "Lamps answer").claim(act(other_technician))
    page.context.set_offline(False)
    page.wait_for_selector(".toast:has-text('Not completed: Lamps answer')")
    assert "Olga Technician has this item since" in page.inner_text(".toast")
    page.wait_for_selector(f"{LAMPS}.is-claimed:not(.is-waiting)")


def test_keys_do_the_verbs(at_the_plan, technician, project):
    page = at_the_plan(technician)
    rows = page.locator(".item-row")
    page.keyboard.press("j")
    assert rows.first.evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert rows.nth(1).evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("x")
    page.wait_for_selector(".item-row.is-done:has-text('Backup restored')")
    page.keyboard.press("j")
    assert rows.nth(2).evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("c")
    page.wait_for_selector(".item-row.is-claimed:has-text('Replica follows')")
    page.keyboard.press("n")
    page.keyboard.type("xcb?")
    page.keyboard.press("Escape")
    assert rows.nth(2).evaluate("row => row.querySelector('.item-text') === document.activeElement")
    assert page.input_value(".note-form textarea") == "xcb?"
    page.keyboard.press("j")
    assert rows.nth(3).evaluate("row => row.contains(document.activeElement)")


def test_keys_go_through_my_work(at_the_plan, technician, project, act):
    for words in ("Lamps answer", "Certificates valid"):
        item(project, words).claim(act(technician))
    page = at_the_plan(technician)
    page.goto("/work/")
    tasks = page.locator(".task")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert tasks.nth(1).evaluate("row => row.contains(document.activeElement)")
    page.keyboard.press("x")
    page.keyboard.press("k")
    page.keyboard.press("?")
    page.wait_for_selector("#keys[open]")
    assert "Complete it" not in page.inner_text("#keys")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/*/")
    assert project.items.filter(state="claimed").count() == 2


def test_the_page_of_an_item_follows_with_its_parts(enter, project, manager, technician, act):
    group = item(project, "Database ready")
    page = enter(manager)
    page.goto(group.get_absolute_url())
    page.wait_for_selector("#live:has-text('Live')")
    item(project, "Backup restored").complete(act(technician))
    page.wait_for_selector(".item-row.is-done:has-text('Backup restored')", timeout=SOON)
    page.wait_for_selector(f"#item-{group.number}.is-expanded .item-counts:has-text('1 of 2')", timeout=SOON)
    group.note(act(technician), "Half of it is there")
    page.wait_for_selector(f"#item-{group.number} .item-panel:has-text('Half of it is there')", timeout=SOON)


@pytest.mark.parametrize(
    ("address", "shows"),
    [
        ("journal/", ".journal li:has-text('Backup restored')"),
        ("report/", "#report td:has-text('1 of')"),
    ],
)
def test_what_tells_of_the_run_follows(enter, project, manager, technician, act, address, shows):
    page = enter(manager)
    page.goto(project.get_absolute_url() + address)
    page.wait_for_selector("#live:has-text('Live')")
    assert page.locator(shows).count() == 0
    item(project, "Backup restored").complete(act(technician))
    page.wait_for_selector(shows, timeout=SOON)


def test_contacts_and_people_follow(enter, project, manager, technician, outsider, act):
    contacts, people = enter(technician), enter(technician)
    contacts.goto(f"/projects/{project.slug}/contacts/")
    people.goto(f"/projects/{project.slug}/people/")
    for page in (contacts, people):
        page.wait_for_selector("#live:has-text('Live')")
    add_row(Contact(project=project, role="Pilot", name="Pia Sund"), act(manager))
    Membership.objects.admit(project, act(manager), outsider.email, "", Role.AUDITOR)
    contacts.wait_for_selector("#contacts td:has-text('Pia Sund')", timeout=SOON)
    people.wait_for_selector(f"#members td:has-text('{outsider.email}')", timeout=SOON)


def test_my_work_follows(enter, project, manager, technician, other_technician, act):
    page = enter(technician)
    page.goto("/work/")
    page.wait_for_selector("#live:has-text('Live')")
    item(project, "Lamps answer").hand_over(act(manager), technician, for_others=True)
    page.wait_for_selector(".task:has-text('Lamps answer')")
    item(project, "Lamps answer").complete(act(technician))
    page.wait_for_selector(".task:has-text('Lamps answer')", state="detached")


def test_the_list_of_projects_follows_who_comes_and_goes(enter, project, manager, outsider, act):
    page = enter(outsider)
    page.wait_for_selector("#live:has-text('Live')")
    member = Membership.objects.admit(project, act(manager), outsider.email, "", Role.TECHNICIAN)
    page.wait_for_selector("#projects td:has-text('0 of 7')")
    item(project, "Lamps answer").complete(act(outsider))
    page.wait_for_selector("#projects td:has-text('1 of 7')")
    member.remove(act(manager))
    page.wait_for_selector("#projects:has-text('No project yet.')")


def test_keys_ask_for_a_reason(at_the_plan, technician):
    page = at_the_plan(technician)
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("b")
    page.wait_for_selector("details.ask[open] textarea:focus")
    page.keyboard.type("No tape")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".item-row.is-blocked:has-text('Backup restored')")


def test_keys_go_hide_and_explain(at_the_plan, technician, project, act):
    item(project, "Lamps answer").complete(act(technician))
    page = at_the_plan(technician)
    page.keyboard.press("h")
    page.wait_for_selector(LAMPS, state="hidden")
    page.keyboard.press("h")
    page.wait_for_selector(LAMPS)
    page.keyboard.press("/")
    page.wait_for_selector("[type=search]:focus")
    page.keyboard.type("lamps")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lamps")
    page.wait_for_function("document.querySelectorAll('.item-row').length === 1")
    page.keyboard.press("?")
    page.wait_for_selector("dialog#keys[open]")
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog#keys", state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/sign-off/")


def test_a_search_says_what_it_found_and_nothing_of_what_it_leaves_out(at_the_plan, technician, manager, project, act):
    page = at_the_plan(technician, "?q=backup", size=PHONE)
    found = page.locator(".found")
    assert "Found with “backup”: 1" in found.inner_text()
    item(project, "Lamps answer").complete(act(manager))
    item(project, "Backup restored").claim(act(manager))
    page.wait_for_selector(".item-row.is-claimed:has-text('Backup restored')", timeout=SOON)
    assert not page.is_visible("#plan-changed")
    found.locator("a").click()
    page.wait_for_selector(LAMPS)
