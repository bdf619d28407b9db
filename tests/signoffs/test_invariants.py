"""The checks themselves: a run through everything leaves nothing broken, and every damage is told in a sentence."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from checklists.models import Field, Item, Membership, Phase, Reading, RequestKey, Role, Slot
from checklists.planning.divisions import retire_division
from checklists.planning.items import amend_item, restore_item, retire_item, seen_of, split_item
from golive_site.accounts.models import User
from signoffs import closing, gate
from signoffs.invariants import broken
from signoffs.models import Decision, Signature
from signoffs.snapshot import digest_of
from tests.builders import T_ZERO, ask_one_more, item, settle, sign_all
from tests.conftest import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(project, manager, technician, other_technician, approver, act):
    """A project to which everything happened once."""
    lamps, name = item(project, "Lamps answer"), item(project, "Switch the name")
    certificates, backup = item(project, "Certificates valid"), item(project, "Backup restored")
    lamps.claim(act(technician))
    lamps.block(act(technician), "It rains")
    lamps.hand_over(act(manager), other_technician, for_others=True)
    lamps.resume(act(other_technician))
    lamps.release(act(other_technician))
    lamps.undo(act(other_technician))
    lamps.complete(act(other_technician))
    lamps.undo(act(other_technician))
    lamps.fail(act(other_technician), "One is dark")
    lamps.undo(act(other_technician))
    certificates.set_aside(act(technician), "Not on this server")
    certificates.reopen(act(technician), "They are")
    name.note(act(approver), "Careful")
    Field.objects.get(project=project).read(act(technician), "1250")
    for each in project.items.filter(parent__text="Database ready").select_related("project"):
        each.complete(act(technician))
    backup.refresh_from_db()
    backup.undo(act(technician))
    backup.complete(act(technician))
    backup.reopen(act(manager), "It was the wrong one")
    amend_item(name, act(manager), {"text": "Switch the name twice"}, began=seen_of(name))
    parts = split_item(lamps, act(manager), ["Red lamps", "Green lamps"], below=True)
    parts[0].claim(act(technician))
    retire_item(parts[0], act(manager))
    restore_item(parts[0], act(manager))
    project.move_go_live(act(manager), T_ZERO + timedelta(days=1), "Europe/Athens", "Fog", T_ZERO)
    settle(project, act(manager))
    ask_one_more(project)
    standing = gate.standings(project)[0]
    gate.sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    certificates.refresh_from_db()
    certificates.reopen(act(manager), "It expired")
    certificates.claim(act(technician))
    retire_division(Phase.objects.get(project=project, title__contains="Night"), act(manager))
    Membership.objects.admit(project, act(manager), technician.email, "", Role.AUDITOR)
    return project


def test_nothing_is_broken_by_anything_that_people_can_do(run):
    assert broken(run) == []


DAMAGES = {
    "state": (
        lambda run: items(run).filter(state="done").update(state="na", reason="-"),
        "state is na, by the journal",
    ),
    "owner": (lambda run: items(run).filter(state="claimed").update(owner=run.created_by), "owner is"),
    "settled": (lambda run: items(run).filter(state="done").update(settled_at=NOON + timedelta(1)), "settled_at is"),
    "reason": (lambda run: items(run).update(reason="It never was"), "reason is It never was"),
    "version": (lambda run: items(run).update(version=F("version") + 1), "version is"),
    "holder": (lambda run: items(run).filter(state="done").update(owner=run.created_by), "but somebody has it"),
    "group": (
        lambda run: (
            items(run).filter(parent__text="Database ready").update(state="open", settled_by=None, settled_at=None)
        ),
        "but its part",
    ),
    "value": (lambda run: Field.objects.filter(project=run).update(version=7), "has version 7 after 1 values"),
    "section": (
        lambda run: items(run).exclude(section=None).update(phase=Phase.with_retired.last()),
        "not around it",
    ),
    "T-0": (lambda run: type(run).objects.filter(pk=run.pk).update(go_live_at=T_ZERO), "T-0 is"),
    "times": (lambda run: run.phases.update(offset_start=5, offset_end=1), "ends before it begins"),
    "key": (
        lambda run: RequestKey.objects.create(
            user=run.created_by, key="from-nowhere", fingerprint="", at=NOON, project=run, seq=9999
        ),
        "stands for entry 9999",
    ),
    "snapshot": (lambda run: Signature._base_manager.update(snapshot="{}"), "is not over the snapshot"),
    "signature": (lambda run: Signature._base_manager.all().delete(), "There are 0 signatures, by the journal 1"),
}


@pytest.fixture
def signed(project, technician, approver, act):
    """Everything done and signed: twice on the first phase, then the whole plan."""
    ask_one_more(project)
    settle(project, act(technician))
    blank = Field.objects.create(
        project=project, phase=project.phases.first(), label="Weather", position=9, kind="text"
    )
    blank.read(act(technician), "Fog")
    sign_all(project, NOON, approver)
    project.refresh_from_db()
    assert project.completed_at
    return project


def test_nothing_is_broken_when_all_is_signed_nor_when_it_is_reopened_and_withdrawn(signed, manager, approver, act):
    assert broken(signed) == []
    first = signed.slots.get(number=1)
    closing.reopen(signed, act(manager), first, "The lamps are dark again")
    standing = gate.standings(signed)[0]
    given = gate.sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    gate.withdraw(given, act(approver), "I looked at the wrong one")
    assert broken(signed) == []


def again(run, number: int, **changes):
    """Change the snapshot of somebody's signature, so well that its digest is right."""
    signature = Signature.objects.get(slot__project=run, slot__number=number, voided_at=None)
    text = json.dumps(json.loads(signature.snapshot) | changes)
    Signature._base_manager.filter(pk=signature.pk).update(snapshot=text, digest=digest_of(text))


