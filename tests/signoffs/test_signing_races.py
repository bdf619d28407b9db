"""The races of signing that TRUST.md names, C4, C6, C7 and C8: twenty times each, and five hundred with GOLIVE_SLOW=1."""

from __future__ import annotations

from dataclasses import replace

import pytest

from checklists.act import TransitionRefused
from checklists.models import Action, Closure, Item, Mail, Membership, Role
from checklists.models.scoped import Scope
from signoffs import closing, gate
from signoffs.invariants import broken
from signoffs.models import Decision, Record, Signature, VoidedBy
from signoffs.standing import Standing, standings
from tests.builders import ask_one_more, item, settle
from tests.conftest import NOON
from tests.crowd import SLOW, all_at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)
RUNS = range(500 if SLOW else 20)
WHY = "It has to be looked at once more"


@pytest.fixture
def project(project, technician, act):
    """Everything is done, and two places are to be signed on the first phase and on the whole plan."""
    settle(project, act(technician))
    ask_one_more(project)
    ask_one_more(project, 2, title="Second director")
    yield project
    assert broken(project) == []


def standing(project, title: str) -> Standing:
    return next(each for each in standings(project) if each.slot.title == title)


def sign(seen: Standing, act, decision: Decision = Decision.APPROVE, why: str = "") -> Signature:
    return gate.sign(seen.slot, act, decision, seen.digest, why)


def void_all(project, act) -> None:
    """By reopening the phase, so that the journal tells it."""
    if Signature.objects.live().exists():
        closing.reopen(project, act, standing(project, "Before").slot, WHY)


def test_c4_what_is_signed_is_what_was_seen(project, technician, approver, manager, act):
    """C4, sign against edit: a signature comes before the edit and is stale by it, or is refused with the difference."""
    certificates = item(project, "Certificates valid").pk
    for _ in RUNS:
        seen, row = standing(project, "Before"), Item.objects.select_related("project", "phase").get(pk=certificates)
        signed, edited = all_at_once(
            lambda s=seen: sign(s, act(approver)), lambda r=row: r.reopen(act(technician), "One expired")
        )
        assert edited is None
        edit = project.journal.filter(action=Action.ITEM_REOPENED).last()
        if isinstance(signed, Signature):
            assert signed.digest == seen.digest
            assert signed.seq < edit.seq
            assert standing(project, "Before").state == "stale"
        else:
            assert isinstance(signed, gate.Overtaken)
            assert not Signature.objects.live().exists()
        void_all(project, act(manager))
        Item.objects.select_related("project", "phase").get(pk=certificates).complete(act(technician))


def test_c4_a_reopening_voids_what_was_signed_before_it_and_nothing_after(project, approver, manager, act):
    """C4, sign against reopen: the second signature closes the scope and is void, or stands in the new revision."""
    for _ in RUNS:
        sign(standing(project, "Before"), act(approver))
        seen = standing(project, "Second signer")
        signed, voided = all_at_once(
            lambda s=seen: sign(s, act(manager)),
            lambda around=seen.slot: closing.reopen(project, act(manager), around, WHY),
        )
        project.refresh_from_db()
        reopening = project.journal.filter(action=Action.SCOPE_REOPENED).last()
        assert isinstance(signed, Signature)
        signed.refresh_from_db()
        if signed.seq < reopening.seq:
            assert {each.pk for each in voided} >= {signed.pk}
            assert signed.voided_how == VoidedBy.REOPENED
        else:
            assert signed.voided_at is None
            assert signed.revision == project.revision
        assert not Closure.objects.live(project).exists()
        void_all(project, act(manager))


def test_c6_of_two_last_signers_comes_one_completion(project, approver, manager, act):
    """C6: one closing, one completion, one order of the record, and one mail to each, all in one transaction."""
    sign(standing(project, "Before"), act(approver))
    sign(standing(project, "Second signer"), act(manager))
    last = standing(project, "Go-Live Approved").slot.scope
    assert last == Scope.PLAN
    for number in RUNS:
        seen = [standing(project, "Go-Live Approved"), standing(project, "Second director")]
        outcomes = all_at_once(
            *(lambda s=s, who=who: sign(s, act(who)) for s, who in zip(seen, (approver, manager), strict=True))
        )
        assert refused(outcomes) == []
        project.refresh_from_db()
        assert project.completed_at == NOON
        assert Closure.objects.live(project).filter(scope=Scope.PLAN).count() == 1
        assert project.journal.filter(action=Action.PROJECT_COMPLETED).count() == number + 1
        assert Record.objects.filter(project=project, superseded_at=None).count() == 1
        done = project.journal.filter(action=Action.PROJECT_COMPLETED).last()
        mails = Mail.objects.filter(
            kind="project_completed", key__startswith=f"project_completed:{project.pk}:{done.seq}:"
        )
        assert mails.count() == len({approver.pk, manager.pk} - {done.actor_id})
        closing.reopen(project, act(manager), Closure(project=project, scope=Scope.PLAN), WHY)


def test_c7_one_outcome_of_a_decline_and_a_signature(project, approver, manager, act):
    """C7: who declines stops the scope, whether another signed just before or was refused just after."""
    for _ in RUNS:
        no, yes = standing(project, "Before"), standing(project, "Second signer")
        declined, signed = all_at_once(
            lambda s=no: sign(s, act(approver), Decision.DECLINE, "The oil is low"),
            lambda s=yes: sign(s, act(manager)),
        )
        assert isinstance(declined, Signature)
        assert standing(project, "Before").state == "declined"
        assert not Closure.objects.live(project).exists()
        if isinstance(signed, Signature):
            assert signed.seq < declined.seq
        else:
            assert isinstance(signed, TransitionRefused)
            assert "declined to sign" in str(signed)
        void_all(project, act(manager))


@pytest.mark.parametrize("how", ["deactivated", "removed"])
def test_c8_who_is_gone_signs_before_that_or_not_at_all(project, approver, manager, act, how):
    """C8: the right to sign is read again under the lock; without it nothing is recorded."""
    late = replace(act(approver), standing=(project.pk, Role.APPROVER.value))

    def leave():
        if how == "removed":
            Membership.objects.get(project=project, user=approver).remove(act(manager))
        else:
            with project.locked(act(manager)):
                type(approver).objects.filter(pk=approver.pk).update(is_active=False)

    for _ in RUNS:
        seen = standing(project, "Before")
        signed = all_at_once(lambda s=seen: sign(s, late), leave)[0]
        assert Signature.objects.live().count() == isinstance(signed, Signature)
        with pytest.raises(Exception, match=r"No Project|^$|not for you") as again:
            sign(standing(project, "Second signer"), late)
        assert refused([again.value])
        void_all(project, act(manager))
        type(approver).objects.filter(pk=approver.pk).update(is_active=True)
        if how == "removed":
            Membership.objects.admit(project, act(manager), approver.email, "", Role.APPROVER)
