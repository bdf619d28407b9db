"""Which of the times at which a value was expected passed without one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

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

    told = [rounds(blank).get("words") for entry in report_of(boat, end).entries for blank in entry.blanks]
    assert told == [
        "Rounds, Hourly (first 6 hours): 3 of 6 have a value. None for: 7 Feb, 10:00; 11:00; 12:00.",
        "Rounds, Every 2 hours (T+0 to T+4 hours): 1 of 2 have a value. None for: 7 Feb, 10:00.",
    ]
    assert {rounds(blank).get("words") for entry in report_of(boat, NOON).entries for blank in entry.blanks} == {None}


def test_a_blank_that_nobody_ever_filled_in_tells_no_rounds(manager):
    boat = builders.project(manager, NOON, PLAN, name="Boat")
    blanks = [each for entry in report_of(boat, boat.go_live_at + timedelta(days=1)).entries for each in entry.blanks]
    assert [rounds(blank) for blank in blanks] == [{}, {}]
