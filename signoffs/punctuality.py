"""Planned against actual: for each phase when it was meant to be and when it was, and which items were late by how much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checklists import schedule
from checklists.models import Item, Phase, Project
from checklists.schedule import Window
from checklists.timetable import Timetable
from signoffs.story import Part

# Less is no lateness that anybody means.
TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Late:
    """An item that was settled after its time, or is not settled though it is over."""

    item: Item
    by: timedelta

    @property
    def words(self) -> str:
        return schedule.length_words(self.by)


@dataclass(frozen=True)
class Pace:
    """A phase: its window, from its first to its last settled item, and how many were late."""

    phase: Phase
    planned: Window | None
    first: datetime | None
    last: datetime | None
    late: list[Late]
    stretch: str

    @property
    def runs(self) -> list[str]:
        """Which were how late, in words: `#3 (2 h)`; neighbours that were equally late are told together, `#4–#9 (1 h)`."""
        runs: list[list[Late]] = []
        for late in self.late:
            before = runs[-1][-1] if runs else None
            if before and (late.item.number, late.words) == (before.item.number + 1, before.words):
                runs[-1].append(late)
            else:
                runs.append([late])
        return [f"{_numbers(run)} ({run[0].words})" for run in runs]

    @property
    def longest(self) -> Late | None:
        return max(self.late, key=lambda late: late.by, default=None)


def _numbers(run: list[Late]) -> str:
    first, last = run[0].item.number, run[-1].item.number
    return f"#{first}" if first == last else f"#{first}–#{last}"


def paces(project: Project, parts: Iterable[Part], at: datetime) -> list[Pace]:
    """From rows that are there already: no query."""
    parts = list(parts)
    items = [entry.item for part in parts for place in part.places for entry in place.entries]
    sections = [place.section for part in parts for place in part.places if place.section]
    timetable = Timetable(project, [part.phase for part in parts], sections, items, at)
    found = []
    for part in parts:
        here = [entry.item for place in part.places for entry in place.entries]
        settled = [item.settled_at for item in here if item.settled_at]
        planned = timetable.span_of(part.phase)
        found.append(
            Pace(
                phase=part.phase,
                planned=planned,
                first=min(settled, default=None),
                last=max(settled, default=None),
                late=[late for item in here if (late := lateness(timetable, item, at))],
                stretch=schedule.stretch(planned, timetable.zone) if planned else "",
            )
        )
    return found


def lateness(timetable: Timetable, item: Item, at: datetime) -> Late | None:
    """How late an item was, or is by now; a group is as late as its last part, which is told already."""
    window = timetable.of_item(item)
    if window is None:
        return None
    by = (item.settled_at or at) - window.due
    return Late(item, by) if by > TOLERANCE else None
