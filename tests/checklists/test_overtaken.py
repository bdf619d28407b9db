"""What an open form is told of those who are faster: another mark, and who made the last change."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from checklists.models import Contact, Deviation
from checklists.planning.blanks import PLANNED as BLANK
from checklists.planning.blanks import amend_blank, retire_blank
from checklists.planning.divisions import PLANNED as DIVISION
from checklists.planning.divisions import amend_division
from checklists.planning.items import amend_item, retire_item, seen_of
from checklists.planning.lists import COLUMNS, add_row, amend_row
from checklists.planning.seen import seen_of as row_seen_of
from tests.builders import item


@pytest.fixture
def form(project, manager, signed_in):
    """Mark and last change that the form at an address tells."""

    def look(address: str) -> tuple[str, str]:
        page = signed_in(manager).get(address, headers={"HX-Request": "true"}).text
        (found,) = re.findall(r'data-mark="([^"]*)"\s+data-latest="([^"]*)"', page)
        return found

    return look


def test_an_item_that_was_changed_done_or_taken_out(project, manager, technician, act, form):
    lamps = item(project, "Lamps answer")
    address = reverse("item_edit", args=[project.slug, lamps.number])
    mark, latest = form(address)
    assert latest == ""
    lamps.claim(act(technician))
    assert form(address) == (mark, "")
    amend_item(lamps, act(manager), {"text": "Lamps are lit"}, began=seen_of(lamps))
    words, latest = form(address)
    assert words != mark
    assert latest.startswith("Mara Manager changed the plan of ")
    assert latest.endswith(", 5 Feb 2027, 14:00 EET.")
    lamps.complete(act(technician))
    done, latest = form(address)
    assert done != words
    assert latest.startswith("Tom Technician completed ")
    lamps.reopen(act(technician), "One is dark")
    retire_item(lamps, act(manager))
    out, latest = form(address)
    assert out not in (mark, words, done)
    assert "took out of the plan" in latest


def test_a_phase_and_a_blank(project, manager, act, form):
    phase = project.phases.first()
    address = reverse("phase_edit", args=[project.slug, phase.pk])
    mark, latest = form(address)
    amend_division(phase, act(manager), {"title": "Dusk", "window": ""}, began=row_seen_of(phase, DIVISION))
    assert latest == ""
    assert form(address)[0] != mark
    assert "Mara Manager changed the phase" in form(address)[1]
    blank = project.fields.first()
    address = reverse("field_edit", args=[project.slug, blank.pk])
    mark, latest = form(address)
    asks = {name: getattr(blank, name) for name in BLANK} | {"label": "Other words"}
    amend_blank(blank, act(manager), asks, began=row_seen_of(blank, BLANK))
    changed, latest = form(address)
    assert changed != mark
    assert "changed the blank" in latest
    retire_blank(blank, act(manager))
    assert form(address)[0] not in (mark, changed)


def test_a_contact(project, manager, act, form):
    pilot = add_row(Contact(project=project, role="Pilot", name="Pia Sund"), act(manager))
    address = reverse("contact_edit", args=[project.slug, pilot.pk])
    mark, latest = form(address)
    values = {name: getattr(pilot, name) for name in COLUMNS[Contact]} | {"phone": "112"}
    amend_row(pilot, act(manager), values, began=row_seen_of(pilot, COLUMNS[Contact]))
    assert latest == ""
    assert form(address)[0] != mark
    assert "changed in contacts or procedures" in form(address)[1]


def test_a_deviation_and_no_other(project, technician, other_technician, act, form):
    horn = Deviation.objects.raise_(project, act(technician), {"title": "Fog horn silent"})
    buoy = Deviation.objects.raise_(project, act(technician), {"title": "Buoy adrift"})
    address = reverse("deviation", args=[project.slug, horn.number])
    mark, _ = form(address)
    buoy.amend(act(other_technician), {"follow_up": "Tow it"})
    assert form(address) == (mark, "")
    horn.amend(act(technician), {"follow_up": "New horn"})
    assert form(address)[0] != mark
    assert form(address)[1].startswith("Tom Technician changed a deviation")


def test_a_new_one_follows_nothing(project, manager, signed_in):
    for name in ("phase_new", "deviation_new", "contact_new"):
        assert "data-mark" not in signed_in(manager).get(reverse(name, args=[project.slug])).text
