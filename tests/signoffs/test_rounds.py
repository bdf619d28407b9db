"""Which of the times at which a value was expected passed without one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from signoffs.pdf import html_of
from signoffs.report import report_of
from signoffs.rounds import rounds_of
from signoffs.templatetags.paper import rounds
from tests import builders
from tests.conftest import NOON

ATHENS = ZoneInfo("Europe/Athens")
GO_LIVE = datetime(2027, 2, 7, 6, tzinfo=UTC)
HOURLY = {"every": 2, "unit": "hour", "at": "", "start": 0, "until": 480}


def after(*hours: float) -> list[datetime]:
    return [GO_LIVE + timedelta(hours=each) for each in hours]


def found(said, read, until=48.0):
    return rounds_of(said, GO_LIVE, ATHENS, after(until)[0], read)


def test_a_round_without_a_value_is_missed():
    result = found(HOURLY, after(0.5, 1, 4, 7.9))
    assert result.expected == after(0, 2, 4, 6)
    assert result.missed == after(2)


def test_a_value_before_the_first_round_and_one_after_the_last_are_of_none():
    assert found(HOURLY, after(-0.1, 8)).missed == after(0, 2, 4, 6)


def test_a_round_that_goes_on_is_not_missed_yet():
    assert found(HOURLY, after(0), until=3.9).expected == after(0)
    assert found(HOURLY, after(0), until=4).missed == after(2)
    assert found(HOURLY, [], until=-5).expected == []


def test_days_are_of_the_calendar_at_their_time_of_day():
    daily = {"every": 1, "unit": "day", "at": "08:30", "start": 0, "until": 3 * 1440}
    before_summer = datetime(2027, 3, 27, 6, tzinfo=UTC)
    result = rounds_of(daily, before_summer, ATHENS, before_summer + timedelta(days=9), [])
    assert [f"{each.astimezone(ATHENS):%d %H:%M}" for each in result.expected] == ["27 08:30", "28 08:30", "29 08:30"]


@pytest.mark.parametrize(
    "said",
    [
        *(None, {}, HOURLY | {"start": None}, HOURLY | {"until": None}, HOURLY | {"unit": "month"}),
        *(HOURLY | {"until": 10**6}, HOURLY | {"until": -60}),
    ],
)
def test_without_a_beginning_and_an_end_nobody_knows(said):
    assert found(said, after(0)) is None


PLAN = """# Boat

## Watch

### Hourly report (first 6 hours)

- [ ] Temperature of the engine
  - [ ] Read the gauge
    - Gauge: ____ °C
- [ ] Every 2 hours: check the oil (T+0 to T+4 hours)
  - Oil: ____ bar
"""


def test_the_report_tells_them_for_what_stands_in_something_that_comes_round(manager, act):
    boat = builders.project(manager, NOON, PLAN, name="Boat")
    end = boat.go_live_at + timedelta(days=1)
    gauge, oil = boat.fields.select_related("project").order_by("position")
    for hours in (0, 1, 5):
        gauge.read(act(manager, boat.go_live_at + timedelta(hours=hours)), str(hours))
    oil.read(act(manager, boat.go_live_at), "4")

    told = [rounds(blank) for entry in report_of(boat, end).entries for blank in entry.blanks]
    assert told == [
        "Rounds, Hourly (first 6 hours): 3 of 6 have a value. None for: 7 Feb, 10:00; 11:00; 12:00.",
        "Rounds, Every 2 hours (T+0 to T+4 hours): 1 of 2 have a value. None for: 7 Feb, 10:00.",
    ]
    assert {rounds(blank) for entry in report_of(boat, NOON).entries for blank in entry.blanks} == {""}

    assert [(each.number, each.place, rounds(each.blank)) for each in report_of(boat, end).unread] == [
        (2, "Read the gauge", told[0]),
        (3, "Every 2 hours: check the oil (T+0 to T+4 hours)", told[1]),
    ]
    assert report_of(boat, NOON).unread == []


def test_a_blank_that_nobody_ever_filled_in_stands_among_the_deviations(manager, technician, act):
    boat = builders.project(manager, NOON, PLAN, name="Boat")
    report = report_of(boat, boat.go_live_at + timedelta(days=1))
    assert [rounds(each.blank) for each in report.unread] == [
        "Rounds, Hourly (first 6 hours): 0 of 6 have a value.",
        "Rounds, Every 2 hours (T+0 to T+4 hours): 0 of 2 have a value.",
    ]
    for variant in ("full", "summary"):
        deviations = html_of(report, variant).partition("Deviations</h2>")[2]
        assert "0 of 6 have a value" in deviations.partition("<h2")[0]
    assert 'href="#item-2"' in deviations and 'id="item-2"' in html_of(report)
    builders.item(boat, "Every 2 hours: check the oil (T+0 to T+4 hours)").set_aside(act(technician), "Electric engine")
    assert [each.number for each in report_of(boat, report.at).unread] == [2]


def test_the_summary_says_how_many_it_has_no_room_for(manager):
    report = report_of(builders.project(manager, NOON, PLAN, name="Boat"), NOON + timedelta(days=9))
    assert "And 1 more: it stands in the full report." in html_of(report, "summary", 1)
