"""Races at one invitation, with real threads: twenty times each, and five hundred with GOLIVE_SLOW=1."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from checklists.act import Act
from checklists.models import Mail
from signoffs import closing, gate, outside
from signoffs.invariants import broken
from signoffs.models import Code, Decision, Invitation, Method, Signature
from signoffs.models.code import TRIES
from signoffs.standing import standings
from tests.builders import ask_one_more, settle
from tests.crowd import SLOW, all_at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = range(500 if SLOW else 20)


@pytest.fixture
def invitation(project, technician, manager, act) -> Invitation:
    settle(project, act(technician))
    slot = ask_one_more(project, title="Customer", filler="external")
    return Invitation.objects.invite(slot, Act(manager, timezone.now()), "nia@customer.example", "Nia Okafor")


def asked(invitation: Invitation, at) -> tuple[Code, str]:
    """A code with its digits."""
    Code.objects.ask(invitation, Act(invitation.person, at))
    return Code.objects.last(), Mail.objects.filter(kind="signing_code").order_by("pk").last().secret


def at_hand(code: Code) -> Code:
    """The same row, for a thread of its own."""
    return Code.objects.select_related("invitation__slot__project", "invitation__person", "invitation__by").get(
        pk=code.pk
    )


def test_sig_14_many_guesses_at_once_are_five(invitation):
    now = timezone.now()
    code, digits = asked(invitation, now)
    guesses = [f"{(int(digits) + 1 + turn) % 10**8:08d}" for turn in range(12)]
    rows = [at_hand(code) for _ in guesses]
    act = Act(invitation.person, now)
    told = all_at_once(*(lambda r=row, g=guess: r.enter(act, g) for row, guess in zip(rows, guesses, strict=True)))
    assert told.count(False) == TRIES
    assert len(refused(told)) == len(guesses) - TRIES
    assert Code.objects.get().tries == TRIES


def test_sig_14_signed_in_two_windows_and_taken_back_at_once(project, invitation, manager):
    """One signature at the most, and none by a link that was taken back before."""
    for run in RUNS:
        now = timezone.now() + timedelta(hours=run)
        code, digits = asked(invitation, now)
        assert code.enter(Act(invitation.person, now), digits)
        seen = next(each for each in standings(project) if each.slot.title == "Customer")

        def sign(row, at=now, digest=seen.digest):
            proof = gate.Proof(Method.EMAIL, row.entered_at, invitation=row.invitation, name="Nia")
            return outside.sign(row, Act(row.invitation.person, at), Decision.APPROVE, digest, "", proof=proof)

        first, second = at_hand(code), at_hand(code)
        mine = Invitation.objects.select_related("slot__project", "person", "by").get(pk=invitation.pk)
        told = all_at_once(
            lambda row=first: sign(row),
            lambda row=second: sign(row),
            lambda row=mine, at=now: row.revoke(Act(manager, at)),
        )
        live = Signature.objects.live().filter(slot__title="Customer").count()
        invitation = Invitation.objects.select_related("slot__project", "person", "by").get(pk=invitation.pk)
        assert live == sum(isinstance(each, Signature) for each in told)
        assert live == (invitation.ended_how == "signed")
        assert broken(project) == []
        again = Act(manager, now + timedelta(minutes=1))
        if live:
            closing.reopen(project, again, invitation.slot, "The next run begins")
        invitation = Invitation.objects.invite(invitation.slot, again, f"nia{run}@customer.example", "Nia")
