"""From offsets to moments, and moments in the reader's words; the present comes in from outside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

HOUR, DAY, WEEK = 60, 24 * 60, 7 * 24 * 60
# From when on something is due soon.
SOON = timedelta(hours=2)


class Timed(Protocol):
    """What says when, or stands around something that does: an item, a section, a phase."""

    offset_start: int | None
    offset_end: int | None
    clock: str
    round: dict | None


@dataclass(frozen=True)
class Window:
    """From when something can be done until when it is due; `offset` is the due time's in minutes from T-0.

    A window without an end, such as "month 2+", is due when it begins.
    """

    start: datetime
    due: datetime
    offset: int
    is_open: bool = False

    def is_late(self, now: datetime) -> bool:
        return now > self.due

    def is_soon(self, now: datetime) -> bool:
        return self.due - SOON <= now <= self.due


def moment(go_live_at: datetime, zone: tzinfo, minutes: int, clock: str = "") -> datetime:
    """So many minutes from T-0. Whole days are days of the calendar, all else is time that passes.

    "T-3 days" shows the same wall clock as T-0 although the clocks changed between; "T-2 hours" is two hours, always.
    With a `clock` it is that time of the same day. A time that a change of clocks skips is as much later as the clocks
    jump, and of a time that comes twice the first one counts.
    """
    days, rest = divmod(minutes, DAY)
    found = go_live_at.astimezone(UTC)
    if rest:
        found += timedelta(minutes=minutes)
    elif days:
        there = go_live_at.astimezone(zone)
        found = on_the_clock(there.date() + timedelta(days=days), there.timetz(), zone)
    if clock:
        found = on_the_clock(found.astimezone(zone).date(), time.fromisoformat(clock), zone)
    return found


def on_the_clock(day: date, wall: time, zone: tzinfo) -> datetime:
    """The moment at which clocks in the zone show this time on this day, in UTC."""
    return datetime.combine(day, wall.replace(tzinfo=None), zone).astimezone(UTC)


class Span(NamedTuple):
    """What a plan says about when: minutes from T-0, `end` None where it is open, and a time of day if one is told."""

    start: int
    end: int | None
    clock: str


def span_of(chain: Iterable[Timed]) -> Span | None:
    """What something says about when, or else the nearest around it; the chain goes outwards.

    A time of day without a day, such as "08:00" in a section "T-1 day", is of the day that stands around it. The time
    of day of a round tells when each round is, not when all of it is due. None where nothing tells.
    """
    clock = ""
    for timed in chain:
        clock = clock or ("" if timed.round else timed.clock)
        if timed.offset_start is not None:
            return Span(timed.offset_start, timed.offset_end, clock)
    return None


def window_of(span: Span, go_live_at: datetime, zone: tzinfo) -> Window | None:
    """The span as moments, around a T-0; None beyond the calendar, which ends with the year 9999."""
    last = span.start if span.end is None else span.end
    try:
        start = moment(go_live_at, zone, span.start, span.clock)
        due = moment(go_live_at, zone, last, span.clock)
    except OverflowError:
        return None
    return Window(start, max(start, due), last, span.end is None)


def window_of_day(day: date, go_live_at: datetime, zone: tzinfo) -> Window:
    """A day of the calendar on the clocks of a zone, due with its last minute, however far from T-0 it is."""
    start, due = (on_the_clock(day, wall, zone) for wall in (time(0), time(23, 59)))
    return Window(start, due, int((due - go_live_at).total_seconds() // 60))


# -- In words --------------------------------------------------------------------------------------------------------


# Days are written as golive_site/formats says for each language, times with 24 hours in all of them.


def words(moment: datetime, zone: tzinfo) -> str:
    """On the clocks of a zone, naming it: `7 Feb 2027, 08:00 EET`."""
    there = moment.astimezone(zone)
    return f"{_day(there.date(), 'DATE_FORMAT', get_language())}, {there:%H:%M %Z}"


def clock(moment: datetime, zone: tzinfo, *, with_year: bool = False) -> str:
    """Only day and time, for columns whose zone is named once: `7 Feb, 08:00`; `7 Feb 2027, 08:00` where years meet."""
    return f"{day(moment, zone, with_year=with_year)}, {moment.astimezone(zone):%H:%M}"


def day(moment: datetime, zone: tzinfo, *, with_year: bool = False) -> str:
    """Only the day on the clocks of a zone: `7 Feb`, or `7 Feb 2027`."""
    form = "DATE_FORMAT" if with_year else "MONTH_DAY_FORMAT"
    return _day(moment.astimezone(zone).date(), form, get_language())


@lru_cache(maxsize=4096)
def _day(day: date, form: str, language: str | None) -> str:
    """A day in the language, which is the one that speaks. Thousands of rows share few days."""
    return date_format(day, form)


def utc_words(moment: datetime) -> str:
    """The same in every language, for what is compared: `2027-02-07 06:00 UTC`."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M UTC}"


def t_clock(now: datetime, go_live_at: datetime) -> str:
    """How far from T-0, to the minute: `T−2 d 04:12` before it, `T+0 d 00:05` after."""
    minutes = int((now - go_live_at).total_seconds() // 60)
    sign, minutes = ("−", -minutes) if minutes < 0 else ("+", minutes)
    days, rest = divmod(minutes, DAY)
    return f"T{sign}{in_days(days)} {rest // HOUR:02}:{rest % HOUR:02}"


def offset_words(minutes: int) -> str:
    """An offset as the field writes it: `T−3 d`, `T+1 d 12 h`, `T−15 min`, `T−0`."""
    days, rest = divmod(abs(minutes), DAY)
    parts = [(days, in_days), (rest // HOUR, in_hours), (rest % HOUR, in_minutes)]
    told = " ".join(unit(number) for number, unit in parts if number)
    return f"T{'+' if minutes > 0 else '−'}{told or 0}"


def length_words(length: timedelta) -> str:
    """A length of time, as exactly as one cares: `25 min`, `1 h 48`, `3 d 4 h`. A moment counts as a minute."""
    minutes = max(1, int(length.total_seconds() // 60))
    if minutes < HOUR:
        return in_minutes(minutes)
    if minutes < DAY:
        hours, rest = in_hours(minutes // HOUR), minutes % HOUR
        return f"{hours} {rest:02}" if rest else hours
    days, hours_left = divmod(minutes // HOUR, 24)
    return f"{in_days(days)} {in_hours(hours_left)}" if hours_left else in_days(days)


def in_days(number: int) -> str:
    # Translators: days, as short as people write them in a table
    return _("%(number)s d") % {"number": number}


def in_hours(number: int) -> str:
    # Translators: hours, as short as people write them in a table
    return _("%(number)s h") % {"number": number}


def in_minutes(number: int) -> str:
    # Translators: minutes, as short as people write them in a table
    return _("%(number)s min") % {"number": number}


def stretch(window: Window, zone: tzinfo, *, with_year: bool = False) -> str:
    """A window on the clocks of a zone: `7 Feb, 08:00 to 12:00 EET`, `from 7 Mar, 08:00 EET` where it has no end."""
    start, due = window.start.astimezone(zone), window.due.astimezone(zone)
    first, last = (clock(moment, zone, with_year=with_year) for moment in (start, due))
    if window.is_open:
        return _("from %(when)s") % {"when": f"{first} {start:%Z}"}
    if start == due:
        return f"{last} {due:%Z}"
    begin = first if start.tzname() == due.tzname() else f"{first} {start:%Z}"
    end = f"{due:%H:%M}" if start.date() == due.date() else last
    return _("%(start)s to %(end)s") % {"start": begin, "end": f"{end} {due:%Z}"}
