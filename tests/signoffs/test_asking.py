"""Asking for signatures: who gets a mail, what is kept of it, and that nobody is asked twice within an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.mailing import deliver_due
from checklists.models import Action, Mail, Membership, Role
from checklists.models.slot import Filler
from signoffs import closing, gate
from signoffs.asking import ask, ask_for_all
from signoffs.awaited import awaited_of
from signoffs.models import Decision, Delegation, SigningRequest
from signoffs.standing import standings
from tests.builders import ask_one_more, item, settle, sign_all
from tests.conftest import NOON, person
from tests.crowd import SLOW, all_at_once, refused


@pytest.fixture
def settled(project, technician, act):
    """The project with everything done, and another place for a signature on its first phase, so that none closes it."""
    settle(project, act(technician))
    ask_one_more(project)
    return project


def before(project):
    return project.slots.select_related("project", "phase").get(title="Before")


def sign(project, act, decision=Decision.APPROVE, why=""):
    standing = next(each for each in standings(project) if each.slot.title == "Before")
    return gate.sign(standing.slot, act, decision, standing.digest, why)


def asked(project) -> list[str]:
    mails = Mail.objects.filter(project=project, kind="signing_requested")
    return [str(mail.person) for mail in mails.select_related("person")]


def test_everybody_who_may_sign_gets_one_mail(settled, approver, manager, act, mailoutbox):
    assert ask(before(settled), act(manager)) == [approver]
    deliver_due(NOON)
    (letter,) = mailoutbox
    assert letter.to == [approver.email]
    assert letter.subject == "Harbour Lights: Mara Manager asks you to sign Before"
    assert before(settled).get_absolute_url() in letter.body
    assert "7 Feb 2027, 08:00 EET" in letter.body
    assert reverse("awaited") in letter.body


def test_it_stands_in_the_journal_and_on_the_slot(settled, approver, manager, act, signed_in):
    ask(before(settled), act(manager))
    entry = settled.journal.get(action=Action.SIGNING_REQUESTED)
    assert str(entry) == "Mara Manager asked people to sign Before (Anna Approver)"
    told = "asked 5 Feb 2027, 14:00 EET, by Mara Manager"
    assert told in " ".join(signed_in(manager).get(reverse("slots", args=[settled.slug])).text.split())
    assert told in " ".join(signed_in(approver).get(reverse("awaited")).text.split())


def test_not_twice_within_an_hour(settled, manager, act):
    ask(before(settled), act(manager))
    with pytest.raises(TransitionRefused, match="after 5 Feb 2027, 15:00 EET"):
        ask(before(settled), act(manager, NOON + timedelta(minutes=59)))
    assert len(asked(settled)) == 1
    ask(before(settled), act(manager, NOON + timedelta(minutes=60)))
    assert len(asked(settled)) == 2


def test_who_cannot_sign_it_is_not_asked(settled, technician, approver, manager, act):
    """Who did the work is left out, and who said their word; whom somebody stands in for is reached through them."""
    other, deputy = person("Nia Approver"), person("Ben Technician")
    for user, role in ((other, Role.APPROVER), (deputy, Role.TECHNICIAN), (technician, Role.APPROVER)):
        Membership.objects.update_or_create(project=settled, user=user, defaults={"role": role})
    Delegation.objects.make(settled, act(other), deputy, NOON.date(), NOON.date(), "At sea")
    settled.slots.filter(title="Before").update(needed=4)
    sign(settled, act(approver))
    ask(before(settled), act(manager))
    assert asked(settled) == ["Ben Technician", "Nia Approver"]
    deputies = Mail.objects.get(person=deputy)
    assert [place["principal"] for place in deputies.facts["places"]] == ["Nia Approver"]


def test_of_what_changed_those_who_signed_are_asked(settled, technician, approver, manager, act):
    Membership.objects.create(project=settled, user=person("Nia Approver"), role=Role.APPROVER)
    sign(settled, act(approver))
    item(settled, "Certificates valid").reopen(act(technician), "One expired")
    item(settled, "Certificates valid").complete(act(technician, NOON + timedelta(minutes=1)))
    ask(before(settled), act(manager))
    assert asked(settled) == ["Anna Approver"]


def test_nobody_is_asked_for_what_nobody_can_sign(project, technician, approver, manager, act):
    with pytest.raises(TransitionRefused, match="5 open"):
        ask(before(project), act(manager))
    settle(project, act(technician))
    slot = before(project)
    slot.amend(act(manager), {"filler": Filler.PEOPLE}, [manager])
    with pytest.raises(TransitionRefused, match="nobody else"):
        ask(slot, act(manager))
    slot.retire(act(manager), "Not needed")
    with pytest.raises(TransitionRefused, match="any more"):
        ask(slot, act(manager))
    assert not SigningRequest.objects.exists()
    assert asked(project) == []


def test_a_reopening_ends_what_was_asked(settled, approver, manager, act):
    ask(before(settled), act(manager))
    sign(settled, act(approver))
    closing.reopen(settled, act(manager), before(settled), "The replica fell behind")
    assert SigningRequest.objects.get().ended_at == NOON
    assert awaited_of(approver, NOON).now[0].request is None
    ask(before(settled), act(manager))
    assert awaited_of(approver, NOON).now[0].request.by == manager


def test_a_manager_asks_by_a_button_and_others_see_none(settled, approver, manager, signed_in):
    where = reverse("slots", args=[settled.slug])
    address = reverse("slot_requests", args=[settled.slug, before(settled).number])
    assert address in signed_in(manager).get(where).text
    assert address not in signed_in(approver).get(where).text
    answer = signed_in(manager).post(address, {"key": "a-key-of-a-form"}, follow=True)
    assert "Asked to sign Before: Anna Approver." in answer.text
    assert address not in answer.text
    signed_in(manager).post(address, {"key": "a-key-of-a-form"})
    assert len(asked(settled)) == 1
    answer = signed_in(manager).post(address, {"key": "another-key"}, follow=True)
    assert "Nobody was asked now." in answer.text
    assert len(asked(settled)) == 1


def test_who_asked_is_told_of_a_refusal_also_when_they_manage_no_more(settled, approver, manager, act):
    deputy = person("Dora Manager")
    member = Membership.objects.create(project=settled, user=deputy, role=Role.MANAGER)
    ask(before(settled), act(deputy))
    member.role = Role.TECHNICIAN
    member.save()
    sign(settled, act(approver), Decision.DECLINE, "The fog is thick")
    told = Mail.objects.filter(kind="signing_declined")
    assert {str(mail.person) for mail in told} == {"Mara Manager", "Dora Manager"}


def test_what_is_complete_is_asked_for_no_more(settled, approver, manager, act, signed_in):
    sign_all(settled, NOON, approver)
    with pytest.raises(TransitionRefused, match="nobody else"):
        ask(before(settled), act(manager))
    assert "/requests/" not in signed_in(manager).get(reverse("slots", args=[settled.slug])).text


def test_all_that_can_be_signed_is_asked_for_by_one_mail_to_each(
    settled, approver, manager, act, signed_in, mailoutbox
):
    Membership.objects.create(project=settled, user=person("Nia Approver"), role=Role.APPROVER)
    ask(before(settled), act(manager))
    ask_one_more(settled, title="Third signer")
    Mail.objects.all().delete()
    assert [str(who) for who in ask_for_all(settled, act(manager, NOON + timedelta(minutes=9)))] == [
        "Anna Approver",
        "Nia Approver",
    ]
    for mail in Mail.objects.all():  # what was asked for within the hour and what cannot be signed is left out
        assert [place["slot"] for place in mail.facts["places"]] == ["Second signer", "Third signer"]
    assert settled.journal.filter(action=Action.SIGNING_REQUESTED).count() == SigningRequest.objects.count() == 3
    deliver_due(NOON + timedelta(hours=1))
    assert {each.subject for each in mailoutbox} == {"Harbour Lights: Mara Manager asks you for 2 signatures"}
    with pytest.raises(TransitionRefused, match="Nobody was asked"):
        ask_for_all(settled, act(manager, NOON + timedelta(minutes=10)))


def test_the_button_for_all_is_there_where_there_are_several(settled, approver, manager, signed_in):
    where, address = (reverse(name, args=[settled.slug]) for name in ("slots", "requests"))
    assert f'action="{address}"' in signed_in(manager).get(where).text
    assert f'action="{address}"' not in signed_in(approver).get(where).text
    answer = signed_in(manager).post(address, follow=True).text
    assert "Asked to sign: Anna Approver." in answer
    assert f'action="{address}"' not in answer
    assert "Nobody was asked" in signed_in(manager).post(address, follow=True).text


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_one_does(project, technician, approver, manager, act):
    settle(project, act(technician))
    ask_one_more(project)
    managers = [manager, person("Dora Manager"), person("Ned Manager"), person("Eve Manager")]
    for user in managers[1:]:
        Membership.objects.create(project=project, user=user, role=Role.MANAGER)
    runs = 100 if SLOW else 5
    for run in range(runs):
        at = NOON + timedelta(hours=run)
        outcomes = all_at_once(*(lambda who=who, at=at: ask(before(project), act(who, at)) for who in managers))
        assert len(refused(outcomes)) == len(managers) - 1
    assert SigningRequest.objects.count() == runs
    assert Mail.objects.filter(kind="signing_requested", person=approver).count() == runs
