"""The go/no-go meeting: votes, dissent that is kept, the chair's decision, and conditions that become items."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checklists.act import TransitionRefused
from checklists.cloning import clone_project
from checklists.exporting.plan import outline_of
from checklists.importing.plan import Launch, Source, create_project
from checklists.importing.reading import read_checklist
from checklists.models import Action, Closure, Item, Membership, Role, Slot
from checklists.models.item import Kind
from checklists.planning.items import amend_item, move_item, seen_of, split_item
from checklists.planning.places import Place
from checklists.timetable import Timetable
from signoffs import closing, gate
from signoffs.demands import Demand
from signoffs.invariants import broken
from signoffs.meeting import heard, meeting_of
from signoffs.models import Condition, Decision, Override, Signature, VoidedBy
from signoffs.slot_forms import SlotForm
from signoffs.standing import standings
from signoffs.statements import statement_of
from tests import builders
from tests.builders import PLAN, T_ZERO, item, settle
from tests.conftest import NOON, PASSWORD, person

pytestmark = pytest.mark.django_db

VOTES = """
## Go-Live Team

- [ ] IT Lead: Ready for go-live? [ ] Yes [ ] No
- [ ] Support Lead: Ready for go-live? [ ] Yes [ ] No
- [ ] Training Lead: Ready for go-live? [ ] Yes [ ] No
"""
IT, SUPPORT, TRAINING = "IT Lead", "Support Lead", "Training Lead"
DUE = date(2027, 2, 9)


@pytest.fixture
def people(manager, technician, approver):
    return {
        "mara": manager,
        "tom": technician,
        "anna": approver,
        "ben": person("Ben Approver"),
        "cora": person("Cora Approver"),
        "dora": person("Dora Chair"),
    }


@pytest.fixture
def project(people, act):
    """Three votes on what comes before T-0, which is settled. Whatever happens, all that must hold holds."""
    project = builders.project(people["mara"], NOON, PLAN + VOTES)
    for name, user in people.items():
        if name != "mara":
            role = Role.TECHNICIAN if name == "tom" else Role.APPROVER
            Membership.objects.create(project=project, user=user, role=role)
    settle(project, act(people["tom"]))
    yield project
    assert broken(project) == []


@pytest.fixture
def chair(project, people, act, signed_in):
    where = reverse("meeting_chair", args=[project.slug])
    assert signed_in(people["mara"]).post(where, {"chair": people["dora"].pk}).status_code == 302
    return Slot.objects.get(project=project, kind="decision")


def standing(project, title):
    return next(each for each in standings(project) if each.slot.title == title)


def say(project, act, title, decision=Decision.GO, comment="", **more):
    now = standing(project, title)
    return gate.sign(now.slot, act, decision, now.digest, comment, **more)


def all_go(project, people, act):
    for name, title in (("anna", IT), ("ben", SUPPORT), ("cora", TRAINING)):
        say(project, act(people[name]), title)


def page(project, browser):
    return browser.get(reverse("meeting", args=[project.slug])).text


def test_the_customers_document_asks_for_four_votes_on_what_comes_before(manager):
    data = builders.seed("002").read_bytes()
    launch = Launch("SMS", "Hilltops", "SMS", T_ZERO, "Europe/Athens")
    from checklists.act import Act

    project = create_project(read_checklist(data), Source("002.md", data), launch, Act(manager, NOON))
    votes = list(project.slots.filter(kind="vote").values_list("title", "scope", "required"))
    roles = ("IT Lead", "Support Lead", "Database Admin", "Training Lead")
    assert votes == [(role, "before", True) for role in roles]
    assert [each.slot.title for each in meeting_of(standings(project)).votes] == list(roles)


def test_the_chair_decides_when_everybody_has_voted_and_that_ends_it(project, chair, people, act):
    say(project, act(people["anna"]), IT)
    with pytest.raises(TransitionRefused, match="no valid vote of Support Lead, Training Lead"):
        say(project, act(people["dora"]), "Chair", Decision.GO, "All is well")
    say(project, act(people["ben"]), SUPPORT, Decision.ABSTAIN)
    say(project, act(people["cora"]), TRAINING)
    with pytest.raises(TransitionRefused, match="Say why"):
        say(project, act(people["dora"]), "Chair")
    signed = say(project, act(people["dora"]), "Chair", Decision.GO, "All is well")
    assert "heard the votes (2 go, 1 abstained)" in signed.statement
    assert all(str(each.uuid) in signed.snapshot for each in Signature.objects.exclude(pk=signed.pk))
    told = project.journal.get(seq=signed.seq)
    assert (told.action, told.facts["record"]) == (Action.SLOT_DECIDED, signed.record)
    assert not Closure.objects.live(project).exists()
    say(project, act(people["mara"]), "Before", Decision.APPROVE)
    assert Closure.objects.live(project).filter(scope="before").exists()
    for name, title in (("anna", IT), ("ben", SUPPORT)):
        with pytest.raises(TransitionRefused):
            say(project, act(people[name]), title, Decision.NO_GO, "I think again")
    with pytest.raises(TransitionRefused):
        gate.withdraw(Signature.objects.get(signer=people["anna"]), act(people["anna"]), "I think again")


def test_no_vote_after_a_no_go_either_until_the_chair_takes_it_back(project, chair, people, act):
    vote = say(project, act(people["anna"]), IT)
    decided = say(project, act(people["dora"]), "Chair", Decision.NO_GO, "The storm")
    assert "1 go, 2 not voted" in decided.statement
    with pytest.raises(TransitionRefused, match=r"Dora Chair decided: No-go\. With that the voting is over"):
        say(project, act(people["ben"]), SUPPORT)
    with pytest.raises(TransitionRefused, match="With that the voting is over"):
        gate.withdraw(vote, act(people["anna"]), "I think again")
    gate.withdraw(decided, act(people["dora"]), "The storm is over")
    say(project, act(people["ben"]), SUPPORT)
    assert Signature.objects.get(pk=vote.pk).voided_at is None


def test_a_no_go_that_is_required_blocks_and_one_that_is_advisory_is_kept_as_dissent(
    project, chair, people, act, signed_in
):
    say(project, act(people["anna"]), IT)
    say(project, act(people["ben"]), SUPPORT, Decision.NO_GO, "The desk is empty")
    say(project, act(people["cora"]), TRAINING)
    with pytest.raises(TransitionRefused, match="Support Lead stands at no-go"):
        say(project, act(people["dora"]), "Chair", Decision.GO, "We go")
    slot = Slot.objects.get(project=project, title=SUPPORT)
    slot.amend(act(people["mara"]), {"required": False})
    decided = say(project, act(people["dora"]), "Chair", Decision.GO, "We go without the desk")
    assert "2 go, 1 no-go" in decided.statement
    text = page(project, signed_in(people["tom"]))
    assert "Voted otherwise" in text
    assert text.count("The desk is empty") == 2
    assert "We go without the desk" in text


def test_a_no_go_that_is_taken_back_stays_readable(project, people, act, signed_in):
    say(project, act(people["ben"]), SUPPORT, Decision.NO_GO, "The desk is empty")
    text = page(project, signed_in(people["tom"]))
    assert "1 no-go" in text
    say(project, act(people["ben"]), SUPPORT)
    text = page(project, signed_in(people["tom"]))
    assert "Before: no-go of Ben Approver" in text
    assert "The desk is empty" in text
    assert "2 votes are missing" in text


def test_one_meeting_has_one_decision_by_one_person(project, chair, people, act, signed_in):
    again = signed_in(people["mara"]).post(reverse("meeting_chair", args=[project.slug]), {"chair": people["anna"].pk})
    assert again.status_code == 409
    assert "decides already" in again.text
    empty = signed_in(people["mara"]).post(reverse("meeting_chair", args=[project.slug]), {})
    assert empty.status_code == 422
    with pytest.raises(TransitionRefused, match="decides already"):
        Slot.objects.get(project=project, title=IT).amend(act(people["mara"]), {"kind": "decision"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(title=IT).update(kind="decision")
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=chair.pk).update(needed=2)
    form = SlotForm(project, SlotForm.initial_of(chair) | {"needed": 2})
    assert "One person decides." in str(form.errors)
    chair.amend(act(people["mara"]), {"filler": "role", "role": "", "needed": 1})
    say(project, act(people["dora"]), "Chair", Decision.NO_GO, "The storm")
    with pytest.raises(TransitionRefused, match="Dora Chair decided already: No-go"):
        say(project, act(people["anna"]), "Chair", Decision.NO_GO, "The storm")


def test_a_chair_who_did_the_work_does_not_decide_on_it(project, chair, people, act):
    all_go(project, people, act)
    chair.amend(act(people["mara"]), {}, [people["tom"]])
    with pytest.raises(TransitionRefused, match="worked on this"):
        say(project, act(people["tom"]), "Chair", Decision.GO, "We go")
    Override.objects.give(standing(project, "Chair").slot, act(people["mara"]), people["tom"], "Nobody else is here")
    assert say(project, act(people["tom"]), "Chair", Decision.GO, "We go").override_name == "Mara Manager"


def test_the_chair_decides_anew_only_over_what_changed_or_after_no_go(project, chair, people, act):
    all_go(project, people, act)
    before = standing(project, "Chair")
    decided = say(project, act(people["dora"]), "Chair", Decision.NO_GO, "The storm")
    say(project, act(people["dora"]), "Chair", Decision.GO, "The storm is over")
    decided.refresh_from_db()
    assert decided.voided_how == VoidedBy.AGAIN
    assert before.digest == standing(project, "Chair").signature.digest


def test_reopening_ends_votes_and_decision_so_that_the_meeting_is_held_again(project, chair, people, act, signed_in):
    all_go(project, people, act)
    decided = say(project, act(people["dora"]), "Chair", Decision.GO, "We go")
    assert "Decided by Dora Chair" in page(project, signed_in(people["tom"]))
    closing.reopen(project, act(people["mara"]), decided.slot, "The lamps are dark again")
    assert not Signature.objects.live().filter(slot__project=project).exists()
    all_go(project, people, act)
    assert say(project, act(people["dora"]), "Chair", Decision.GO, "We go now").revision == 2


# -- Conditions ------------------------------------------------------------------------------------------------------


def go_if(project, people, act, title=IT, who="anna", text="Oil bought"):
    return say(
        project, act(people[who]), title, Decision.GO_CONDITIONS, "But", conditions=[Demand(text, people["tom"], DUE)]
    )


def test_a_condition_is_an_item_with_owner_and_day_and_met_when_it_is_done(project, people, act, signed_in):
    signed = go_if(project, people, act)
    condition = signed.conditions.get()
    made = condition.item
    assert (made.text, made.owner, made.due_on, made.kind) == ("Oil bought", people["tom"], DUE, Kind.CONDITION)
    assert (made.phase.kind, made.phase.title) == ("conditions", "Conditions of go-live")
    window = Timetable.load(project, NOON).of_item(made)
    assert project.local(window.due).strftime("%d.%m. %H:%M") == "09.02. 23:59"
    project.move_go_live(act(people["mara"]), T_ZERO + timedelta(days=1), "Europe/Athens", "Fog", T_ZERO)
    assert Timetable.load(project, NOON).of_item(made).due == window.due
    assert list(Condition.objects.open(project)) == [condition]
    assert f"#{made.number} Oil bought" in page(project, signed_in(people["tom"]))
    made.complete(act(people["tom"]))
    condition = Condition.objects.get()
    assert (condition.is_met, condition.met) == (True, (NOON, people["tom"]))
    assert not Condition.objects.open(project).exists()


def test_a_condition_changes_nothing_that_is_signed_or_closed(project, chair, people, act):
    go_if(project, people, act)
    assert standing(project, IT).state == "valid"
    say(project, act(people["ben"]), SUPPORT)
    go_if(project, people, act, TRAINING, "cora", "Lamps cleaned")
    decided = say(
        project,
        act(people["dora"]),
        "Chair",
        Decision.GO_CONDITIONS,
        "But",
        conditions=[Demand("Coffee made", people["tom"], DUE)],
    )
    say(project, act(people["mara"]), "Before", Decision.APPROVE)
    assert Closure.objects.live(project).filter(scope="before").exists()
    for condition in Condition.objects.select_related("item__project"):
        condition.item.complete(act(people["tom"]))
    assert {each.state for each in meeting_of(standings(project)).votes} == {"valid"}
    assert standing(project, "Chair").signature == decided
    assert "Coffee made" not in "".join(each.snapshot for each in standings(project))


def test_conditions_hold_up_nobodys_signature_and_no_completion(project, people, act):
    go_if(project, people, act)
    builders.sign_all(project, NOON)
    project.refresh_from_db()
    assert project.completed_at
    made = Condition.objects.get().item
    assert not made.is_settled
    made.complete(act(people["tom"]))


def test_what_is_void_demands_nothing_any_more(project, people, act):
    first = go_if(project, people, act).conditions.get().item
    gate.withdraw(Signature.objects.get(), act(people["anna"]), "I think again")
    second = go_if(project, people, act).conditions.get().item
    done = go_if(project, people, act, SUPPORT, "ben", "Lamps cleaned").conditions.get().item
    done.complete(act(people["tom"]))
    closing.reopen(project, act(people["mara"]), standing(project, IT).slot, "The lamps are dark again")
    states = {each.pk: each for each in Item.with_retired.filter(kind=Kind.CONDITION)}
    assert states[first.pk].retired_reason == "The signature with this condition is void."
    assert states[second.pk].retired_at
    assert not states[done.pk].retired_at
    assert not Condition.objects.open(project).exists()


def test_the_baseline_wants_a_reason_and_gets_one(project, people, act):
    from checklists.planning.baseline import baseline

    baseline(project, act(people["mara"]))
    made = go_if(project, people, act).conditions.get().item
    added = project.journal.get(action=Action.ITEM_ADDED, item=made)
    assert added.remark == "A condition of Anna Approver: IT Lead"
    assert "Oil" not in added.body


def test_conditions_stay_apart_and_as_they_were_signed(project, people, act):
    made = go_if(project, people, act).conditions.get().item
    made.project = project
    lamps = item(project, "Lamps answer")
    with pytest.raises(TransitionRefused, match="stay apart"):
        move_item(made, act(people["mara"]), Place.of("after", lamps))
    with pytest.raises(TransitionRefused, match="stay apart"):
        move_item(lamps, act(people["mara"]), Place.of("last", made.phase))
    with pytest.raises(TransitionRefused, match="is a condition"):
        amend_item(made, act(people["mara"]), {"text": "Less oil"}, began=seen_of(made))
    with pytest.raises(TransitionRefused, match="is a condition"):
        split_item(made, act(people["mara"]), ["One", "Two"])


def test_a_clone_and_an_export_leave_conditions_behind(project, people, act):
    go_if(project, people, act)
    project.refresh_from_db()
    copy = clone_project(project, Launch("Again", "", "", T_ZERO, "UTC"), act(people["mara"]))
    assert not Item.objects.filter(project=copy, kind=Kind.CONDITION).exists()
    assert not copy.phases.filter(kind="conditions").exists()
    assert "Conditions of go-live" not in [phase.title for phase in outline_of(project, NOON).phases]


def test_a_condition_that_is_set_aside_is_not_met(project, people, act, signed_in):
    made = go_if(project, people, act).conditions.get().item
    made.set_aside(act(people["tom"]), "Nobody sells oil")
    assert list(Condition.objects.open(project)) == [Condition.objects.get()]
    text = page(project, signed_in(people["mara"]))
    assert "not applicable: Nobody sells oil" in text


# -- The page --------------------------------------------------------------------------------------------------------


def test_the_page_of_a_plan_without_votes_says_how_to_get_some(manager, technician, signed_in):
    project = builders.project(manager, NOON)
    Membership.objects.create(project=project, user=technician, role=Role.TECHNICIAN)
    assert "Ask for a vote" in page(project, signed_in(manager))
    assert "Ask for a vote" not in page(project, signed_in(technician))
    form = signed_in(manager).get(reverse("slot_new", args=[project.slug]) + "?kind=vote").text
    assert '<option value="vote" selected>' in form


def test_votes_and_the_decision_are_given_on_their_pages(project, chair, people, signed_in):
    for name, title in (("anna", IT), ("ben", SUPPORT), ("cora", TRAINING)):
        now = standing(project, title)
        wish = {"digest": now.digest, "decision": Decision.GO, "password": PASSWORD}
        answer = signed_in(people[name]).post(now.slot.get_absolute_url(), wish)
        assert answer.url == reverse("meeting", args=[project.slug])
    now, browser = standing(project, "Chair"), signed_in(people["dora"])
    shown = browser.get(now.slot.get_absolute_url()).text
    assert "heard the votes (3 go)" in shown
    assert "Why you decide so" in shown
    wish = {"digest": now.digest, "decision": Decision.GO, "password": PASSWORD}
    assert "Say why" in browser.post(now.slot.get_absolute_url(), wish).text
    assert browser.post(now.slot.get_absolute_url(), wish | {"comment": "We go"}).status_code == 302
    assert "With that the voting is over" in page(project, browser)


def test_the_number_of_queries_does_not_grow(project, chair, people, act, signed_in, django_assert_max_num_queries):
    browser = signed_in(people["mara"])
    page(project, browser)
    with django_assert_max_num_queries(60) as few:
        page(project, browser)
    for number in range(6):
        title = f"Role {number}"
        Slot.objects.add(project, act(people["mara"]), {"title": title, "kind": "vote", "scope": "before"})
        user = person(f"Voter{number} Approver")
        Membership.objects.create(project=project, user=user, role=Role.APPROVER)
        say(
            project,
            act(user),
            title,
            Decision.GO_CONDITIONS,
            "But",
            conditions=[Demand(f"Oil {number}", people["tom"], DUE)],
        )
    with django_assert_max_num_queries(len(few.captured_queries) + 3):
        page(project, browser)


@given(said=st.lists(st.sampled_from([Decision.GO, Decision.GO_CONDITIONS, Decision.NO_GO, Decision.ABSTAIN, None])))
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_sig_10_the_tally_counts_every_vote_once(said):
    """Pure: the words of a tally add up to the number of roles, in the order of decisions."""

    class Vote:
        def __init__(self, decision):
            self.needed = 1
            self.signatures = [Signature(decision=decision)] if decision else []

        def state_of(self, _signature):
            return "valid"

    words = heard([Vote(each) for each in said])
    assert sum(int(part.split()[0]) for part in words.split(", ") if part) == len(said)


def test_the_statement_of_a_chair_names_the_votes(project, chair):
    assert "(3 go)" in statement_of(chair, Decision.NO_GO, "3 go")
    assert "does not go live" in statement_of(chair, Decision.NO_GO)
