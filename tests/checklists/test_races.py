"""Many at once: real threads on the real database."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checklists.act import TransitionRefused
from checklists.models import Action, Item, JournalEntry, Project
from checklists.models.item import State
from signoffs import gate
from signoffs.models import Decision, Signature
from tests.builders import T_ZERO, ask_one_more, item, settle
from tests.crowd import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 8


def fresh(project, words) -> Item:
    return item(project, words)


def test_of_many_claims_one_wins(project, technician, other_technician, act):
    lamps = [fresh(project, "Lamps answer") for _ in range(CROWD)]
    people = [technician, other_technician] * (CROWD // 2)
    outcomes = all_at_once(*(lambda i=i, who=who: i.claim(act(who)) for i, who in zip(lamps, people, strict=True)))
    winner = fresh(project, "Lamps answer").owner
    refused = [outcome for outcome in outcomes if isinstance(outcome, TransitionRefused)]
    assert len(refused) == CROWD // 2
    assert all(str(winner) in str(refusal) for refusal in refused)
    assert project.journal.filter(action=Action.ITEM_CLAIMED).count() == 1


def test_the_same_tick_many_times_is_one_tick(project, technician, act):
    copies = [fresh(project, "Lamps answer") for _ in range(CROWD)]
    all_at_once(*(lambda i=i: i.complete(act(technician)) for i in copies))
    assert project.journal.filter(action=Action.ITEM_COMPLETED).count() == 1


def test_no_tick_is_lost_and_the_chain_holds(project, technician, other_technician, act):
    open_items = list(project.items.filter(children=None).select_related("project"))
    people = [technician, other_technician]
    all_at_once(
        *(lambda i=i, who=people[n % 2]: i.complete(act(who)) for n, i in enumerate(open_items)),
        *(lambda i=i, who=people[n % 2]: i.note(act(who), "me too") for n, i in enumerate(open_items)),
    )
    assert not project.items.open().exists()
    assert project.items.get(text="Database ready").state == State.DONE
    assert JournalEntry.objects.first_broken(project) is None


def test_of_many_moves_of_t_zero_one_wins(project, manager, act):
    copies = [Project.objects.get(pk=project.pk) for _ in range(CROWD)]
    days = [T_ZERO + timedelta(days=number + 1) for number in range(CROWD)]
    outcomes = all_at_once(
        *(
            lambda copy=copy, day=day: copy.move_go_live(act(manager), day, "Europe/Athens", "Fog", T_ZERO)
            for copy, day in zip(copies, days, strict=True)
        )
    )
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == CROWD - 1
    assert project.journal.filter(action=Action.GO_LIVE_MOVED).count() == 1


def test_settling_and_reopening_the_phase_before_never_lets_one_slip_through(project, manager, technician, act):
    project.order_phases(act(manager), True)
    for each in project.items.filter(phase__position=0).select_related("project").order_by("-depth"):
        each.complete(act(technician))
    certificates, lamps = fresh(project, "Certificates valid"), fresh(project, "Lamps answer")
    refused = all_at_once(
        lambda: certificates.reopen(act(technician), "One expired"), lambda: lamps.complete(act(technician))
    )[1]
    reopened = project.journal.get(action=Action.ITEM_REOPENED)
    in_time = project.journal.filter(item=lamps, action=Action.ITEM_COMPLETED, seq__lt=reopened.seq).exists()
    assert in_time == (refused is None)
    assert fresh(project, "Lamps answer").is_settled == in_time


def test_two_signers_of_one_slot(project, technician, approver, manager, act):
    settle(project, act(technician))
    standing = gate.standings(project)[0]
    outcomes = all_at_once(
        *(
            lambda who=who: gate.sign(standing.slot, act(who), Decision.APPROVE, standing.digest)
            for who in (approver, manager)
        )
    )
    assert sum(isinstance(outcome, TransitionRefused) for outcome in outcomes) == 1
    assert Signature.objects.filter(voided_at=None).count() == 1


def test_signing_against_reopening_never_leaves_a_valid_signature_over_something_else(
    project, technician, approver, act
):
    ask_one_more(project)
    settle(project, act(technician))
    for _ in range(5):
        standing = gate.standings(project)[0]
        certificates = fresh(project, "Certificates valid")
        all_at_once(
            lambda s=standing: gate.sign(s.slot, act(approver), Decision.APPROVE, s.digest),
            lambda c=certificates: c.reopen(act(technician), "One expired"),
        )
        now = gate.standings(project)[0]
        assert now.state in ("pending", "stale")
        fresh(project, "Certificates valid").complete(act(technician))
    assert JournalEntry.objects.first_broken(project) is None
