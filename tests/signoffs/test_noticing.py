"""Notices: who is told that a signature became stale or void, once, and only of what still is so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from checklists.mailing import deliver_due
from checklists.models import Item, Mail, Membership, Role
from signoffs import closing, gate
from signoffs.asking import ask
from signoffs.models import Decision, Delegation, StaleNotice
from signoffs.noticing import PAUSE, notice_due
from signoffs.standing import standings
from tests.builders import ask_one_more, item, settle, sign_all
from tests.conftest import NOON, person
from tests.crowd import SLOW, all_at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def project(project, technician, act):
    """Everything is done, and two places are to be signed on the first phase, so that none closes it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


def sign(project, who, act, decision=Decision.APPROVE, why="", title="Before", **more):
    standing = next(each for each in standings(project) if each.slot.title == title)
    return gate.sign(standing.slot, act(who), decision, standing.digest, why, **more)


def change(project, technician, act, at=NOON + MINUTE, words="Certificates valid") -> Item:
    """Something that was signed is done once more."""
    changed = item(project, words)
    changed.reopen(act(technician, at), "One expired")
    changed.complete(act(technician, at))
    return changed


def told(kind: str) -> list[str]:
    return sorted(str(mail.person) for mail in Mail.objects.filter(kind=kind).select_related("person"))


def test_a_stale_signature_is_told_to_its_signer_and_managers_once(project, technician, approver, act, mailoutbox):
    sign(project, approver, act)
    notice_due(NOON)
    assert told("signing_stale") == []
    change(project, technician, act)
    notice_due(NOON + PAUSE)
    assert told("signing_stale") == ["Anna Approver", "Mara Manager"]
    deliver_due(NOON + PAUSE)
    letter = next(each for each in mailoutbox if each.to == [approver.email])
    assert letter.subject == "Harbour Lights: 1 signature became stale"
    assert "Before, signed by Anna Approver" in letter.body
    assert project.slots.get(title="Before").get_absolute_url() in letter.body
    change(project, technician, act, NOON + 9 * MINUTE, "Rows counted")
    notice_due(NOON + 10 * MINUTE)
    assert len(told("signing_stale")) == 2


def test_what_is_signed_again_and_changes_again_is_told_again(project, technician, approver, act):
    for number in (1, 2):
        sign(project, approver, act)
        change(project, technician, act, NOON + number * 10 * MINUTE)
        notice_due(NOON + number * 10 * MINUTE)
        assert len(told("signing_stale")) == 2 * number


def test_each_hears_of_their_own_and_managers_of_all_in_one_mail(project, technician, approver, act):
    other = person("Nia Approver")
    Membership.objects.create(project=project, user=other, role=Role.APPROVER)
    project.slots.filter(title="Before").update(needed=3)
    for who in (approver, other):
        sign(project, who, act)
    change(project, technician, act)
    notice_due(NOON + MINUTE)
    places = {str(mail.person): len(mail.facts["places"]) for mail in Mail.objects.filter(kind="signing_stale")}
    assert places == {"Anna Approver": 1, "Nia Approver": 1, "Mara Manager": 2}


def test_whom_somebody_stood_in_for_is_told_too(project, technician, other_technician, approver, act):
    Delegation.objects.make(project, act(approver), other_technician, NOON.date(), NOON.date(), "At sea")
    sign(project, other_technician, act, on_behalf_of=approver)
    change(project, technician, act)
    notice_due(NOON + MINUTE)
    assert told("signing_stale") == ["Anna Approver", "Mara Manager", "Olga Technician"]


def test_what_is_as_it_was_again_or_void_or_declined_is_not_told(project, technician, approver, manager, act):
    signature = sign(project, approver, act)
    change(project, technician, act)
    gate.withdraw(signature, act(approver), "Signed the wrong one")
    notice_due(NOON + MINUTE)
    sign(project, approver, act, Decision.DECLINE, "The fog is thick")
    change(project, technician, act, NOON + 5 * MINUTE)
    notice_due(NOON + 5 * MINUTE)
    assert told("signing_stale") == []
    assert not StaleNotice.objects.exists()


def test_a_busy_project_is_looked_at_once_a_minute_and_a_quiet_one_not_at_all(project, technician, approver, act):
    sign(project, approver, act)
    notice_due(NOON)
    change(project, technician, act)
    for seconds, queries in ((59, 1), (60, None), (61, 1), (3600, 1)):
        with CaptureQueriesContext(connection) as asked:
            notice_due(NOON + timedelta(seconds=seconds))
        assert (len(asked) == queries) if queries else (len(asked) > 5)
    assert len(told("signing_stale")) == 2
    cache.clear()  # another worker, or this one after a restart
    notice_due(NOON + timedelta(hours=2))
    assert len(told("signing_stale")) == 2


def test_nobody_looks_at_what_is_complete(project, approver):
    sign_all(project, NOON, approver)
    with CaptureQueriesContext(connection) as asked:
        notice_due(NOON)
    assert len(asked) == 1


def test_the_worker_does_it(project, technician, approver, act):
    sign(project, approver, act)
    change(project, technician, act)
    call_command("worker", once=True)
    assert len(told("signing_stale")) == 2


def test_the_database_refuses_a_second_notice(project, approver, act):
    signature = sign(project, approver, act)
    StaleNotice.objects.give([signature], NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        StaleNotice.objects.give([signature], NOON)


# -- Void --------------------------------------------------------------------------------------------------------------


def test_a_withdrawal_is_told_to_managers_who_asked_and_whom_it_was_for(
    project, approver, other_technician, manager, act, mailoutbox
):
    deputy = person("Dora Manager")
    member = Membership.objects.create(project=project, user=deputy, role=Role.MANAGER)
    ask(project.slots.select_related("project").get(title="Before"), act(deputy))
    member.role = Role.TECHNICIAN
    member.save()
    Delegation.objects.make(project, act(approver), other_technician, NOON.date(), NOON.date(), "At sea")
    signature = sign(project, other_technician, act, on_behalf_of=approver)
    gate.withdraw(signature, act(other_technician), "Signed the wrong one")
    assert told("signing_withdrawn") == ["Anna Approver", "Dora Manager", "Mara Manager"]
    deliver_due(NOON)
    letter = next(each for each in mailoutbox if "withdrew" in each.subject)
    assert "Signed the wrong one" in letter.body


def test_a_reopening_is_told_to_whoever_asked(project, approver, manager, act):
    other = person("Dora Manager")
    member = Membership.objects.create(project=project, user=other, role=Role.MANAGER)
    slot = project.slots.select_related("project", "phase").get(title="Before")
    ask(slot, act(other))
    member.role = Role.TECHNICIAN
    member.save()
    sign(project, approver, act)
    closing.reopen(project, act(manager), slot, "The replica fell behind")
    assert told("signing_reopened") == ["Anna Approver", "Dora Manager"]


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_tells(project, technician, approver, act):
    for run in range(1, 101 if SLOW else 6):
        at = NOON + run * 10 * MINUTE
        sign(project, approver, act)
        change(project, technician, act, at)
        assert all_at_once(*(lambda at=at: notice_due(at) for _ in range(4))) == [None] * 4
        assert StaleNotice.objects.count() == run
        assert told("signing_stale") == ["Anna Approver"] * run + ["Mara Manager"] * run
