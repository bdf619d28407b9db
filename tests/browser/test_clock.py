"""An open page goes with the time: its T-clock, and what becomes due and late."""

from datetime import timedelta

import pytest
from django.utils import timezone

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.any_database]


def test_what_is_due_soon_becomes_late_on_an_open_page(enter, project, technician):
    project.go_live_at = timezone.now() + timedelta(hours=3, seconds=30)
    project.save()
    page = enter(technician)
    page.clock.install()
    page.goto(project.get_absolute_url())
    due = page.locator(".item-row", has_text="Lamps answer").locator(".item-due")
    assert page.text_content(".clock-time") == "T−0 d 03:01"
    assert "late" not in due.get_attribute("class")
    page.clock.fast_forward("02:00:00")
    assert page.text_content(".clock-time") == "T−0 d 01:01"
    assert (due.text_content(), due.get_attribute("class")) == ("in 1 h", "item-due warn")
    page.clock.fast_forward("01:31:00")
    assert page.text_content(".clock-time") == "T+0 d 00:30"
    assert (due.text_content(), due.get_attribute("class")) == ("late 30 min", "item-due late")
