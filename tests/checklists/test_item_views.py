"""Working on an item over HTTP: plain forms and htmx."""

import re

import pytest
from django.urls import reverse

from checklists.models.item import State
from tests.builders import item

HTMX = {"HTTP_HX_REQUEST": "true"}


def url(project, number, name="item"):
    return reverse(name, args=[project.slug, number])


def test_a_plain_form_returns_to_the_plan(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    response = signed_in(technician).post(url(project, lamps.number, "item_completion"))
    assert response.status_code == 302
    assert response.url == f"{project.get_absolute_url()}#item-{lamps.number}"
    assert item(project, "Lamps answer").state == State.DONE


def test_htmx_gets_the_row_and_the_numbers(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    response = signed_in(technician).post(url(project, lamps.number, "item_completion") + "?folded", **HTMX)
    assert f'id="item-{lamps.number}"' in response.text
    assert "is-done" in response.text
    assert 'id="progress" hx-swap-oob="true"' in response.text
    assert "<html" not in response.text


def test_an_item_on_its_own_page_gets_its_row_only(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    here = {"HTTP_HX_CURRENT_URL": f"http://testserver{url(project, lamps.number)}?x=1#note"}
    response = signed_in(technician).post(url(project, lamps.number, "item_completion"), **HTMX, **here)
    assert "is-done" in response.text
    assert "hx-swap-oob" not in response.text


def test_htmx_gets_the_group_that_completed_itself(project, technician, act, signed_in):
    item(project, "Backup restored").complete(act(technician))
    last, group = item(project, "Replica follows"), item(project, "Database ready")
    response = signed_in(technician).post(url(project, last.number, "item_completion"), **HTMX)
    assert re.search(rf'is-done[^>]*id="item-{group.number}" hx-swap-oob="true"', response.text)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_being_too_late_is_told_with_409(project, technician, other_technician, act, signed_in, headers):
    lamps = item(project, "Lamps answer")
    lamps.claim(act(technician))
    response = signed_in(other_technician).post(url(project, lamps.number, "item_claim"), **headers)
    assert response.status_code == 409
    assert "Tom Technician has this item since" in response.text


@pytest.mark.parametrize("name", ["item_block", "item_exemption"])
def test_without_a_reason_nothing_happens(project, technician, signed_in, name):
    lamps = item(project, "Lamps answer")
    response = signed_in(technician).post(url(project, lamps.number, name), {"reason": " "}, **HTMX)
    assert response.status_code == 422
    assert "Say why" in response.text
    assert item(project, "Lamps answer").state == State.OPEN


def test_a_reason_stands_under_the_row(project, technician, signed_in):
    lamps = item(project, "Lamps answer")
    signed_in(technician).post(url(project, lamps.number, "item_block"), {"reason": "No power"})
    assert "No power" in signed_in(technician).get(project.get_absolute_url()).text


def test_a_value_is_checked_by_kind(project, technician, signed_in):
    field = item(project, "Rows counted").fields.get()
    target = reverse("values", args=[project.slug])
    browser = signed_in(technician)
    refused = browser.post(target, {f"value-{field.pk}": "many"}, **HTMX)
    assert refused.status_code == 422
    assert "Enter a number" in refused.text
    browser.post(target, {f"value-{field.pk}": "18412"}, **HTMX)
    assert field.readings.get().value == "18412"


def test_text_of_strangers_is_only_text(project, technician, act, signed_in):
    lamps = item(project, "Lamps answer")
    lamps.note(act(technician), "<script>alert(1)</script> [x](javascript:alert(1)) **bold**")
    page = signed_in(technician).get(url(project, lamps.number)).text
    assert "<script>alert" not in page
    assert 'href="javascript' not in page
    assert "<strong>bold</strong>" in page
