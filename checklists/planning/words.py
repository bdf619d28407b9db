"""What the words of one item mean, read as the importer reads a whole plan."""

from __future__ import annotations

from checklists.importing import outline as read
from checklists.importing.dialect import item_of
from checklists.importing.meaning import IF, explain
from checklists.importing.plan import plain, timing_of
from checklists.models import Item, Phase, Section


def read_item(text: str) -> read.Item:
    """An item with all that its words tell: when, how often, blanks, threshold, expected result."""
    return _explained(item_of(text))


def meaning_of(item: Item) -> dict:
    """What follows from an item's words and times where it stands, as its columns."""
    source = read.Item(item.text, 0, window=item.window, recurrence=item.recurrence)
    meant = timing_of(_explained(source, window_around(item.section, item.phase)))
    del meant["window"], meant["recurrence"], meant["duration_minutes"]
    # "If yes, ..." asks for an answer; words that no longer say so do not.
    condition = item.condition if IF.match(item.text) else None
    return {**meant, "threshold": plain(source.threshold), "condition": condition}


def timing_of_division(window: str, recurrence: str, around: str = "") -> dict:
    """When and how often a phase or section is, as its columns."""
    section = read.Section("", 0, window=window, recurrence=recurrence)
    explain(read.Outline("", phases=[read.Phase("", 0, window=around, sections=[section])]))
    return timing_of(section)


def window_around(section: Section | None, phase: Phase) -> str:
    """The words for when of the nearest section or phase that says it."""
    while section is not None:
        if section.offset_start is not None:
            return section.window
        section = section.parent
    return phase.window if phase.offset_start is not None else ""


def _explained(item: read.Item, around: str = "") -> read.Item:
    explain(read.Outline("", phases=[read.Phase("", 0, window=around, items=[item])]))
    return item
