"""The races that TRUST.md names, C1 to C10, each followed by a check that everything holds."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from checklists.act import Act, TransitionRefused
from checklists.models import Action, Draft, Field, Item, Keeping, Membership, Project, RequestKey, Role
from checklists.models.item import State
from checklists.planning.items import move_item, retire_item
from checklists.several import each_of
from golive_site.accounts.models import User
from signoffs import closing, gate
from signoffs.invariants import broken
from signoffs.models import Decision, Signature
from tests import builders
from tests.builders import PLAN, T_ZERO, ask_one_more, item, settle
from tests.conftest import NOON
from tests.crowd import REFUSALS, SLOW, all_at_once, refused

pytestmark = pytest.mark.django_db(transaction=True)


def often(slow: int, quick: int) -> range:
    return range(slow if SLOW else quick)


def fresh(each: Item) -> Item:
    return Item.objects.select_related("project", "phase").get(pk=each.pk)


@pytest.fixture
def project(project):
    """Several people at once journal at several moments; nothing is read from a clock here."""
    yield project
    assert broken(project) == []


def test_c1_of_32_who_claim_every_item_one_gets_each(project, manager, technician, other_technician, act):
    """C1: one winner each, and every loser reads who won."""
    project = builders.project(manager, NOON, "# P\n\n## Phase\n\n" + "- [ ] Lamp\n" * (200 if SLOW else 6), "Crowd")
    people = [manager, technician, other_technician]
    for who in people[1:]:
        Membership.objects.create(project=project, user=who, role=Role.TECHNICIAN)
    lamps = list(project.items.all())
    told: dict[int, list[tuple]] = {lamp.pk: [] for lamp in lamps}

    def claim_all(number: int):
        who = people[number % 3]
        for lamp in random.Random(number).sample(lamps, len(lamps)):  # noqa: S311
            try:
                fresh(lamp).claim(act(who))
            except TransitionRefused as refusal:
                told[lamp.pk].append((who, str(refusal)))
            finally:
                connection.close()  # as at the end of a request: 32 share the 16 of the pool

    all_at_once(*(lambda number=number: claim_all(number) for number in range(32)))
    for lamp in lamps:
        winner = fresh(lamp).owner
        assert project.journal.filter(item=lamp, action=Action.ITEM_CLAIMED).count() == 1
        assert len(told[lamp.pk]) == sum(people[number % 3] != winner for number in range(32))
        assert all(f"{winner} has this item since" in words for _, words in told[lamp.pk])
    assert broken(project) == []


def test_c2_of_two_opposite_changes_of_what_both_saw_one_is_made(project, technician, other_technician, manager, act):
    """C2: completed against failed, both over the same version; the state is that of the last entry."""
    lamps = item(project, "Lamps answer")
    for _ in often(3_333, 12):
        seen = {lamps.row_name: fresh(lamps).version}
        tick, cross = replace(act(technician), seen=seen), replace(act(other_technician), seen=seen)
        outcomes = all_at_once(
            lambda tick=tick: fresh(lamps).complete(tick), lambda cross=cross: fresh(lamps).fail(cross, "One is dark")
        )
        (loser,) = refused(outcomes)
        now = fresh(lamps)
        assert now.state == (State.DONE if outcomes[0] is None else State.FAILED)
        assert ("Tom Technician" if outcomes[0] is None else "Olga Technician") in str(loser)
        assert project.journal.filter(item=lamps).last().action == (
            Action.ITEM_COMPLETED if outcomes[0] is None else Action.ITEM_FAILED
        )
        (now.reopen if now.state == State.DONE else now.block)(act(manager), "Again")


def test_c3_nothing_that_two_write_at_once_is_lost(project, technician, other_technician, act):
    """C3: both notes are there; of two values one is saved, and the other's author reads it and keeps their own."""
    lamps, field = item(project, "Lamps answer"), Field.objects.get(project=project)
    for number in often(1_000, 8):
        seen = {field.row_name: Field.objects.get(pk=field.pk).version}
        pair = [
            (replace(act(who), seen=seen), f"{number}{place}")
            for place, who in enumerate((technician, other_technician), start=1)
        ]
        outcomes = all_at_once(
            *(lambda wish=wish, text=text: fresh(lamps).note(wish, text) for wish, text in pair),
            *(lambda wish=wish, text=text: Field.objects.get(pk=field.pk).read(wish, text) for wish, text in pair),
        )
        latest = Field.objects.get(pk=field.pk).latest
        (loser,) = refused(outcomes)
        assert f"{latest.by} entered “{latest.value} rows”" in str(loser)
        assert {text for _, text in pair} <= set(lamps.notes.values_list("text", flat=True))
        field.read(act(technician), f"{number}0")
    assert lamps.notes.count() == 2 * len(often(1_000, 8))


