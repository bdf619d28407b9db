"""Filters for templates: user text to safe HTML, moments to words."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django import template
from django.utils.safestring import SafeString

from checklists import kinds, rendering, saying, schedule
from checklists.models import Field, Item, JournalEntry, Project

if TYPE_CHECKING:
    from checklists.rows import FieldWithValue

register = template.Library()

# At least five digits, with what people put between them.
NUMBER = re.compile(r"\+?(?:\d[\s()./\-\u2010-\u2013]*){4,}\d")


@register.filter
def inline(text: str) -> SafeString:
    """The author's Markdown of one line as safe HTML."""
    return rendering.inline(text)


@register.filter
def block(text: str) -> SafeString:
    """The author's Markdown as safe HTML."""
    return rendering.block(text)


@register.filter
def in_words(text: str) -> str:
    """What the importer says, in the reader's language; whatever else it is, as it is."""
    return saying.in_words(text)


@register.filter
def called(kind: str) -> str:
    """The name of a kind of thing in a document."""
    return kinds.called(kind)


@register.filter
def fact_name(name: str) -> str:
    """The name of what an entry of a document says beside its text."""
    return str(kinds.FACTS[name])


@register.filter
def sort_name(sort: str) -> str:
    """The name of a sort of difference."""
    return str(kinds.SORTS[sort])


@register.filter
def mended(kind: str) -> str:
    """The name of a kind of repair."""
    return str(kinds.REPAIRS[kind])


@register.filter
def local(moment: datetime | None, project: Project) -> str:
    """A moment on the project's clock, with its zone: `7 Feb 2027, 08:00 EET`."""
    return schedule.words(moment, project.tzinfo) if moment else ""


@register.filter
def utc(moment: datetime | None) -> str:
    """A moment in UTC: `2027-02-07 06:00 UTC`."""
    return schedule.utc_words(moment) if moment else ""


@register.filter
def clock(moment: datetime, project: Project) -> str:
    """Day and time on the project's clock, where the zone is named once for all."""
    return schedule.clock(moment, project.tzinfo)


@register.filter
def minutes(number: int) -> str:
    """A duration in words: `90 min`, `4 h`, `2 h 30 min`."""
    hours, rest = divmod(number, 60)
    if number < 120 and rest:
        return schedule.in_minutes(number)
    told = schedule.in_hours(hours)
    return f"{told} {schedule.in_minutes(rest)}" if rest else told


@register.filter
def dialled(phone: str) -> str:
    """What a phone dials for `+30 210 000 0000 (night)`; empty where the text is no number."""
    found = NUMBER.search(phone)
    return re.sub(r"[^\d+]", "", found[0]) if found else ""


@register.filter
def verdict(field: Field, value: str | None) -> str:
    """What a value says against the field's limit: `kept`, `missed` or nothing."""
    return field.verdict(value)


@register.filter
def shown(field: FieldWithValue) -> str:
    """The value that a field has now, as it is shown."""
    return field.in_words(field.value)


@register.filter
def in_form(field: FieldWithValue) -> str:
    """What a form shows for a field: what was typed and refused, else the value that it has now."""
    return (field.value if field.typed is None else field.typed) or ""


@register.filter
def sentence_on(entry: JournalEntry, item: Item) -> str:
    """What an entry of the item's history says happened."""
    return entry.sentence_on(item)


@register.filter
def lasting(stretch: timedelta) -> str:
    """How long something takes: `25 min`, `1 h 48`."""
    return schedule.length_words(stretch)


@register.filter
def entry(mapping: dict, key: str) -> object:
    """The mapping's value for a key that the template holds in a variable; None without one."""
    return mapping.get(key)
