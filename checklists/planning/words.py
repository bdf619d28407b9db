"""What the words of one item mean, read as the importer reads a whole plan."""

from __future__ import annotations

from checklists.importing import outline as read
from checklists.importing.dialect import item_of
from checklists.importing.meaning import explain
from checklists.importing.plan import plain, timing_of


def read_item(text: str) -> read.Item:
    """An item with all that its words tell: when, how often, blanks, threshold, expected result."""
    return _explained(item_of(text))


def meaning_of(text: str, window: str, recurrence: str) -> dict:
    """What follows from an item's words and times, as its columns."""
    item = _explained(read.Item(text, 0, window=window, recurrence=recurrence))
    meant = timing_of(item)
    del meant["window"], meant["recurrence"], meant["duration_minutes"]
    return {**meant, "threshold": plain(item.threshold)}


def timing_of_division(window: str, recurrence: str) -> dict:
    """When and how often a phase or section is, as its columns."""
    phase = read.Phase("", 0, window=window, recurrence=recurrence)
    explain(read.Outline("", phases=[phase]))
    return timing_of(phase)


def _explained(item: read.Item) -> read.Item:
    explain(read.Outline("", phases=[read.Phase("", 0, items=[item])]))
    return item
