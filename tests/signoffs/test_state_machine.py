"""The verbs against an oracle: whatever people do in whatever order, both agree, and everything holds that must hold.

To add a verb, say in tests/oracle.py what it does, and add a rule here. `GOLIVE_SLOW=1` runs 500 stories of 50 steps.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from checklists.act import Act
from checklists.models import Closure, Field, Item, Membership, Phase, Project, Role, Slot
from checklists.planning.items import add_item, amend_item, move_item, restore_item, retire_item, seen_of, split_item
from checklists.planning.places import Place as Spot
from signoffs import closing, gate
from signoffs.invariants import broken
from signoffs.models import Decision, Signature
from signoffs.standing import standings
from tests import builders
from tests.builders import T_ZERO
from tests.conftest import NOON, person
from tests.crowd import REFUSALS, SLOW
from tests.oracle import Oracle, Refused, Thing
from tests.signing_oracle import PHASE, PLAN, Place, SigningOracle

NAMES = {"mara": "Mara Manager", "tom": "Tom Technician", "olga": "Olga Technician"}
APPROVERS = {"anna": "Anna Approver", "ben": "Ben Approver"}
# What the stories of signing must have told, so that they test something.
EVERYTHING = (
    *("approve", "decline", "abstain", "refused to approve", "refused to decline"),
    *("withdrawn", "reopened", "closed", "stale", "completed"),
)
WHO = st.sampled_from(sorted(NAMES))
SIGNER = st.sampled_from(["anna", "ben", "mara", "tom"])
WHICH = st.integers(0, 40)
REASON = st.sampled_from(["It rains", "Nobody came", "One is dark"])


class People(RuleBasedStateMachine):
    """Three people at one small plan. Each step is one act; the database is rolled back behind each story."""

    def __init__(self):
        super().__init__()
        self.database = transaction.atomic()
        self.database.__enter__()
        self.users = {name: person(full) for name, full in NAMES.items()}
        self.project = builders.project(self.users["mara"], NOON)
        self.minutes = count(1)
        self.phases = list(self.project.phases.values_list("pk", flat=True))
        self.field = Field.objects.get(project=self.project)
        roles = {"mara": "manager", "tom": "technician", "olga": "technician"}
        for name in ("tom", "olga"):
            Membership.objects.create(project=self.project, user=self.users[name], role=Role.TECHNICIAN)
        things: dict[int, Thing] = {}
        for item in self.project.items.select_related("parent"):
            parent = things[item.parent.number] if item.parent else None
            things[item.number] = Thing(item.number, self.phases.index(item.phase_id), parent, item.optional)
        self.oracle = Oracle(things, roles)

    def teardown(self):
        transaction.set_rollback(True)
        self.database.__exit__(None, None, None)

    # -- What every rule needs ---------------------------------------------------------------------------------------

    def thing(self, which: int) -> Thing:
        numbers = sorted(self.oracle.things)
        return self.oracle.things[numbers[which % len(numbers)]]

    def item(self, thing: Thing) -> Item:
        items = Item.with_retired.select_related("project", "phase", "section", "parent", "retired_by")
        return items.get(project=self.project, number=thing.number)

    def act(self, who: str) -> Act:
        """As a request makes it: in the role that the person had when they came, which may be gone."""
        at = NOON + timedelta(minutes=next(self.minutes))
        role = self.oracle.roles.get(who, Role.TECHNICIAN.value)
        return Act(self.users[who], at, standing=(self.project.pk, role))

    def both(self, who: str, should: Callable[[], Any], does: Callable[[], Any]) -> bool:
        """Do it in both; whether it was done. What one of them refuses, the other must refuse."""
        try:
            if who not in self.oracle.roles:
                raise Refused
            should()
        except Refused:
            with pytest.raises(REFUSALS):
                does()
            return False
        does()
        return True

    # -- The run -----------------------------------------------------------------------------------------------------

    @rule(who=WHO, which=WHICH)
    def claim(self, who, which):
        thing, act = self.thing(which), self.act(who)
        self.both(who, lambda: self.oracle.claim(thing, who), lambda: self.item(thing).claim(act))

    @rule(who=WHO, which=WHICH)
    def release(self, who, which):
        thing, act, helps = self.thing(which), self.act(who), who == "mara"
        self.both(who, lambda: self.oracle.release(thing, who), lambda: self.item(thing).release(act, for_others=helps))

    @rule(who=WHO, which=WHICH)
    def complete(self, who, which):
        thing, act, helps = self.thing(which), self.act(who), who == "mara"
        self.both(
            who, lambda: self.oracle.complete(thing, who), lambda: self.item(thing).complete(act, for_others=helps)
        )

    @rule(who=WHO, which=WHICH, reason=REASON)
    def set_aside(self, who, which, reason):
        thing, act, helps = self.thing(which), self.act(who), who == "mara"
        self.both(
            who,
            lambda: self.oracle.set_aside(thing, who, reason),
            lambda: self.item(thing).set_aside(act, reason, for_others=helps),
        )

    @rule(who=WHO, which=WHICH, to=WHO)
    def hand_over(self, who, which, to):
        if to not in self.oracle.roles:
            return
        thing, act, helps = self.thing(which), self.act(who), who == "mara"
        self.both(
            who,
            lambda: self.oracle.hand_over(thing, who, to),
            lambda: self.item(thing).hand_over(act, self.users[to], for_others=helps),
        )

    @rule(who=WHO, which=WHICH, state=st.sampled_from(["blocked", "failed"]), reason=REASON)
    def hold_up(self, who, which, state, reason):
        thing, act, helps = self.thing(which), self.act(who), who == "mara"
        verb = Item.block if state == "blocked" else Item.fail
        self.both(
            who,
            lambda: self.oracle.hold_up(thing, who, state, reason),
            lambda: verb(self.item(thing), act, reason, for_others=helps),
        )

    @rule(who=WHO, which=WHICH)
    def resume(self, who, which):
        thing, act = self.thing(which), self.act(who)
        self.both(who, lambda: self.oracle.resume(thing, who), lambda: self.item(thing).resume(act))

    @rule(who=WHO, which=WHICH)
    def undo(self, who, which):
        thing, act = self.thing(which), self.act(who)
        self.both(who, lambda: self.oracle.undo(thing, who), lambda: self.item(thing).undo(act))

    @rule(who=WHO, which=WHICH, reason=REASON)
    def reopen(self, who, which, reason):
        thing, act = self.thing(which), self.act(who)
        self.both(who, lambda: self.oracle.reopen(thing, who, reason), lambda: self.item(thing).reopen(act, reason))

    @rule(who=WHO, which=WHICH)
    def note(self, who, which):
        thing, act = self.thing(which), self.act(who)
        self.both(who, lambda: self.oracle.note(thing, who), lambda: self.item(thing).note(act, "Well"))

    @rule(who=WHO, value=st.sampled_from(["1250", "1300"]))
    def read(self, who, value):
        thing, act = self.oracle.things[self.field.item.number], self.act(who)
        field = Field.with_retired.select_related("project", "item").get(pk=self.field.pk)
        self.both(who, lambda: self.oracle.read(thing, who, value), lambda: field.read(act, value))

    # -- The project -------------------------------------------------------------------------------------------------

    @rule(sequential=st.booleans())
    def order_phases(self, sequential):
        Project.objects.get(pk=self.project.pk).order_phases(self.act("mara"), sequential)
        self.oracle.sequential = sequential

    @rule(phase=st.integers(0, 1))
    def open_early(self, phase):
        row, act = Phase.objects.select_related("project").get(pk=self.phases[phase]), self.act("mara")
        self.both("mara", lambda: self.oracle.open_early(phase), lambda: row.open_early(act, "The ship sails"))

    @rule(hours=st.integers(-5, 5))
    def move_go_live(self, hours):
        project, act = Project.objects.get(pk=self.project.pk), self.act("mara")
        moment = T_ZERO + timedelta(hours=hours)
        self.both(
            "mara",
            lambda: self.oracle.move_go_live(hours),
            lambda: project.move_go_live(act, moment, "Europe/Athens", "Fog", project.go_live_at),
        )

    @rule(who=st.sampled_from(["tom", "olga"]))
    def come_or_go(self, who):
        """Removed, or added again; what somebody holds stays theirs until a manager releases it."""
        if self.oracle.roles.pop(who, None):
            Membership.objects.get(project=self.project, user=self.users[who]).remove(self.act("mara"))
        else:
            email = self.users[who].email
            Membership.objects.admit(self.project, self.act("mara"), email, "", Role.TECHNICIAN)
            self.oracle.roles[who] = "technician"

    # -- The plan ----------------------------------------------------------------------------------------------------

    def spot(self, which: int, phase: int, *, inside: bool) -> tuple[Thing | None, Spot]:
        if inside:
            return (around := self.thing(which)), Spot("last", "item", around.number)
        return None, Spot("last", "phase", self.phases[phase])

    @precondition(lambda self: len(self.oracle.things) < 25)
    @rule(which=WHICH, phase=st.integers(0, 1), inside=st.booleans())
    def add(self, which, phase, inside):
        (parent, place), act = self.spot(which, phase, inside=inside), self.act("mara")
        self.both(
            "mara",
            lambda: self.oracle.add("mara", parent, phase),
            lambda: add_item(self.project, act, "Look again", place),
        )

    @rule(which=WHICH)
    def amend_optional(self, which):
        thing, act, item = self.thing(which), self.act("mara"), self.item(self.thing(which))
        self.both(
            "mara",
            lambda: self.oracle.amend_optional(thing, "mara"),
            lambda: amend_item(item, act, {"optional": not item.optional}, began=seen_of(item)),
        )

    @precondition(lambda self: len(self.oracle.things) < 25)
    @rule(which=WHICH, below=st.booleans())
    def split(self, which, below):
        thing, act = self.thing(which), self.act("mara")
        texts = [f"First at {act.at}", "Then the other"]
        self.both(
            "mara",
            lambda: self.oracle.split(thing, "mara", below=below),
            lambda: split_item(self.item(thing), act, texts, below=below),
        )

    @rule(which=WHICH, where=WHICH, phase=st.integers(0, 1), inside=st.booleans())
    def move(self, which, where, phase, inside):
        thing, act, went = self.thing(which), self.act("mara"), []
        parent, place = self.spot(where, phase, inside=inside)
        self.both(
            "mara",
            lambda: self.oracle.move(thing, "mara", parent, phase),
            lambda: went.append(move_item(self.item(thing), act, place)),
        )
        if went == [True]:
            thing.tell("moved", "mara", changes=False)

    @rule(which=WHICH)
    def retire(self, which):
        thing, act = self.thing(which), self.act("mara")
        self.both("mara", lambda: self.oracle.retire(thing, "mara"), lambda: retire_item(self.item(thing), act))

    @rule(which=WHICH)
    def restore(self, which):
        thing, act = self.thing(which), self.act("mara")
        self.both("mara", lambda: self.oracle.restore(thing, "mara"), lambda: restore_item(self.item(thing), act))

    # -- What must hold after each step ------------------------------------------------------------------------------

    @invariant()
    def both_agree(self):
        people = {user.pk: name for name, user in self.users.items()}
        rows = Item.with_retired.filter(project=self.project).select_related("parent")
        stands = {
            item.number: (
                item.state,
                people.get(item.owner_id),
                people.get(item.settled_by_id),
                self.phases.index(item.phase_id),
                item.parent.number if item.parent else None,
                item.optional,
                bool(item.retired_at),
                item.version,
            )
            for item in rows
        }
        assert stands == {
            thing.number: (
                thing.state,
                thing.owner,
                thing.settled_by,
                thing.phase,
                thing.parent.number if thing.parent else None,
                thing.optional,
                bool(thing.retired),
                thing.version,
            )
            for thing in self.oracle.things.values()
        }
        reasons = {item.number: item.reason for item in rows}
        told = {thing.number: thing.reason for thing in self.oracle.things.values() if thing.reason is not None}
        assert {number: reasons[number] for number in told} == told
        assert list(self.field.readings.values_list("value", flat=True)) == self.oracle.values

    @invariant()
    def everything_holds(self):
        assert broken(self.project) == []


class Signers(People):
    """The same people and two approvers, who sign what is done: the first phase in two places, then the whole plan.

    Everything that can happen to a plan can happen between two signatures. `happened` counts what did.
    """

    happened: ClassVar[Counter[str]] = Counter()
    if not SLOW:  # short stories keep to what matters to signatures
        release = note = resume = order_phases = open_early = come_or_go = hand_over = split = None

    def __init__(self):
        super().__init__()
        builders.ask_one_more(self.project)
        for name, full in APPROVERS.items():
            self.users[name] = person(full)
            Membership.objects.create(project=self.project, user=self.users[name], role=Role.APPROVER)
        roles = self.oracle.roles | dict.fromkeys(APPROVERS, "approver")
        slots = Slot.objects.filter(project=self.project)
        places = [Place(slot.number, PHASE if slot.phase_id else PLAN, slot.stage) for slot in slots]
        self.oracle = SigningOracle(self.oracle.things, roles, places=places)
        self.void: dict[int, dict[str, Any]] = {}

    def both(self, who: str, should: Callable[[], Any], does: Callable[[], Any]) -> bool:
        self.oracle.order = list(self.project.items.values_list("number", flat=True))
        closed, complete = set(self.oracle.closed), self.oracle.is_complete
        done = super().both(who, should, does)
        self.happened["closed"] += len(self.oracle.closed - closed)
        self.happened["completed"] += self.oracle.is_complete and not complete
        return done

    def place(self, which: int) -> Place:
        return self.oracle.places[which % len(self.oracle.places)]

    # -- Signing -----------------------------------------------------------------------------------------------------

    @initialize(phases=st.integers(0, 2))
    def begin(self, phases):
        for phase in range(phases):
            self.finish(phase, "tom")

    @rule(phase=st.integers(0, 1), who=st.sampled_from(["tom", "mara"]))
    def finish(self, phase, who):
        """Complete everything that is open in a phase, from the parts to what they are parts of."""
        things = [each for each in self.oracle.things.values() if each.phase == phase]
        for thing in sorted(things, key=self.oracle.depth, reverse=True):
            if not thing.settled:
                act = self.act(who)
                self.both(
                    who,
                    lambda thing=thing: self.oracle.complete(thing, who),
                    lambda thing=thing, act=act: self.item(thing).complete(act, for_others=who == "mara"),
                )

    @rule(who=SIGNER, which=WHICH, decision=st.sampled_from(["approve", "approve", "decline", "abstain"]))
    def sign(self, who, which, decision):
        place, act = self.place(which), self.act(who)
        standing = next(each for each in standings(self.project) if each.slot.number == place.number)
        done = self.both(
            who,
            lambda: self.oracle.sign(place, who, decision),
            lambda: gate.sign(standing.slot, act, Decision(decision), standing.digest, "Looked at it all"),
        )
        self.happened[decision if done else f"refused to {decision}"] += 1

    @rule(people=st.permutations(["anna", "ben", "mara"]), places=st.integers(1, 3))
    def sign_in_turn(self, people, places):
        """What has to come together to close the phase, and the plan."""
        for phase in (0, 1):
            self.finish(phase, "tom")
        stages = sorted(self.oracle.places, key=lambda place: place.stage)
        for place, who in list(zip(stages, people, strict=True))[:places]:
            self.sign(who, self.oracle.places.index(place), "approve")

    @rule(who=SIGNER, which=WHICH, seen=st.sampled_from(["", "0" * 64]))
    def sign_what_nobody_sees(self, who, which, seen):
        """A digest that is not that of now is never signed."""
        slot = Slot.objects.select_related("project").get(project=self.project, number=self.place(which).number)
        with pytest.raises(REFUSALS):
            gate.sign(slot, self.act(who), Decision.APPROVE, seen)

    @precondition(lambda self: self.oracle.words)
    @rule(who=SIGNER, which=WHICH)
    def withdraw(self, who, which):
        word, act = self.oracle.words[which % len(self.oracle.words)], self.act(who)
        signature = Signature.objects.filter(slot__project=self.project).order_by("seq")[word.key]
        was = word.void
        done = self.both(
            who, lambda: self.oracle.withdraw(word, who), lambda: gate.withdraw(signature, act, "I was too quick")
        )
        self.happened["withdrawn"] += done and not was

    @rule(which=WHICH)
    def reopen_scope(self, which):
        place, act = self.place(which), self.act("mara")
        slot = Slot.objects.select_related("project", "phase").get(project=self.project, number=place.number)
        done = self.both(
            "mara",
            lambda: self.oracle.reopen_scope(place.scope),
            lambda: closing.reopen(slot.project, act, slot, "It has to be looked at once more"),
        )
        self.happened["reopened"] += done

    @rule()
    def complete_project(self):
        project, act = Project.objects.get(pk=self.project.pk), self.act("mara")
        self.both("mara", self.oracle.complete_project, lambda: closing.complete(project, act))

    # -- What must hold after each step ------------------------------------------------------------------------------

    @invariant()
    def both_know_who_signed_what(self):
        """I4 and I5: a signature is valid as long as what was seen is what is there, and each signer has one that holds."""
        self.oracle.order = list(self.project.items.values_list("number", flat=True))
        names = {user.pk: name for name, user in self.users.items()}
        table = standings(self.project)
        stand = {
            each.slot.number: (
                each.state,
                [(names[word.signer_id], str(word.decision), each.state_of(word)) for word in each.signatures],
            )
            for each in table
        }
        assert stand == {
            place.number: (
                self.oracle.state(place),
                [(word.who, word.decision, self.oracle.how(word)) for word in self.oracle.live(place)],
            )
            for place in self.oracle.places
        }
        self.happened["stale"] += any(state == "stale" for state, _words in stand.values())
        closed = {PLAN if closure.is_plan else PHASE for closure in Closure.objects.live(self.project)}
        assert closed == self.oracle.closed
        assert bool(Project.objects.get(pk=self.project.pk).completed_at) == self.oracle.is_complete

    @invariant()
    def what_is_void_never_changes_again(self):
        """I13."""
        rows = Signature.objects.filter(slot__project=self.project).exclude(voided_at=None)
        void = {row["id"]: row for row in rows.values()}
        assert {key: void.get(key) for key in self.void} == self.void
        self.void = void


def tell_stories(machine: type[RuleBasedStateMachine], short: int) -> None:
    """Deterministic in the short run, new stories each time in the long one."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=500 if SLOW else short,
            stateful_step_count=50 if SLOW else 20,
            derandomize=not SLOW,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_people_and_the_oracle_agree():
    tell_stories(People, 8)


