"""What is optional holds nothing up: neither its group, nor the phases behind, nor readiness; and the page says so."""

import random

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.invariants import groups_follow_their_parts
from checklists.models.item import State
from checklists.planning.items import add_item, amend_item, retire_item, seen_of
from checklists.planning.places import Place
from checklists.readiness import areas, tallies, waits
from checklists.timetable import Timetable
from tests import builders
from tests.builders import item, settle
from tests.conftest import NOON

TEXT = """# Night boat

## Phase 1: Load

- [ ] **Deck**
  - [ ] Ropes coiled
  - [ ] Awning taken in (if needed)
- [ ] **Extras**
  - [ ] Spare lamp packed (if needed)
  - [ ] Second anchor packed (if possible)

## Phase 2: Sail

- [ ] Lines cast off
"""


@pytest.fixture
def boat(manager, technician):
    return builders.project(manager, NOON, TEXT, name="Night boat")


@pytest.fixture
def by(boat, manager, act):
    return lambda: act(manager)


def states(boat, *words):
    return [item(boat, each).state for each in words]


def test_a_group_is_done_when_its_mandatory_parts_are(boat, by):
    item(boat, "Ropes").complete(by())
    assert states(boat, "Deck", "Awning") == [State.DONE, State.OPEN]
    assert list(groups_follow_their_parts(boat)) == []


def test_where_all_parts_are_optional_all_are_needed(boat, by):
    item(boat, "Spare").complete(by())
    assert states(boat, "Extras") == [State.OPEN]
    with pytest.raises(TransitionRefused, match="1 sub-item is still open"):
        item(boat, "Extras").complete(by())
    item(boat, "Second").set_aside(by(), "No room")
    assert states(boat, "Extras") == [State.DONE]
    item(boat, "Second").reopen(by(), "Room was found")
    assert states(boat, "Extras") == [State.REOPENED]


def test_an_optional_part_comes_and_goes_without_its_group(boat, by):
    item(boat, "Ropes").complete(by())
    item(boat, "Awning").complete(by())
    item(boat, "Awning").undo(by())
    item(boat, "Awning").complete(by())
    item(boat, "Awning").reopen(by(), "It flaps")
    assert states(boat, "Deck", "Awning") == [State.DONE, State.REOPENED]
    item(boat, "Ropes").reopen(by(), "They slip")
    assert states(boat, "Deck") == [State.REOPENED]


def test_a_part_that_becomes_optional_lets_its_group_go_and_back(boat, by):
    item(boat, "Awning").complete(by())
    ropes = item(boat, "Ropes")
    amend_item(ropes, by(), {"optional": True}, began=seen_of(ropes))
    assert states(boat, "Deck") == [State.OPEN]
    ropes.complete(by())
    part = add_item(boat, by(), "Flag hoisted", Place.of("last", item(boat, "Deck")))
    assert states(boat, "Deck") == [State.REOPENED]
    amend_item(part, by(), {"optional": True}, began=seen_of(part))
    retire_item(item(boat, "Flag"), by())
    assert states(boat, "Deck") == [State.DONE]
    assert list(groups_follow_their_parts(boat)) == []


def test_nothing_waits_for_what_is_optional(boat, by):
    boat.order_phases(by(), True)
    last = item(boat, "Lines")
    item(boat, "Ropes").complete(by())
    with pytest.raises(TransitionRefused, match="#4 Extras not settled"):
        last.complete(by())
    extras = item(boat, "Extras")
    amend_item(extras, by(), {"optional": True}, began=seen_of(extras))
    assert waits(boat, tallies(boat)) == {}
    last.complete(by())
    assert last.state == State.DONE


def test_what_is_optional_keeps_nothing_from_being_green_unless_it_failed(boat, by):
    settle_mandatory(boat, by)
    assert [reason.words for reason in load(boat).reasons] == []
    assert load(boat).tally.progress == "2 of 6, 4 optional open"
    item(boat, "Awning").fail(by(), "It is torn")
    assert [(reason.words, reason.named[0].remark) for reason in load(boat).reasons] == [("1 failed", "It is torn")]


def settle_mandatory(boat, by):
    item(boat, "Ropes").complete(by())
    extras = item(boat, "Extras")
    amend_item(extras, by(), {"optional": True}, began=seen_of(extras))


def load(boat):
    return areas(Timetable.load(boat, NOON), boat, {})[0]


def test_the_pages_say_how_much_of_what_is_open_is_optional(boat, by, manager, signed_in):
    client = signed_in(manager)
    plan = client.get(boat.get_absolute_url()).text
    assert "0 of 6, 3 optional open" in plan
    assert "0 of 2, 1 optional open" in plan
    assert "0 of 6, 3 optional open" in client.get(reverse("readiness", args=[boat.slug])).text
    settle(boat, by())
    assert "optional open" not in client.get(boat.get_absolute_url()).text


VERBS = {
    "complete": lambda each, act: each.complete(act),
    "set aside": lambda each, act: each.set_aside(act, "No need"),
    "undo": lambda each, act: each.undo(act),
    "reopen": lambda each, act: each.reopen(act, "Again"),
    "block": lambda each, act: each.block(act, "Stuck"),
    "resume": lambda each, act: each.resume(act),
    "turn": lambda each, act: amend_item(each, act, {"optional": not each.optional}, began=seen_of(each)),
    "retire": lambda each, act: retire_item(each, act),
    "add": lambda each, act: add_item(each.project, act, "One more", Place.of("last", each)),
}


@pytest.mark.parametrize("seed", range(12))
def test_groups_follow_whatever_happens(boat, by, seed):
    dice = random.Random(seed)  # noqa: S311
    for _ in range(40):
        if not (here := list(boat.items.select_related("project", "parent"))):
            return
        each = dice.choice(here)
        try:
            VERBS[dice.choice(list(VERBS))](each, by())
        except TransitionRefused:
            continue
        assert list(groups_follow_their_parts(boat)) == []
        # Who takes back what a group did by itself, or reopens it, has it in hand.
        for group in boat.items.filter(state=State.OPEN):
            if group.children.settled().exists():
                assert group.holding_parts().exists(), f"{group} is {group.state}"
