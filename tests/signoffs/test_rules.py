"""The rules of signing against small oracles that were written from TRUST.md alone: quorum, four-eyes, what becomes void."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations_with_replacement

import pytest
from django.db import transaction

from checklists.act import TransitionRefused
from checklists.models import Action, Closure, Item, JournalEntry, Membership, Phase, Role, Section, Slot
from checklists.models.scoped import Scope
from checklists.scopes import Places
from signoffs import closing, gate, rules
from signoffs.models import Delegation, Override, Signature, VoidedBy
from signoffs.standing import Team, standings
from signoffs.statements import approving
from tests import builders
from tests.builders import item, settle
from tests.conftest import NOON, person
from tests.crowd import SLOW

STATES = (rules.VALID, rules.CONDITIONS, rules.STALE, rules.DECLINED, rules.ABSTAINED)


# -- SIG-10: quorum ----------------------------------------------------------------------------------------------------


def verdict(words: tuple[str, ...], needed: int, *, is_vote: bool) -> str:
    if any(word == "declined" for word in words):
        return "declined"
    counting = {"valid", "conditions", "abstained"} if is_vote else {"valid", "conditions"}
    if len([word for word in words if word in counting]) >= needed:
        return "valid"
    return "stale" if any(word == "stale" for word in words) else "pending"


def test_sig_10_every_combination_of_up_to_five_words():
    """All 252 sets of up to five words, against one to five that are needed, for signatures and for votes."""
    tried = 0
    for size in range(6):
        for words in combinations_with_replacement(STATES, size):
            for needed in range(1, 6):
                for is_vote in (True, False):
                    tried += 1
                    assert rules.state_of(words, needed, is_vote=is_vote) == verdict(words, needed, is_vote=is_vote)
    assert tried == 252 * 10


@pytest.mark.parametrize(("needed", "named", "expected"), [(0, 0, 1), (0, 1, 1), (0, 4, 4), (1, 4, 1), (3, 4, 3)])
def test_sig_10_nought_is_everybody_who_is_named(needed, named, expected):
    assert rules.needed_of(needed, named) == expected


# -- SIG-13 and SIG-11: four-eyes, also through whom one stands in for -----------------------------------------------------


@dataclass
class Matrix:
    """Who has which role, who did something, who stands in for whom, and for whom an exception was made by whom."""

    roles: dict[int, str]
    doers: set[int]
    stands_in: dict[int, int]
    exceptions: dict[int, int]
    approves: bool

    def may(self, signer: int, principal: int | None) -> bool:
        if principal is None:
            if self.roles.get(signer) not in ("approver", "manager"):
                return False
        else:
            at_work = self.stands_in.get(principal) == signer and signer in self.roles
            if not at_work or self.roles.get(principal) not in ("approver", "manager"):
                return False
        behind = {signer} if principal is None else {signer, principal}
        if not self.approves or not (behind & self.doers):
            return True
        return signer in self.exceptions and self.exceptions[signer] not in behind


def drawn(dice: random.Random, slot: Slot, people: list, items: list[Item], act) -> Matrix:
    """A matrix, and its rows in the database."""
    project = slot.project
    roles = {}
    for who in people:
        if (role := dice.choice([None, *Role.values])) is not None:
            Membership.objects.create(project=project, user=who, role=role)
            roles[who.pk] = role
    doers = set()
    for each in items:
        who = dice.choice(people)
        what = dice.choice([Action.ITEM_CLAIMED, Action.ITEM_COMPLETED, Action.ITEM_SET_ASIDE, Action.NOTE_ADDED])
        JournalEntry.objects.record(project, act(who), what, item=each)
        doers |= set() if what == Action.NOTE_ADDED else {who.pk}
    stands_in, busy = {}, set()
    for principal, delegate in zip(dice.sample(people, 2), dice.sample(people, 2), strict=True):
        if principal == delegate or busy & {principal.pk, delegate.pk}:
            continue
        busy |= {principal.pk, delegate.pk}
        begins, ends = dice.choice([(-1, 1), (0, 0), (-9, -1), (1, 9)])
        Delegation.objects.create(
            project=project, principal=principal, delegate=delegate, reason="Away", made_at=NOON,
            first=NOON.date() + timedelta(begins), last=NOON.date() + timedelta(ends),
            ended_at=NOON if (over := dice.random() < 0.2) else None,
        )  # fmt: skip
        if begins <= 0 <= ends and not over:
            stands_in[principal.pk] = delegate.pk
    exceptions = {}
    for who in dice.sample(people, 2):
        by = dice.choice([each for each in people if each != who])
        used = NOON if dice.random() < 0.2 else None
        Override.objects.create(slot=slot, person=who, by=by, by_name=str(by), at=NOON, reason="Night", used_at=used)
        if used is None:
            exceptions[who.pk] = by.pk
    return Matrix(roles, doers, stands_in, exceptions, slot.approves)


def test_sig_13_sig_11_random_matrices(manager, act):
    """Whatever the roles, deeds, delegations and exceptions: the gate lets sign exactly whom the oracle lets. 500 when slow."""
    project = builders.project(
        manager,
        NOON,
        "# P\n\n## A\n\n- [ ] One\n- [ ] Two\n\n## Sign-Off\n\n| Item | Signature |\n|---|---|\n| A | |\n",
    )
    items, slot = list(project.items.all()), project.slots.get()
    project.items.update(state="done", settled_by=manager, settled_at=NOON)
    people = [person(f"{name} Person") for name in ("Abe", "Bea", "Cem", "Dia", "Eli")]
    dice, allowed, tried, matrices = random.Random(13), 0, 0, 500 if SLOW else 80  # noqa: S311
    for _ in range(matrices):
        with transaction.atomic():
            slot.meaning = dice.choice(["approved", "verified", "reviewed", "performed", "acknowledged"])
            slot.save()
            matrix = drawn(dice, slot, people, items, act)
            table, team = standings(project), Team.of(project, NOON)
            for signer in people:
                for principal in (None, *people):
                    tried += 1
                    mine = (act(signer), approving(slot), principal)
                    why = gate.why_not(table[0], table, team, *mine)
                    expected = matrix.may(signer.pk, principal.pk if principal else None)
                    assert (why == "") == expected, (why, matrix, signer, principal)
                    allowed += expected
            transaction.set_rollback(True)
    assert tried == matrices * 30
    assert matrices < allowed < tried / 2


# -- SIG-07: what a reopening voids ----------------------------------------------------------------------------------------


def grown(dice: random.Random) -> tuple[Places, dict]:
    """A random plan as the application keeps it, and as a plain tree: every scope with the one around it."""
    places, above = Places(), {("before", 0): ("plan", 0), ("criteria", 0): ("plan", 0), ("plan", 0): None}
    phases, sections, items = range(1, dice.randint(2, 5)), range(1, dice.randint(1, 8)), range(1, dice.randint(1, 20))
    for pk in phases:
        kind = dice.choice(["before", "criteria", "plan"])
        places.add_phase(pk, kind == "before", kind)
        above["phase", pk] = (kind, 0)
    for pk in sections:
        parent = dice.choice([None, *range(1, pk)])
        phase = places.sections[parent][0] if parent else dice.choice(phases)
        places.sections[pk] = phase, parent
        above["section", pk] = ("section", parent) if parent else ("phase", phase)
    for pk in items:
        parent = dice.choice([None, *range(1, pk)])
        section = None if parent else dice.choice([None, *sections])
        phase = dice.choice(phases)
        places.items[pk] = phase, section, parent
        above["item", pk] = ("item", parent) if parent else ("section", section) if section else ("phase", phase)
    return places, above


@pytest.mark.parametrize("seed", range(200))
def test_sig_07_a_reopening_ends_what_is_around_and_nothing_inside(seed):
    places, above = grown(random.Random(seed))  # noqa: S311
    for key in above:
        expected, outer = [], key
        while outer is not None:
            expected.append(outer)
            outer = above[outer]
        assert places.path(key) == expected
        assert {other for other in above if places.contains(key, other)} == {
            other for other in above if key in places.path(other)
        }


def test_sig_07_the_rows_that_a_reopening_voids(project, manager, technician, act):
    """A signature on every scope of a plan; each scope reopened in turn voids exactly those on its own path."""
    settle(project, act(technician))
    project.slots.all().delete()
    section, phase = Section.objects.get(phase__project=project), Phase.objects.get(title__startswith="Phase 1")
    other = Phase.objects.get(title__startswith="Phase 2")
    database, backup = item(project, "Database ready"), item(project, "Backup restored")
    tree = {
        "plan": {"scope": Scope.PLAN},
        "before": {"scope": Scope.BEFORE},
        "first": {"scope": Scope.PHASE, "phase": phase},
        "second": {"scope": Scope.PHASE, "phase": other},
        "servers": {"scope": Scope.SECTION, "section": section},
        "database": {"scope": Scope.ITEM, "subject": database},
        "backup": {"scope": Scope.ITEM, "subject": backup},
    }
    around = {
        "plan": {"plan"},
        "before": {"plan", "before"},
        "first": {"plan", "before", "first"},
        "second": {"plan", "second"},
        "servers": {"plan", "before", "first", "servers"},
        "database": {"plan", "before", "first", "servers", "database"},
        "backup": {"plan", "before", "first", "servers", "database", "backup"},
    }
    for name, place in tree.items():
        # Two are needed, so that none closes its scope and each can be signed after the others.
        Slot.objects.add(project, act(manager), {"title": name, "needed": 2, **place})
    signer = person("Ada Approver")
    Membership.objects.create(project=project, user=signer, role=Role.APPROVER)
    for name, expected in around.items():
        for standing in standings(project):
            if not standing.signatures:
                gate.sign(standing.slot, act(signer), approving(standing.slot), standing.digest)
        revision = project.revision
        scoped = Closure(project=project, **tree[name])
        voided = closing.reopen(project, act(manager), scoped, "Something was forgotten here")
        assert {signature.slot.title for signature in voided} == expected
        assert project.revision == revision + 1
        rows = Signature.objects.filter(pk__in=[signature.pk for signature in voided])
        assert {(row.voided_how, row.voided_by, row.void_reason) for row in rows} == {
            (VoidedBy.REOPENED, manager, "Something was forgotten here")
        }
    with pytest.raises(TransitionRefused, match="at least 10 characters"):
        closing.reopen(project, act(manager), Closure(project=project, scope=Scope.PLAN), "Too short")
