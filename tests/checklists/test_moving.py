"""Moving T-0: what shifts is shown first, then it is one journalled change."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from checklists.act import TransitionRefused
from checklists.models import Action
from checklists.moving import shift_of
from signoffs import gate
from signoffs.models import Decision
from tests.builders import T_ZERO, ask_one_more, item, settle
from tests.conftest import NOON

LATER = T_ZERO + timedelta(days=2)


def move(project, who, act, *, to=LATER, zone="Europe/Athens", seen=T_ZERO):
    project.move_go_live(act(who), to, zone, "The crane is late", seen)


def test_the_move_is_one_entry_with_before_and_after(project, manager, act):
    before = project.journal.count()
    move(project, manager, act)
    project.refresh_from_db()
    entry = project.journal.last()
    assert (project.go_live_at, project.journal.count()) == (LATER, before + 1)
    assert (entry.action, entry.remark) == (Action.GO_LIVE_MOVED, "The crane is late")
    assert entry.sentence == "moved T-0 from 7 Feb 2027, 08:00 EET to 9 Feb 2027, 08:00 EET"


def test_another_zone_is_said_too(project, manager, act):
    move(project, manager, act, to=T_ZERO, zone="Europe/London")
    assert project.journal.last().sentence.endswith(
        "from 7 Feb 2027, 08:00 EET to 7 Feb 2027, 06:00 GMT (Europe/Athens → Europe/London)"
    )


def test_a_move_to_where_it_is_changes_nothing(project, manager, act):
    before = project.journal.count()
    move(project, manager, act, to=T_ZERO)
    assert project.journal.count() == before


def test_a_move_from_where_it_no_longer_is_is_refused(project, manager, act):
    move(project, manager, act)
    with pytest.raises(TransitionRefused, match="it is 9 Feb 2027, 08:00 EET now"):
        move(project, manager, act, to=T_ZERO + timedelta(days=9))


def test_over_a_turn_of_the_year_every_moment_has_its_year(project):
    shift = shift_of(project, NOON, T_ZERO + timedelta(days=365), ZoneInfo("Europe/Athens"))
    assert (shift.phases[0].before, shift.phases[0].after) == ("4 Feb 2027, 08:00 EET", "4 Feb 2028, 08:00 EET")


def test_what_shifts(project, technician, act):
    item(project, "Lamps answer").claim(act(technician))
    shift = shift_of(project, NOON, LATER, ZoneInfo("Europe/Athens"))
    assert (shift.words, shift.late_count, shift.no_longer_late) == ("2 d later", 0, 5)
    assert shift.holders == [("Tom Technician", 1)]
    first = shift.phases[0]
    assert (first.before, first.after, first.total) == ("4 Feb, 08:00 EET", "6 Feb, 08:00 EET", 5)


def test_an_earlier_t_zero_makes_items_late(project):
    shift = shift_of(project, NOON, T_ZERO - timedelta(days=3), ZoneInfo("Europe/Athens"))
    assert (shift.words, shift.late_count) == ("3 d earlier", 2)
    assert [each.text for each in shift.late] == ["Switch the name to the new server", "Lamps answer"]


def test_the_page_shows_first_and_moves_then(project, technician, approver, manager, act, signed_in):
    settle(project, act(technician))
    project.slots.filter(number=1).update(scope="before", phase=None)
    ask_one_more(project)
    standing = gate.standings(project)[0]
    gate.sign(standing.slot, act(approver), Decision.APPROVE, standing.digest)
    browser, url = signed_in(manager), reverse("go_live", args=[project.slug])
    assert "Show what shifts" in browser.get(url).text
    looked = browser.get(url, {"go_live": "2027-02-09T08:00", "zone": "Europe/Athens"})
    assert "2 d later" in looked.text
    assert "1 signature or vote becomes stale" in looked.text
    project.refresh_from_db()
    assert project.go_live_at == T_ZERO
    posted = {"go_live": "2027-02-09T08:00", "zone": "Europe/Athens", "seen": "2027-02-07T06:00:00+00:00"}
    unexplained = browser.post(url, posted)
    assert (unexplained.status_code, "Say why" in unexplained.text) == (422, True)
    assert browser.post(url, {**posted, "reason": "The crane is late"}).status_code == 302
    project.refresh_from_db()
    assert project.go_live_at == LATER
    assert gate.standings(project)[0].state == "stale"


def test_somebody_was_faster(project, manager, act, signed_in):
    move(project, manager, act)
    posted = {"go_live": "2027-02-11T08:00", "zone": "Europe/Athens", "reason": "Fog", "seen": T_ZERO.isoformat()}
    answer = signed_in(manager).post(reverse("go_live", args=[project.slug]), posted)
    assert answer.status_code == 409
    assert "T-0 was moved meanwhile: it is 9 Feb 2027, 08:00 EET now." in answer.text
    assert "Fog" in answer.text


@pytest.mark.parametrize("query", [{"go_live": "2027-03-28T03:30", "zone": "Europe/Athens"}, {"go_live": "x"}])
def test_a_moment_that_does_not_exist(project, manager, signed_in, query):
    assert signed_in(manager).get(reverse("go_live", args=[project.slug]), query).status_code == 422


def test_only_managers_find_the_way(project, manager, technician, signed_in):
    url = reverse("go_live", args=[project.slug])
    assert url in signed_in(manager).get(project.get_absolute_url()).text
    assert url not in signed_in(technician).get(project.get_absolute_url()).text
