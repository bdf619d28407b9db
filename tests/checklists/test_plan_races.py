"""Two who change one plan at once: real threads on the real database."""

from __future__ import annotations

import pytest

from checklists.act import TransitionRefused
from checklists.models import Action, Item, JournalEntry, Phase
from checklists.planning.divisions import move_phase
from checklists.planning.items import Overtaken, add_item, amend_item, move_item, retire_item, seen_of
from checklists.planning.places import Place
from tests.builders import item
from tests.checklists.test_planning import check_tree
from tests.checklists.test_races import all_at_once, fresh

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def test_of_many_editors_one_wins_and_the_others_are_told(project, manager, act):
    copies = [fresh(project, "Lamps answer") for _ in range(CROWD)]
    began = seen_of(copies[0])
    outcomes = all_at_once(
        *(
            lambda copy=copy, n=n: amend_item(copy, act(manager), {"text": f"Lamps {n}"}, began=began)
            for n, copy in enumerate(copies)
        )
    )
    assert sum(isinstance(outcome, Overtaken) for outcome in outcomes) == CROWD - 1
    assert project.journal.filter(action=Action.ITEM_AMENDED).count() == 1


def test_numbers_are_given_once_and_the_order_holds(project, manager, act):
    lamps, group = item(project, "Lamps answer"), item(project, "Database ready")
    copies = [fresh(project, words) for words in ("Certificates", "Rows counted", "Switch the name")]
    outcomes = all_at_once(
        *(lambda n=n: add_item(project, act(manager), f"new {n}", Place.of("after", lamps)) for n in range(3)),
        *(lambda copy=copy: move_item(copy, act(manager), Place.of("last", group)) for copy in copies),
        lambda: move_phase(Phase.objects.get(project=project, position=0), act(manager), "down"),
    )
    assert not any(isinstance(outcome, Exception) for outcome in outcomes)
    numbers = list(Item.with_retired.filter(project=project).values_list("number", flat=True))
    assert sorted(numbers) == list(range(1, 11))
    check_tree(project)
    assert JournalEntry.objects.first_broken(project) is None


def test_a_tick_meets_a_change_of_the_plan(project, manager, technician, act):
    """Whoever comes first, nothing is done to what is out of the plan, and a group is what its parts are."""
    for words in ("Backup", "Certificates", "Lamps answer"):
        tick, going = fresh(project, words), fresh(project, words)
        ticked, retired = all_at_once(
            lambda each=tick: each.complete(act(technician)), lambda each=going: retire_item(each, act(manager))
        )
        assert retired is None
        completed = project.journal.filter(item=tick, action=Action.ITEM_COMPLETED).exists()
        assert completed == (not isinstance(ticked, TransitionRefused))
    assert not project.items.filter(number__in=[2, 4, 7]).exists()
    check_tree(project)
