"""The reader's own time beside the project's, where their clocks differ."""

import pytest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def reading_in(page, zone):
    page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": zone})


def test_a_reader_elsewhere_sees_their_own_time(enter, project, manager):
    page = enter(manager)
    reading_in(page, "America/New_York")
    page.goto(project.get_absolute_url())
    assert page.text_content(".clock .own-time") == "7 Feb, 01:00 GMT-5, your time"
    due = page.locator(".item-due").last
    due.hover()
    assert "Your time: 7 Feb, 01:00" in due.get_attribute("title")


def test_a_reader_with_the_same_clock_sees_it_once(enter, project, manager):
    page = enter(manager)
    reading_in(page, "Asia/Nicosia")
    page.goto(project.get_absolute_url())
    assert page.locator(".own-time").count() == 0


def test_a_zone_without_a_short_name_is_told_by_its_offset(enter, project, manager):
    page = enter(manager)
    page.set_extra_http_headers({"Accept-Language": "el"})
    reading_in(page, "UTC")
    page.goto(project.get_absolute_url())
    assert page.text_content(".clock .own-time") == "7/2, 06:00 UTC, η ώρα σας"