def clients_of(user, number: int) -> list[Client]:
    """The same browser in several tabs."""
    first = Client()
    first.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    crowd = [Client() for _ in range(number)]
    for client in crowd:
        client.cookies = first.cookies
    return crowd


@pytest.mark.parametrize("htmx", [False, True], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("address", "sent", "action"),
    [
        ("notes/", {"text": "They answer"}, Action.NOTE_ADDED),
        ("completion/", {}, Action.ITEM_COMPLETED),
        ("block/", {"reason": "It rains"}, Action.ITEM_BLOCKED),
    ],
)
def test_c5_the_same_form_twenty_times_is_one_event(project, technician, address, sent, action, htmx):
    """C5: through the real views, with the key that the form brings; all twenty are answered as the first."""
    path = f"{item(project, 'Lamps answer').get_absolute_url()}{address}"
    more = {"headers": {"HX-Request": "true"}} if htmx else {}
    answers = all_at_once(
        *(
            lambda client=client: client.post(path, {**sent, "key": "one-and-the-same"}, **more)
            for client in clients_of(technician, 20)
        )
    )
    assert {answer.status_code for answer in answers} == {200 if htmx else 302}
    assert project.journal.filter(action=action).count() == 1
    assert RequestKey.objects.get().seq == project.journal.last().seq


def test_c5_one_key_for_two_wishes_does_one_of_them(project, technician):
    path = f"{item(project, 'Lamps answer').get_absolute_url()}notes/"
    answers = all_at_once(
        *(
            lambda client=client, text=str(number % 2): client.post(path, {"text": text, "key": "one-and-the-same"})
            for number, client in enumerate(clients_of(technician, 10))
        )
    )
    assert sorted(answer.status_code for answer in answers) == [302] * 5 + [422] * 5
    assert project.journal.filter(action=Action.NOTE_ADDED).count() == 1


@pytest.mark.parametrize("how", ["removed", "demoted"])
def test_c8_who_loses_the_right_acts_before_that_or_not_at_all(project, manager, technician, act, how):
    """C8: the role is read again under the lock; an entry of somebody without it never follows its end."""
    lamps, late = item(project, "Lamps answer"), (project.pk, Role.TECHNICIAN.value)

    def lose():
        if how == "removed":
            project.memberships.get(user=technician).remove(act(manager))
        else:
            Membership.objects.admit(project, act(manager), technician.email, "", Role.AUDITOR)

    for _ in often(500, 20):
        outcome = all_at_once(lambda: fresh(lamps).claim(replace(act(technician), standing=late)), lose)[0]
        lost = project.journal.filter(action__in=[Action.MEMBER_REMOVED, Action.MEMBER_CHANGED]).last()
        after = project.journal.filter(seq__gt=lost.seq, actor=technician)
        assert not after.exists()
        assert (fresh(lamps).owner == technician) == (outcome is None)
        fresh(lamps).release(act(manager), for_others=True)
        Membership.objects.admit(project, act(manager), technician.email, "", Role.TECHNICIAN)


def test_c8_who_is_deactivated_or_demoted_signs_before_that_or_not_at_all(project, manager, approver, act):
    ask_one_more(project)
    settle(project, act(manager))
    late = replace(act(approver), standing=(project.pk, Role.APPROVER.value))
    for _ in often(500, 20):
        standing = gate.standings(project)[0]
        outcome = all_at_once(
            lambda s=standing: gate.sign(s.slot, late, Decision.APPROVE, s.digest),
            lambda: Membership.objects.admit(project, act(manager), approver.email, "", Role.AUDITOR),
        )[0]
        changed = project.journal.filter(action=Action.MEMBER_CHANGED).last()
        assert not project.journal.filter(seq__gt=changed.seq, action=Action.SLOT_SIGNED).exists()
        live = Signature.objects.filter(voided_at=None)
        assert live.exists() == (not refused([outcome]))
        # Signed anew next time: what was signed is stale once the plan was touched.
        certificates = fresh(item(project, "Certificates valid"))
        certificates.reopen(act(manager), "Again")
        fresh(certificates).complete(act(manager))
        if live.exists():
            closing.reopen(project, act(manager), standing.slot, "The next run begins")
        Membership.objects.admit(project, act(manager), approver.email, "", Role.APPROVER)


