"""One act on several items."""

import re

import pytest
from django.urls import reverse

from checklists.models.item import State
from tests.builders import item


def post(browser, project, words, **data):
    numbers = [item(project, each).number for each in words]
    return browser.post(reverse("several", args=[project.slug]), {"items": numbers, **data}, follow=True)


def test_completing_a_phase_at_once(project, technician, signed_in):
    phase = project.phases.first()
    numbers = list(phase.items.values_list("number", flat=True))
    target = reverse("several", args=[project.slug])
    browser = signed_in(technician)
    page = browser.get(f"{target}?phase={phase.pk}").text
    assert page.count('name="items"') == 5
    response = browser.post(target, {"items": numbers, "act": "complete"}, follow=True)
    assert "5 items changed." in response.text
    assert not phase.items.open().exists()


def test_one_reason_for_all(project, technician, signed_in):
    post(signed_in(technician), project, ["Certificates", "Rows counted"], act="exemption", reason="No such thing")
    assert [item(project, words).reason for words in ("Certificates", "Rows counted")] == ["No such thing"] * 2


def test_handing_over_as_a_manager(project, manager, technician, signed_in):
    member = project.memberships.get(user=technician)
    post(signed_in(manager), project, ["Certificates", "Lamps answer"], act="handover", to=member.pk)
    assert {item(project, words).owner for words in ("Certificates", "Lamps answer")} == {technician}


def test_what_another_holds_is_refused_and_told_and_the_rest_is_done(
    project, technician, other_technician, act, signed_in
):
    item(project, "Certificates").claim(act(other_technician))
    response = post(signed_in(technician), project, ["Certificates", "Lamps answer"], act="complete")
    assert "1 item changed. 1 not, the first of them" in response.text
    assert "Olga Technician has this item" in response.text
    assert item(project, "Lamps answer").state == State.DONE
    assert item(project, "Certificates").state == State.CLAIMED


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"act": "exemption", "reason": " "}, "Say why"),
        ({"act": "handover"}, "Choose who gets them"),
        ({}, "Choose what to do"),
    ],
)
def test_without_what_it_needs_nothing_happens(project, technician, signed_in, data, words):
    response = post(signed_in(technician), project, ["Certificates"], **data)
    assert response.status_code == 422
    assert words in response.text or "This field is required" in response.text
    assert item(project, "Certificates").state == State.OPEN


def test_a_refusal_keeps_the_choice(project, technician, signed_in):
    response = post(signed_in(technician), project, ["Certificates", "Lamps answer"], act="exemption", reason="")
    chosen = {item(project, words).number for words in ("Certificates", "Lamps answer")}
    ticked = re.findall(r'name="items"\s+value="(\d+)"\s+checked', response.text)
    assert {int(number) for number in ticked} == chosen
    assert response.text.count('name="items"') > len(chosen)


def test_a_phase_leads_to_its_items_until_they_are_settled(project, technician, signed_in):
    phase = project.phases.first()
    target, browser = f"several/?phase={phase.pk}", signed_in(technician)
    assert target in browser.get(project.get_absolute_url()).text
    numbers = list(phase.items.values_list("number", flat=True))
    browser.post(reverse("several", args=[project.slug]), {"items": numbers, "act": "complete"})
    assert target not in browser.get(project.get_absolute_url()).text
