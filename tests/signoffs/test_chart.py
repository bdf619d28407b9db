"""The chart of a value over time: pure geometry."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from signoffs.chart import BOTTOM, RIGHT, TOP, Point, chart_of, round_moments, round_numbers

ATHENS = ZoneInfo("Europe/Athens")
EIGHT = datetime(2027, 2, 7, 6, tzinfo=UTC)


def points(*values, every=timedelta(hours=2), out=()):
    return [Point(EIGHT + number * every, Decimal(str(value)), number in out) for number, value in enumerate(values)]


def test_one_value_has_no_course():
    assert chart_of(points(3), ATHENS) is None
    assert chart_of([], ATHENS) is None


def test_values_stand_between_the_lowest_and_the_highest_line():
    chart = chart_of(points(3, 14, 7, out={1}), ATHENS, Decimal(10))
    assert [number for _at, number in chart.numbers] == [0, 5, 10, 15]
    assert (chart.numbers[0][0], chart.numbers[-1][0]) == (BOTTOM, TOP)
    assert chart.limit == {number: at for at, number in chart.numbers}[10]
    places = [tuple(map(float, each.split())) for each in chart.line[1:].split("L")]
    assert [x for x, _y in places] == [chart.left, (chart.left + RIGHT) / 2, RIGHT]
    assert places[1][1] < chart.limit < places[2][1] < places[0][1]


def test_what_is_beyond_the_limit_has_another_shape():
    chart = chart_of(points(3, 14, 7, out={1}), ATHENS, Decimal(10))
    assert (chart.dots.count("z"), chart.crosses.count("M"), chart.beyond) == (2, 2, 1)


def test_of_hundreds_only_those_beyond_are_marked():
    chart = chart_of(points(*range(300), out={299}), ATHENS)
    assert chart.dots == ""
    assert chart.crosses.count("M") == 2
    assert chart.line.count("L") == 299


def test_values_are_put_in_the_order_of_their_times():
    assert chart_of(points(1, 2, 3)[::-1], ATHENS) == chart_of(points(1, 2, 3), ATHENS)


@pytest.mark.parametrize("value", ["0", "5", "-3", "0.0000000001", "999999999999999", "1e-3000"])
def test_values_that_are_all_the_same_have_an_axis(value):
    chart = chart_of(points(value, value, value), ATHENS)
    assert 2 <= len(chart.numbers) <= 6
    assert "nan" not in chart.line


def test_a_slip_of_the_hand_is_left_out():
    assert len(chart_of(points(1, 2, "1e4000"), ATHENS).points) == 2
    assert chart_of(points(1, 2, 3), ATHENS, Decimal("1e400")).limit is None


def test_values_of_one_moment_stand_above_each_other():
    chart = chart_of(points(1, 2, 3, every=timedelta(0)), ATHENS)
    assert len({each.split()[0] for each in chart.line[1:].split("L")}) == 1


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        ("3", "14", ["0", "5", "10", "15"]),
        ("0.21", "0.24", ["0.21", "0.22", "0.23", "0.24"]),
        ("-40", "55", ["-50", "0", "50", "100"]),
        ("1200", "1200", ["1000", "1500"]),
        ("0", "0", ["0", "0.5"]),
    ],
)
def test_axes_have_round_numbers(low, high, found):
    assert round_numbers(Decimal(low), Decimal(high)) == [Decimal(each) for each in found]


@pytest.mark.parametrize("hours", [0.05, 0.5, 3, 7, 23, 50, 200, 1000, 9000, 90_000])
def test_an_axis_has_few_moments_of_the_zone(hours):
    found, by_days = round_moments(EIGHT, EIGHT + timedelta(hours=hours), ATHENS)
    assert 1 <= len(found) <= 7
    for moment in found:
        there = moment.astimezone(ATHENS)
        assert there.second == 0
        assert not by_days or there.hour == there.minute == 0


def test_hours_stay_round_over_a_change_of_clocks():
    begin = datetime(2027, 3, 27, 22, tzinfo=UTC)  # midnight before the clocks jump at three
    found, _by_days = round_moments(begin, begin + timedelta(hours=14), ATHENS)
    assert [f"{moment.astimezone(ATHENS):%H:%M}" for moment in found] == [
        "00:00",
        "04:00",
        "06:00",
        "09:00",
        "12:00",
        "15:00",
    ]