def test_c9_what_is_taken_out_is_not_ticked_afterwards(project, manager, technician, act):
    """C9: a tick comes before the item goes, or is refused; either way the item is out."""
    for each in list(project.items.filter(children=None))[: None if SLOW else 4]:
        mine, theirs = fresh(each), fresh(each)
        outcome = all_at_once(
            lambda i=mine: i.complete(act(technician)), lambda i=theirs: retire_item(i, act(manager), reason="")
        )[0]
        assert Item.with_retired.get(pk=each.pk).retired_at
        gone = project.journal.get(item=each, action=Action.ITEM_RETIRED)
        ticked = project.journal.filter(item=each, action=Action.ITEM_COMPLETED).first()
        assert (ticked is not None and ticked.seq < gone.seq) == (outcome is None)


def test_c9_nothing_is_ticked_in_the_archive(project, manager, technician, act):
    """C9: a tick comes before the archive, or is refused."""
    lamps = item(project, "Lamps answer")
    for _ in often(200, 5):
        keeping = Keeping(project=project)
        outcome = all_at_once(
            lambda: fresh(lamps).complete(act(technician)), lambda k=keeping: k.archive(act(manager))
        )[0]
        archived = project.journal.filter(action=Action.ARCHIVED).last()
        assert not project.journal.filter(seq__gt=archived.seq).exists()
        assert (fresh(lamps).state == State.DONE) == (outcome is None)
        keeping.bring_back(act(manager))
        if outcome is None:
            fresh(lamps).reopen(act(manager), "Again")


def test_c9_of_two_who_import_the_same_file_at_once_the_second_is_asked(manager):
    for number in often(50, 4):
        source = f"{PLAN}\n- [ ] {number}\n".encode()
        drafts = [Draft.objects.create(owner=manager, name="p.md", source=source, created_at=NOON) for _ in range(2)]
        launch = {"name": f"Twice {number}", "go_live": "2027-02-07T06:00", "zone": "Europe/Athens"}
        answers = all_at_once(
            *(
                lambda client=client, draft=draft, sent=launch: client.post(draft.get_absolute_url(), sent)
                for client, draft in zip(clients_of(manager, 2), drafts, strict=True)
            )
        )
        assert sorted(answer.status_code for answer in answers) == [302, 409]
        assert Project.objects.filter(name=f"Twice {number}").count() == 1
        left = Draft.objects.get()
        assert clients_of(manager, 1)[0].post(left.get_absolute_url(), launch | {"again": "on"}).status_code == 302
        assert Project.objects.filter(name=f"Twice {number}").count() == 2


def anything(dice: random.Random, where: Project, wish: Act, other: User) -> Callable[[], Any]:
    """Something that one can do, on one item or on several at once."""
    each = dice.choice(list(where.items.select_related("project", "phase")))
    numbers = [each.number, *dice.sample(range(1, 8), 3)]
    later = T_ZERO + timedelta(hours=dice.randrange(9))
    return dice.choice(
        [
            lambda: each.claim(wish),
            lambda: each.complete(wish, for_others=True),
            lambda: each.release(wish, for_others=True),
            lambda: each.reopen(wish, "Again"),
            lambda: each.note(wish, "Well"),
            lambda: each_of(where, wish, numbers, lambda one: one.claim(wish)),
            lambda: move_item(each, wish, dice.choice(["up", "down"])),
            lambda: Membership.objects.admit(where, wish, other.email, "", dice.choice([Role.APPROVER, Role.AUDITOR])),
            lambda: where.move_go_live(wish, later, "Europe/Athens", "Fog", where.go_live_at),
        ]
    )


def test_c10_a_mixed_crowd_never_waits_for_itself(project, manager, technician, other_technician, approver, act):
    """C10: key, then project, then items. Whoever would have to wait five seconds for a lock fails this test."""
    other = builders.project(manager, NOON, name="Second")
    people = [technician, other_technician, manager]
    for who in people[:2]:
        Membership.objects.create(project=other, user=who, role=Role.TECHNICIAN)
    until, acts = time.monotonic() + (60 if SLOW else 2), [0] * 8

    def work(number: int) -> None:
        dice = random.Random(number)  # noqa: S311
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                assert cursor.execute("SHOW lock_timeout").fetchone() == ("5s",)
        while time.monotonic() < until:
            # Some keys are those of others, and some stand for two things.
            key = f"key-{dice.randrange(10**9)}" if dice.random() < 0.5 else f"shared-{dice.randrange(30):03}"
            wish = replace(act(people[number % 3]), key=key, fingerprint=str(dice.randrange(2)))
            where = Project.objects.get(pk=dice.choice([project.pk, other.pk]))
            with suppress(*REFUSALS):
                anything(dice, where, wish, approver)()
            acts[number] += 1

    assert all_at_once(*(lambda number=number: work(number) for number in range(8))) == [None] * 8
    assert min(acts) > 0
    assert broken(other) == []
