"""When a scope closes: what is around others waits for them."""

from checklists.models import Closure
from checklists.scopes import PLAN
from signoffs.gate import standings
from tests.builders import ask_one_more, settle
from tests.signoffs.test_signing_races import sign


def keys(project):
    return [closure.key for closure in Closure.objects.live(project)]


def test_the_whole_plan_does_not_close_over_a_place_inside_that_is_still_to_be_signed(
    project, technician, manager, approver, act
):
    """Else nobody could sign it without a reopening: so it was with the four votes of the customer's own document."""
    ask_one_more(project, stage=max(each.slot.stage for each in standings(project)))
    settle(project, act(technician))
    first, second = (each for each in standings(project) if each.slot.key != PLAN)
    sign(first, act(approver))
    whole = [each for each in standings(project) if each.slot.key == PLAN]
    for each in whole:
        sign(each, act(approver))
    assert keys(project) == []
    again = next(each for each in standings(project) if each.slot.pk == second.slot.pk)
    sign(again, act(manager))
    project.refresh_from_db()
    assert sorted(keys(project)) == sorted([second.slot.key, PLAN])
    assert project.completed_at