@pytest.mark.django_db
def test_signers_and_the_oracle_agree():
    Signers.happened.clear()
    tell_stories(Signers, 10)
    if SLOW:
        assert [what for what in EVERYTHING if not Signers.happened[what]] == []


@pytest.mark.django_db
def test_one_story_in_which_everything_happens():
    """The same rules told by hand, so that also the short run comes to each end."""
    Signers.happened.clear()
    story = Signers()
    try:
        for step in (
            lambda: story.sign("anna", 0, "approve"),
            lambda: story.sign("anna", 0, "decline"),
            lambda: story.withdraw("anna", 0),
            lambda: story.begin(2),
            lambda: story.sign("tom", 0, "decline"),
            lambda: story.sign("ben", 0, "abstain"),
            lambda: story.sign("ben", 0, "approve"),
            lambda: story.reopen("mara", 2, "It rains"),
            lambda: story.withdraw("ben", 1),
            lambda: story.withdraw("ben", 2),
            lambda: story.sign_in_turn(["anna", "ben", "mara"], 3),
            lambda: story.withdraw("anna", 3),
            lambda: story.retire(0),
            lambda: story.sign_what_nobody_sees("anna", 0, ""),
            lambda: story.reopen_scope(1),
            lambda: story.reopen_scope(0),
            lambda: story.reopen_scope(0),
            lambda: story.sign_in_turn(["ben", "mara", "anna"], 3),
            story.complete_project,
        ):
            step()
            for holds in (
                story.both_agree,
                story.everything_holds,
                story.both_know_who_signed_what,
                story.what_is_void_never_changes_again,
            ):
                holds()
    finally:
        story.teardown()
    assert [what for what in EVERYTHING if not Signers.happened[what]] == []
