"""Forms that are open while somebody else changes the same: they say so, and lose nothing that was typed."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from checklists.models import Deviation
from checklists.planning.items import amend_item, seen_of
from tests.builders import item

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def test_a_deviation_that_somebody_else_changes(enter, project, technician, manager, act):
    horn = Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent", "text": "Since dusk"})
    page = enter(manager)
    page.goto(reverse("deviation", args=[project.slug, horn.number]))
    page.wait_for_selector("#live:has-text('Live')")
    page.fill("[name=follow_up]", "Order a new horn")
    page.fill("[name=text]", "Since noon")
    item(project, "Certificates valid").complete(act(technician))
    horn.amend(act(technician), {"severity": "high", "text": "Since dawn"})
    page.wait_for_selector(".overtaken:has-text('Tom Technician changed a deviation')")
    assert page.input_value("[name=follow_up]") == "Order a new horn"
    page.click("text=Load it anew")
    expect(page.locator(".overtaken")).to_have_count(0)
    assert page.input_value("[name=severity]") == "high"
    assert page.input_value("[name=text]") == "Since noon"
    expect(page.locator("[name=text] + .form-text")).to_have_text("It says now: “Since dawn”")
    expect(page.locator("[name=text]")).to_be_focused()
    page.click("main form [type=submit]")
    page.wait_for_url("**/deviations/")
    horn.refresh_from_db()
    assert (horn.severity, horn.text, horn.follow_up) == ("high", "Since noon", "Order a new horn")


def test_an_item_in_the_dialog_of_the_plan(enter, project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    page = enter(manager)
    page.goto(f"{project.get_absolute_url()}edit/")
    page.wait_for_selector("#live:has-text('Live')")
    page.click(".edit-row:has-text('Lamps answer') .item-text")
    page.fill("dialog [name=team]", "Harbour")
    lamps.claim(act(technician))
    amend_item(lamps, act(manager), {"text": "Lamps are lit"}, began=seen_of(lamps))
    page.wait_for_selector("dialog .overtaken:has-text('changed the plan of')")
    page.click("dialog .overtaken button")
    expect(page.locator("dialog [name=text]")).to_have_value("Lamps are lit")
    assert page.input_value("dialog [name=team]") == "Harbour"
    page.click("dialog .form-actions [type=submit]")
    expect(page.locator("dialog[open]")).to_have_count(0)
    lamps.refresh_from_db()
    assert (lamps.text, lamps.team) == ("Lamps are lit", "Harbour")


def test_an_item_that_is_done_meanwhile(enter, project, manager, technician, act):
    lamps = item(project, "Lamps answer")
    page = enter(manager)
    page.goto(reverse("item_edit", args=[project.slug, lamps.number]))
    page.wait_for_selector("#live:has-text('Live')")
    lamps.complete(act(technician))
    page.wait_for_selector(".overtaken:has-text('Tom Technician completed')")
