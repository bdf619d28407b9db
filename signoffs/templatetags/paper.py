"""Filters for the report on paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from checklists import schedule
from signoffs import glyphs
from signoffs.blank import Blank
from signoffs.chart import Chart
from signoffs.qr import Code, code_of
from signoffs.report import readings

register = template.Library()

# Times of rounds without a value that are named one by one.
MOST_MISSED = 12


@register.filter
def isolated(name: object) -> str:
    """A person's name that keeps its place in a line, whichever way it is written."""
    return glyphs.isolated(str(name))


@register.inclusion_tag("signoffs/_pdf_chart.html")
def course(blank: Blank) -> dict[str, object]:
    """The chart of a blank that was read again and again, with the words on it and those for who cannot see it."""
    chart = blank.chart
    return {"chart": chart, "unit": shorten(blank.field.unit, 40)} | (on_paper(chart, blank) if chart else {})


@register.filter
def rounds(blank: Blank) -> str:
    """How many of the times at which a value was expected have one, and which have none where only some have."""
    found, zone = blank.rounds, blank.field.project.tzinfo
    if not found or not found.expected or not blank.recurs:
        return ""
    total, missed = len(found.expected), len(found.missed)
    told = {"often": blank.recurs.recurrence, "read": total - missed, "total": total}
    words = _("Rounds, %(often)s: %(read)s of %(total)s have a value.") % told
    if missed in (0, total):
        return words
    named = "; ".join(clocks(found.missed[:MOST_MISSED], zone)) + (" …" if missed > MOST_MISSED else "")
    return f"{words} " + _("None for: %(times)s.") % {"times": named}


def on_paper(chart: Chart, blank: Blank) -> dict[str, object]:
    """What is written on the chart and about it, in the reader's language."""
    zone, values = blank.field.project.tzinfo, [point.value for point in chart.points]
    told = {
        "readings": readings(len(values)),
        "first": schedule.words(chart.points[0].at, zone),
        "last": schedule.words(chart.points[-1].at, zone),
        "low": plain_number(min(values)),
        "high": plain_number(max(values)),
    }
    words = _("Line chart: %(readings)s from %(first)s to %(last)s, lowest %(low)s, highest %(high)s.") % told
    limit = blank.field.limit["words"] if blank.field.limit and chart.limit is not None else ""
    if limit:
        words += " " + _("Limit %(limit)s: %(number)s beyond it.") % {"limit": limit, "number": chart.beyond}
    moments = [moment for _at, moment in chart.times]
    labels = [schedule.day(moment, zone) for moment in moments] if chart.by_days else clocks(moments, zone)
    return {
        "words": words,
        "limit": shorten(limit, 60),
        "times": [(at, label) for (at, _moment), label in zip(chart.times, labels, strict=True)],
        "numbers": [(at, plain_number(number)) for at, number in chart.numbers],
    }


def clocks(moments: Sequence[datetime], zone: tzinfo) -> list[str]:
    """Moments in a row, each day named where it begins: `29 Nov, 22:00`, `23:00`, `30 Nov, 00:00`."""
    days = [schedule.day(moment, zone) for moment in moments]
    return [
        schedule.clock(moment, zone) if number == 0 or days[number - 1] != day else f"{moment.astimezone(zone):%H:%M}"
        for number, (moment, day) in enumerate(zip(moments, days, strict=True))
    ]


def plain_number(value: Decimal) -> str:
    """As the language writes it: `1,200.5`."""
    return number_format(Decimal(f"{value.normalize():f}"), force_grouping=True)


def shorten(words: str, most: int) -> str:
    """No longer than there is room for."""
    return words if len(words) <= most else words[: most - 1] + "…"


@register.inclusion_tag("signoffs/_pdf_qr.html")
def qr(address: str, words: str = "") -> dict[str, Code | str]:
    """An address to point a phone at; `words` say where it leads."""
    return {"code": code_of(address), "words": words}
