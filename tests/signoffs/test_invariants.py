"""The checks themselves: a run through everything leaves nothing broken, and every damage is told in a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F

from checklists.models import Field, Item, Membership, Phase, RequestKey, Role
from checklists.planning.divisions import retire_division
from checklists.planning.items import amend_item, restore_item, retire_item, seen_of, split_item
from signoffs import gate
from signoffs.invariants import broken
from signoffs.models import Decision, Signature
from tests.builders import T_ZERO, ask_one_more, item, settle
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
