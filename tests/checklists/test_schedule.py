"""From offsets to moments, over changes of clocks on three continents; and moments in words."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from checklists import schedule
from checklists.schedule import DAY, WEEK, moment, span_of, window_of

GO_LIVE = datetime(2027, 2, 7, 6, 0, tzinfo=UTC)
ATHENS, NEW_YORK = ZoneInfo("Europe/Athens"), ZoneInfo("America/New_York")
# Clocks on Lord Howe Island change by half an hour.
ZONES = st.sampled_from([ATHENS, NEW_YORK, ZoneInfo("Australia/Lord_Howe")])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)).map(
    lambda at: at.replace(second=0, microsecond=0)
)
DAYS = st.integers(-400, 400)
MINUTES = st.integers(-60 * DAY, 60 * DAY)


@dataclass
class Said:
    """What a line of a plan says about when."""

    offset_start: int | None = None
    offset_end: int | None = None
    clock: str = ""
    round: dict | None = None


def when(zone, *chain, go_live_at=GO_LIVE):
    span = span_of(chain)
    return window_of(span, go_live_at, zone) if span else None


def exists_once(wall: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks in the zone show this time, and only once."""
    both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return len(both) == 1


@given(MOMENTS, ZONES, DAYS)
def test_a_day_keeps_the_clock_on_the_wall(go_live_at, zone, days):
    there = go_live_at.astimezone(zone)
    wanted = there.replace(tzinfo=None) + timedelta(days=days)
    found = moment(go_live_at, zone, days * DAY).astimezone(zone).replace(tzinfo=None)
    assert found.date() == wanted.date()
    if exists_once(wanted, zone):
        assert found == wanted
    else:
        assert abs(found - wanted) <= timedelta(hours=1)


@given(MOMENTS, ZONES, MINUTES.filter(lambda minutes: minutes % DAY))
def test_hours_and_minutes_are_time_that_passes(go_live_at, zone, minutes):
    assert moment(go_live_at, zone, minutes) == go_live_at + timedelta(minutes=minutes)


@given(MOMENTS, ZONES)
def test_t_zero_is_t_zero_even_when_its_hour_comes_twice(go_live_at, zone):
    assert moment(go_live_at, zone, 0) == go_live_at


@given(MOMENTS, ZONES, DAYS, DAYS)
def test_more_days_are_never_earlier(go_live_at, zone, one, other):
    low, high = sorted((one, other))
    assert moment(go_live_at, zone, low * DAY) <= moment(go_live_at, zone, high * DAY)


@given(MOMENTS, ZONES, MINUTES, st.times())
def test_a_time_of_day_stays_on_the_day(go_live_at, zone, minutes, time):
    day = moment(go_live_at, zone, minutes).astimezone(zone).date()
    found = moment(go_live_at, zone, minutes, f"{time:%H:%M}").astimezone(zone)
    wall = datetime.combine(day, time.replace(second=0, microsecond=0))
    assert found.date() == day
    if exists_once(wall, zone):
        assert found.replace(tzinfo=None) == wall


@given(MOMENTS, ZONES, MINUTES, MINUTES, st.sampled_from(["", "02:30", "08:00"]))
def test_no_window_ends_before_it_begins(go_live_at, zone, one, other, clock):
    low, high = sorted((one, other))
    window = when(zone, Said(low, high, clock), go_live_at=go_live_at)
    assert window.start <= window.due


@pytest.mark.parametrize(
    ("go_live", "zone", "minutes", "found"),
    [
        # Clocks in Athens go forward on 28 March 2027 at 03:00, back on 31 October at 04:00.
        ("2027-03-30T08:00", ATHENS, -3 * DAY, "2027-03-27T08:00+02:00"),
        ("2027-03-30T08:00", ATHENS, -71 * 60, "2027-03-27T08:00+02:00"),
        ("2027-03-29T03:30", ATHENS, -1 * DAY, "2027-03-28T04:30+03:00"),
        ("2027-10-30T03:30", ATHENS, 1 * DAY, "2027-10-31T03:30+03:00"),
        ("2027-03-07T02:30", NEW_YORK, WEEK, "2027-03-14T03:30-04:00"),
        ("2027-11-01T00:00", ZoneInfo("Australia/Lord_Howe"), -5 * WEEK, "2027-09-27T00:00+10:30"),
    ],
)
def test_over_a_change_of_clocks(go_live, zone, minutes, found):
    go_live_at = datetime.fromisoformat(go_live).replace(tzinfo=zone)
    assert moment(go_live_at, zone, minutes) == datetime.fromisoformat(found)


