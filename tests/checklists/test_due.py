"""Due times where people see them: in rows, filters, the header, an item's panel and on the page of one's work."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from checklists.models import Membership, Role
from checklists.sheet import sheet_of
from checklists.timetable import Timetable
from checklists.work import work_of
from tests import builders
from tests.builders import T_ZERO, item
from tests.conftest import NOON

# "Before" is due three days before T-0, on 4 February at 08:00 in Athens; "Night" at T-0.
BEFORE = T_ZERO - timedelta(days=3)
RELATIVE = """# Relative

## Phase 1: Night (T-1 day)

- [ ] Due with the phase
- [ ] T-2 hours: cache warmed
- [ ] Bridge opens
  - [ ] Its part

### Late evening (T-30 minutes)

- [ ] Doors closed
"""


def rows(project, viewer, now, chosen="all"):
    sheet = sheet_of(project, viewer.pk, now, chosen)
    return {row.number: row for phase in sheet.phases for block in phase.blocks for row in block.rows}


def row(project, viewer, now, words):
    return rows(project, viewer, now)[item(project, words).number]


@pytest.mark.parametrize(
    ("after", "when", "tone"),
    [
        (timedelta(days=-3), "4 Feb, 08:00", ""),
        (timedelta(hours=-2, minutes=-1), "4 Feb, 08:00", ""),
        (timedelta(minutes=-25), "in 25 min", "warn"),
        (timedelta(hours=1, minutes=48), "late 1 h 48", "late"),
    ],
)
def test_what_is_to_do_shows_when_it_is_due(project, technician, after, when, tone):
    shown = row(project, technician, BEFORE + after, "Certificates valid")
    assert (shown.when, shown.tone) == (when, tone)
    assert shown.moment == "2027-02-04T06:00:00+00:00"


def test_what_is_settled_shows_when_it_was(project, technician, act):
    item(project, "Certificates valid").complete(act(technician))
    shown = row(project, technician, NOON, "Certificates valid")
    assert (shown.when, shown.tone) == ("5 Feb, 14:00", "")


def test_late_and_soon_are_filters_with_counts(project, technician, act):
    item(project, "Certificates valid").complete(act(technician))
    sheet = sheet_of(project, technician.pk, NOON, "late")
    assert (sheet.late, sheet.shown, len(sheet.picked["soon"])) == (4, 4, 0)
    sheet = sheet_of(project, technician.pk, T_ZERO - timedelta(hours=1), "soon")
    assert (len(sheet.picked["soon"]), sheet.shown) == (2, 2)
    assert ("late", "Late", 4, False) in sheet.filters


def test_the_page_says_it(project, technician, signed_in):
    project.go_live_at = T_ZERO.replace(year=2020)
    project.save()
    text = signed_in(technician).get(project.get_absolute_url()).text
    assert "7 late" in text
    assert "Due or done, EET" in text
    assert re.search(
        r'class="item-due late"\s+datetime="2020-02-04T06:00:00\+00:00" data-due\s+title="Due 4 Feb 2020, 08:00 EET"',
        text,
    )
    assert "4 Feb, 08:00 EET" in text


def test_an_act_answers_with_the_new_number(project, technician, signed_in):
    project.go_live_at = T_ZERO.replace(year=2020)
    project.save()
    lamps = reverse("item_completion", args=[project.slug, item(project, "Lamps answer").number])
    text = signed_in(technician).post(lamps, headers={"HX-Request": "true"}).text
    assert "6 late" in text
    assert "settled" in text


def test_the_panel_says_how_late_it_was_done(project, technician, act):
    item(project, "Certificates valid").complete(act(technician))
    timetable = Timetable.load(project, NOON)
    told = timetable.due_sentence(item(project, "Certificates valid"))
    assert told == "4 Feb 2027, 08:00 EET (T−3 d), settled 1 d 6 h late"
    assert timetable.due_sentence(item(project, "Lamps answer")) == "7 Feb 2027, 08:00 EET (T−0)"


def test_each_item_follows_the_nearest_around_it(manager):
    project = builders.project(manager, NOON, RELATIVE, name="Relative")
    timetable = Timetable.load(project, NOON)
    offsets = {each.text: timetable.of_item(each).offset for each in project.items.all()}
    assert offsets["Due with the phase"] == offsets["Its part"] == -24 * 60
    assert offsets["T-2 hours: cache warmed"] == -2 * 60
    assert offsets["Doors closed"] == -30


def test_all_of_it_moves_with_t_zero(project, technician):
    project.go_live_at += timedelta(days=60)  # into summer time: the wall clock stays
    assert row(project, technician, NOON, "Certificates valid").when == "5 Apr, 09:00"


# -- My work ---------------------------------------------------------------------------------------------------------


def test_my_work_is_what_i_hold_in_order_of_time(project, manager, technician, act):
    other = builders.project(manager, NOON, RELATIVE, name="Other")
    other.memberships.create(user=technician, role="technician")
    for plan, words in ((project, "Lamps answer"), (other, "Doors closed"), (project, "Rows counted")):
        item(plan, words).claim(act(technician))
    tasks = work_of(technician, NOON).mine
    assert [(task.number, task.project.name) for task in tasks] == [
        (item(project, "Rows counted").number, "Harbour Lights"),
        (item(other, "Doors closed").number, "Other"),
        (item(project, "Lamps answer").number, "Harbour Lights"),
    ]
    assert [(task.due, task.offset) for task in tasks] == [
        ("late 1 d 6 h", "T−3 d"),
        ("7 Feb, 07:30", "T−30 min"),
        ("7 Feb, 08:00", "T−0"),
    ]


def test_what_nobody_holds_is_shown_when_it_is_late_or_soon_to_those_who_may_do_it(
    project, technician, other_technician, auditor, outsider, act
):
    item(project, "Rows counted").claim(act(other_technician))
    texts = [task.text for task in work_of(technician, NOON).unclaimed]
    assert len(texts) == 3  # not the group, not what Olga holds, not what is due in two days
    assert not any("Database ready" in text or "Rows counted" in text or "Lamps" in text for text in texts)
    for person in (auditor, outsider):
        assert work_of(person, NOON).unclaimed == []


def test_my_work_can_be_that_of_one_project(project, manager, technician, act, signed_in):
    other = builders.project(manager, NOON, "# Boat\n\n## Load (T-3 days)\n\n- [ ] Ropes coiled\n", name="Night boat")
    item(project, "Lamps answer").claim(act(technician))
    browser = signed_in(technician)
    assert 'class="filters"' not in browser.get(reverse("work")).text
    Membership.objects.create(project=other, user=technician, role=Role.TECHNICIAN)
    item(other, "Ropes").claim(act(technician))
    page = browser.get(reverse("work"), {"project": other.slug}).text
    assert "Night boat: 1</a>" in page
    assert "Ropes coiled" in page
    assert "Lamps answer" not in page
    assert "Lamps answer" in browser.get(reverse("work"), {"project": "not-mine"}).text


def test_the_page_of_my_work(project, technician, outsider, act, signed_in):
    item(project, "Lamps answer").claim(act(technician))
    text = signed_in(technician).get(reverse("work")).text
    assert "Lamps answer" in text
    assert 'data-zone="Europe/Athens"' in text
    assert "Nothing is yours right now." in signed_in(outsider).get(reverse("work")).text


def test_my_work_costs_the_same_for_many_projects(manager, signed_in, act):
    browser, costs = signed_in(manager), []
    for number in range(3):
        plan = builders.project(manager, NOON, RELATIVE, name=f"Plan {number}")
        for each in plan.items.select_related("project"):
            each.claim(act(manager))
        browser.get(reverse("work"))
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("work"))
        costs.append(len(queries))
    assert costs[0] == costs[2] <= 8