def rows(run, number: int):
    return Signature._base_manager.filter(slot__project=run, slot__number=number)


FORGERIES = {
    "incomplete": (
        lambda run: type(run).objects.filter(pk=run.pk).update(completed_at=None),
        "left nothing to do, but the project is not complete",
    ),
    "unsigned": (
        lambda run: rows(run, 2).filter(voided_at=None).update(digest="0" * 64),
        "is complete, but not signed",
    ),
    "closed": (lambda run: items(run).update(text="Something else"), "is closed, but Before is stale"),
    "own work": (
        lambda run: rows(run, 2).update(signer=User.objects.get(name="Tom Technician")),
        "approves what they worked on themselves",
    ),
    "own blank": (
        lambda run: Reading.objects.filter(value="Fog").update(by=live(run, 2).signer, at=NOON - timedelta(hours=1)),
        "approves what they worked on themselves",
    ),
    "two places": (
        lambda run: rows(run, 3).filter(voided_at=None).update(signer=live(run, 1).signer),
        "signed two places of one stage",
    ),
    "later": (lambda run: rows(run, 1).update(seq=9999), "is over one of slot 1 that was not there yet"),
    "unawaited": (lambda run: again(run, 2, earlier=[[1, []]]), "did not wait for slot 1"),
    "name": (lambda run: rows(run, 1).update(name="Somebody"), "is not as it was given"),
    "void": (
        lambda run: rows(run, 1).update(voided_at=NOON, voided_how="withdrawn"),
        "The journal does not tell why the signature of",
    ),
}


def live(run, number: int) -> Signature:
    return Signature.objects.get(slot__project=run, slot__number=number, voided_at=None)


@pytest.mark.parametrize("forgery", FORGERIES)
def test_every_forgery_of_what_is_signed_is_told(signed, forgery):
    harm, words = FORGERIES[forgery]
    harm(signed)
    assert any(words in sentence for sentence in broken(signed)), broken(signed)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ({"void_reason": "Nothing"}, "Why the signature of Anna Approver in Before is void is not what was written"),
        ({"voided_at": None, "voided_by": None, "voided_how": "", "void_reason": ""}, "did not stay void as entry"),
        ({"comment": "Fine"}, "What Anna Approver in Before wrote is not what was written"),
    ],
)
def test_what_is_void_never_changes_again(run, approver, act, harm, words):
    """I13."""
    given = live(run, 1)
    gate.withdraw(given, act(approver), "I looked at the wrong one")
    standing = gate.standings(run)[0]
    if "comment" in harm:
        given = gate.sign(standing.slot, act(approver), Decision.DECLINE, standing.digest, "Too dark")
    Signature._base_manager.filter(pk=given.pk).update(**harm)
    assert any(words in sentence for sentence in broken(run)), broken(run)


def test_a_vote_after_the_decision_is_told(run, manager, approver, act):
    """I8."""
    vote = Slot.objects.add(run, act(manager), {"title": "Lead", "kind": "vote", "required": False})
    chair = Slot.objects.add(run, act(manager), {"title": "Chair", "kind": "decision", "required": False})
    for slot, who in ((vote, approver), (chair, manager)):
        standing = next(each for each in gate.standings(run) if each.slot.pk == slot.pk)
        gate.sign(standing.slot, act(who), Decision.NO_GO, standing.digest, "Too dark")
    assert broken(run) == []
    rows(run, vote.number).update(seq=9999)
    assert "Anna Approver in Lead voted after the decision of Mara Manager." in broken(run)


def items(run):
    return Item.objects.filter(project=run)


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damage_is_told(run, damage):
    harm, words = DAMAGES[damage]
    harm(run)
    run.refresh_from_db()
    assert any(words in sentence for sentence in broken(run)), broken(run)


def test_the_command_tells_all_of_it_and_how_it_ended(run, capsys):
    call_command("check_invariants")
    assert "all of it holds" in capsys.readouterr().out
    items(run).update(version=F("version") + 1)
    with pytest.raises(CommandError, match="harbour-lights: Item #") as failed:
        call_command("check_invariants", "harbour-lights")
    assert failed.value.returncode == 1
    with pytest.raises(CommandError) as failed:
        call_command("check_invariants", "elsewhere")
    assert failed.value.returncode == 2
