"""Redaction: the words are gone everywhere, who and when stay, and the chain and what is sealed next still hold."""

from __future__ import annotations

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.models import Action, Item, JournalEntry
from checklists.planning.items import retire_item
from signoffs.gate import sign, standings
from signoffs.models import Decision
from signoffs.redaction import REMOVED, redact
from tests.builders import item, settle

SECRET = "Patient Ioanna K. called"


def gone(project) -> bool:
    """Nowhere in the rows of the project."""
    kept = [*project.journal.values_list("remark", "body"), *project.items.values_list("reason", "text")]
    kept += item(project, "Lamps answer").notes.values_list("text", "at")
    kept += project.fields.values_list("readings__value", "label")
    return not any(SECRET in str(value) for row in kept for value in row)


def test_a_note_goes_from_everywhere(project, technician, manager, act):
    lamps = item(project, "Lamps answer")
    lamps.note(act(technician), SECRET)
    redact(project.journal.get(action=Action.NOTE_ADDED), act(manager), "Names a patient")
    assert gone(project)
    assert lamps.notes.get().text == REMOVED
    assert lamps.notes.get().author == technician
    assert JournalEntry.objects.first_break(project) is None


def test_a_reason_and_a_value_go_too(project, technician, manager, act):
    item(project, "Lamps answer").block(act(technician), SECRET)
    project.fields.select_related("project").first().read(act(technician), SECRET)
    for action in (Action.ITEM_BLOCKED, Action.READING_GIVEN):
        redact(project.journal.get(action=action), act(manager), "Names a patient")
    assert gone(project)
    assert item(project, "Lamps answer").reason == REMOVED
    assert JournalEntry.objects.first_break(project) is None


def test_why_something_went_out_of_the_plan_goes_too(project, manager, act):
    retire_item(item(project, "Database ready"), act(manager), reason=SECRET)
    redact(project.journal.get(action=Action.ITEM_RETIRED), act(manager), "Names a patient")
    reasons = (
        Item.with_retired.filter(project=project).exclude(retired_at=None).values_list("retired_reason", flat=True)
    )
    assert list(reasons) == [REMOVED] * 3
    assert JournalEntry.objects.first_break(project) is None


def test_what_is_signed_is_not_touched(project, technician, approver, manager, act):
    item(project, "Lamps answer").set_aside(act(technician), SECRET)
    settle(project, act(technician))
    standing = standings(project)[0]
    sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    before = project.journal.count()
    with pytest.raises(TransitionRefused, match="part of what was signed"):
        redact(project.journal.get(action=Action.ITEM_SET_ASIDE), act(manager), "Names a patient")
    assert project.journal.count() == before
    assert standings(project)[0].state == "valid"


def test_the_page_asks_why_and_does_it(project, technician, manager, act, signed_in):
    item(project, "Lamps answer").note(act(technician), SECRET)
    entry = project.journal.last()
    browser, where = signed_in(manager), reverse("redaction", args=[project.slug, entry.seq])
    assert where in browser.get(reverse("journal", args=[project.slug])).text
    assert SECRET in browser.get(where).text
    assert browser.post(where, {"reason": "short"}).status_code == 422
    assert browser.post(where, {"reason": "Names a patient"}).status_code == 302
    assert SECRET not in browser.get(reverse("journal", args=[project.slug])).text
    assert browser.get(where).status_code == 404


def test_only_managers_are_offered_it(project, technician, act, signed_in):
    item(project, "Lamps answer").note(act(technician), SECRET)
    where = reverse("redaction", args=[project.slug, project.journal.last().seq])
    assert where not in signed_in(technician).get(reverse("journal", args=[project.slug])).text
    assert signed_in(technician).get(where).status_code == 403