def test_the_nearest_that_says_when_counts():
    item, section, phase = Said(), Said(-2 * 60, -60), Said(-WEEK, 0)
    assert when(ATHENS, item, section, phase).offset == -60
    assert when(ATHENS, item, Said(), phase).offset == 0
    assert when(ATHENS, item, Said(), Said()) is None


def test_a_time_of_day_without_a_day_is_of_the_day_around_it():
    window = when(ATHENS, Said(clock="22:15"), Said(-DAY, -DAY))
    assert schedule.stretch(window, ATHENS) == "6 Feb, 22:15 EET"


def test_a_round_is_due_when_all_of_it_is():
    window = when(ATHENS, Said(0, WEEK, clock="09:00", round={"every": 1, "unit": "day", "at": "09:00"}))
    assert schedule.stretch(window, ATHENS) == "7 Feb, 08:00 to 14 Feb, 08:00 EET"


def test_an_open_window_is_due_when_it_begins():
    window = when(ATHENS, Said(30 * DAY, None))
    assert window.start == window.due
    assert schedule.stretch(window, ATHENS) == "from 9 Mar, 08:00 EET"


def test_beyond_the_calendar_there_is_no_time():
    assert when(ATHENS, Said(WEEK, WEEK), go_live_at=datetime(9999, 12, 30, tzinfo=UTC)) is None


def test_windows_in_words():
    assert schedule.stretch(when(ATHENS, Said(0, 4 * 60)), ATHENS) == "7 Feb, 08:00 to 12:00 EET"
    assert schedule.stretch(when(ATHENS, Said(-DAY, 0)), ATHENS) == "6 Feb, 08:00 to 7 Feb, 08:00 EET"
    spring = when(ATHENS, Said(-DAY, 0), go_live_at=datetime(2027, 3, 28, 5, 0, tzinfo=UTC))
    assert schedule.stretch(spring, ATHENS) == "27 Mar, 08:00 EET to 28 Mar, 08:00 EEST"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "T−0"), (-3 * DAY, "T−3 d"), (DAY + 12 * 60, "T+1 d 12 h"), (-15, "T−15 min"), (90, "T+1 h 30 min")],
)
def test_offsets_in_words(minutes, words):
    assert schedule.offset_words(minutes) == words


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (timedelta(seconds=20), "1 min"),
        (timedelta(minutes=25), "25 min"),
        (timedelta(hours=1, minutes=48), "1 h 48"),
        (timedelta(hours=2, minutes=5), "2 h 05"),
        (timedelta(hours=3), "3 h"),
        (timedelta(days=3, hours=4, minutes=30), "3 d 4 h"),
        (timedelta(days=2), "2 d"),
    ],
)
def test_lengths_in_words(length, words):
    assert schedule.length_words(length) == words


@pytest.mark.parametrize(
    ("language", "words", "stretch", "length", "offset"),
    [
        ("de", "7. Feb. 2027, 08:00 EET", "7. Feb., 08:00 bis 12:00 EET", "3 d 4 h", "T−15 min"),
        ("el", "7/2/2027, 08:00 EET", "7/2, 08:00 έως 12:00 EET", "3 ημ. 4 ώ.", "T−15 λ."),
    ],
)
def test_moments_and_lengths_are_said_in_the_language_of_the_reader(language, words, stretch, length, offset):
    with translation.override(language):
        assert schedule.words(moment(GO_LIVE, ATHENS, 0), ATHENS) == words
        assert schedule.stretch(when(ATHENS, Said(0, 4 * 60)), ATHENS) == stretch
        assert schedule.length_words(timedelta(days=3, hours=4)) == length
        assert schedule.offset_words(-15) == offset
        assert schedule.utc_words(GO_LIVE) == "2027-02-07 06:00 UTC"
