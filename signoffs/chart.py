"""A line chart of the values of one blank as they were read over time: geometry only, pure, in points of paper.

Drawn by templates/signoffs/_pdf_chart.html. It must be read in black and white: a value beyond its limit is a cross, not a
dot, and the limit is a dashed line with its words.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal

from checklists.schedule import on_the_clock

WIDTH, HEIGHT = 390, 88
# Left of the plot stand the numbers, below it the times, above it the unit.
RIGHT, TOP, BOTTOM = 364, 14, 76
DIGIT = 4
DOT, CROSS = 1.5, 2.2
# Where more stand than can be told apart, the line goes on without its dots. What is beyond the limit is always marked.
MOST_DOTS = 90
# As many as there is room for below the plot, with a day at each.
MOST_TIMES, MOST_NUMBERS = 6, 4
# What is larger is a slip of the hand, which no axis can hold beside others; nor can anybody see finer ones.
LARGEST, PLACES = Decimal(10) ** 15, 9
DAY = 24 * 60
MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720)
DAYS = (1, 2, 7, 14, 28, 91, 182, 364)


@dataclass(frozen=True)
class Point:
    """A value, when it was read, and whether it keeps its limit."""

    at: datetime
    value: Decimal
    is_out: bool = False


@dataclass(frozen=True)
class Chart:
    """Paths, and where on the axes stand which moments and numbers. `limit` is the height of the dashed line, if there is one."""

    points: Sequence[Point]
    left: float
    line: str
    dots: str
    crosses: str
    times: Sequence[tuple[float, datetime]]
    numbers: Sequence[tuple[float, Decimal]]
    by_days: bool
    limit: float | None

    size = WIDTH, HEIGHT
    right, top, bottom = RIGHT, TOP, BOTTOM

    @property
    def limit_words_at(self) -> float:
        """Above the dashed line, or below one at the top."""
        at = self.limit or 0
        return at - 2.5 if at > TOP + 8 else at + 7.5

    @property
    def beyond(self) -> int:
        """How many of its values do not keep the limit."""
        return sum(point.is_out for point in self.points)


def chart_of(points: Iterable[Point], zone: tzinfo, limit: Decimal | None = None) -> Chart | None:
    """The chart of the points in the order of their times; None where there is nothing to draw a line between."""
    points = sorted((each for each in points if abs(each.value) <= LARGEST), key=lambda point: point.at)
    if len(points) < 2:
        return None
    if limit is not None and abs(limit) > LARGEST:
        limit = None
    shown = [round(value, PLACES) for value in (*(point.value for point in points), limit) if value is not None]
    numbers = round_numbers(min(shown), max(shown))
    low, high = numbers[0], numbers[-1]
    left = 8 + DIGIT * max(len(f"{number:,f}") for number in numbers)
    begin, end = points[0].at.astimezone(UTC), points[-1].at.astimezone(UTC)
    if end - begin < timedelta(minutes=2):
        begin, end = begin - timedelta(minutes=1), end + timedelta(minutes=1)

    def across(moment: datetime) -> float:
        return round(left + (RIGHT - left) * ((moment - begin) / (end - begin)), 1)

    def up(value: Decimal) -> float:
        return round(BOTTOM - (BOTTOM - TOP) * float((value - low) / (high - low)), 1)

    places = [(across(point.at), up(point.value), point.is_out) for point in points]
    moments, by_days = round_moments(begin, end, zone)
    return Chart(
        points=points,
        left=left,
        line="M" + "L".join(f"{x} {y}" for x, y, _out in places),
        dots="".join(_dot(x, y) for x, y, is_out in places if not is_out and len(places) <= MOST_DOTS),
        crosses="".join(_cross(x, y) for x, y, is_out in places if is_out),
        times=[(across(moment), moment) for moment in moments],
        numbers=[(up(number), number) for number in numbers],
        by_days=by_days,
        limit=None if limit is None else up(limit),
    )


def _dot(x: float, y: float) -> str:
    return f"M{round(x - DOT, 1)} {y}a{DOT} {DOT} 0 1 0 {2 * DOT} 0a{DOT} {DOT} 0 1 0 {-2 * DOT} 0z"


def _cross(x: float, y: float) -> str:
    left, right, top, bottom = (round(each, 1) for each in (x - CROSS, x + CROSS, y - CROSS, y + CROSS))
    return f"M{left} {top}L{right} {bottom}M{left} {bottom}L{right} {top}"


def round_numbers(low: Decimal, high: Decimal) -> list[Decimal]:
    """Two to six numbers of few digits, from no more than the lowest value to no less than the highest: steps of 1, 2 or 5."""
    span = high - low or max(abs(high), Decimal(1))
    power = Decimal(10) ** math.floor((span / MOST_NUMBERS).log10())
    step = next(size * power for size in (1, 2, 5, 10) if size * power * MOST_NUMBERS >= span)
    first = math.floor(low / step)
    return [number * step for number in range(first, max(math.ceil(high / step), first + 1) + 1)]


def round_moments(begin: datetime, end: datetime, zone: tzinfo) -> tuple[list[datetime], bool]:
    """Moments of the axis on the clocks of the zone: full hours and the like, or days; and whether they are days."""
    minutes = (end - begin).total_seconds() / 60
    first, last = begin.astimezone(zone).date(), end.astimezone(zone).date()
    every = next((step for step in MINUTES if minutes / step < MOST_TIMES), 0)
    if every:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        walls = [(day, at) for day in days for at in range(0, DAY, every)]
        found = [on_the_clock(day, time(at // 60, at % 60), zone) for day, at in walls]
    else:
        step = next((step for step in DAYS if minutes / DAY / step < MOST_TIMES), math.ceil(minutes / DAY / MOST_TIMES))
        # The first day of all was a Monday, and so are those that begin a week here.
        start = first.toordinal() + (1 - first.toordinal()) % step
        found = [on_the_clock(date.fromordinal(day), time(0), zone) for day in range(start, last.toordinal() + 1, step)]
    # A time that a change of clocks skips is the same moment as the next one.
    return [moment for moment in sorted(set(found)) if begin <= moment <= end], not every
