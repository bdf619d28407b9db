"""The demo: what a newcomer finds in it."""

from collections import Counter

import pytest
from django.core.management import call_command

from checklists.models import Project
from signoffs.gate import standings
from signoffs.invariants import broken
from signoffs.models import Signature, VoidedBy
from signoffs.standing import Standing


@pytest.fixture
def demo(db, settings, capsys) -> Project:
    settings.DEBUG = True
    call_command("demo")
    return Project.objects.get()


def test_it_stands_half_way_through_its_run(demo):
    states = Counter(demo.items.values_list("state", flat=True))
    assert set(states) == {"open", "claimed", "done", "na", "blocked", "reopened"}
    assert demo.completed_at is None


def test_its_signatures_are_in_every_state_that_one_meets(demo):
    table: dict[str, Standing] = {each.slot.title: each for each in standings(demo)}
    assert [table[title].state for title in ("Head of Passenger Services", "Port Operations Manager")] == [
        "stale",
        "valid",
    ]
    assert table["Foundations OK"].state == "pending"
    assert Signature.objects.get(voided_how=VoidedBy.REOPENED).slot.title == "Foundations OK"


def test_it_keeps_every_rule(demo):
    assert broken(demo) == []


def test_it_says_who_can_sign_in_and_is_made_once(demo, capsys):
    capsys.readouterr()
    call_command("demo")
    printed = capsys.readouterr().out
    assert printed.count("@example.org") == 7
    assert Project.objects.count() == 1
