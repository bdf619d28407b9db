"""My signatures: what one person may sign now, what changed since they signed, and what they wait for, across projects."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.models import Membership, Role
from checklists.models.keeping import Keeping
from checklists.models.slot import Filler
from signoffs import gate
from signoffs.awaited import Awaited, awaited_of
from signoffs.models import Decision, Delegation
from signoffs.standing import standings
from tests import builders
from tests.builders import ask_one_more, item, settle, sign_all
from tests.conftest import NOON


@pytest.fixture
def settled(project, technician, act):
    """The project with everything done, and another place for a signature on its first phase, so that none closes it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


def titles(found: list[Awaited]) -> list[str]:
    return [each.slot.title for each in found]


def sign(project, who, act, title="Before", decision=Decision.APPROVE, why="", **more):
    standing = next(each for each in standings(project) if each.slot.title == title)
    return gate.sign(standing.slot, act(who), decision, standing.digest, why, **more)


def test_who_may_sign_now_by_their_role(settled, approver, manager, technician, auditor, outsider):
    for who in (approver, manager):
        found = awaited_of(who, NOON)
        assert titles(found.now) == ["Before", "Second signer"]
        assert found.again == []
        assert titles(found.later) == ["Go-Live Approved"]
    for who in (technician, auditor, outsider):
        assert awaited_of(who, NOON).now == []


def test_who_is_named_and_nobody_else(settled, technician, other_technician, act):
    """Who did the work is never asked to approve it; who is named and did not is."""
    slot = settled.slots.get(title="Second signer")
    slot.amend(act(settled.created_by), {"filler": Filler.PEOPLE}, [technician, other_technician])
    assert titles(awaited_of(other_technician, NOON).now) == ["Second signer"]
    assert awaited_of(technician, NOON).now == []


def test_who_stands_in_is_asked_on_the_days_of_it(settled, approver, other_technician, act):
    Delegation.objects.make(settled, act(approver), other_technician, NOON.date(), NOON.date(), "At sea")
    found = awaited_of(other_technician, NOON).now
    assert [(each.slot.title, each.principal) for each in found][:1] == [("Before", approver)]
    assert awaited_of(other_technician, NOON.replace(day=7)).now == []


def test_what_is_not_done_or_comes_later_waits_and_says_for_what(project, approver):
    found = awaited_of(approver, NOON)
    assert found.now == []
    why = {each.slot.title: each.why_not for each in found.later}
    assert "5 open" in why["Before"]
    assert why["Go-Live Approved"] == "Not yet: this waits for an earlier stage (Before)."


def test_who_said_their_word_is_not_asked_again(settled, approver, manager, act):
    sign(settled, approver, act)
    assert awaited_of(approver, NOON).now == []  # nobody fills two places of a stage
    assert titles(awaited_of(manager, NOON).now) == ["Second signer"]
    sign(settled, manager, act, "Second signer", Decision.DECLINE, "The fog is thick")
    found = awaited_of(manager, NOON)
    assert (found.now, titles(found.later)) == ([], ["Go-Live Approved"])
    gate.withdraw(settled.slots.get(title="Before").signatures.get(), act(approver), "Mistaken for another")
    assert "The fog is thick" in awaited_of(approver, NOON).later[0].why_not


def test_of_several_who_must_sign_the_others_are_still_asked(settled, approver, manager, act):
    settled.slots.filter(title="Before").update(needed=2)
    sign(settled, approver, act)
    assert "Before" not in titles(awaited_of(approver, NOON).now)
    assert "Before" in titles(awaited_of(manager, NOON).now)


def test_what_changed_since_they_signed_is_asked_of_them_again(settled, approver, technician, act, signed_in):
    sign(settled, approver, act)
    certificates = item(settled, "Certificates valid")
    certificates.reopen(act(technician), "One expired")
    (again,) = awaited_of(approver, NOON).again
    assert (again.slot.title, again.changed > 0) == ("Before", True)
    assert "1 reopened" in again.why_not
    certificates.complete(act(technician, NOON + timedelta(minutes=1)))
    assert awaited_of(approver, NOON).again[0].why_not == ""
    text = signed_in(approver).get(reverse("awaited")).text
    assert "Sign the difference…" in text
    assert "Changed since you signed: 1" in text


def test_what_is_complete_or_in_the_archive_asks_nobody(settled, approver, manager, act):
    other = builders.project(manager, NOON, name="Other")
    Membership.objects.create(project=other, user=approver, role=Role.APPROVER)
    assert [each.slot.project for each in awaited_of(approver, NOON).later] == [settled, other, other]
    Keeping.objects.create(project=other, archived_at=NOON, archived_by=manager)
    sign_all(settled, NOON, approver)
    settled.refresh_from_db()
    assert settled.completed_at
    found = awaited_of(approver, NOON)
    assert (found.now, found.again, found.later) == ([], [], [])


def test_the_page_leads_to_each_place_in_one_step(settled, approver, technician, signed_in):
    text = signed_in(approver).get(reverse("awaited")).text
    assert settled.slots.get(title="Before").get_absolute_url() in text
    assert "To sign now: 2" in text
    assert "7 Feb 2027, 08:00 EET" in text
    assert "Nothing waits for your signature right now." in signed_in(technician).get(reverse("awaited")).text
    assert reverse("awaited") in signed_in(technician).get(reverse("projects")).text


def test_it_costs_the_same_for_many_projects_and_places(manager, approver, technician, act, signed_in):
    browser, costs = signed_in(approver), []
    for number in range(4):
        plan = builders.project(manager, NOON, name=f"Plan {number}")
        for who, role in ((approver, Role.APPROVER), (technician, Role.TECHNICIAN)):
            Membership.objects.create(project=plan, user=who, role=role)
        settle(plan, act(technician))
        for _more in range(number + 1):
            ask_one_more(plan)
        Delegation.objects.make(plan, act(manager), approver, NOON.date(), NOON.date(), "At sea")
        sign(plan, approver, act)
        item(plan, "Certificates valid").reopen(act(technician), "One expired")
        browser.get(reverse("awaited"))
        with CaptureQueriesContext(connection) as queries:
            text = browser.get(reverse("awaited")).text
        assert f"Changed since you signed: {number + 1}" in text
        costs.append(len(queries))
    assert costs[0] == costs[3] <= 32
